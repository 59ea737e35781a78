{
  dns-update = {
    files.key = { };
    script = "head -c 32 /dev/urandom > $out/key";
    meta.tags = [ "dns" ];
  };
}
