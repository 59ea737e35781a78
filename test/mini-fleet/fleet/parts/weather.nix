# D3: several modules in one, as a list of inline modules. D10: their bodies come from a function above them all.
{ lib, ... }:
let
  apiKey = provider: {
    prompts.key = {
      description = "API key of ${provider}";
      type = "hidden";
    };
    files.key = { };
    script = ''cat "$prompts/key" > "$out/key"'';
  };
in
{
  flake.modules.nixos.weather = {
    imports = [
      { clan.core.vars.generators.weather-forecast = apiKey "the forecast"; }
      (
        { config, ... }:
        {
          clan.core.vars.generators.weather-station = apiKey "the station" // {
            share = true;
          };
          environment.etc."weather/key".source =
            config.clan.core.vars.generators.weather-station.files.key.path;
        }
      )
      {
        clan.core.vars.generators = lib.genAttrs [ "gauge-north" "gauge-south" ] apiKey;
      }
    ];
  };
}
