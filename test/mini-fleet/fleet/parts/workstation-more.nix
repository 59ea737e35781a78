{
  flake.modules.nixos.developer = {
    # D7: adds to what workstation.nix declares.
    clan.core.vars.generators.signing.files.passphrase.owner = "rika";
  };
}
