# D10: helper functions of the same file, with one argument or with a set and defaults.
{ pkgs, ... }:
let
  mkSecret = description: {
    prompts.value = {
      inherit description;
      type = "hidden";
    };
    files.value = { };
    script = ''cat "$prompts/value" > "$out/value"'';
  };
  mkRandom =
    {
      bytes ? 32,
      share ? false,
      extraFiles ? { },
    }:
    {
      inherit share;
      files = {
        random = { };
      }
      // extraFiles;
      runtimeInputs = [ pkgs.openssl ];
      script = "openssl rand -hex ${toString bytes} > $out/random";
    };
in
{
  clan.core.vars.generators.chart-api = mkSecret "Key of the chart service";
  clan.core.vars.generators.radio-api = mkSecret "Key of the radio" // {
    share = true;
  };
  clan.core.vars.generators.session-seed = mkRandom { };
  clan.core.vars.generators.fleet-seed = mkRandom {
    bytes = 64;
    share = true;
    extraFiles.note.secret = false;
  };
}
