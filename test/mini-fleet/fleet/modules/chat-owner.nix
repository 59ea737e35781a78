# D7: only owners, for a generator that another file declares.
{
  clan.core.vars.generators.chat.files.signing-key.owner = "chat";
  clan.core.vars.generators.chat.files.admin.owner = "chat";
  clan.core.vars.generators.chat.dependencies = [ "ssh-host" ];
}
