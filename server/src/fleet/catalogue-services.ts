/**
 * The services of clan-core and their roles: data, nothing else. A test recomputes it from a checkout of clan-core.
 *
 * Source: clan-core, clanServices/, at the commit that catalogue-data.ts names, and the history of its main branch
 * up to there.
 */

/** When the commit was made that the data describes, in seconds since 1970. */
export const CLAN_CORE_TIME = 1_787_393_006;

export interface CatalogueService {
  readonly name: string;
  readonly roles: readonly string[];
  /** Roles that it once had. */
  readonly formerRoles?: readonly string[];
}

/** A service that clan-core has no more. */
export interface FormerService {
  readonly name: string;
  /** The day of the last commit that had it. */
  readonly date: string;
  /** What to do instead, as a sentence. */
  readonly instead: string;
}

export const SERVICES: readonly CatalogueService[] = [
  { name: 'admin', roles: ['default'] },
  { name: 'borgbackup', roles: ['client', 'server'] },
  { name: 'certificates', roles: ['ca', 'default'] },
  { name: 'data-mesher', roles: ['admin', 'bootstrap', 'default', 'peer', 'signer'] },
  { name: 'dm-dns', roles: ['default', 'push'] },
  { name: 'dyndns', roles: ['default'] },
  { name: 'emergency-access', roles: ['default'] },
  { name: 'garage', roles: ['default'] },
  { name: 'hello-world', roles: ['evening', 'morning'], formerRoles: ['peer', 'test'] },
  { name: 'importer', roles: ['default'] },
  { name: 'installer', roles: ['iso'] },
  { name: 'internet', roles: ['default'] },
  { name: 'kde', roles: ['default'] },
  { name: 'localbackup', roles: ['default'] },
  { name: 'matrix-synapse', roles: ['default'] },
  { name: 'monitoring', roles: ['client', 'server'], formerRoles: ['telegraf'] },
  { name: 'mycelium', roles: ['peer'] },
  { name: 'ncps', roles: ['client', 'server'] },
  { name: 'p2p-ssh-iroh', roles: ['server'] },
  { name: 'packages', roles: ['default'] },
  { name: 'pki', roles: ['default'] },
  { name: 'sshd', roles: ['client', 'server'] },
  { name: 'syncthing', roles: ['peer'] },
  { name: 'tor', roles: ['client', 'server'], formerRoles: ['default'] },
  { name: 'trusted-nix-caches', roles: ['default'] },
  { name: 'users', roles: ['default'] },
  { name: 'wifi', roles: ['default'] },
  { name: 'wireguard', roles: ['controller', 'peer'] },
  { name: 'yggdrasil', roles: ['default'] },
  { name: 'zerotier', roles: ['controller', 'moon', 'peer'] },
];

const IN_NIXOS = 'Set the options of NixOS in a module instead.';

export const FORMER_SERVICES: readonly FormerService[] = [
  { name: 'auto-upgrade', date: '2025-06-18', instead: IN_NIXOS },
  {
    name: 'coredns',
    date: '2026-04-20',
    instead: 'It moved to the flake clan-community: add that as an input and set `module.input` to it.',
  },
  { name: 'deltachat', date: '2025-06-18', instead: IN_NIXOS },
  { name: 'ergochat', date: '2025-06-18', instead: IN_NIXOS },
  { name: 'heisenbridge', date: '2025-06-18', instead: IN_NIXOS },
  { name: 'localsend', date: '2025-06-18', instead: IN_NIXOS },
  {
    name: 'state-version',
    date: '2025-08-26',
    instead: 'Set `clan.core.settings.state-version.enable = true` for the machines instead.',
  },
];
