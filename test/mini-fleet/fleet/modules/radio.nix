# D5 and D7: what is said here, radio-site.nix says otherwise, with more weight or with less.
{ config, lib, pkgs, ... }:
{
  clan.core.vars.generators = {
    radio-licence = {
      share = true;
      files.call-sign.secret = false;
      files.key = {
        owner = "radio";
        mode = "0440";
      };
      prompts.key.type = "hidden";
      dependencies = [ "radio-mast" ];
      runtimeInputs = [ pkgs.gnupg ];
      script = "exit 1";
    };

    radio-mast.prompts.code = {
      type = "hidden";
      persist = true;
    };

    radio-relay = {
      files.key = { };
      files.certificate.secret = false;
      script = "exit 1";
    };

    # Values under priorities and conditions, at every depth.
    radio-log = {
      share = lib.mkIf (config.networking.hostName == "nowhere") true;
      files = lib.mkMerge [
        {
          entry = lib.mkMerge [
            { owner = "radio"; }
            { mode = "0440"; }
            (lib.mkIf false { secret = false; })
          ];
          index.secret = lib.mkDefault false;
        }
        {
          entry.group = "radio";
          index.secret = true;
        }
        (lib.mkIf (config.networking.hostName == "nowhere") { atlas = { }; })
      ];
      prompts.pass = lib.mkMerge [
        { type = "hidden"; }
        { description = "Pass phrase of the log"; }
      ];
      dependencies = lib.mkMerge [
        [ "radio-mast" ]
        (lib.mkIf false [ "radio-relay" ])
      ];
      runtimeInputs = lib.mkBefore [ pkgs.gnupg ];
      script = lib.mkMerge [
        (lib.mkDefault "exit 1")
        (lib.mkIf true "cat $prompts/pass | tee $out/entry > $out/index")
      ];
      validation = lib.mkIf false { length = 12; };
    };

    radio-band = lib.mkMerge [
      {
        share = lib.mkDefault true;
        files.table.owner = lib.mkDefault "radio";
        prompts.table.type = "multiline";
        script = lib.mkDefault "exit 1";
      }
      {
        share = false;
        files.table.owner = "root";
        prompts.table.persist = true;
        script = "";
      }
    ];
  };
}
