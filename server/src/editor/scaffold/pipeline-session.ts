/**
 * Nix code of a new pipeline, part 3: variables from keys, steps, the functions that render both for shells,
 * and the modules that apply them to users' sessions.
 */
import { attributeText } from '../../edits/edits.ts';

export const VARIABLES_NIX = `\
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

/**
 * Returns the session specification, with an example of each kind of step.
 *
 * @param machine one that has the example keys, or null for no examples
 */
export function specNix(machine: string | null): string {
  const [shared, machineRows] = machine === null ? ['[ ]', '{ }'] : [EXAMPLE_SHARED, exampleOwn(machine)];
  return `\
# What sessions add to the exported variables when they start, as data: steps for every machine and
# steps for single ones. A shared step is left out where the machine lacks one of its keys.
let
  registry = import ./secret-registry.nix { pkgs = null; };

  # For programs that do not know the \`*_FILE\` convention: reads the file of a secret and exports what
  # is in it. The value is then in the environment of every program of the session, so hydrate only
  # what needs it. It is never in the Nix store.
  hydrate =
    key:
    let
      inherit (registry.\${key}) envVar;
    in
    {
      kind = "hydrate";
      name = envVar;
      from = "\${envVar}_FILE";
      keys = [ key ];
    };

  # A variable that is put together: from texts, and from values of keys. It is not set where one of
  # those is not. The value of a secret has to be hydrated by a step before.
  compose = name: parts: {
    kind = "compose";
    inherit name parts;
    keys = builtins.concatMap (part: if part ? key then [ part.key ] else [ ]) parts;
  };

  valueOf = key: {
    variable = registry.\${key}.envVar;
    inherit key;
  };
in
{
  shared = ${shared};

  machines = ${machineRows};
}
`;
}

const EXAMPLE_SHARED = `[
    (compose "EXAMPLE_URL" [
      "https://example.org/accounts/"
      (valueOf "example-account")
    ])
  ]`;

function exampleOwn(machine: string): string {
  return `{
    ${attributeText(machine)} = [ (hydrate "example") ];
  }`;
}

export const RENDER_NIX = `\
# Renders a session for bash and for nushell: its variables, sorted, with any value quoted so that the
# shell reads it back unchanged; then the steps of session-vars-spec.nix, in their order.
# \`varsmith env\` prints the same text.
{ variables, steps }:
let
  inherit (builtins)
    concatStringsSep
    filter
    isString
    replaceStrings
    ;

  lines = map (line: "\${line}\\n");
  joined = concatStringsSep "";
  unknownKind = step: throw "Unknown kind of session variable step: \${step.kind}";

  # The variables that a composed one is made of.
  needed = step: map (part: part.variable) (filter (part: !isString part) step.parts);

  quoteBash = text: "'" + replaceStrings [ "'" ] [ "'\\\\''" ] text + "'";

  bashVariable = name: value: "export \${name}=\${quoteBash value}\\n";

  bashPart = part: if isString part then quoteBash part else "\\"\\$\${part.variable}\\"";

  bashStep =
    step:
    let
      setTo = value: "export \${step.name}=\${value}";
      composed = setTo (joined (map bashPart step.parts));
      isSet = map (name: "[ -n \\"\\\${\${name}+x}\\" ]") (needed step);
    in
    if step.kind == "hydrate" then
      joined (lines [
        "if [ -r \\"\\\${\${step.from}:-}\\" ]; then"
        "  \${step.name}=\\"$(cat \\"\\$\${step.from}\\")\\""
        "  export \${step.name}"
        "fi"
      ])
    else if step.kind != "compose" then
      unknownKind step
    else if isSet == [ ] then
      "\${composed}\\n"
    else
      joined (lines [
        "if \${concatStringsSep " && " isSet}; then"
        "  \${composed}"
        "fi"
      ]);

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
  quoteNushell = text: "\\"" + replaceStrings special escaped text + "\\"";

  nushellVariable = name: value: "$env.\${name} = \${quoteNushell value}\\n";

  nushellPart = part: if isString part then quoteNushell part else "$env.\${part.variable}";

  # What cannot be read, or is not there, sets nothing.
  nushellStep =
    step:
    let
      setTo = value: "load-env (try { {\${step.name}: (\${value})} } catch { {} })\\n";
    in
    if step.kind == "hydrate" then
      setTo "open --raw $env.\${step.from} | decode utf-8 | str trim --right --char \\"\\\\n\\""
    else if step.kind == "compose" then
      setTo "[\${concatStringsSep " " (map nushellPart step.parts)}] | str join"
    else
      unknownKind step;

  render =
    variable: step:
    let
      set = map (name: variable name variables.\${name}) (builtins.attrNames variables);
    in
    joined (set ++ map step steps);
in
{
  bash = render bashVariable bashStep;
  nushell = render nushellVariable nushellStep;
}
`;

export const SESSION_NIX = `\
# The session of a machine as text for its shells: the variables of its keys, and the steps of
# session-vars-spec.nix, the shared ones first. A function of the configuration, to be given it in the
# body of a module. \`variables\` is the set, and \`steps\` the text of the steps alone, for sessions
# that have the variables.
{ keys }:
config:
let
  machine = config.clan.core.settings.machine.name;
  registry = import ./secret-registry.nix { pkgs = null; };
  spec = import ./session-vars-spec.nix;
  hasKey =
    key:
    if registry ? \${key} then
      builtins.elem key keys
    else
      throw "Unknown secret key in session-vars-spec.nix: \${key}";
  isShared = step: builtins.all hasKey step.keys;
  isOwn =
    step:
    isShared step
    || throw "session-vars-spec.nix: \${machine} lacks a key of its step \${step.name}";

  render = import ./session-vars-render.nix;
  variables = import ./session-vars.nix {
    inherit keys;
    inherit (config.clan.core.vars) generators;
  };
  steps =
    builtins.filter isShared spec.shared ++ builtins.filter isOwn (spec.machines.\${machine} or [ ]);
in
render { inherit variables steps; }
// {
  inherit variables;
  steps = render {
    variables = { };
    inherit steps;
  };
}
`;

export const HJEM_NIX = `\
# Hjem module: gives the variables of these keys to the sessions of one user.
#
#   hjem.users.<name>.imports = [
#     (import ../../lib/hjem-session-variables.nix { keys = envMatrix.<machine>; })
#   ];
#
# Nushell reads neither these nor files of other shells, so it gets them, with the steps, in a file
# that it loads by itself. For bash the steps are in a file to be sourced.
{ keys }:
{ osConfig, ... }:
let
  session = import ./machine-session.nix { inherit keys; } osConfig;
in
{
  environment.sessionVariables = session.variables;

  files = {
    ".config/nushell/autoload/session-variables.nu".text = session.nushell;
    ".config/session/steps.sh".text = session.steps.bash;
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
let
  session = import ./machine-session.nix { inherit keys; } osConfig;
in
{
  home.sessionVariables = session.variables;

  # After the variables, in the same file.
  home.sessionVariablesExtra = session.steps.bash;

  # Nushell does not read what other shells do.
  programs.nushell.extraEnv = session.nushell;
}
`;
