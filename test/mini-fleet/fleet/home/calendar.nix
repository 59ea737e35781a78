{ pkgs, ... }:
{
  vars.generators.calendar-token = {
    files.token = { };
    runtimeInputs = [ pkgs.curl ];
    script = "curl https://calendar.example/token > $out/token";
  };
}
