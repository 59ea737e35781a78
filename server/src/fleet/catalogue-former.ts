/**
 * Generators that clan-core once declared and declares no more under this name or with these files: data, nothing
 * else. Nothing is garbage-collected, so what they made still lies in many repositories.
 *
 * Source: the history of clan-core's main branch up to the commit that catalogue-data.ts names, in clanModules/,
 * clanServices/, nixosModules/ and modules/. What only moved to another folder is not listed.
 */
import { type CatalogueFile, forUsers, kept, open, secret } from './catalogue-data.ts';

export interface FormerGenerator {
  /** Holes as in the catalogue. */
  readonly name: string;
  /** The service or module; null for a core module. */
  readonly service: string | null;
  readonly share: boolean;
  readonly files: readonly CatalogueFile[];
  /** Where clan-core declared it at the commit below. */
  readonly source: string;
  /** The last commit of the main branch that had it, and its date. */
  readonly commit: string;
  readonly date: string;
}

/** The last commit before most of clanModules/ was removed. */
const END_OF_MODULES = { commit: 'e4949755d70a', date: '2025-08-14' } as const;
const TELEGRAF = {
  service: 'monitoring',
  share: false,
  source: 'clanServices/monitoring/telegraf.nix',
} as const;
const DATA_MESHER = {
  service: 'data-mesher',
  source: 'clanServices/data-mesher/shared.nix',
  commit: '22e86e0389e7',
  date: '2026-01-29',
} as const;
const ZEROTIER = {
  service: 'zerotier',
  source: 'clanServices/zerotier/default.nix',
  commit: '8ac6c8606ca8',
  date: '2026-05-29',
} as const;

