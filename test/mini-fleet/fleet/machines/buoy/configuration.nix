# Out at sea.
{
  imports = [
    ../../modules/keys.nix
    ../../modules/pipeline.nix
    ../../modules/radio-site.nix
  ];

  nixpkgs.hostPlatform = "aarch64-linux";
}
