# D21: set by hand, or by a machine that is not built yet.
{
  clan.core.vars.generators.modem-pin.files.pin = { };
  clan.core.vars.generators.terraform-state = {
    files.passphrase.deploy = false;
    script = "exit 1";
  };
  clan.core.vars.generators.lighthouse-serial = {
    files.serial.secret = false;
    script = ":";
  };
  clan.core.vars.generators.tpm = {
    files.handle = { };
    script = "";
  };
}