export const FORMER: readonly FormerGenerator[] = [
  {
    ...DATA_MESHER,
    name: 'data-mesher-host-key',
    share: false,
    files: [secret('private_key'), open('public_key')],
  },
  {
    ...DATA_MESHER,
    name: 'data-mesher-network-key',
    share: true,
    files: [secret('private_key'), open('public_key')],
  },
  {
    name: 'data-mesher-node-keyring',
    service: 'data-mesher',
    share: true,
    files: [secret('pre_shared_key')],
    source: 'clanServices/data-mesher/default.nix',
    commit: '17da9dfe47ab',
    date: '2026-02-22',
  },
  {
    name: 'data-mesher-ca',
    service: 'data-mesher',
    share: true,
    files: [kept(secret('ca.key')), open('ca.pub')],
    source: 'clanServices/data-mesher/default.nix',
    commit: 'e0d2c1c80348',
    date: '2026-03-02',
  },
  {
    name: 'disk-id',
    service: 'disk-id',
    share: false,
    files: [open('diskId')],
    source: 'clanModules/disk-id/roles/default.nix',
    ...END_OF_MODULES,
  },
  {
    name: 'garage',
    service: 'garage',
    share: false,
    files: [secret('rpc_secret'), secret('admin_token'), secret('metrics_token')],
    source: 'clanModules/garage/default.nix',
    commit: 'b26b73350c5f',
    date: '2024-08-27',
  },
  {
    name: 'hello',
    service: 'hello-world',
    share: false,
    files: [open('hello')],
    source: 'clanServices/hello-world/default.nix',
    commit: 'ddf2b57b3fd0',
    date: '2025-08-11',
  },
  {
    name: 'iwd.<ssid>',
    service: 'iwd',
    share: false,
    files: [secret('iwd.<ssid>')],
    source: 'clanModules/iwd/roles/default.nix',
    ...END_OF_MODULES,
  },
  {
    // Until December 2024 with the password alone.
    name: 'iwd.<network>',
    service: 'wifi',
    share: true,
    files: [secret('ssid'), secret('password')],
    source: 'clanServices/wifi/default.nix',
    commit: '3032aa110f6c',
    date: '2025-05-31',
  },
  {
    name: 'wifi.<network>',
    service: 'wifi',
    share: true,
    files: [secret('ssid'), secret('password')],
    source: 'clanServices/wifi/default.nix',
    commit: 'af4b2f861b4d',
    date: '2025-05-29',
  },
  {
    name: 'grafana_secret_key',
    service: 'monitoring',
    share: false,
    files: [secret('secret_key')],
    source: 'clanServices/monitoring/default.nix',
    commit: 'c4f275afc827',
    date: '2026-03-17',
  },
  {
    name: 'moonlight',
    service: 'moonlight',
    share: false,
    files: [secret('moonlight.key'), open('moonlight.cert')],
    source: 'clanModules/moonlight/default.nix',
    ...END_OF_MODULES,
  },
  {
    name: 'mumble',
    service: 'mumble',
    share: false,
    files: [secret('mumble-key'), open('mumble-cert')],
    source: 'clanModules/mumble/roles/server.nix',
    ...END_OF_MODULES,
  },
  {
    name: 'sunshine',
    service: 'sunshine',
    share: false,
    files: [secret('sunshine.key'), open('sunshine.cert'), open('sunshine-uuid')],
    source: 'clanModules/sunshine/default.nix',
    ...END_OF_MODULES,
  },
  {
    name: 'syncthing',
    service: 'syncthing',
    share: false,
    files: [
      secret('syncthing.key'),
      secret('syncthing.cert'),
      secret('syncthing.api'),
      open('syncthing.pub'),
    ],
    source: 'clanModules/syncthing/shared.nix',
    commit: '301059dd407f',
    date: '2025-04-23',
  },
  {
    name: 'syncthing',
    service: 'syncthing',
    share: false,
    files: [secret('key'), secret('cert'), secret('apikey'), open('id')],
    source: 'clanModules/syncthing/shared.nix',
    ...END_OF_MODULES,
  },
  {
    ...TELEGRAF,
    name: 'telegraf-password',
    files: [forUsers(secret('telegraf-password'))],
    commit: 'd1e6da0779d2',
    date: '2025-08-20',
  },
  {
    ...TELEGRAF,
    name: 'telegraf-certs',
    files: [open('crt'), secret('key')],
    commit: 'a6965f81d3d0',
    date: '2026-02-05',
  },
  {
    ...TELEGRAF,
    name: 'telegraf',
    files: [secret('password'), secret('password-env'), secret('miniserve-auth')],
    commit: 'a6965f81d3d0',
    date: '2026-02-05',
  },
  {
    name: 'user-password',
    service: 'user-password',
    share: false,
    files: [forUsers(secret('user-password-hash')), kept(secret('user-password'))],
    source: 'clanModules/user-password/roles/default.nix',
    ...END_OF_MODULES,
  },
  {
    name: 'vaultwarden-admin',
    service: 'vaultwarden',
    share: false,
    files: [secret('vaultwarden-admin'), secret('vaultwarden-admin-hash')],
    source: 'clanModules/vaultwarden/default.nix',
    ...END_OF_MODULES,
  },
  {
    name: 'vaultwarden-smtp',
    service: 'vaultwarden',
    share: false,
    files: [secret('vaultwarden-smtp')],
    source: 'clanModules/vaultwarden/default.nix',
    ...END_OF_MODULES,
  },
  {
    ...ZEROTIER,
    name: 'zerotier-controller',
    share: true,
    files: [open('zerotier-ip'), open('zerotier-network-id'), kept(secret('zerotier-identity-secret'))],
  },
  {
    // Of the controller; until May 2026 a core module had it.
    ...ZEROTIER,
    name: 'zerotier',
    share: false,
    files: [open('zerotier-ip'), open('zerotier-network-id'), secret('zerotier-identity-secret')],
  },
  {
    // Of a peer.
    ...ZEROTIER,
    name: 'zerotier',
    share: false,
    files: [open('zerotier-ip'), secret('zerotier-identity-secret')],
  },
  {
    ...ZEROTIER,
    name: 'zerotier-identity',
    share: false,
    files: [secret('identity-secret')],
    commit: 'c92ca6ee1695',
    date: '2026-06-02',
  },
  {
    ...ZEROTIER,
    name: 'zerotier-ip-<inst>',
    share: false,
    files: [open('ip')],
    commit: 'c92ca6ee1695',
    date: '2026-06-02',
  },
];
