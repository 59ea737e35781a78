# Home-manager's modules for jonas, beside the module of NixOS that brings them in.
{
  home-manager.users.jonas = {
    imports = [ ./calendar.nix ];
  };
}
