# A MacBook.
{ self, ... }:
{
  imports = [
    self.modules.darwin.mac
    ../../modules/wifi.nix
    ../../modules/certificates.nix
  ];

  nixpkgs.hostPlatform = "aarch64-darwin";
}
