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

  # A place in the WireGuard mesh.
  mesh = [
    "mesh-network"
    "wireguard"
    "mesh-address"
  ];
in
{
  emily = sharedCore ++ mesh ++ [
    "deepseek"
    "mistral"
    "gmail"
    "icloud"
    "restic-password"
  ];

  # Travels a lot, so it carries as little as it can.
  lea = mesh ++ [
    "cloudflare-account-id"
    "hindsight"
    "deepseek"
    "gmail"
    "icloud"
  ];

  noa = sharedCore ++ mesh ++ [
    "mistral"
    "icloud"
  ];

  tove = sharedCore ++ mesh ++ [
    "cloudflare-api-token"
    "hetzner"
    "ntfy-topic"
    "restic-password"
    "login-password"
  ];
}
