# Every secret and every prompted setting of the fleet, defined once. All other files name a key of
# this set and take generator names, file names and variables from here.
#
# `pkgs` is used in `runtimeInputs` alone and Nix is lazy, so whoever needs metadata only imports
# this file with `pkgs = null`.
{
  pkgs ? null,
}:
let
  user = "ada";

  # A public file ends up in the Nix store, where owner and mode would mean nothing.
  fileOptions =
    secret:
    if secret then
      {
        secret = true;
        owner = user;
        mode = "0400";
      }
    else
      { secret = false; };

  # Somebody types the value in; the script only copies it from the prompt to the file.
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
      share ? false,
    }:
    {
      inherit
        generator
        envVar
        domain
        kind
        fileAttr
        secret
        share
        ;
      files.${fileAttr} = fileOptions secret;
      prompts.${promptAttr} = {
        inherit description;
        type = if secret then "hidden" else "line";
      };
      script = ''
        cat "$prompts/${promptAttr}" > "$out/${fileAttr}"
      '';
    };

  # The script makes the value. `fileAttr` says which of its files the environment variable and the
  # accessors mean.
  mkGeneratedSecret =
    {
      generator,
      envVar,
      domain,
      kind,
      script,
      prompts ? null,
      dependencies ? [ ],
      runtimeInputs ? [ ],
      fileAttr ? "key",
      files ? {
        ${fileAttr} = fileOptions secret;
      },
      secret ? true,
      share ? false,
    }:
    {
      inherit
        generator
        envVar
        domain
        kind
        script
        dependencies
        runtimeInputs
        fileAttr
        files
        secret
        share
        ;
    }
    // (if prompts == null then { } else { inherit prompts; });
in
{
  # Language models

  openrouter = mkPromptedSecret {
    generator = "openrouter-api-key";
    envVar = "OPENROUTER_API_KEY";
    description = "OpenRouter API key (openrouter.ai, Settings, Keys)";
    domain = "ai";
    kind = "api-key";
  };

  anthropic = mkPromptedSecret {
    generator = "anthropic-api-key";
    envVar = "ANTHROPIC_API_KEY";
    description = "Anthropic API key (console.anthropic.com)";
    domain = "ai";
    kind = "api-key";
  };

  deepseek = mkPromptedSecret {
    generator = "deepseek-api-key";
    envVar = "DEEPSEEK_API_KEY";
    description = "DeepSeek API key (platform.deepseek.com)";
    domain = "ai";
    kind = "api-key";
  };

  mistral = mkPromptedSecret {
    generator = "mistral-api-key";
    envVar = "MISTRAL_API_KEY";
    description = "Mistral API key (console.mistral.ai)";
    domain = "ai";
    kind = "api-key";
  };

  hindsight = mkPromptedSecret {
    generator = "hindsight-api-key";
    envVar = "HINDSIGHT_API_KEY";
    description = "API key of our Hindsight memory server";
    domain = "ai";
    kind = "api-key";
  };

  # Mail

  gmail = mkPromptedSecret {
    generator = "gmail-app-password";
    envVar = "GMAIL_APP_PASSWORD";
    description = "Gmail app password (Google account, Security, App passwords)";
    domain = "mail";
    kind = "password";
    fileAttr = "password";
  };

  icloud = mkPromptedSecret {
    generator = "icloud-app-password";
    envVar = "ICLOUD_APP_PASSWORD";
    description = "iCloud app-specific password (account.apple.com)";
    domain = "mail";
    kind = "password";
    fileAttr = "password";
    promptAttr = "app-password";
  };

  # Hosting and code

  # An account number is no secret: its value is read during evaluation and exported as it is.
  cloudflare-account-id = mkPromptedSecret {
    generator = "cloudflare-account";
    envVar = "CLOUDFLARE_ACCOUNT_ID";
    description = "Cloudflare account id (the dashboard's address shows it)";
    domain = "hosting";
    kind = "setting";
    fileAttr = "id";
    secret = false;
  };

  cloudflare-api-token = mkPromptedSecret {
    generator = "cloudflare-api-token";
    envVar = "CLOUDFLARE_API_TOKEN";
    description = "Cloudflare API token with the right to edit DNS";
    domain = "hosting";
    kind = "token";
    fileAttr = "token";
  };

  hetzner = mkPromptedSecret {
    generator = "hetzner-cloud-token";
    envVar = "HCLOUD_TOKEN";
    description = "Hetzner Cloud token, read and write";
    domain = "hosting";
    kind = "token";
    fileAttr = "token";
  };

  # One token for all machines, so that it is asked for once.
  github-token = mkPromptedSecret {
    generator = "github-token";
    envVar = "GITHUB_TOKEN";
    description = "GitHub fine-grained token, read only";
    domain = "code";
    kind = "token";
    fileAttr = "token";
    share = true;
  };

  ntfy-topic = mkPromptedSecret {
    generator = "ntfy";
    envVar = "NTFY_TOPIC";
    description = "ntfy topic for messages from backups";
    domain = "hosting";
    kind = "setting";
    fileAttr = "topic";
    secret = false;
  };

  # Made by a script

  restic-password = mkGeneratedSecret {
    generator = "restic-password";
    envVar = "RESTIC_PASSWORD";
    domain = "backup";
    kind = "password";
    fileAttr = "password";
    runtimeInputs = [ pkgs.openssl ];
    script = ''
      openssl rand -base64 32 | tr -d '\n' > "$out/password"
    '';
  };

  # The WireGuard mesh: one network for all, and for each machine a key pair and an address in it.

  mesh-network = mkGeneratedSecret {
    generator = "mesh-network";
    envVar = null;
    domain = "network";
    kind = "setting";
    fileAttr = "prefix";
    secret = false;
    share = true;
    runtimeInputs = [ pkgs.openssl ];
    # A private prefix as RFC 4193 asks for: fd and 40 random bits.
    script = ''
      hex=$(openssl rand -hex 5)
      printf '%s' "fd''${hex:0:2}:''${hex:2:4}:''${hex:6:4}" > "$out/prefix"
    '';
  };

  # A WireGuard key is an X25519 key in base64. OpenSSL makes it as well as `wg genkey` does, and is
  # on most machines that vars are generated on.
  wireguard = mkGeneratedSecret {
    generator = "wireguard";
    envVar = null;
    domain = "network";
    kind = "key-pair";
    fileAttr = "private";
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

  # The second half comes from the machine's public key, so that nobody has to number machines.
  mesh-address = mkGeneratedSecret {
    generator = "mesh-address";
    envVar = null;
    domain = "network";
    kind = "setting";
    fileAttr = "address";
    secret = false;
    dependencies = [
      "mesh-network"
      "wireguard"
    ];
    script = ''
      prefix=$(cat "$in/mesh-network/prefix")
      hash=$(sha256sum < "$in/wireguard/public")
      printf '%s' "$prefix:0:''${hash:0:4}:''${hash:4:4}:''${hash:8:4}:''${hash:12:4}" > "$out/address"
    '';
  };

  login-password = mkGeneratedSecret {
    generator = "login-password";
    envVar = null;
    domain = "system";
    kind = "password";
    fileAttr = "password-hash";
    files.password-hash = {
      secret = true;
      neededFor = "users";
    };
    prompts.password = {
      description = "Password of ${user} on this machine";
      type = "hidden";
    };
    runtimeInputs = [ pkgs.openssl ];
    script = ''
      openssl passwd -6 -stdin < "$prompts/password" > "$out/password-hash"
    '';
  };
}
