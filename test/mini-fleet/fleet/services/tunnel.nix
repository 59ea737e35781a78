# D4: perMachine, for both classes of machines.
{
  _class = "clan.service";
  manifest.name = "tunnel";
  roles.peer = { };

  perMachine =
    { machine, ... }:
    let
      key = {
        files.private = { };
        files.public.secret = false;
        script = ''
          head -c 32 /dev/urandom > $out/private
          echo ${machine.name} > $out/public
        '';
      };
    in
    {
      nixosModule.clan.core.vars.generators."tunnel-${machine.name}" = key;
      darwinModule.clan.core.vars.generators.tunnel-mac = key;
    };
}
