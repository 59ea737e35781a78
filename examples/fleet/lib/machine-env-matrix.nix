# Which machine gets which keys of the registry. A machine holds no secret that is not named here.
let
  # What every machine for daily work has.
  sharedCore = [
    "cloudflare-account-id"
    "github-token"
    "hindsight"
    "anthropic"
    "openrouter"
  ];
in
{
  emily = sharedCore ++ [
    "deepseek"
    "mistral"
    "gmail"
    "icloud"
    "restic-password"
  ];

  # Travels a lot, so it carries as little as it can.
  lea = [
    "cloudflare-account-id"
    "hindsight"
    "deepseek"
    "gmail"
    "icloud"
  ];

  noa = sharedCore ++ [
    "mistral"
    "icloud"
  ];

  tove = sharedCore ++ [
    "cloudflare-api-token"
    "hetzner"
    "ntfy-topic"
    "restic-password"
    "wireguard"
    "login-password"
  ];
}
