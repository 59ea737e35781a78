# What a fleet's own flake takes from here.
{
  packageIn,
  systems,
  nixpkgs,
}:
rec {
  /*
    A check for `nix flake check`: fails for findings, and shows them in its log.

    src: the fleet, usually `./.`
    pkgs: the packages to build with (default: those of this flake for `system`)
    system: default x86_64-linux
    severity: what fails: error (default), warning, info, hint
    baseline: a path below `src` of a file with findings to leave out
    package: the varsmith to check with
  */
  mkCheck =
    {
      src,
      system ? "x86_64-linux",
      pkgs ? nixpkgs.legacyPackages.${system},
      severity ? "error",
      baseline ? null,
      package ? packageIn pkgs,
      name ? "varsmith-check",
    }:
    pkgs.runCommand name
      {
        inherit src severity;
        nativeBuildInputs = [ package ];
        baselineOptions = if baseline == null then [ ] else [ "--baseline=${baseline}" ];
      }
      ''
        export HOME=$TMPDIR VARSMITH_NO_CODE_CACHE=1
        cd "$src"
        varsmith check . --format lines --severity "$severity" $baselineOptions
        touch "$out"
      '';

  # `checks` of a flake for all systems.
  mkChecks =
    args:
    nixpkgs.lib.genAttrs systems (system: {
      varsmith = mkCheck (args // { inherit system; });
    });

  # An entry for git-hooks.nix: `hooks.varsmith = varsmith.lib.gitHook { inherit pkgs; };`
  gitHook =
    {
      pkgs,
      package ? packageIn pkgs,
      severity ? "error",
    }:
    {
      enable = true;
      name = "varsmith check";
      description = "Checks the vars of the fleet.";
      entry = "${package}/bin/varsmith check --severity ${severity}";
      files = "(\\.nix|(^|/)varsmith\\.json|(^|/)\\.sops\\.yaml)$|(^|/)(vars|sops|secrets)/";
      pass_filenames = false;
    };
}
