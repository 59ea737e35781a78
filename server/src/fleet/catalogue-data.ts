/**
 * The generators that clan-core's own services and core modules declare: data, nothing else. A test recomputes it
 * from a checkout of clan-core.
 *
 * Source: clan-core, clanServices/ and nixosModules/clanCore/, at the commit below.
 */

/** The commit of clan-core that the data describes. */
export const CLAN_CORE_COMMIT = 'd7c35d9127af3f773b57d8e792818597a9aaa29c';

export interface CatalogueFile {
  /** As the generator's name, it may have holes: `<user>`. */
  readonly name: string;
  readonly secret: boolean;
  readonly deploy: boolean;
  readonly neededFor: 'services' | 'users' | 'activation' | 'partitioning';
  /** The setting that decides whether it is secret; `secret` is its default. */
  readonly secretBy?: string;
  /** The file is there unless the setting of the thing it is made for has this value. */
  readonly unless?: { readonly setting: string; readonly is: string };
}

/** A setting that has to be true, or a list that is not empty; `default` is what it is where nobody sets it. */
export interface CatalogueCondition {
  readonly setting: string;
  readonly default: boolean;
  /** The role of which some member has the setting; else it is the machine's own. */
  readonly someOf?: string;
}

/** What a hole other than `<inst>` and `<machine>` stands for, for each of which there is a generator. */
export type CatalogueEach =
  /** One: the value of a setting; the instance's name where it is not set. */
  | { readonly kind: 'value'; readonly hole: string; readonly setting: string }
  /** Each attribute of a setting, by its name, or by the value of its attribute `field` if it has that. */
  | { readonly kind: 'keys'; readonly hole: string; readonly setting: string; readonly field?: string }
  /** Each attribute of a setting, by the values of several of its attributes. */
  | { readonly kind: 'fields'; readonly holes: readonly string[]; readonly setting: string }
  /** What only evaluation of the whole clan knows. */
  | { readonly kind: 'unknown'; readonly hole: string };

export interface CatalogueGenerator {
  /** Holes: `<inst>` the instance, `<machine>` the machine, `<controller>` the first controller, others by `each`. */
  readonly name: string;
  /** The service; null for a core module, which any machine may switch on by itself. */
  readonly service: string | null;
  /** Roles of which the members have it; empty for members of any role. */
  readonly roles: readonly string[];
  /** True also for machines of nix-darwin. */
  readonly darwin: boolean;
  readonly share: boolean | { readonly setting: string; readonly default: boolean };
  readonly condition?: CatalogueCondition;
  readonly each?: CatalogueEach;
  readonly files: readonly CatalogueFile[];
  readonly prompts: readonly string[];
  readonly dependencies: readonly string[];
  /** Packages in `runtimeInputs`. */
  readonly tools: readonly string[];
  /** Where clan-core declares it. */
  readonly source: string;
}

export const secret = (name: string): CatalogueFile => ({
  name,
  secret: true,
  deploy: true,
  neededFor: 'services',
});
export const open = (name: string): CatalogueFile => ({
  name,
  secret: false,
  deploy: true,
  neededFor: 'services',
});
export const kept = (file: CatalogueFile): CatalogueFile => ({ ...file, deploy: false });
export const forUsers = (file: CatalogueFile): CatalogueFile => ({ ...file, neededFor: 'users' });

type Optional = 'darwin' | 'share' | 'prompts' | 'dependencies' | 'tools' | 'roles';

/** Fills in what most generators have. */
function of(
  entry: Omit<CatalogueGenerator, Optional> & Partial<Pick<CatalogueGenerator, Optional>>,
): CatalogueGenerator {
  return { roles: [], darwin: false, share: false, prompts: [], dependencies: [], tools: [], ...entry };
}

const OPENSSH_CA = {
  name: 'openssh-ca',
  share: true,
  files: [kept(secret('id_ed25519')), kept(open('id_ed25519.pub'))],
  tools: ['openssh'],
} as const;

const OPENSSH = [
  {
    name: 'openssh',
    files: [secret('ssh.id_ed25519'), open('ssh.id_ed25519.pub')],
    tools: ['coreutils', 'openssh'],
  },
  {
    name: 'openssh-rsa',
    files: [secret('ssh.id_rsa'), open('ssh.id_rsa.pub')],
    tools: ['coreutils', 'openssh'],
  },
  {
    name: 'openssh-cert',
    files: [open('ssh.id_ed25519-cert.pub')],
    dependencies: ['openssh', 'openssh-ca'],
    tools: ['openssh', 'jq'],
  },
] as const;

