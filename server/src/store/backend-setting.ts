/**
 * Which backend keeps a fleet's secrets: as its configuration sets it, or else as what lies on disk and what modules of
 * unknown machines set make probable. The only place that weighs these; the configuration is handed in, so that this
 * knows nothing of how it was read.
 */
import { type Backend, backendNamed, probeBackend, type StoreContents } from './vars/read.ts';

/** The part of a fleet that says where secrets are kept. Settings are as written: `sops`, `age`, `vm`, …. */
export interface Configured {
  readonly machines: readonly { readonly name: string }[];
  /** The clan's folder, relative to the root; null where it is not known. */
  readonly directory: string | null;
  readonly storeSettings: {
    readonly all: readonly { readonly value: string | null }[];
    /** Of the clan, for machines that set nothing. */
    readonly clan: string | null;
    /** Of modules of which it is not known who has them. */
    readonly likely: string | null;
    of(machine: string): string | null;
  };
}

/**
 * Returns the different settings of the machines, or that of the clan where no machine is known. Null among them is for those
 * that set nothing, and for those of which it cannot be told.
 */
function settingsOf({ machines, storeSettings: settings }: Configured): readonly (string | null)[] {
  return machines.length === 0
    ? [settings.clan]
    : [...new Set(machines.map(({ name }) => settings.of(name)))];
}

/** The stores that clan has. */
const STORES: ReadonlySet<string> = new Set(['sops', 'age', 'password-store', 'custom']);

/** Is it a store that clan does not have? */
export function isNoStore(name: string): boolean {
  return !STORES.has(name);
}

/** Says that there is no such store: clan had `vm` and `fs` until April 2026. */
export function noSuchStore(name: string): string {
  const all = 'clan has "sops", "password-store", "age" and "custom".';
  return name === 'vm' || name === 'fs'
    ? `clan has no secret store "${name}" any more: ${all}`
    : `There is no secret store "${name}": ${all}`;
}

/** Returns the setting that all machines share; null where there is none, or several, or that of some cannot be told. */
export function commonSetting(fleet: Configured): string | null {
  const [only = null, ...others] = settingsOf(fleet);
  return others.length === 0 ? only : null;
}

/**
 * Returns what machines use, each once: what they set, else `fallback`, else what is probable, else clan's own default. More than
 * one where they differ.
 */
export function usedSettings(
  fleet: Configured,
  files: Parameters<typeof probeBackend>[0],
  fallback: string | null = null,
): readonly string[] {
  return [...new Set(settingsOf(fleet).map(settingOr(fleet, files, fallback)))];
}

/** Returns what counts where nothing is set; looked for once. */
function settingOr(fleet: Configured, files: Parameters<typeof probeBackend>[0], fallback: string | null) {
  let unset: string | null = null;
  return (setting: string | null): string => {
    if (setting !== null) return setting;
    unset ??= fallback ?? probableSetting(fleet, files) ?? 'sops';
    return unset;
  };
}

/** What keeps secrets: a backend in the repository, or something else, which has to be asked. */
export type Keeper = 'sops' | 'age' | 'outside';

/**
 * Returns what keeps the secrets of a machine, told as {@link usedSettings} tells it; of null those that are shared: `outside` if
 * any machine keeps them elsewhere than in the repository.
 *
 * @param fallback what `varsmith.json` says, where the configuration sets nothing
 */
export function keeperOf(
  fleet: Configured,
  files: Parameters<typeof probeBackend>[0],
  fallback: string | null = null,
): (machine: string | null) => Keeper {
  const used = settingOr(fleet, files, fallback);
  const settings = fleet.storeSettings;
  const keeper = (name: string): Keeper => (name === 'sops' || name === 'age' ? name : 'outside');
  const [first, ...others] = new Set(settingsOf(fleet).map(setting => keeper(used(setting))));
  const shared = others.length === 0 ? (first ?? 'outside') : 'outside';
  return machine => (machine === null || others.length === 0 ? shared : keeper(used(settings.of(machine))));
}

/** Does a machine keep its secrets elsewhere than in the repository, encrypted to keys? */
export function areSecretsOutside(fleet: Configured): boolean {
  return settingsOf(fleet).some(name => name !== null && name !== 'sops' && name !== 'age');
}

/** Returns the backend that the configuration sets for the whole fleet; null where it sets none, several, or one of another kind. */
export function setBackend(fleet: Configured): Backend | null {
  return backendNamed(commonSetting(fleet) ?? '');
}

/** Returns what is worth a guess where nothing is set: what modules set, else what lies on disk. */
export function probableSetting(fleet: Configured, files: Parameters<typeof probeBackend>[0]): string | null {
  return fleet.storeSettings.likely ?? probeBackend(files, fleet.directory ?? '');
}

/**
 * For showing: what is set for a machine (null: for all of them), else what is probable, else clan's own default. Null for
 * one of another kind (`vm`, `custom`).
 *
 * @param elsewhere a command of the person's own keeps secrets, as `varsmith.json` names it
 */
export function shownBackend(
  fleet: Configured,
  files: Parameters<typeof probeBackend>[0],
  machine: string | null,
  elsewhere: boolean,
): Backend | null {
  const set = machine === null ? commonSetting(fleet) : fleet.storeSettings.of(machine);
  return backendNamed(set ?? (elsewhere ? 'custom' : probableSetting(fleet, files)) ?? 'sops');
}

/** Returns the backend that keeps the secrets of a machine in the repository; null for others, and where it is not certain. */
export function backendInRepository(
  fleet: Configured,
  contents: StoreContents,
): (machine: string) => 'sops' | 'age' | null {
  const settings = fleet.storeSettings;
  const isClear = settings.all.every(({ value }) => value === contents.backend);
  return machine => {
    const backend = settings.of(machine) ?? (isClear ? contents.backend : null);
    return backend === 'sops' || backend === 'age' ? backend : null;
  };
}
