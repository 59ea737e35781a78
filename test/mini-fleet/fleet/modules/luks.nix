# The same name as in storage/zfs.nix, with another body: no machine has both.
{
  clan.core.vars.generators.volume-key = {
    files.key.neededFor = "partitioning";
    script = "head -c 64 /dev/urandom > $out/key";
  };
}
