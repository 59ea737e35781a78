# D5: under mkIf, on the generator, on its parent and on the module. Options that are called so are no generators.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  cfg = config.harbour.proxy;
in
{
  options.harbour.proxy = {
    enable = lib.mkEnableOption "the proxy";
    withStatus = lib.mkOption {
      type = lib.types.bool;
      default = true;
    };
    withMirror = lib.mkOption {
      type = lib.types.bool;
      default = false;
    };
    vars.generators = lib.mkOption {
      type = lib.types.attrsOf lib.types.str;
      default = {
        not-a-generator = "only a name";
      };
    };
  };

  config = lib.mkIf cfg.enable {
    clan.core.vars.generators.proxy-tls = {
      files."tls.key" = { };
      runtimeInputs = [ pkgs.openssl ];
      script = "openssl genrsa > $out/tls.key";
    };
    clan.core.vars.generators.proxy-status = lib.mkIf cfg.withStatus {
      files.password = { };
      script = "head -c 16 /dev/urandom | base64 > $out/password";
    };
    clan.core.vars.generators.proxy-mirror = lib.mkIf cfg.withMirror {
      files.password = { };
      script = "head -c 16 /dev/urandom | base64 > $out/password";
    };
    clan.core.vars.generators.proxy-tls.files."tls.csr" = lib.mkIf cfg.withMirror { secret = false; };
  };
}
