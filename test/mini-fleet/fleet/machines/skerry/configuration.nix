# The disks.
{
  imports = [
    ../../modules/ssh.nix
    ../../modules/storage
    ../../modules/buckets.nix
    ../../modules/cache.nix
    ../../modules/users.nix
    ../../modules/placeholders.nix
    ../../modules/proxy.nix
    ../../modules/chat.nix
  ];

  nixpkgs.hostPlatform = "x86_64-linux";
}
