{
  imports = [ ../../modules/mesh.nix ];
  nixpkgs.hostPlatform = "x86_64-linux";
}
