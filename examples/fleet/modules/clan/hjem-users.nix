# Builds one Hjem user. With `keys` it brings in the session variables, as a Hjem module, so that
# they are evaluated inside Hjem and not together with the machine's own imports.
{
  directory,
  keys ? null,
  modules ? [ ],
  extraSessionVars ? "",
  extraNuSessionVars ? "",
}:
let
  sessionVariables =
    if keys == null then
      [ ]
    else
      [ (import ../shared/vars/hjem-session-variables.nix { inherit keys; }) ];
in
{
  imports = sessionVariables ++ modules;

  enable = true;
  inherit directory;

  files = {
    ".config/session/extras.sh".text = extraSessionVars;
    ".config/nushell/autoload/session-extras.nu".text = extraNuSessionVars;
  };
}
