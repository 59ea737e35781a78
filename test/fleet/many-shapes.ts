/** A fleet in which modules read a registry and a matrix in all kinds of ways, for tests to change. */
import type { Texts } from '../nix/support.ts';
import { GENERATORS, host, MATRIX, REGISTRY, SECRETS } from './pipeline.ts';

/** Sets that are made from the registry, and functions. */
const DERIVED = `let
  registry = import ./secret-registry.nix { };
  matrix = import ./machine-env-matrix.nix;
  isPublic = _: entry: !entry.secret;
in
{
  names = builtins.attrNames registry;
  public = builtins.filter (name: !registry.\${name}.secret) (builtins.attrNames registry);
  merged = registry // { extra = { generator = "extra"; envVar = "EXTRA"; files.key = { }; script = "true"; }; };
  variables = builtins.mapAttrs (name: entry: entry.envVar or name) registry;
  first = builtins.head (builtins.attrNames registry);
  machines = builtins.attrNames matrix;
  hasGamma = registry ? gamma;
  of = name: registry.\${name}.generator or "none";
  inherit (registry) alpha;
}
`;

/** A machine whose generators are selected and renamed by functions of the library. */
const MAPPED = `{ config, lib, pkgs, registry, ... }:
let
  matrix = import ../lib/machine-env-matrix.nix;
  own = lib.filterAttrs (name: _: builtins.elem name (matrix.lea or [ ])) registry;
in
{
  imports = [
    ../modules/shared.nix
    { clan.core.vars.generators = import ../lib/made.nix { inherit pkgs lib; }; }
  ] ++ lib.optional (registry ? beta) ../modules/beta.nix;
  clan.core.vars.generators = lib.mapAttrs' (name: entry: lib.nameValuePair "own-\${entry.generator}" {
    inherit (entry) files script;
    dependencies = lib.optional (registry ? alpha) "shared-key";
  }) own;
  environment.etc.key.source = config.clan.core.vars.generators."own-\${registry.gamma.generator}".files.token.path;
}
`;

const SHARED = `{ config, lib, ... }:
let
  derived = import ../lib/derived.nix;
in
{
  options.own.variable = lib.mkOption { default = derived.variables.alpha; };
  config = {
    clan.core.vars.generators.shared-key = {
      files = lib.genAttrs derived.public (name: { secret = false; }) // { key = { }; };
      script = if derived.hasGamma then ''echo \${derived.of "beta"} > "$out/key"'' else "true";
      share = builtins.length derived.machines > 1;
    };
    clan.core.vars.generators.\${derived.alpha.generator}.files.key.owner = "root";
    sops.secrets = builtins.listToAttrs (map (name: { inherit name; value.owner = "root"; }) derived.names);
    environment.variables.\${derived.variables.beta or "NONE"} = config.own.variable;
  };
}
`;

const BETA = `{ lib, registry, ... }: {
  clan.core.vars.generators = lib.mkIf (registry.beta.secret == false) {
    \${registry.beta.generator} = { inherit (registry.beta) files script; };
  };
}
`;

const MERGED = `{ pkgs, lib, ... }:
let
  derived = import ../lib/derived.nix;
  pick = names: builtins.intersectAttrs (builtins.listToAttrs (map (name: { inherit name; value = null; }) names)) derived.merged;
in
{
  imports = [
    ../modules/shared.nix
    { clan.core.vars.generators.single = import ../lib/single.nix; }
    { clan.core.vars.generators = import ../lib/made.nix { inherit pkgs lib; }; }
  ];
  clan.core.vars.generators = builtins.listToAttrs (
    map (entry: { name = entry.generator; value = { inherit (entry) files script; prompts = entry.prompts or { }; }; })
      (builtins.attrValues (pick [ "alpha" "extra" derived.first ]))
  );
}
`;

/** A file that is one generator, and one that makes generators for all machines alike. */
const SINGLE = `{
  files.key = { owner = "root"; };
  files.public.secret = false;
  script = ''date > "$out/key"; date > "$out/public"'';
}
`;

const MADE = `{ pkgs, lib }:
let
  owner = "root";
  single = import ./single.nix;
in
{
  made-one = single // { dependencies = [ "single" ]; };
  made-two = {
    files.token = { inherit owner; };
    prompts.token = { description = "A token"; };
    runtimeInputs = [ pkgs.coreutils ];
    script = "cat $prompts/token > $out/token";
  };
}
`;

const FLAKE = `{
  outputs = { self, nixpkgs, clan-core, ... }:
    let registry = import ./lib/secret-registry.nix { };
    in {
      nixosConfigurations.lea = nixpkgs.lib.nixosSystem {
        specialArgs = { inherit registry; };
        modules = [ ./hosts/lea.nix ];
      };
      clan = clan-core.lib.clan {
        inventory.machines = builtins.mapAttrs (_: _: { }) (import ./lib/machine-env-matrix.nix);
        specialArgs = { inherit registry; };
        machines.emily.imports = [ ./hosts/emily.nix ];
        machines.ada = ./hosts/ada.nix;
      };
    };
}
`;

export const SHAPES: Texts = {
  'flake.nix': FLAKE,
  'lib/secret-registry.nix': REGISTRY,
  'lib/machine-env-matrix.nix': MATRIX.replace('lea =', 'ada = [ ];\n  lea ='),
  'lib/vars-generators.nix': GENERATORS,
  'lib/secrets.nix': SECRETS,
  'lib/derived.nix': DERIVED,
  'lib/single.nix': SINGLE,
  'lib/made.nix': MADE,
  'modules/shared.nix': SHARED,
  'modules/beta.nix': BETA,
  'hosts/emily.nix': host(
    'emily',
    '  imports = [ ../modules/shared.nix ];\n  environment.etc.x.text = secrets.mkPasswordCmd { osConfig = config; key = "alpha"; };\n',
  ),
  'hosts/lea.nix': MAPPED,
  'hosts/ada.nix': MERGED,
};