const AUTH = {
  service: 'monitoring',
  share: true,
  files: [open('username'), secret('password'), secret('htpasswd')],
  tools: ['openssl', 'apacheHttpd'],
  source: 'clanServices/monitoring/default.nix',
} as const;

const [HOST_KEY, RSA_KEY, CERTIFICATE] = OPENSSH;
const ADMIN = { service: 'admin', roles: ['default'], source: 'clanServices/admin/ssh.nix' } as const;
const SSHD = { service: 'sshd', roles: ['server'], source: 'clanServices/sshd/default.nix' } as const;
const ADMIN_DOMAINS = { setting: 'certificateSearchDomains', default: false } as const;

export const CATALOGUE: readonly CatalogueGenerator[] = [
  of({
    name: 'machine-id',
    service: null,
    files: [open('machineId')],
    tools: ['coreutils', 'bash'],
    source: 'nixosModules/clanCore/machine-id/default.nix',
  }),
  of({
    name: 'state-version',
    service: null,
    files: [open('version')],
    source: 'nixosModules/clanCore/state-version/default.nix',
  }),
  of({
    name: 'root-password',
    service: 'admin',
    roles: ['default'],
    files: [forUsers(secret('password-hash')), kept(secret('password'))],
    prompts: ['password'],
    tools: ['coreutils', 'mkpasswd', 'xkcdpass'],
    source: 'clanServices/admin/root-password.nix',
  }),
  of({ ...HOST_KEY, ...ADMIN }),
  of({ ...RSA_KEY, ...ADMIN, condition: { setting: 'rsaHostKey.enable', default: false } }),
  of({ ...CERTIFICATE, ...ADMIN, condition: ADMIN_DOMAINS }),
  of({ ...OPENSSH_CA, ...ADMIN, condition: ADMIN_DOMAINS }),
  of({ ...HOST_KEY, ...SSHD }),
  of({ ...RSA_KEY, ...SSHD, condition: { setting: 'hostKeys.rsa.enable', default: false } }),
  of({ ...CERTIFICATE, ...SSHD, condition: { setting: 'certificate.enable', default: true } }),
  of({ ...OPENSSH_CA, ...SSHD, condition: { setting: 'certificate.enable', default: true } }),
  of({
    ...OPENSSH_CA,
    ...SSHD,
    roles: ['client'],
    condition: { setting: 'certificate.enable', default: true, someOf: 'server' },
  }),
  of({
    ...SSHD,
    name: 'sshd-root-key',
    files: [secret('id_ed25519'), open('id_ed25519.pub')],
    tools: ['openssh'],
    condition: { setting: 'generateRootKey', default: false },
  }),
  of({
    name: 'borgbackup',
    service: 'borgbackup',
    roles: ['client'],
    files: [open('borgbackup.ssh.pub'), secret('borgbackup.ssh'), secret('borgbackup.repokey')],
    tools: ['coreutils', 'openssh', 'xkcdpass'],
    source: 'clanServices/borgbackup/default.nix',
  }),
  of({
    name: 'step-ca',
    service: 'certificates',
    share: true,
    files: [kept(secret('ca.key')), open('ca.crt')],
    tools: ['step-cli'],
    source: 'clanServices/certificates/default.nix',
  }),
  of({
    name: 'step-intermediate-key',
    service: 'certificates',
    roles: ['ca'],
    files: [secret('intermediate.key')],
    tools: ['step-cli'],
    source: 'clanServices/certificates/default.nix',
  }),
  of({
    name: 'step-intermediate-cert',
    service: 'certificates',
    roles: ['ca'],
    files: [open('intermediate.crt')],
    dependencies: ['step-ca', 'step-intermediate-key'],
    tools: ['step-cli'],
    source: 'clanServices/certificates/default.nix',
  }),
  of({
    name: 'data-mesher-network',
    service: 'data-mesher',
    roles: ['default'],
    share: true,
    files: [kept(secret('network.key')), open('network.pub')],
    tools: ['data-mesher'],
    source: 'clanServices/data-mesher/default.nix',
  }),
  of({
    name: 'data-mesher-node-identity',
    service: 'data-mesher',
    roles: ['default'],
    files: [open('peer.id'), secret('identity.key'), open('identity.pub'), secret('identity.cert')],
    dependencies: ['data-mesher-network'],
    tools: ['data-mesher'],
    source: 'clanServices/data-mesher/default.nix',
  }),
  of({
    name: 'dm-dns-signing-key',
    service: 'dm-dns',
    roles: ['push'],
    share: true,
    files: [secret('signing.key'), open('signing.pub')],
    tools: ['data-mesher'],
    source: 'clanServices/dm-dns/default.nix',
  }),
  of({
    name: 'dm-dns',
    service: 'dm-dns',
    roles: ['default'],
    share: true,
    files: [open('zone.conf')],
    tools: ['coreutils'],
    source: 'clanServices/dm-dns/default.nix',
  }),
  of({
    name: 'dyndns-<provider>-<domain>',
    service: 'dyndns',
    roles: ['default'],
    share: true,
    each: { kind: 'fields', holes: ['provider', 'domain'], setting: 'settings' },
    files: [secret('dyndns-<provider>-<domain>')],
    prompts: ['dyndns-<provider>-<domain>'],
    source: 'clanServices/dyndns/default.nix',
  }),
  of({
    name: 'emergency-access',
    service: 'emergency-access',
    roles: ['default'],
    files: [kept(secret('password')), open('password-hash')],
    tools: ['coreutils', 'mkpasswd', 'xkcdpass'],
    source: 'clanServices/emergency-access/default.nix',
  }),
  of({
    name: 'garage',
    service: 'garage',
    roles: ['default'],
    files: [secret('admin_token'), secret('metrics_token')],
    tools: ['coreutils', 'openssl'],
    source: 'clanServices/garage/default.nix',
  }),
  of({
    name: 'garage-shared',
    service: 'garage',
    roles: ['default'],
    share: true,
    files: [secret('rpc_secret')],
    tools: ['coreutils', 'openssl'],
    source: 'clanServices/garage/default.nix',
  }),
  of({
    name: 'matrix-synapse',
    service: 'matrix-synapse',
    roles: ['default'],
    files: [secret('synapse-registration_shared_secret')],
    tools: ['coreutils', 'pwgen'],
    source: 'clanServices/matrix-synapse/default.nix',
  }),
  of({
    name: 'matrix-password-<user>',
    service: 'matrix-synapse',
    roles: ['default'],
    each: { kind: 'keys', hole: 'user', setting: 'users', field: 'name' },
    files: [secret('matrix-password-<user>')],
    tools: ['xkcdpass'],
    source: 'clanServices/matrix-synapse/default.nix',
  }),
  of({
    name: 'grafana-admin',
    service: 'monitoring',
    roles: ['server'],
    condition: { setting: 'grafana.enable', default: false },
    files: [open('username'), secret('password')],
    prompts: ['username'],
    tools: ['openssl'],
    source: 'clanServices/monitoring/default.nix',
  }),
  of({
    name: 'grafana-secret',
    service: 'monitoring',
    roles: ['server'],
    condition: { setting: 'grafana.enable', default: false },
    files: [secret('key')],
    tools: ['openssl'],
    source: 'clanServices/monitoring/default.nix',
  }),
  of({ ...AUTH, name: 'loki-auth' }),
  of({ ...AUTH, name: 'mimir-auth' }),
  of({
    name: 'mycelium',
    service: 'mycelium',
    roles: ['peer'],
    files: [secret('key'), open('ip'), open('pubkey')],
    tools: ['mycelium', 'coreutils', 'jq'],
    source: 'clanServices/mycelium/default.nix',
  }),
  of({
    name: 'ncps-<inst>',
    service: 'ncps',
    roles: ['server', 'client'],
    share: true,
    files: [kept(secret('sign-key')), open('pub-key')],
    source: 'clanServices/ncps/default.nix',
  }),
  of({
    name: 'ncps-<inst>-private',
    service: 'ncps',
    roles: ['server'],
    files: [secret('sign-key')],
    dependencies: ['ncps-<inst>'],
    source: 'clanServices/ncps/default.nix',
  }),
  of({
    name: 'p2p-ssh-iroh-<inst>',
    service: 'p2p-ssh-iroh',
    roles: ['server'],
    files: [secret('iroh-secret'), open('ticket')],
    tools: ['openssl', 'dumbpipe'],
    source: 'clanServices/p2p-ssh-iroh/default.nix',
  }),
  of({
    name: 'pki-root-ca',
    service: 'pki',
    roles: ['default'],
    share: true,
    files: [kept(secret('ca.key')), open('ca.crt')],
    tools: ['openssl'],
    source: 'clanServices/pki/default.nix',
  }),
  of({
    name: 'cert-<endpoint>',
    service: 'pki',
    roles: ['default'],
    each: { kind: 'unknown', hole: 'endpoint' },
    files: [secret('<endpoint>.key'), open('<endpoint>.crt'), open('<endpoint>.fullchain.crt')],
    dependencies: ['pki-root-ca'],
    tools: ['openssl'],
    source: 'clanServices/pki/default.nix',
  }),
  of({
    name: 'syncthing',
    service: 'syncthing',
    roles: ['peer'],
    files: [secret('key'), secret('cert'), secret('api'), open('id')],
    tools: ['coreutils', 'gnugrep', 'syncthing'],
    source: 'clanServices/syncthing/vars.nix',
  }),
  of({
    name: 'tor_<inst>',
    service: 'tor',
    roles: ['server'],
    files: [secret('hs_ed25519_secret_key'), { ...secret('hostname'), secretBy: 'secretHostname' }],
    tools: ['coreutils', 'tor'],
    source: 'clanServices/tor/default.nix',
  }),
  of({
    name: 'user-password-<user>',
    service: 'users',
    roles: ['default'],
    share: { setting: 'share', default: false },
    condition: { setting: 'systemUser', default: true },
    each: { kind: 'value', hole: 'user', setting: 'user' },
    files: [forUsers(secret('user-password-hash')), kept(secret('user-password'))],
    prompts: ['user-password'],
    tools: ['coreutils', 'xkcdpass', 'mkpasswd'],
    source: 'clanServices/users/default.nix',
  }),
  of({
    name: 'wifi.<network>',
    service: 'wifi',
    roles: ['default'],
    share: true,
    each: { kind: 'keys', hole: 'network', setting: 'networks' },
    files: [secret('network-name'), { ...secret('password'), unless: { setting: 'keyMgmt', is: 'none' } }],
    prompts: ['network-name', 'password'],
    source: 'clanServices/wifi/default.nix',
  }),
  of({
    name: 'wireguard-network-<inst>',
    service: 'wireguard',
    roles: ['peer'],
    darwin: true,
    files: [open('suffix')],
    tools: ['python3'],
    source: 'clanServices/wireguard/default.nix',
  }),
  of({
    name: 'wireguard-network-<inst>',
    service: 'wireguard',
    roles: ['controller'],
    darwin: true,
    files: [open('prefix')],
    tools: ['python3'],
    source: 'clanServices/wireguard/default.nix',
  }),
  of({
    name: 'wireguard-keys-<inst>',
    service: 'wireguard',
    darwin: true,
    files: [open('publickey'), secret('privatekey')],
    tools: ['wireguard-tools'],
    source: 'clanServices/wireguard/default.nix',
  }),
  of({
    name: 'yggdrasil',
    service: 'yggdrasil',
    roles: ['default'],
    files: [secret('privateKey'), open('publicKey'), open('address')],
    tools: ['yggdrasil', 'jq', 'openssl', 'xxd'],
    source: 'clanServices/yggdrasil/default.nix',
  }),
  of({
    name: 'zerotier-network-<inst>',
    service: 'zerotier',
    share: true,
    files: [kept(open('network-id'))],
    dependencies: ['zerotier-identity-<controller>'],
    tools: ['zerotier-tools'],
    source: 'clanServices/zerotier/default.nix',
  }),
  of({
    name: 'zerotier-identity-<machine>',
    service: 'zerotier',
    share: true,
    files: [secret('identity-secret')],
    tools: ['zerotierone', 'zerotier-tools'],
    source: 'clanServices/zerotier/default.nix',
  }),
  of({
    name: 'zerotier-ip-<machine>-<inst>',
    service: 'zerotier',
    share: true,
    files: [kept(open('ip'))],
    dependencies: ['zerotier-identity-<machine>', 'zerotier-network-<inst>'],
    tools: ['zerotier-tools'],
    source: 'clanServices/zerotier/default.nix',
  }),
];
