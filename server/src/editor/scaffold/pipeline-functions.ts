/**
 * Nix code of a new pipeline, part 2: the functions from keys to generators and paths. They are pure, so that a
 * fleet can be evaluated on any architecture.
 */

export const GENERATORS_NIX = `\
# Turns a list of registry keys into the value of \`clan.core.vars.generators\`. A pure function: it
# looks at no configuration, so it can be evaluated for a machine of any architecture.
{ keys, pkgs }:
let
  registry = import ./secret-registry.nix { inherit pkgs; };

  entryOf = key: registry.\${key} or (throw "Unknown secret key in envMatrix: \${key}");

  mkGenerator =
    entry:
    {
      inherit (entry) files script share;
    }
    // (if entry ? prompts then { inherit (entry) prompts; } else { })
    // (if entry ? runtimeInputs then { inherit (entry) runtimeInputs; } else { });
in
builtins.listToAttrs (
  map (
    key:
    let
      entry = entryOf key;
    in
    {
      name = entry.generator;
      value = mkGenerator entry;
    }
  ) keys
)
`;

export const SECRETS_NIX = `\
# Accessors: from a registry key to the place of its file.
#
# \`pkgs\` only names the \`cat\` of password commands, for programs that start without a PATH. The
# registry itself is read without it.
{
  pkgs ? null,
}:
let
  registry = import ./secret-registry.nix { pkgs = null; };

  entryOf = key: registry.\${key} or (throw "Unknown secret key '\${key}'");

  cat = if pkgs == null then "cat" else "\${pkgs.coreutils}/bin/cat";

  # The deployed file. Asks the machine's configuration, so it belongs into modules that are
  # evaluated for that machine.
  getPath =
    { osConfig, key }:
    let
      entry = entryOf key;
      generator =
        osConfig.clan.core.vars.generators.\${entry.generator}
          or (throw "Generator '\${entry.generator}' not configured for secret key '\${key}'");
    in
    generator.files.\${entry.fileAttr}.path;

  # The same file as a virtual machine sees it where /run/secrets/vars of its host is mounted. Needs
  # no configuration.
  getVmPath =
    {
      machine,
      key,
      mountPoint,
    }:
    let
      entry = entryOf key;
      placement = if entry.share then "shared" else "per-machine/\${machine}";
    in
    "\${mountPoint}/\${placement}/\${entry.generator}/\${entry.fileAttr}";

  # For options that want a command which prints the password.
  mkPasswordCmd = { osConfig, key }: "\${cat} \${getPath { inherit osConfig key; }}";
in
{
  inherit getPath getVmPath mkPasswordCmd;
}
`;
