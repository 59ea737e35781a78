/**
 * The names and types of clan-core's options that configure how a clan keeps its vars. Options of generators are in
 * `generator-options.ts`. test/fleet/clan-options.test.ts compares the table with a checkout of clan-core.
 *
 * Source: clan-core d7c35d912, nixosModules/clanCore/{sops,vars/interface,vars/default}.nix,
 * nixosModules/clanCore/vars/secret/{age,password-store,sops/default}.nix,
 * modules/clan/{secrets,vars/settings-opts}.nix.
 */
import type { OptionTree, OptionType } from '../../modules/options/option.ts';
import { ANY } from '../../modules/options/types.ts';

type Options = { readonly [name: string]: OptionType | Options };

const TEXT: OptionType = { kind: 'text', pattern: null, oneLine: false, filled: false };
const PATH: OptionType = { kind: 'path' };
const TEXTS: OptionType = { kind: 'list', of: TEXT };
const oneOf = (...values: readonly string[]): OptionType => ({ kind: 'enum', values });

/** `vars.settings` of the clan, and `clan.core.vars.settings` of a machine. */
const SETTINGS: Options = {
  secretStore: oneOf('sops', 'password-store', 'age', 'custom'),
  secretModule: TEXT,
  fileModule: ANY,
  publicStore: oneOf('in_repo'),
  publicModule: TEXT,
  stores: ANY,
  publicStores: ANY,
  recipients: { hosts: { kind: 'map', of: TEXTS }, default: TEXTS },
};

/** Options of a machine, by their path in its configuration. */
export const MACHINE_OPTIONS = {
  'clan.core.vars': {
    generators: ANY,
    settings: SETTINGS,
    enableConsistencyCheck: ANY,
    machineName: TEXT,
    globalSettings: ANY,
    pkgs: ANY,
    sops: { secretUploadDirectory: PATH },
    'password-store': { secretLocation: PATH, passCommand: oneOf('pass', 'passage') },
    age: { secretLocation: PATH },
  },
  'clan.core.sops': { defaultGroups: TEXTS },
} as const satisfies Options;

/** Options of the clan, by their path in its configuration. */
export const CLAN_OPTIONS = {
  'vars.settings': SETTINGS,
  'secrets.age': {
    plugins: {
      kind: 'list',
      of: { kind: 'text', pattern: '(age-plugin-.*|[^#]+#.+)', oneLine: false, filled: false },
    },
  },
} as const satisfies Options;

/** Former stores of clan-core, which has had no option for them since December 2025 at the latest. */
export const REMOVED_STORES: ReadonlySet<string> = new Set(['vm', 'fs']);

function isType(of: OptionType | Options): of is OptionType {
  return typeof of.kind === 'string';
}

/** Converts the table to an option tree. */
export function treeOf(options: Options): OptionTree {
  const below = new Map<string, OptionTree>();
  for (const [name, of] of Object.entries(options)) {
    if (!isType(of)) {
      below.set(name, treeOf(of));
      continue;
    }
    const option = {
      type: of,
      description: null,
      fallback: null,
      hasDefault: true,
      readOnly: false,
      at: null,
    };
    below.set(name, { options: new Map(), declared: [option], open: false });
  }
  return { options: below, declared: [], open: false };
}
