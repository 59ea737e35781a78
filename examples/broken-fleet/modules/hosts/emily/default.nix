# emily: aarch64-darwin.
{ config, pkgs, ... }:
let
  envMatrix = import ../../../lib/machine-env-matrix.nix;
  varsGenerators = import ../../../lib/vars-generators.nix {
    keys = envMatrix.emily;
    inherit pkgs;
  };
  sessionSteps = (import ../../../lib/session-vars-spec.nix { inherit pkgs; }).machines.emily;

  # Too early: the path may not exist yet when the fleet is looked at from another architecture.
  sessionVariables.GH_TOKEN_FILE = config.clan.core.vars.generators.github-token.files.token.path; # broken: eval/path-in-let
in
{
  imports = [ (import ../../shared/vars/certificates.nix { machine = "emily"; }) ];

  clan.core.vars.generators = varsGenerators;

  nixpkgs.hostPlatform = "aarch64-darwin";
  system.stateVersion = 6;

  environment.variables = sessionVariables;

  environment.extraInit = builtins.concatStringsSep "" (
    map (step: ''
      export ${step.name}="$(cat "''$${step.from}")"
    '') sessionSteps
  );
}
