/**
 * The generators that clan-core's own services declare, by name. A use of one of them needs no declaration in
 * the workspace. Knows names only; whether a machine has the service is not known here.
 *
 * Source: clan-core, clanServices/ and nixosModules/clanCore/ (machine-id, state-version), as of d7c35d912.
 */

const NAMES: ReadonlySet<string> = new Set([
  'borgbackup',
  'data-mesher-network',
  'data-mesher-node-identity',
  'dm-dns',
  'dm-dns-signing-key',
  'emergency-access',
  'garage',
  'garage-shared',
  'grafana-admin',
  'grafana-secret',
  'loki-auth',
  'machine-id',
  'matrix-synapse',
  'mimir-auth',
  'mycelium',
  'openssh',
  'openssh-ca',
  'openssh-cert',
  'openssh-rsa',
  'pki-root-ca',
  'root-password',
  'sshd-root-key',
  'state-version',
  'step-ca',
  'step-intermediate-cert',
  'step-intermediate-key',
  'syncthing',
  'yggdrasil',
]);

/** Names that end with an instance, a user, a machine or an endpoint. */
const PREFIXES: readonly string[] = [
  'cert-',
  'dyndns-',
  'matrix-password-',
  'ncps-',
  'p2p-ssh-iroh-',
  'tor_',
  'user-password-',
  'wifi.',
  'wireguard-keys-',
  'wireguard-network-',
  'zerotier-identity-',
  'zerotier-ip-',
  'zerotier-network-',
];

/** True if one of clan-core's services may declare a generator of this name. */
export function isCatalogueGenerator(name: string): boolean {
  return NAMES.has(name) || PREFIXES.some(prefix => name.startsWith(prefix) && name.length > prefix.length);
}
