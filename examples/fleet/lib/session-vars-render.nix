# Renders the steps of session-vars-spec.nix for bash and for nushell. Text in, text out, without
# nixpkgs, so that it can be evaluated anywhere. `varsmith env` prints the same after the variables.
steps:
let
  inherit (builtins)
    concatStringsSep
    filter
    isString
    replaceStrings
    ;

  lines = map (line: "${line}\n");
  joined = concatStringsSep "";
  unknownKind = step: throw "Unknown kind of session variable step: ${step.kind}";

  # The variables that a composed one is made of.
  needed = step: map (part: part.variable) (filter (part: !isString part) step.parts);

  quoteBash = text: "'" + replaceStrings [ "'" ] [ "'\\''" ] text + "'";

  bashPart = part: if isString part then quoteBash part else "\"\$${part.variable}\"";

  bashStep =
    step:
    let
      setTo = value: "export ${step.name}=${value}";
      composed = setTo (joined (map bashPart step.parts));
      isSet = map (name: "[ -n \"\${${name}+x}\" ]") (needed step);
    in
    if step.kind == "hydrate" then
      joined (lines [
        "if [ -r \"\${${step.from}:-}\" ]; then"
        "  ${step.name}=\"$(cat \"\$${step.from}\")\""
        "  export ${step.name}"
        "fi"
      ])
    else if step.kind != "compose" then
      unknownKind step
    else if isSet == [ ] then
      "${composed}\n"
    else
      joined (lines [
        "if ${concatStringsSep " && " isSet}; then"
        "  ${composed}"
        "fi"
      ]);

  # Between double quotes nushell reads everything but these as it stands.
  special = [
    "\\"
    "\""
    "\n"
    "\r"
    "\t"
  ];
  escaped = [
    "\\\\"
    "\\\""
    "\\n"
    "\\r"
    "\\t"
  ];
  quoteNushell = text: "\"" + replaceStrings special escaped text + "\"";

  nushellPart = part: if isString part then quoteNushell part else "$env.${part.variable}";

  # What cannot be read, or is not there, sets nothing.
  nushellStep =
    step:
    let
      setTo = value: "load-env (try { {${step.name}: (${value})} } catch { {} })\n";
    in
    if step.kind == "hydrate" then
      setTo "open --raw $env.${step.from} | decode utf-8 | str trim --right --char \"\\n\""
    else if step.kind == "compose" then
      setTo "[${concatStringsSep " " (map nushellPart step.parts)}] | str join"
    else
      unknownKind step;
in
{
  bash = joined (map bashStep steps);
  nushell = joined (map nushellStep steps);
}
