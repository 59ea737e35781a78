{
  flake.modules.nixos.base =
    { config, pkgs, ... }:
    {
      clan.core.vars.generators.ssh-key = {
        prompts = { };
        runtimeInputs = [ pkgs.openssh ];
        script = ''
          ssh-keygen -t ed25519 -f "$out/id_ed25519" -N ""
        '';
        files = {
          id_ed25519 = {
            secret = true;
          };
          "id_ed25519.pub" = {
            secret = false;
          };
        };
      };
      services.openssh.identityFile = config.clan.core.vars.generators.ssh-key.files.id_ed25519.path;
    };
}
