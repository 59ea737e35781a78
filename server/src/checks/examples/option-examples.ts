/**
 * Files shared by the examples of rules about the fleet's own options: a flake, a machine and a module that
 * declares options.
 */
export const FLEET = {
  'flake.nix': `\
{
  outputs = { nixpkgs, ... }: {
    nixosConfigurations.server = nixpkgs.lib.nixosSystem {
      modules = [ ./hosts/server.nix ./modules/web.nix ];
    };
  };
}
`,
  'hosts/server.nix': '{ custom.web.enable = true; }\n',
  'modules/web.nix': `\
{ config, lib, ... }:
let
  cfg = config.custom.web;
in
{
  options.custom.web = {
    enable = lib.mkEnableOption "the web server";
    port = lib.mkOption {
      type = lib.types.port;
      default = 80;
      description = "The port that it listens on.";
    };
    level = lib.mkOption {
      type = lib.types.enum [ "quiet" "verbose" ];
      default = "quiet";
    };
    sites = lib.mkOption {
      type = lib.types.attrsOf (
        lib.types.submodule {
          options.root = lib.mkOption { type = lib.types.path; };
        }
      );
      default = { };
    };
  };
  config = lib.mkIf cfg.enable {
    networking.firewall.allowedTCPPorts = [ cfg.port ];
  };
}
`,
} as const;
