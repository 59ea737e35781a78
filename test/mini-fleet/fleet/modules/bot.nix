# D11: a helper that comes through _module.args.
{ botGenerator, ... }:
{
  imports = [ ./bot-args.nix ];
  clan.core.vars.generators.bot-pier = botGenerator "the pier";
}
