# D20 inside home-manager: the standalone module, without `clan.core`.
{
  flake.modules.homeManager.mail =
    { osConfig, ... }:
    {
      vars.generators.mail-password = {
        prompts.password = {
          type = "hidden";
          persist = true;
        };
      };
      programs.msmtp.passwordCommand = "cat ${osConfig.clan.core.vars.generators.signing.files.passphrase.path}";
    };
}
