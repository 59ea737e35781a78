# Renders the steps of session-vars-spec.nix for bash and for nushell. Text in, text out, without
# nixpkgs, so that it can be evaluated anywhere.
steps:
let
  unknownKind = step: throw "Unknown kind of session variable step: ${step.kind}";

  quoteBash = text: "'" + builtins.replaceStrings [ "'" ] [ "'\\''" ] text + "'";

  bashPart = part: if part ? variable then "\"\${${part.variable}:-}\"" else quoteBash part;

  bashStep =
    step:
    if step.kind == "hydrate" then
      ''
        if [ -r "''${${step.from}:-}" ]; then
          ${step.name}="$(cat "''$${step.from}")"
          export ${step.name}
        fi
      ''
    else if step.kind == "compose" then
      ''
        export ${step.name}=${builtins.concatStringsSep "" (map bashPart step.parts)}
      ''
    else
      unknownKind step;

  # A JSON string is a valid double-quoted nushell string.
  nuPart =
    part:
    if part ? variable then
      ''($env.${part.variable}? | default "")''
    else
      builtins.toJSON part;

  nuStep =
    step:
    if step.kind == "hydrate" then
      ''
        if "${step.from}" in $env {
          $env.${step.name} = (open --raw $env.${step.from} | str trim)
        }
      ''
    else if step.kind == "compose" then
      ''
        $env.${step.name} = ([${builtins.concatStringsSep " " (map nuPart step.parts)}] | str join)
      ''
    else
      unknownKind step;
in
{
  bash = builtins.concatStringsSep "" (map bashStep steps);
  nushell = builtins.concatStringsSep "" (map nuStep steps);
}
