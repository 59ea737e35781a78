/** What many machines have in common, as Nix text: modules behind tags, and service modules of the fleet's own. */

const HEAD = `{
  config,
  lib,
  pkgs,
  ...
}:
`;

/** A module with generators written out, and options and uses around them. */
export function sharedModuleText(name, generators) {
  return `# What every machine tagged "${name}" has.
${HEAD}let
  cfg = config.estate.${name};
  vars = config.clan.core.vars.generators;
in
{
  options.estate.${name}.domain = lib.mkOption {
    type = lib.types.str;
    default = "estate.example";
    description = "The domain that names are under.";
  };

  config = {
${generators.map(generatorText).join('\n')}
    time.timeZone = lib.mkDefault "Europe/Berlin";

${generators.map(use).join('')}
    networking.domain = lib.mkDefault cfg.domain;
    networking.firewall.allowedTCPPorts = [
      22
      443
    ];

    environment.systemPackages = with pkgs; [
      git
      jq
      curl
    ];
  };
}
`;
}

function use(generator) {
  return `    systemd.services.${generator}.serviceConfig.LoadCredential = [
      "${generator}:\${vars.${generator}.files.secret.path}"
    ];
`;
}

/** A generator with a secret and a public file, indented by four. */
export function generatorText(name, index) {
  const before = index % 3 === 2 ? `      dependencies = [ "root-password" ];\n` : '';
  const asked =
    index % 3 === 1
      ? `      prompts.value = {
        description = "The ${name} from the console of its vendor";
        type = "hidden";
        persist = true;
      };
`
      : '';
  const needed = name === 'root-password' ? '        neededFor = "users";\n' : '';
  return `    clan.core.vars.generators.${name} = {
${before}${asked}      files.secret = {
        owner = "root";
        mode = "0400";
${needed}      };
      files.public.secret = false;
      runtimeInputs = [
        pkgs.coreutils
        pkgs.openssl
      ];
      script = ''
        openssl rand -hex 32 > "$out"/secret
        sha256sum "$out"/secret | cut -d " " -f 1 > "$out"/public
      '';
    };
`;
}

/** A service module with two roles; members of `client` get a generator named by instance and machine. */
export function serviceText(name) {
  return `{ ... }:
{
  _class = "clan.service";
  manifest.name = "${name}";
  manifest.description = "${name} for the estate";
  manifest.readme = "Clients enrol at the server.";

  roles.server = {
    description = "Takes clients in";
    perInstance =
      { instanceName, roles, ... }:
      {
        nixosModule =
          { lib, ... }:
          {
            services.${name}.server.\${instanceName} = {
              enable = true;
              clients = lib.attrNames roles.client.machines;
            };
          };
      };
  };

  roles.client = {
    description = "Enrols at the server";
    interface =
      { lib, ... }:
      {
        options.interval = lib.mkOption {
          type = lib.types.str;
          default = "daily";
          description = "How often";
        };
      };
    perInstance =
      {
        instanceName,
        settings,
        machine,
        ...
      }:
      {
        nixosModule =
          { config, pkgs, ... }:
          {
            clan.core.vars.generators."svc-\${instanceName}-\${machine.name}" = {
              files.secret = { };
              files.public.secret = false;
              runtimeInputs = [ pkgs.openssl ];
              script = ''
                openssl genpkey -algorithm ed25519 -out "$out"/secret
                openssl pkey -in "$out"/secret -pubout -out "$out"/public
              '';
            };
            services.${name}.client.\${instanceName} = {
              inherit (settings) interval;
              keyFile = config.clan.core.vars.generators."svc-\${instanceName}-\${machine.name}".files.secret.path;
            };
          };
      };
  };
}
`;
}
