# A folder with a default.nix, which imports its neighbours.
{
  imports = [ ./password.nix ];
  clan.core.vars.generators.restic-repository = {
    prompts.url = { };
    files.url.secret = false;
    script = "cat $prompts/url > $out/url";
  };
}
