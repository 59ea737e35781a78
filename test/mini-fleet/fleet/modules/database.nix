# D2: several generators in one set, and a dependency between them.
{ pkgs, ... }:
{
  clan.core.vars.generators = {
    database-admin = {
      files.password = {
        owner = "postgres";
        group = "postgres";
      };
      runtimeInputs = [ pkgs.pwgen ];
      script = "pwgen -s 32 1 > $out/password";
      validation.length = 32;
    };
    "database-url" = {
      dependencies = [ "database-admin" ];
      files.url = { };
      script = ''
        echo "postgres://admin:$(cat $in/database-admin/password)@localhost" > $out/url
      '';
    };
  };
}
