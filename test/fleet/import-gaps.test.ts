// Nothing that stands in `imports` disappears: what is not followed is listed as not analysable.

import { describe, expect, it } from 'vitest';
import { PIPELINE } from '../../server/src/checks/examples/pipeline-examples.ts';
import { check } from '../checks/harness.ts';

const FLAKE = `\
{
  outputs =
    { self, clan-core, ... }:
    clan-core.lib.clan {
      inherit self;
      inventory.machines.lea = { };
    };
}
`;
const ARGS = '{ keys = [ "gmail" ]; inherit pkgs; }';

/** What is said of the machine's own file, as the text that it is said of and the reason. */
function gapsOf(imports: string, bindings = ''): string[] {
  const module = `{ config, lib, pkgs, self, inputs, flake-parts-lib, mystery, ... }:\nlet\n${bindings}\nin\n{ imports = ${imports}; }\n`;
  const { fleet } = check({
    ...PIPELINE,
    'flake.nix': FLAKE,
    'machines/lea/configuration.nix': module,
    'machines/lea/known.nix': '{ }\n',
  });
  return fleet.notAnalysable
    .filter(({ at }) => at.file === 'machines/lea/configuration.nix')
    .map(({ at, reason }) => `${module.slice(at.start, at.end)}: ${reason}`);
}

describe('imports that are not followed', () => {
  it.each([
    [
      '[ "${self}/modules/${config.x}.nix" ]',
      '"${self}/modules/${config.x}.nix": it depends on a path with parts that are not known',
    ],
    ['[ ./${mystery}.nix ]', './${mystery}.nix: it depends on a path with parts that are not known'],
    ['[ /etc/nixos/web.nix ]', '/etc/nixos/web.nix: it lies outside of the workspace'],
    ['[ "web.nix" ]', '"web.nix": the text is no absolute path'],
    ['[ 5 ]', '5: what is imported is not a module'],
    ['[ inputs.web.nixosModules.x ]', 'x: it comes from another flake'],
    ['[ (inputs.web.lib.make { }) ]', 'inputs.web.lib.make { }: it comes from another flake'],
    ['[ mystery ]', 'imports: it depends on the argument `mystery`'],
    ['map (x: x) mystery', 'map (x: x) mystery: it depends on the argument `mystery`'],
    ['[ (throw "no") ]', 'throw "no": the module cannot be evaluated: no'],
    [
      '[ (import ./gone.nix) ]',
      'import ./gone.nix: the module cannot be evaluated: the file machines/lea/gone.nix does not exist',
    ],
    ['throw "none"', 'throw "none": the imports cannot be evaluated: none'],
    ['[ { require = [ ./gone.nix ]; } ]', './gone.nix: the module `machines/lea/gone.nix` cannot be read'],
    [
      '[ (lib.modules.importApply ../../lib/vars-generators.nix { keys = [ ]; }) ]',
      "lib.modules.importApply ../../lib/vars-generators.nix { keys = [ ]; }: the module cannot be evaluated: a function is called without its argument 'pkgs'",
    ],
  ])('%s', (imports, expected) => {
    expect(gapsOf(imports)).toEqual([expected]);
  });

  it.each([
    ['[ m ]', `m = lib.modules.importApply ../../lib/vars-generators.nix ${ARGS};`],
    ['all', `all = [ (import ../../lib/vars-generators.nix ${ARGS}) ];`],
    [
      'map (k: lib.modules.importApply ../../lib/vars-generators.nix { keys = [ k ]; inherit pkgs; }) [ "gmail" ]',
      '',
    ],
    [`[ (flake-parts-lib.importApply ../../lib/vars-generators.nix ${ARGS}) ]`, ''],
  ])('%s, where generators stand in the place of a module', (imports, bindings) => {
    expect(gapsOf(imports, bindings)).toEqual([
      expect.stringMatching(
        /^(map|import|lib|flake-parts-lib).*: a set of generators stands where a module is expected$/s,
      ),
    ]);
  });

  it.each([
    ['[ ./known.nix ]'],
    ['[ { services.web.enable = true; } ]'],
    ['[ inputs.disko.nixosModules.disko ]'],
    ['[ ]'],
  ])('and nothing for what is known: %s', imports => {
    expect(gapsOf(imports)).toEqual([]);
  });
});
