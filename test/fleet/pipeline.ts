/** The registry pipeline in its smallest form, for tests to change. */
import type { Texts } from '../nix/support.ts';

export const REGISTRY = `{ pkgs ? null }:
let
  mkPromptedSecret = { generator, envVar, fileAttr ? "key", secret ? true }: {
    inherit generator envVar fileAttr secret;
    files.\${fileAttr} = { inherit secret; };
    prompts.\${fileAttr} = { type = "hidden"; };
    script = ''cat "$prompts/\${fileAttr}" > "$out/\${fileAttr}"'';
  };
in
{
  alpha = mkPromptedSecret { generator = "alpha-key"; envVar = "ALPHA"; };
  beta = mkPromptedSecret { generator = "beta-key"; envVar = "BETA"; secret = false; };
  gamma = {
    generator = "gamma-key";
    envVar = null;
    fileAttr = "token";
    secret = true;
    files.token = { };
    runtimeInputs = [ pkgs.openssl ];
    script = ''openssl rand -hex 32 > "$out/token"'';
  };
}
`;

export const MATRIX = `let
  shared = [ "alpha" ];
in
{
  emily = shared ++ [ "beta" ];
  lea = [ "gamma" ];
}
`;

export const GENERATORS = `{ keys ? null, pkgs }:
let
  registry = import ./secret-registry.nix { inherit pkgs; };
  selected = if keys == null || keys == [ ] then builtins.attrNames registry else keys;
  entryOf = key: registry.\${key} or (throw "Unknown secret key in envMatrix: \${key}");
  mkGenerator = entry: { inherit (entry) files script; } // (if entry ? prompts then { inherit (entry) prompts; } else { });
in
builtins.listToAttrs (map (key: { name = (entryOf key).generator; value = mkGenerator (entryOf key); }) selected)
`;

export const SECRETS = `{ pkgs ? null }:
let
  registry = import ./secret-registry.nix { pkgs = null; };
  getPath = { osConfig, key }:
    let entry = registry.\${key}; in
    (osConfig.clan.core.vars.generators.\${entry.generator} or (throw "not configured")).files.\${entry.fileAttr}.path;
in
{ inherit getPath; mkPasswordCmd = args: "cat \${getPath args}"; }
`;

/** The module of a machine, with more lines in its body. */
export function host(machine: string, body = ''): string {
  return `{ config, pkgs, ... }:
let
  envMatrix = import ../lib/machine-env-matrix.nix;
  secrets = import ../lib/secrets.nix { inherit pkgs; };
in
{
  clan.core.vars.generators = import ../lib/vars-generators.nix { keys = envMatrix.${machine}; inherit pkgs; };
${body}}
`;
}

export const FLAKE = `{
  outputs = { self, clan-core, ... }: {
    clan = clan-core.lib.clan {
      inventory.machines.emily = { machineClass = "darwin"; tags = [ "laptop" ]; };
      inventory.machines.lea = { };
    };
  };
}
`;

export const PIPELINE: Texts = {
  'flake.nix': FLAKE,
  'lib/secret-registry.nix': REGISTRY,
  'lib/machine-env-matrix.nix': MATRIX,
  'lib/vars-generators.nix': GENERATORS,
  'lib/secrets.nix': SECRETS,
  'hosts/emily.nix': host('emily'),
  'hosts/lea.nix': host('lea'),
};
