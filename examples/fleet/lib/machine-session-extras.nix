# The rendered session steps of one machine: the shared ones first, then its own.
{ machine }:
let
  spec = import ./session-vars-spec.nix;
  rendered = import ./session-vars-render.nix (spec.shared ++ (spec.machines.${machine} or [ ]));
in
{
  extraSessionVars = rendered.bash;
  extraNuSessionVars = rendered.nushell;
}
