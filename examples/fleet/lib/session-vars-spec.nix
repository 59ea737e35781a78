# What shells add to the exported variables, as data: one list of steps for every machine and one
# for each machine that wants more. Rendered for each shell by session-vars-render.nix.
let
  registry = import ./secret-registry.nix { pkgs = null; };

  # For programs that do not know the `*_FILE` convention: read the file when the shell starts.
  hydrate =
    key:
    let
      inherit (registry.${key}) envVar;
    in
    {
      kind = "hydrate";
      name = envVar;
      from = "${envVar}_FILE";
      keys = [ key ];
    };

  # A value put together from text and other variables. It is not set where one of those is not.
  compose = name: parts: {
    kind = "compose";
    inherit name parts;
    keys = builtins.concatMap (part: if part ? key then [ part.key ] else [ ]) parts;
  };

  valueOf = key: {
    variable = registry.${key}.envVar;
    inherit key;
  };
in
{
  shared = [
    (hydrate "hindsight")
    (compose "CLOUDFLARE_ACCOUNT_URL" [
      "https://api.cloudflare.com/client/v4/accounts/"
      (valueOf "cloudflare-account-id")
    ])
  ];

  machines = {
    emily = map hydrate [
      "anthropic"
      "openrouter"
    ];
    lea = [ (hydrate "deepseek") ];
    tove = [
      (hydrate "hetzner")
      (compose "NTFY_URL" [
        "https://ntfy.sh/"
        (valueOf "ntfy-topic")
      ])
    ];
  };
}
