# Which machine gets which keys of the registry.
let
  sharedCore = [
    "anthropic"
    "cloudflare-account-id"
    "github-token"
  ];

  # A place in the WireGuard mesh.
  mesh = [
    "mesh-network"
    "wireguard"
    "mesh-address"
  ];
in
{
  emily = sharedCore ++ [
    "deepseek"
    "hindsight"
  ];

  # A slip of the finger.
  lea = [
    "anthropc" # broken: registry/unknown-key
    "cloudflare-account-id"
    "gmail"
  ];

  noa = sharedCore ++ mesh ++ [ "captcha" ];

  # Given away last year; nothing reads this row any more.
  otto = [ # broken: registry/unknown-machine
    "deepseek"
    "gmail"
  ];

  # The token has come with sharedCore already.
  tove = sharedCore ++ mesh ++ [
    "github-token" # broken: registry/duplicate-key
    "cloudflare-api-token"
    "cloudflare-dns-token"
    "restic-password"
  ];
}
