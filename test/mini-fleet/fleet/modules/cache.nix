# D2: deeper nesting.
{
  clan = {
    core = {
      vars = {
        generators = {
          cache = {
            share = true;
            files = {
              token = { };
              endpoint = {
                secret = false;
              };
            };
            prompts = {
              token = {
                type = "hidden";
              };
              endpoint = { };
            };
            script = ''
              cat $prompts/token > $out/token
              cat $prompts/endpoint > $out/endpoint
            '';
          };
        };
      };
    };
  };
}
