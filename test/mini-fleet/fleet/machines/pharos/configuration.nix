# The gateway.
{ self, ... }:
{
  imports = [
    self.modules.nixos.web
    ../../modules/ssh.nix
    ../../modules/proxy.nix
    ../../modules/vpn.nix
    ../../modules/acme.nix
    ../../modules/acme-strict.nix
    ../../modules/certificates.nix
    ../../modules/discover.nix
    ../../modules/peers.nix
    ../../modules/standalone.nix
    ../../modules/luks.nix
  ];

  nixpkgs.hostPlatform = "x86_64-linux";
  harbour.proxy.enable = true;
  harbour.discover.includeTags = [
    "edge"
    "dns"
  ];
}
