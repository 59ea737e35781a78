// A fleet that asks each of clan-core's services for its generators: instances whose names and settings are marks, so that what
// comes out of Nix shows where they went. Each probe is an instance of its own on machines of its own.

/**
 * @typedef {object} Probe
 * @property {Record<string, unknown>} [when] what decides, by the path of the setting; the data keeps it
 * @property {Record<string, unknown>} [settings] what the service wants besides, as JSON
 * @property {Record<string, Record<string, unknown>>} [others] further roles of the instance with their settings
 * @property {'nixos' | 'darwin'} [on] nixos if it is left out
 *
 * @typedef {{ service: string, role: string, probes: readonly Probe[] }} Asked
 */

/** Domains of a setting, not in the order of the alphabet. */
const DOMAINS = ['domains-mark-z.test', 'domains-mark-a.test'];

/** `sorted-hosts-and-clan`: whether the order is another one than that of the setting, and whether the clan's domain is among them. */
function kindOf(what, text) {
  const [last, first] = DOMAINS.map(domain => text.indexOf(domain));
  const isSorted = what === 'hosts' && first < last;
  return `${isSorted ? 'sorted-' : ''}${what}${text.includes('clanmark') ? '-and-clan' : ''}`;
}

/** @type {readonly Asked[]} */
export const ASKED = [
  {
    service: 'admin',
    role: 'default',
    probes: [{}, { settings: { rsaHostKey: { enable: true }, certificateSearchDomains: [...DOMAINS] } }],
  },
  {
    service: 'sshd',
    role: 'server',
    probes: [
      { settings: { certificate: { searchDomains: [...DOMAINS] } } },
      {
        settings: {
          certificate: { enable: false, searchDomains: [...DOMAINS] },
          hostKeys: { rsa: { enable: true } },
        },
      },
      {
        settings: {
          certificate: { enable: false, searchDomains: [...DOMAINS] },
          generateRootKey: true,
        },
      },
    ],
  },
  { service: 'sshd', role: 'client', probes: [{ others: { server: {} } }] },
  { service: 'borgbackup', role: 'client', probes: [{ others: { server: {} } }] },
  {
    service: 'certificates',
    role: 'ca',
    probes: [{ settings: { tlds: ['tld-mark'], acmeEmail: 'none@mark.test' } }],
  },
  {
    service: 'certificates',
    role: 'default',
    probes: [{ settings: { acmeEmail: 'none@mark.test' }, others: { ca: { tlds: ['tld-mark'] } } }],
  },
  { service: 'data-mesher', role: 'default', probes: [{}] },
  { service: 'dm-dns', role: 'push', probes: [{ others: { default: {} } }] },
  { service: 'dm-dns', role: 'default', probes: [{}] },
  {
    service: 'dyndns',
    role: 'default',
    probes: [{ settings: { settings: { any: { provider: 'provider-mark', domain: 'domain-mark' } } } }],
  },
  { service: 'emergency-access', role: 'default', probes: [{}] },
  { service: 'garage', role: 'default', probes: [{}] },
  {
    service: 'matrix-synapse',
    role: 'default',
    probes: [
      {
        settings: {
          server_tld: 'mark.test',
          app_domain: 'app.mark.test',
          acmeEmail: 'none@mark.test',
          users: { 'user-mark': {} },
        },
      },
    ],
  },
  { service: 'monitoring', role: 'client', probes: [{ others: { server: {} } }] },
  { service: 'monitoring', role: 'server', probes: [{}, { settings: { grafana: { enable: true } } }] },
  { service: 'mycelium', role: 'peer', probes: [{}] },
  { service: 'ncps', role: 'server', probes: [{}] },
  { service: 'ncps', role: 'client', probes: [{ others: { server: {} } }] },
  { service: 'p2p-ssh-iroh', role: 'server', probes: [{}] },
  { service: 'pki', role: 'default', probes: [{}] },
  { service: 'syncthing', role: 'peer', probes: [{}] },
  { service: 'tor', role: 'server', probes: [{}] },
  {
    service: 'users',
    role: 'default',
    probes: [
      { settings: { user: 'user-mark' } },
      { when: { prompt: false }, settings: { user: 'user-mark', prompt: false } },
    ],
  },
  {
    service: 'wifi',
    role: 'default',
    probes: [
      { settings: { networks: { 'network-mark': {} } } },
      { when: { keyMgmt: 'none' }, settings: { networks: { 'network-mark': { keyMgmt: 'none' } } } },
    ],
  },
  {
    service: 'wireguard',
    role: 'peer',
    probes: [
      { others: { controller: { endpoint: 'mark.test' } } },
      { on: 'darwin', others: { controller: { endpoint: 'mark.test' } } },
    ],
  },
  {
    service: 'wireguard',
    role: 'controller',
    probes: [{ settings: { endpoint: 'mark.test' } }, { on: 'darwin', settings: { endpoint: 'mark.test' } }],
  },
  { service: 'yggdrasil', role: 'default', probes: [{}] },
  { service: 'zerotier', role: 'peer', probes: [{ others: { controller: {} } }] },
  {
    service: 'zerotier',
    role: 'moon',
    probes: [{ settings: { stableEndpoints: ['192.0.2.1'] }, others: { controller: {} } }],
  },
  { service: 'zerotier', role: 'controller', probes: [{}] },
];

