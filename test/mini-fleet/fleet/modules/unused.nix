# Nobody imports this one.
{
  clan.core.vars.generators.nobody = {
    files.nothing = { };
    script = "touch $out/nothing";
  };
}
