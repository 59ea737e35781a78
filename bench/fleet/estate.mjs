/**
 * A large fleet as a clan keeps it: a folder a machine, modules that many machines share, an inventory with tags and
 * instances of the fleet's own services, a registry with a matrix. Every machine has twenty generators: four of the
 * base, three of its tag, six of its own modules, three of services, four of the registry.
 *
 * Deterministic, clean, and true Nix. Knows nothing of disks: paths and texts come out.
 */
import { ACCESSORS, GENERATORS, matrixText, registryText } from './library.mjs';
import { configurationText, HARDWARE, ownModuleText } from './machines.mjs';
import { planFleet } from './plan.mjs';
import { serviceText, sharedModuleText } from './shared.mjs';
import { locate } from './text.mjs';

export const GENERATORS_A_MACHINE = 20;

const REGISTRY_KEYS = 200;
const OWN_KEYS = 2;
const SERVICES = ['backup', 'mesh', 'metrics'];
/** Names of the generators of modules that many machines import. */
const SHARED = {
  base: ['root-password', 'host-identity', 'initrd-ssh', 'monitoring-token'],
  web: ['acme-account', 'web-session', 'web-basic-auth'],
  db: ['db-admin', 'db-replication', 'db-backup-key'],
};
const OWN = {
  apps: ['app-admin', 'app-session', 'app-smtp'],
  agents: ['agent-enrolment', 'agent-signing', 'agent-webhook'],
};

/**
 * @param {number} count machines, at least 2
 * @param {{ vars?: boolean }} [options] `vars`: with what lies on disk after generating, two files a generator
 */
export function estate(count, { vars = false } = {}) {
  const machines = planMachines(count);
  const entries = planFleet(1, REGISTRY_KEYS).entries;
  const keys = entries.map(entry => entry.key);
  const lists = { sharedCore: keys.slice(0, 2), workstation: keys.slice(2, 4), servers: keys.slice(4, 6) };
  const rest = keys.slice(6);
  const rows = machines.map(({ name, index, tag }) => ({
    name,
    row: { shared: [tag === 'web' ? 'workstation' : 'servers'], own: ownKeys(rest, index) },
  }));
  const files = new Map([
    ['flake.nix', flakeText()],
    ['inventory.nix', inventoryText(machines)],
    ['lib/secret-registry.nix', registryText(entries)],
    ['lib/machine-env-matrix.nix', matrixText({ lists, machines: rows })],
    ['lib/vars-generators.nix', GENERATORS],
    ['lib/secrets.nix', ACCESSORS],
  ]);
  for (const [name, generators] of Object.entries(SHARED))
    files.set(`modules/${name}.nix`, sharedModuleText(name, generators));
  for (const name of SERVICES) files.set(`services/${name}/default.nix`, serviceText(name));
  for (const machine of machines) {
    const folder = `machines/${machine.name}`;
    files.set(`${folder}/configuration.nix`, configurationText(machine, OWN));
    files.set(`${folder}/hardware-configuration.nix`, HARDWARE);
    for (const [name, generators] of Object.entries(OWN))
      files.set(`${folder}/${name}.nix`, ownModuleText(machine, name, generators));
    if (vars) for (const path of storedPaths(machine)) files.set(path, '{}\n');
  }
  return { files, machines, edits: edits(files, machines) };
}

function planMachines(count) {
  if (count < 2) throw new RangeError('an estate has at least two machines');
  const digits = String(count - 1).length;
  return Array.from({ length: count }, (_, index) => ({
    name: `host-${String(index).padStart(digits, '0')}`,
    index,
    tag: index % 3 === 0 ? 'db' : 'web',
  }));
}

function ownKeys(keys, index) {
  return Array.from({ length: OWN_KEYS }, (_, i) => keys[(index * OWN_KEYS + i) % keys.length]);
}

/** As sops leaves it behind: a folder a file of a generator, and in it the encrypted text. */
function storedPaths({ name, tag }) {
  const generators = [...SHARED.base, ...SHARED[tag], ...Object.values(OWN).flat()];
  const services = SERVICES.map(service => `svc-${service}-${name}`);
  return [...generators, ...services].flatMap(generator => [
    `vars/per-machine/${name}/${generator}/secret/secret`,
    `vars/per-machine/${name}/${generator}/public/value`,
  ]);
}

/** Places where putting in `text` (0-based line and character) makes a finding that taking it out removes. */
function edits(files, [first]) {
  const use = path => `environment.etc."bench".source = config.clan.core.vars.generators.${path}.path;\n`;
  const at = (file, path) => ({ file, ...locate(files.get(file), 'time.timeZone'), text: use(path) });
  return {
    machine: at(`machines/${first.name}/configuration.nix`, 'bench-missing.files.secret'),
    shared: at('modules/base.nix', 'monitoring-token.files.bench-missing'),
  };
}

function flakeText() {
  const modules = SERVICES.map(name => `          ${name} = ./services/${name};\n`).join('');
  return `{
  description = "A synthetic estate";

  inputs.clan-core.url = "https://git.clan.lol/clan/clan-core/archive/main.tar.gz";

  outputs =
    { self, clan-core, ... }:
    let
      clan = clan-core.lib.clan {
        inherit self;
        meta.name = "estate";
        inventory = import ./inventory.nix;
        modules = {
${modules}        };
      };
    in
    {
      inherit (clan.config) nixosConfigurations clanInternals;
      clan = clan.config;
    };
}
`;
}

function inventoryText(machines) {
  const rows = machines.map(
    ({ name, tag, index }) => `    ${name} = {
      machineClass = "nixos";
      tags = [
        "base"
        "${tag}"${index % 10 === 0 ? '\n        "edge"' : ''}
      ];
      deploy.targetHost = "root@${name}.example";
    };
`,
  );
  const instances = SERVICES.map(
    name => `    ${name} = {
      module = {
        name = "${name}";
        input = "self";
      };
      roles.server.machines.${machines[0].name} = { };
      roles.client.tags.base = { };
      roles.client.settings.interval = "hourly";
    };
`,
  );
  return `{
  machines = {
${rows.join('')}  };

  instances = {
${instances.join('')}  };
}
`;
}
