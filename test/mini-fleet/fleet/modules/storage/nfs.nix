{
  clan.core.vars.generators.nfs-keytab = {
    files.keytab.mode = "0440";
    prompts.principal = {
      persist = false;
    };
    script = "cat $prompts/principal > $out/keytab";
  };
}
