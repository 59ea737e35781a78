# D11: functions that are outputs of the flake.
{
  flake.lib = {
    mkToken = description: {
      prompts.token = {
        inherit description;
        type = "hidden";
        persist = true;
      };
    };
    mkPassphrase =
      {
        pkgs,
        words ? 6,
      }:
      {
        files.passphrase = { };
        runtimeInputs = [ pkgs.xkcdpass ];
        script = ''
          xkcdpass --numwords ${toString words} > "$out/passphrase"
        '';
      };
  };
}
