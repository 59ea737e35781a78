# A user password hash that must exist before the user account is created.
{ config, pkgs, ... }:
{
  clan.core.vars.generators.user-password = {
    prompts.user-password = {
      type = "hidden";
      description = "Password of the user";
    };
    files."user-password-hash" = {
      neededFor = "users";
    };
    runtimeInputs = [ pkgs.mkpasswd ];
    script = ''
      mkpasswd -s -m sha-512 < "$prompts/user-password" | tr -d '\n' > "$out/user-password-hash"
    '';
  };
  users.users.me.hashedPasswordFile =
    config.clan.core.vars.generators.user-password.files."user-password-hash".path;
}
