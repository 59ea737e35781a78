# D11: arguments for other modules.
{
  _module.args.botGenerator = room: {
    files.token.owner = "bot";
    prompts.token = {
      description = "Token for ${room}";
      type = "hidden";
    };
    script = "cat $prompts/token > $out/token";
  };
}
