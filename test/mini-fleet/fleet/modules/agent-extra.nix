# Imported by all members of a role.
{
  clan.core.vars.generators.agent-extra = {
    files.token = { };
    script = "head -c 32 /dev/urandom > $out/token";
  };
}
