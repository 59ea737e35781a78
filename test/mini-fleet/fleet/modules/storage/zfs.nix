# The name of one generator is that of another machine's: what is said of it there does not hold here.
{
  clan.core.vars.generators.volume-key = {
    files.key.neededFor = "activation";
    files.recovery.deploy = false;
    script = "head -c 32 /dev/urandom | tee $out/recovery > $out/key";
  };
}
