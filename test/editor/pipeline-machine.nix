# The example machine of a new pipeline, evaluated by the module system of the mini fleet with clan's options. Secrets are
# deployed where clan deploys them by default; public files have what lies in the repository.
{
  harness,
  root,
  machine,
}:
let
  lib = import (/. + "${harness}/lib.nix");

  # Packages are names: another name fails like a misspelt one.
  pkgs = lib.genAttrs (import (/. + "${harness}/packages.nix")) (name: {
    inherit name;
    pname = name;
    outPath = "/packages/${name}";
  });

  value =
    generator: file:
    let
      path = /. + "${root}/vars/per-machine/${machine}/${generator}/${file}/value";
    in
    if builtins.pathExists path then builtins.readFile path else throw "${generator}/${file} is not generated";

  # As clan sets them: the place and the content of each file.
  deployed =
    { config, ... }:
    {
      clan.core.settings.machine.name = machine;
      clan.core.vars.generators = builtins.mapAttrs (generator: declared: {
        files = builtins.mapAttrs (file: options: {
          path =
            if options.secret then
              "/run/secrets/vars/per-machine/${machine}/${generator}/${file}"
            else
              "${root}/vars/per-machine/${machine}/${generator}/${file}/value";
          value = if options.secret then throw "a secret is read" else value generator file;
        }) declared.files;
      }) generators;
    };

  # Read from the module itself: the place of a file cannot depend on the files that there are.
  generators =
    (lib.evalModules {
      modules = [
        (/. + "${root}/machines/${machine}/configuration.nix")
        base
      ];
    }).config.clan.core.vars.generators;

  base = {
    imports = [
      (import (/. + "${harness}/vars.nix") {
        inherit lib;
        class = "nixos";
      })
    ];
    _module.args = { inherit pkgs; };
  };

  inherit
    (lib.evalModules {
      modules = [
        (/. + "${root}/machines/${machine}/configuration.nix")
        base
        deployed
      ];
    })
    config
    ;

  ofUser = file: import (/. + "${root}/lib/${file}") { keys = row; } { osConfig = config; };
  row = (import (/. + "${root}/lib/machine-env-matrix.nix")).${machine};
  secrets = import (/. + "${root}/lib/secrets.nix") { inherit pkgs; };
in
{
  generators = builtins.mapAttrs (_: generator: {
    files = builtins.attrNames generator.files;
    prompts = builtins.mapAttrs (_: prompt: prompt.type) generator.prompts;
    runtimeInputs = map (package: package.name) generator.runtimeInputs;
    inherit (generator) script share;
  }) config.clan.core.vars.generators;
  system = config.nixpkgs.hostPlatform;
  bash = config.environment.extraInit;
  nushell = config.environment.etc."nushell/session-variables.nu".text;
  hjem = (ofUser "hjem-session-variables.nix").environment.sessionVariables;
  home = (ofUser "home-session-variables.nix").home.sessionVariables;
  homeNushell = (ofUser "home-session-variables.nix").programs.nushell.extraEnv;
  homeBash = (ofUser "home-session-variables.nix").home.sessionVariablesExtra;
  hjemNushell = (ofUser "hjem-session-variables.nix").files.".config/nushell/autoload/session-variables.nu".text;
  hjemBash = (ofUser "hjem-session-variables.nix").files.".config/session/steps.sh".text;
  path = secrets.getPath {
    osConfig = config;
    key = "example";
  };
  vmPath = secrets.getVmPath {
    inherit machine;
    key = "example";
    mountPoint = "/mnt";
  };
  passwordCommand = secrets.mkPasswordCmd {
    osConfig = config;
    key = "example";
  };
}