/** What the marks stand for, as the catalogue writes it: `<inst>`. */
export const MARKS = [
  [/inst-mark-\d+/g, '<inst>'],
  [/machine-mark-\d+/g, '<machine>'],
  [/controller-mark-\d+/g, '<controller>'],
  // `<machine>.<domain>`, for each domain.
  [/(?:<machine>\.(?:clanmark|domains-mark-[az]\.test),?){1,3}(?= )/g, text => `<${kindOf('hosts', text)}>`],
  [
    /"domains":\{(?:"(?:clanmark|domains-mark-[az]\.test)":"[\w.-]+",?){1,3}\}/g,
    text => `"domains":"<${kindOf('domains', text)}>"`,
  ],
  // What all endpoints of the clan come to.
  [/local-zone: \\"[^"\\]*\\" transparent/g, '<zone-content>'],
  [/clanmark/g, '<clan-domain>'],
  [/stateversion-mark/g, '<stateVersion>'],
  [/\b(user|network|provider|domain|endpoint)-mark\b/g, '<$1>'],
  [/\["tld-mark"\]|tld-mark/g, '<tlds>'],
  // Files of clan-core as Nix copies them, programs of packages, and texts that are made into files.
  [/[\w./+-]*\/store\/[a-z0-9]{32}-([\w.-]+)/g, '<./$1>'],
  [/\/NIXPKG\/([\w-]+)(?=\/bin\/)/g, '<pkgs.$1>'],
  [/\/NIXPKG\/callPackage\(\)\(\)(?=\/)/g, '<pkgs.callPackage>'],
  [/\/NIXPKG\/writeText\([^()]*\)\((?:[^()"\\]|\\.)*\)/g, '<pkgs.writeText>'],
];

/** A service that exports an endpoint, for which pki makes a certificate. */
const EXPORTER = `{
  _class = "clan.service";
  manifest = { name = "mark-exporter"; description = "mark"; readme = ""; exports.out = [ "endpoints" ]; };
  roles.default.description = "mark";
  roles.default.perInstance = { mkExports, ... }: { exports = mkExports { endpoints.hosts = [ "endpoint-mark.clanmark" ]; }; };
}`;

/**
 * The flake of the probes of one service.
 * @param {readonly Asked[]} asked
 * @param {boolean} exporting clan-core knows exports of endpoints
 * @returns {{ flake: string, machines: readonly (Asked & { machine: string, probe: Probe })[] }}
 */
export function probingFlake(asked, exporting) {
  const probes = asked.flatMap(of => of.probes.map(probe => ({ ...of, probe })));
  const machines = probes.map((of, index) => ({ ...of, machine: `machine-mark-${index}` }));
  const instances = {};
  const classes = {};
  for (const [index, { service, role, probe, machine }] of machines.entries()) {
    classes[machine] = probe.on ?? 'nixos';
    const roles = { [role]: { machines: { [machine]: {} }, settings: probe.settings ?? {} } };
    const other = `controller-mark-${index}`;
    for (const [name, settings] of Object.entries(probe.others ?? {})) {
      classes[other] = 'nixos';
      roles[name] = { machines: { [other]: {} }, settings };
    }
    instances[`inst-mark-${index}`] = { module: { name: service, input: 'clan-core' }, roles };
    if (exporting && service === 'pki')
      instances[`exporter-${index}`] = {
        module: { name: 'mark-exporter', input: 'self' },
        roles: { default: { machines: { [machine]: {} } } },
      };
  }
  const inventory = {
    machines: Object.fromEntries(
      Object.entries(classes).map(([name, machineClass]) => [name, { machineClass }]),
    ),
    instances,
  };
  const flake = `{
  inputs.clan-core.url = "https://git.clan.lol/clan/clan-core/archive/main.tar.gz";
  outputs = { self, clan-core, ... }:
    let
      clan = clan-core.lib.clan {
        inherit self;
        meta.name = "probe";
        meta.tld = "clanmark";
        modules.mark-exporter = ${EXPORTER};
        inventory = builtins.fromJSON (builtins.readFile ./probes.json);
        machines = builtins.mapAttrs (_: _: { system = { stateVersion = "stateversion-mark"; nixos.release = "release-mark"; }; clan.core.settings.machine-id.enable = true; }) (builtins.fromJSON (builtins.readFile ./probes.json)).machines;
      };
    in
    { inherit (clan.config) nixosConfigurations darwinConfigurations clanInternals; };
}
`;
  return { flake, inventory, machines };
}
