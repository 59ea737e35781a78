# Which machine gets which keys of the registry.
let
  sharedCore = [
    "anthropic"
    "cloudflare-account-id"
    "github-token"
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

  noa = sharedCore ++ [ "captcha" ];

  # Given away last year; nothing reads this row any more.
  otto = [ # broken: registry/unknown-machine
    "deepseek"
    "gmail"
  ];

  # The token has come with sharedCore already.
  tove = sharedCore ++ [
    "github-token" # broken: registry/duplicate-key
    "cloudflare-api-token"
    "cloudflare-dns-token"
    "restic-password"
    "wireguard"
  ];
}
