# Every secret of the fleet, defined once. Readers of metadata import it with `pkgs = null`.
{
  pkgs ? null,
}:
let
  mkPromptedSecret =
    {
      generator,
      envVar,
      description,
      domain,
      kind,
      fileAttr ? "key",
      promptAttr ? fileAttr,
      secret ? true,
    }:
    {
      inherit
        generator
        envVar
        domain
        kind
        fileAttr
        secret
        ;
      share = false;
      files.${fileAttr} = { inherit secret; };
      prompts.${promptAttr} = {
        inherit description;
        type = if secret then "hidden" else "line";
      };
      script = ''
        cat "$prompts/${promptAttr}" > "$out/${fileAttr}"
      '';
    };
in
{
  anthropic = mkPromptedSecret {
    generator = "anthropic-api-key";
    envVar = "ANTHROPIC_API_KEY";
    description = "Anthropic API key (console.anthropic.com)";
    domain = "ai";
    kind = "api-key";
  };

  # A name that starts with a digit is no name of a shell variable.
  captcha = mkPromptedSecret {
    generator = "captcha-api-key";
    envVar = "2CAPTCHA_API_KEY"; # broken: registry/invalid-env-var
    description = "2Captcha API key (2captcha.com)";
    domain = "automation";
    kind = "api-key";
  };

  cloudflare-account-id = mkPromptedSecret {
    generator = "cloudflare-account";
    envVar = "CLOUDFLARE_ACCOUNT_ID";
    description = "Cloudflare account id";
    domain = "hosting";
    kind = "setting";
    fileAttr = "id";
    secret = false;
  };

  cloudflare-api-token = mkPromptedSecret {
    generator = "cloudflare-api-token";
    envVar = "CLOUDFLARE_API_TOKEN";
    description = "Cloudflare API token with the right to read everything";
    domain = "hosting";
    kind = "token";
    fileAttr = "token";
  };

  # tove has both Cloudflare tokens, and only one of them can be in the variable.
  cloudflare-dns-token = mkPromptedSecret {
    generator = "cloudflare-dns-token";
    envVar = "CLOUDFLARE_API_TOKEN"; # broken: registry/duplicate-env-var
    description = "Cloudflare API token with the right to edit DNS";
    domain = "hosting";
    kind = "token";
    fileAttr = "token";
  };

  deepseek = mkPromptedSecret {
    generator = "deepseek-api-key";
    envVar = "DEEPSEEK_API_KEY";
    description = "DeepSeek API key (platform.deepseek.com)";
    domain = "ai";
    kind = "api-key";
  };

  github-token = mkPromptedSecret {
    generator = "github-token";
    envVar = "GH_TOKEN";
    description = "GitHub fine-grained token, read only";
    domain = "code";
    kind = "token";
    fileAttr = "token";
  };

  gmail = mkPromptedSecret {
    generator = "gmail-app-password";
    envVar = "GMAIL_APP_PASSWORD";
    description = "Gmail app password";
    domain = "mail";
    kind = "password";
    fileAttr = "password";
  };

  # Copied from deepseek, with the old generator left in: emily asks for one key instead of two.
  hindsight = mkPromptedSecret {
    generator = "deepseek-api-key"; # broken: registry/duplicate-generator
    envVar = "HINDSIGHT_API_KEY";
    description = "API key of our Hindsight memory server";
    domain = "ai";
    kind = "api-key";
  };

  # The WireGuard mesh: one network for all, and for each machine a key pair and an address in it.
  mesh-network = {
    generator = "mesh-network";
    envVar = null;
    domain = "network";
    kind = "setting";
    fileAttr = "prefix";
    secret = false;
    share = true;
    files.prefix.secret = false;
    runtimeInputs = [ pkgs.openssl ];
    script = ''
      hex=$(openssl rand -hex 5)
      printf '%s' "fd''${hex:0:2}:''${hex:2:4}:''${hex:6:4}" > "$out/prefix"
    '';
  };

  mesh-address = {
    generator = "mesh-address";
    envVar = null;
    domain = "network";
    kind = "setting";
    fileAttr = "address";
    secret = false;
    share = false;
    dependencies = [
      "mesh-network"
      "wireguard"
    ];
    files.address.secret = false;
    script = ''
      prefix=$(cat "$in/mesh-network/prefix")
      hash=$(sha256sum < "$in/wireguard/public")
      printf '%s' "$prefix:0:''${hash:0:4}:''${hash:4:4}:''${hash:8:4}:''${hash:12:4}" > "$out/address"
    '';
  };

  # No machine asks for it.
  mistral = mkPromptedSecret { # broken: registry/unused-key
    generator = "mistral-api-key";
    envVar = "MISTRAL_API_KEY";
    description = "Mistral API key (console.mistral.ai)";
    domain = "ai";
    kind = "api-key";
  };

  # The file is called `password`.
  restic-password = {
    generator = "restic-password";
    envVar = "RESTIC_PASSWORD";
    domain = "backup";
    kind = "password";
    fileAttr = "passphrase"; # broken: registry/file-attr-mismatch
    secret = true;
    share = false;
    files.password.secret = true;
    runtimeInputs = [ pkgs.openssl ];
    script = ''
      openssl rand -base64 32 | tr -d '\n' > "$out/password"
    '';
  };

  wireguard = {
    generator = "wireguard";
    envVar = null;
    domain = "network";
    kind = "key-pair";
    fileAttr = "private";
    secret = true;
    share = false;
    files = {
      private.secret = true;
      public.secret = false;
    };
    runtimeInputs = [ pkgs.openssl ];
    script = ''
      key=$(openssl genpkey -algorithm X25519)
      openssl pkey -outform DER <<< "$key" | tail -c 32 | base64 > "$out/private"
      openssl pkey -pubout -outform DER <<< "$key" | tail -c 32 | base64 | tr -d '\n' > "$out/public"
    '';
  };
}
