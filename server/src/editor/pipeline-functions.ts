/**
 * The Nix of a new pipeline, second half: what turns keys into generators, variables and paths. Each is a pure
 * function of its arguments, so that a fleet can be looked at from any architecture.
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

export const SPEC_NIX = `\
# Which variables sessions get, as a set from names to values: \`<NAME>_FILE\` with the path of a
# secret, \`<NAME>\` with the value of a public file. Keys without \`envVar\` export nothing.
#
# \`generators\` is the machine's \`config.clan.core.vars.generators\`. Ask for it in a module's body or
# in a module of the user, never in a machine's \`let\`: there the paths are not there yet.
{ keys, generators }:
let
  registry = import ./secret-registry.nix { pkgs = null; };

  entryOf = key: registry.\${key} or (throw "Unknown secret key in envMatrix: \${key}");

  variableOf =
    entry:
    let
      file = generators.\${entry.generator}.files.\${entry.fileAttr};
    in
    if entry.secret then
      {
        name = "\${entry.envVar}_FILE";
        value = file.path;
      }
    else
      {
        name = entry.envVar;
        inherit (file) value;
      };

  exported = builtins.filter (entry: entry.envVar != null) (map entryOf keys);
in
builtins.listToAttrs (map variableOf exported)
`;

export const RENDER_NIX = `\
# Renders session variables for bash and for nushell: one statement each, sorted, with any value
# quoted so that the shell reads it back unchanged. \`varsmith env\` prints the same text.
variables:
let
  quoteBash = text: "'" + builtins.replaceStrings [ "'" ] [ "'\\\\''" ] text + "'";

  # Between double quotes nushell reads everything but these as it stands.
  special = [
    "\\\\"
    "\\""
    "\\n"
    "\\r"
    "\\t"
  ];
  escaped = [
    "\\\\\\\\"
    "\\\\\\""
    "\\\\n"
    "\\\\r"
    "\\\\t"
  ];
  quoteNushell = text: "\\"" + builtins.replaceStrings special escaped text + "\\"";

  statements =
    statement:
    builtins.concatStringsSep "" (
      map (name: statement name variables.\${name}) (builtins.attrNames variables)
    );
in
{
  bash = statements (name: value: "export \${name}=\${quoteBash value}\\n");
  nushell = statements (name: value: "$env.\${name} = \${quoteNushell value}\\n");
}
`;

export const SESSION_NIX = `\
# The session variables of a machine as text for its shells: a function of the configuration, to be
# given it in the body of a module.
{ keys }:
config:
import ./session-vars-render.nix (
  import ./session-vars-spec.nix {
    inherit keys;
    inherit (config.clan.core.vars) generators;
  }
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

export const HJEM_NIX = `\
# Hjem module: gives the variables of these keys to the sessions of one user.
#
#   hjem.users.<name>.imports = [
#     (import ../../lib/hjem-session-variables.nix { keys = envMatrix.<machine>; })
#   ];
{ keys }:
{ osConfig, ... }:
{
  environment.sessionVariables = import ./session-vars-spec.nix {
    inherit keys;
    inherit (osConfig.clan.core.vars) generators;
  };
}
`;

export const HOME_NIX = `\
# home-manager module: gives the variables of these keys to the sessions of one user.
#
#   home-manager.users.<name>.imports = [
#     (import ../../lib/home-session-variables.nix { keys = envMatrix.<machine>; })
#   ];
{ keys }:
{ osConfig, ... }:
{
  home.sessionVariables = import ./session-vars-spec.nix {
    inherit keys;
    inherit (osConfig.clan.core.vars) generators;
  };

  # Nushell does not read what other shells do.
  programs.nushell.extraEnv = (import ./machine-session.nix { inherit keys; } osConfig).nushell;
}
`;
