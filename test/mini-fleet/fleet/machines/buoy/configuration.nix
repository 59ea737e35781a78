# Out at sea.
{
  imports = [
    ../../modules/keys.nix
    ../../modules/pipeline.nix
  ];

  nixpkgs.hostPlatform = "aarch64-linux";
}
