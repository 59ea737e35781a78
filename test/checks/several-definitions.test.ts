/** A name with several definitions: each script has to be right, whoever gets it, and nothing else is claimed. */
import { describe, it } from 'vitest';
import { judging } from './harness.ts';

const { checkText } = judging(
  'generator/legacy-facts',
  'generator/output-never-written',
  'generator/undeclared-output',
  'generator/prompt-unused',
  'generator/absolute-program',
);

const CLAN = `#- clan.nix
{ meta.name = "x"; inventory.machines = { a = { }; b = { }; }; }
`;

describe('a shared generator', () => {
  const shared = judging('generator/shared-differs');

  it('differs where its values depend on the machine', () => {
    shared.checkText(`${CLAN}#- modules/g.nix
{ config, ... }:
{
  clan.core.vars.generators.g = {
    share = true;
    files.key.secret = config.networking.hostName == "b";
    #     ^^^ generator/shared-differs: "files.key.secret"
    script = "true > $out/key";
  };
}
#- machines/a/configuration.nix
{ imports = [ ../../modules/g.nix ]; }
#- machines/b/configuration.nix
{ imports = [ ../../modules/g.nix ]; }
`);
  });
});

describe('scripts of one name', () => {
  it('are each looked at, on their machines', () => {
    checkText(`${CLAN}#- machines/a/configuration.nix
{
  clan.core.vars.generators.g = {
    files.key = { };
    script = "true > $secrets/key; true > $out/key";
    #                ^^^^^^^^ generator/legacy-facts
  };
}
#- machines/b/configuration.nix
{
  clan.core.vars.generators.g = {
    files.key = { };
    files.more = { };
    #     ^^^^ generator/output-never-written: "$out/more"
    script = "/usr/bin/env true > $out/key";
    #         ^^^^^^^^^^^^ generator/absolute-program
  };
}
`);
  });

  it('are each looked at where no machine is known to have them', () => {
    checkText(`${CLAN}#- modules/one.nix
{
  clan.core.vars.generators.g = {
    files.key = { };
    script = "true > $secrets/key; true > $out/key";
    #                ^^^^^^^^ generator/legacy-facts
  };
}
#- modules/two.nix
{
  clan.core.vars.generators.g = {
    files.other = { };
    script = "true > $secrets/other; true > $out/other";
    #                ^^^^^^^^ generator/legacy-facts
  };
}
`);
  });

  it('say nothing of files and prompts that other machines have', () => {
    checkText(`${CLAN}#- machines/a/configuration.nix
{ inputs, ... }:
{
  imports = inputs.foo.modules;
  clan.core.vars.generators.g = {
    files.key = { };
    script = "true > $out/key";
  };
}
#- machines/b/configuration.nix
{
  imports = [ ../../modules/extra.nix ];
  clan.core.vars.generators.g = {
    prompts.code = { };
    files.key = { };
    script = "cat $prompts/code > $out/key; true > $out/extra";
  };
}
#- modules/extra.nix
{ clan.core.vars.generators.g.files.extra = { }; }
`);
  });

  it('may write what an addition declares that the machine perhaps has', () => {
    checkText(`${CLAN}#- machines/a/configuration.nix
{ inputs, ... }:
{
  imports = inputs.foo.modules;
  clan.core.vars.generators.g = {
    files.key = { };
    script = "true > $out/key; true > $out/extra";
  };
}
#- modules/extra.nix
{ clan.core.vars.generators.g.files.extra = { }; }
`);
  });
});
