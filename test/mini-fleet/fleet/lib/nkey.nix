# D13: the body of a generator, as a function of its details.
{
  pkgs,
  kind ? "user",
  owner ? "root",
}:
{
  files.seed = { inherit owner; };
  files.public.secret = false;
  runtimeInputs = [ pkgs.nkeys ];
  script = ''
    nk -gen ${kind} > "$out/seed"
    nk -inkey "$out/seed" -pubout > "$out/public"
  '';
}
