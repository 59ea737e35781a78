{ self, ... }:
{
  flake.modules.darwin.mac = {
    imports = [
      self.modules.darwin.laptop
      ../modules/ssh.nix
    ];
  };
}
