/**
 * The options that clan-core knows: of generators, of their files and of their prompts, and what became of those that
 * it knew once.
 *
 * Source: clan-core d7c35d912, modules/clan/{export-modules/generic-generator,vars/display}.nix, nixosModules/clanCore/vars; older
 * names from its history.
 */
import type { WrittenOption } from '../../../fleet/model/generators.ts';

/** What an option takes; `any` where only clan itself sets it. */
export type OptionType =
  | 'bool'
  | 'text'
  | 'textOrNull'
  | 'texts'
  | 'mode'
  | 'neededFor'
  | 'promptType'
  | 'members'
  | 'packages'
  | 'script'
  | 'set'
  | 'validation'
  | 'any';

export type OptionOwner = WrittenOption['of'];

type Options = ReadonlyMap<string, OptionType>;

const options = (all: Readonly<Record<string, OptionType>>): Options => new Map(Object.entries(all));

export const OPTIONS: Readonly<Record<OptionOwner, Options>> = {
  generator: options({
    name: 'text',
    dependencies: 'texts',
    files: 'members',
    prompts: 'members',
    runtimeInputs: 'packages',
    script: 'script',
    share: 'bool',
    validation: 'validation',
    validationHash: 'any',
    finalScript: 'any',
    pkgs: 'any',
    settings: 'any',
  }),
  file: options({
    name: 'text',
    generatorName: 'any',
    rel_dir: 'any',
    secret: 'bool',
    deploy: 'bool',
    share: 'any',
    owner: 'text',
    group: 'text',
    mode: 'mode',
    neededFor: 'neededFor',
    restartUnits: 'texts',
    flakePath: 'any',
    path: 'any',
    exists: 'any',
    value: 'any',
    sops: 'any',
  }),
  prompt: options({
    name: 'text',
    description: 'text',
    type: 'promptType',
    persist: 'bool',
    display: 'set',
  }),
  display: options({
    group: 'textOrNull',
    label: 'textOrNull',
    required: 'bool',
    helperText: 'textOrNull',
  }),
};

/** Options that clan itself sets, once: another definition ends evaluation. */
export const READ_ONLY: Readonly<Record<OptionOwner, ReadonlySet<string>>> = {
  generator: new Set(['name', 'finalScript']),
  file: new Set(['name', 'share']),
  prompt: new Set(),
  display: new Set(),
};

/** What a module may say besides options: then it may declare options of its own. */
export const MODULE_KEYS: ReadonlySet<string> = new Set(['imports', 'options', 'config', 'freeformType']);

/** Sayings of the module system that are no options. */
export const MODULE_WORDS: ReadonlySet<string> = new Set([...MODULE_KEYS, 'key', 'disabledModules']);

/** An option that clan-core had once. */
export interface Former {
  /** Its name today; null if there is nothing like it any more. */
  readonly now: string | null;
  readonly since: string;
}

export const FORMER: Readonly<Record<OptionOwner, ReadonlyMap<string, Former>>> = {
  generator: new Map([
    ['migrateFact', { now: null, since: 'facts went in December 2025' }],
    ['invalidationData', { now: 'validation', since: 'it was renamed in November 2024' }],
  ]),
  file: new Map(),
  prompt: new Map([['createFile', { now: 'persist', since: 'it was renamed in January 2025' }]]),
  display: new Map(),
};

/** Names that people bring from elsewhere, and what they mean by them. */
export const OTHER_WORDS: Readonly<Record<OptionOwner, ReadonlyMap<string, string>>> = {
  generator: new Map([
    ['buildInputs', 'runtimeInputs'],
    ['nativeBuildInputs', 'runtimeInputs'],
    ['packages', 'runtimeInputs'],
    ['path', 'runtimeInputs'],
    ['deps', 'dependencies'],
    ['dependsOn', 'dependencies'],
    ['shared', 'share'],
  ]),
  file: new Map([
    ['user', 'owner'],
    ['permissions', 'mode'],
  ]),
  prompt: new Map(),
  display: new Map([
    ['description', 'helperText'],
    ['help', 'helperText'],
    ['name', 'label'],
  ]),
};

const OWNERS = ['generator', 'file', 'prompt'] as const;

/** Where an option that is unknown here belongs; null if it is one of nothing else. Names that several have are nobody's. */
export function ownerOf(name: string, besides: OptionOwner): OptionOwner | null {
  if (name === 'name') return null;
  // What a form shows of a prompt is meant by nobody but who writes prompts.
  const all: readonly OptionOwner[] =
    besides === 'prompt' || besides === 'display' ? [...OWNERS, 'display'] : OWNERS;
  const owners = all.filter(
    one => one !== besides && OPTIONS[one].has(name) && OPTIONS[one].get(name) !== 'any',
  );
  return owners.length === 1 ? (owners[0] ?? null) : null;
}
