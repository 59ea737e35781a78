/**
 * The machines' own modules as Nix text, and the flake that lists them.
 *
 * A host assigns its generators in the module body and reads only generators it has: the fleet is clean, so
 * that every finding of a run comes from an edit of the run.
 */

/** Lines of the one long host; the others have about sixty. */
const LONG_HOST_LINES = 500;
const ORDINARY_SERVICES = 2;

export function hostText(machine, entries, long) {
  const own = machine.keys.map(key => entries.get(key));
  const secrets = own.filter(entry => entry.secret);
  const settings = own.filter(entry => !entry.secret).slice(0, 4);
  const service = machine.system.endsWith('darwin') ? daemonText : serviceText;
  const head = headText(machine, secrets, settings);
  const blocks = [];
  const lineCount = () => [head, ...blocks].join('').split('\n').length;
  const wanted = long ? Number.POSITIVE_INFINITY : ORDINARY_SERVICES;
  for (let i = 0; i < wanted && (!long || lineCount() < LONG_HOST_LINES - 1); i++) {
    blocks.push(service(secrets[i % secrets.length], Math.floor(i / secrets.length), machine));
  }
  return `${head}${blocks.join('')}}\n`;
}

function headText(machine, secrets, settings) {
  const { name, system, index } = machine;
  const linux = system.endsWith('linux');
  const mail = secrets[index % secrets.length];
  const etc = secrets[(index + 1) % secrets.length];
  return `# ${name}: ${linux ? 'a server' : 'a workstation'} of the fleet.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  envMatrix = import ../../../lib/machine-env-matrix.nix;

  varsGenerators = import ../../../lib/vars-generators.nix {
    keys = envMatrix.${name};
    inherit pkgs;
  };

  secrets = import ../../../lib/secrets.nix { inherit pkgs; };

  vars = config.clan.core.vars.generators;
in
{
  # In the module body and not in imports: vars selectors of another architecture read this as a plain value.
  clan.core.vars.generators = varsGenerators;

  networking.hostName = "${name}";
  nixpkgs.hostPlatform = lib.mkDefault "${system}";
  system.stateVersion = ${linux ? '"25.05"' : '5'};
  time.timeZone = "Europe/Berlin";

  environment.systemPackages = [
    pkgs.git
    pkgs.jq
  ];

  environment.etc."${name}/${etc.key}".source = vars.${etc.generator}.files.${etc.fileAttr}.path;
  environment.etc."${name}/mail-password-command".text = secrets.mkPasswordCmd {
    osConfig = config;
    key = "${mail.key}";
  };
${settings.map(s => `  environment.variables.${s.envVar} = vars.${s.generator}.files.${s.fileAttr}.value;\n`).join('')}`;
}

function serviceText(entry, round, { name }) {
  const unit = `${entry.key}-sync${round === 0 ? '' : `-${round + 1}`}`;
  return `
  systemd.services.${unit} = {
    description = "Keep ${entry.vendor} up to date on ${name}";
    wantedBy = [ "multi-user.target" ];
    after = [ "network-online.target" ];
    path = [
      pkgs.curl
      pkgs.jq
    ];
    serviceConfig = {
      DynamicUser = true;
      LoadCredential = [ "${entry.fileAttr}:\${vars.${entry.generator}.files.${entry.fileAttr}.path}" ];
      Restart = "on-failure";
    };
    script = ''
      curl --fail --silent --header @"$CREDENTIALS_DIRECTORY/${entry.fileAttr}" \\
        https://${entry.vendor}.example/status | jq --exit-status .ok
    '';
  };
`;
}

function daemonText(entry, round, { name }) {
  const unit = `${entry.key}-sync${round === 0 ? '' : `-${round + 1}`}`;
  return `
  launchd.daemons.${unit} = {
    script = ''
      # Keep ${entry.vendor} up to date on ${name}.
      \${lib.getExe pkgs.curl} --fail --silent --header @"$TOKEN_FILE" \\
        https://${entry.vendor}.example/status
    '';
    environment.TOKEN_FILE = vars.${entry.generator}.files.${entry.fileAttr}.path;
    serviceConfig = {
      KeepAlive = true;
      RunAtLoad = true;
      StandardErrorPath = "/var/log/${unit}.log";
    };
  };
`;
}

export function flakeText(machines) {
  const inventory = machines.map(({ name, system }) => {
    const darwin = system.endsWith('darwin');
    return `          ${name} = {
            machineClass = "${darwin ? 'darwin' : 'nixos'}";
            tags = [ "${darwin ? 'workstation' : 'server'}" ];
          };
`;
  });
  return `{
  description = "A synthetic fleet of ${machines.length} machines";

  inputs.clan-core.url = "https://git.clan.lol/clan/clan-core/archive/main.tar.gz";

  outputs =
    { self, clan-core, ... }:
    let
      clan = clan-core.lib.clan {
        inherit self;
        meta.name = "bench";
        inventory.machines = {
${inventory.join('')}        };
        machines = {
${machines.map(({ name }) => `          ${name}.imports = [ ./modules/hosts/${name} ];\n`).join('')}        };
      };
    in
    {
      inherit (clan.config) nixosConfigurations darwinConfigurations clanInternals;
      clan = clan.config;
    };
}
`;
}
