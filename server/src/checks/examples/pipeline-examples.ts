/**
 * A small registry pipeline shared by the examples of several rules. The documentation shows its files once.
 */

/** A registry with two keys, built by a helper function. */
export const REGISTRY = registryOf(`\
  anthropic = mkPromptedSecret {
    generator = "anthropic-api-key";
    envVar = "ANTHROPIC_API_KEY";
  };
  gmail = mkPromptedSecret {
    generator = "gmail-app-password";
    envVar = "GMAIL_APP_PASSWORD";
    fileAttr = "password";
  };
`);

/** The function that turns keys into generators. */
export const GENERATORS = `\
{ keys, pkgs }:
let
  registry = import ./secret-registry.nix { inherit pkgs; };
  entryOf = key: registry.\${key} or (throw "Unknown secret key in envMatrix: \${key}");
in
builtins.listToAttrs (
  map (key: {
    name = (entryOf key).generator;
    value = { inherit (entryOf key) files prompts script; };
  }) keys
)
`;

/** The accessor that turns a key into the path of its file. */
export const ACCESSORS = `\
let
  registry = import ./secret-registry.nix { pkgs = null; };
  getPath =
    { osConfig, key }:
    let
      entry = registry.\${key} or (throw "Unknown secret key '\${key}'");
      generator =
        osConfig.clan.core.vars.generators.\${entry.generator}
          or (throw "Generator '\${entry.generator}' not configured for secret key '\${key}'");
    in
    generator.files.\${entry.fileAttr}.path;
in
{
  inherit getPath;
  mkPasswordCmd = { osConfig, key }: "cat \${getPath { inherit osConfig key; }}";
}
`;

/** All files of the pipeline except the matrix and the machines. */
export const PIPELINE: Readonly<Record<string, string>> = {
  'lib/secret-registry.nix': REGISTRY,
  'lib/vars-generators.nix': GENERATORS,
  'lib/secrets.nix': ACCESSORS,
};

/** Returns a registry with these entries, which may call `mkPromptedSecret`. */
export function registryOf(entries: string): string {
  return `\
{ pkgs ? null }:
let
  mkPromptedSecret =
    { generator, envVar, fileAttr ? "key", secret ? true }:
    {
      inherit generator envVar fileAttr secret;
      files.\${fileAttr} = { inherit secret; };
      prompts.\${fileAttr}.type = "hidden";
      script = ''
        cat "$prompts/\${fileAttr}" > "$out/\${fileAttr}"
      '';
    };
in
{
${entries}}
`;
}

/**
 * Returns the module of a machine that takes its generators from the registry.
 *
 * @param body further lines of the module, indented
 *
 * @param bindings further lines of its `let`
 */
export function hostOf(machine: string, body = '', bindings = ''): string {
  return `\
{ config, pkgs, ... }:
let
  envMatrix = import ../../lib/machine-env-matrix.nix;
  varsGenerators = import ../../lib/vars-generators.nix {
    keys = envMatrix.${machine};
    inherit pkgs;
  };
${bindings}in
{
  clan.core.vars.generators = varsGenerators;
${body}}
`;
}
