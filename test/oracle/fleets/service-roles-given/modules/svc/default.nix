# A role that an instance does not name is not in `roles`, although the service has it.
{ lib, ... }:
{
  _class = "clan.service";
  manifest.name = "site";
  manifest.readme = "Sites.";
  roles.mailer.description = "Sends mail.";
  roles.server.description = "Serves the site.";
  roles.server.perInstance =
    { roles, instanceName, ... }:
    let
      sendsMail = roles ? mailer;
    in
    {
      nixosModule =
        { pkgs, ... }:
        {
          clan.core.vars.generators."site-${instanceName}" = {
            prompts = lib.mkIf (!sendsMail) { user.persist = true; };
            files = if sendsMail then { hash.secret = false; } else { env = { }; };
            runtimeInputs = lib.optional sendsMail pkgs.mkpasswd;
            script = if sendsMail then "echo x > $out/hash" else "echo y > $out/env";
          };
        };
    };
}
