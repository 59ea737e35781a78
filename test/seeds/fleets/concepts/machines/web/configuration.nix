{
  imports = [
    ../../modules/certificates.nix
    ../../modules/password.nix
    ../../modules/mesh.nix
    ../../modules/tokens.nix
  ];
  nixpkgs.hostPlatform = "x86_64-linux";
}
