# D3 and D14: one body for two classes of machines.
let
  disk = {
    files.passphrase = {
      neededFor = "partitioning";
      deploy = false;
    };
    prompts.passphrase = {
      type = "hidden";
      persist = true;
    };
  };
in
{
  flake.modules.nixos.laptop = {
    clan.core.vars.generators.disk-encryption = disk;
  };
  flake.modules.darwin.laptop = {
    clan.core.vars.generators.filevault = disk;
    clan.core.vars.generators.touch-id = {
      files.pin.group = "admin";
      prompts.pin.type = "hidden";
      script = "cat $prompts/pin > $out/pin";
    };
  };
}
