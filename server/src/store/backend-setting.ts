/**
 * Determines which backend keeps a fleet's secrets: the one that the configuration sets, or else a guess from the
 * stored files and from settings in modules whose machines are unknown. This is the only place that weighs them; it
 * does not know how the configuration was read.
 */
import { type Backend, backendNamed, probeBackend, type StoreContents } from './vars/read.ts';

/** The part of a fleet that determines where secrets are kept. Settings are as written: `sops`, `age`, `vm`, …. */
export interface Configured {
  readonly machines: readonly { readonly name: string }[];
  /** The clan's folder relative to the root, or `null` if it is unknown. */
  readonly directory: string | null;
  readonly storeSettings: {
    readonly all: readonly { readonly value: string | null }[];
    /** The clan's setting, for machines that set nothing. */
    readonly clan: string | null;
    /** The setting in modules whose machines are unknown. */
    readonly likely: string | null;
    of(machine: string): string | null;
  };
}

/**
 * Returns the distinct settings of the machines, or the clan's setting if no machine is known. They include `null` if
 * some machine sets nothing or its setting is unknown.
 */
function settingsOf({ machines, storeSettings: settings }: Configured): readonly (string | null)[] {
  return machines.length === 0
    ? [settings.clan]
    : [...new Set(machines.map(({ name }) => settings.of(name)))];
}

/** The stores that clan supports. */
const STORES: ReadonlySet<string> = new Set(['sops', 'age', 'password-store', 'custom']);

/** Returns whether a store is one that clan does not support. */
export function isNoStore(name: string): boolean {
  return !STORES.has(name);
}

/** Returns the message for an unsupported store. Clan had `vm` and `fs` until April 2026. */
export function noSuchStore(name: string): string {
  const all = 'clan has "sops", "password-store", "age" and "custom".';
  return name === 'vm' || name === 'fs'
    ? `clan no longer has the secret store "${name}": ${all}`
    : `There is no secret store "${name}": ${all}`;
}

/** Returns the setting that all machines share, or `null` if it is missing, differs or is unknown for some. */
export function commonSetting(fleet: Configured): string | null {
  const [only = null, ...others] = settingsOf(fleet);
  return others.length === 0 ? only : null;
}

/**
 * Returns the distinct stores that machines use: their setting, else `fallback`, else the probable one, else clan's
 * default.
 */
export function usedSettings(
  fleet: Configured,
  files: Parameters<typeof probeBackend>[0],
  fallback: string | null = null,
): readonly string[] {
  return [...new Set(settingsOf(fleet).map(settingOr(fleet, files, fallback)))];
}

/** Returns a function that replaces a missing setting by the default, which is determined once. */
function settingOr(fleet: Configured, files: Parameters<typeof probeBackend>[0], fallback: string | null) {
  let unset: string | null = null;
  return (setting: string | null): string => {
    if (setting !== null) return setting;
    unset ??= fallback ?? probableSetting(fleet, files) ?? 'sops';
    return unset;
  };
}

/** The place of secrets: a backend in the repository, or something outside that has to be asked. */
export type Keeper = 'sops' | 'age' | 'outside';

/**
 * Returns what keeps the secrets of a machine, by the same order as {@link usedSettings}; of `null`, the shared
 * secrets: `outside` if any machine keeps them outside the repository.
 * @param fallback the setting of `varsmith.json`, for a configuration that sets nothing
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

/** Returns whether a machine keeps its secrets elsewhere than encrypted in the repository. */
export function areSecretsOutside(fleet: Configured): boolean {
  return settingsOf(fleet).some(name => name !== null && name !== 'sops' && name !== 'age');
}

/**
 * Returns the backend that the configuration sets for the whole fleet, or `null` if it sets none, several, or one of
 * another kind.
 */
export function setBackend(fleet: Configured): Backend | null {
  return backendNamed(commonSetting(fleet) ?? '');
}

/** Returns the probable store of a fleet that sets none: the setting in modules, else the one that has left files. */
export function probableSetting(fleet: Configured, files: Parameters<typeof probeBackend>[0]): string | null {
  return fleet.storeSettings.likely ?? probeBackend(files, fleet.directory ?? '');
}

/**
 * Returns the backend to display for a machine (`null`: for all machines): the setting, else the probable one, else
 * clan's default; `null` for one of another kind (`vm`, `custom`).
 * @param elsewhere true if `varsmith.json` names a command that keeps the secrets
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

/**
 * Returns a function that gives the backend which keeps a machine's secrets in the repository, or `null` if there is
 * none or it is uncertain.
 */
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
