/**
 * Which backend keeps a fleet's secrets: as its configuration sets it, or else as what lies on disk and what modules of
 * unknown machines set make probable. The only place that weighs these; the configuration is handed in, so that this
 * knows nothing of how it was read.
 */
import { type Backend, backendNamed, probeBackend, type StoreContents } from './read.ts';

/** The part of a fleet that says where secrets are kept. Settings are as written: `sops`, `age`, `vm`, …. */
export interface Configured {
  readonly machines: readonly { readonly name: string }[];
  /** The clan's folder, relative to the root; null where it is not known. */
  readonly directory: string | null;
  storeSettings(): {
    readonly all: readonly { readonly value: string | null }[];
    /** Of the clan, for machines that set nothing. */
    readonly clan: string | null;
    /** Of modules of which it is not known who has them. */
    readonly likely: string | null;
    of(machine: string): string | null;
  };
}

/** The different settings of the machines, or that of the clan where no machine is known. */
export function settingsOf({ machines, storeSettings }: Configured): readonly string[] {
  const settings = storeSettings();
  const set =
    machines.length === 0 ? [settings.clan] : machines.map(({ name }) => settings.of(name) ?? settings.clan);
  return [...new Set(set)].filter(one => one !== null);
}

/** The setting that is the clan's, or that all machines share; null where there is none, or several. */
export function commonSetting({ machines, storeSettings }: Configured): string | null {
  const settings = storeSettings();
  if (settings.clan !== null) return settings.clan;
  const [only = null, ...others] = new Set(machines.map(({ name }) => settings.of(name)));
  return others.length === 0 ? only : null;
}

/** The backend that the configuration sets for the whole fleet; null where it sets none, several, or one of another kind. */
export function setBackend(fleet: Configured): Backend | null {
  return backendNamed(commonSetting(fleet) ?? '');
}

/** What is worth a guess where nothing is set: what modules set, else what lies on disk. */
export function probableSetting(fleet: Configured, files: Parameters<typeof probeBackend>[0]): string | null {
  return fleet.storeSettings().likely ?? probeBackend(files, fleet.directory ?? '');
}

/** For showing: what is set for a machine (null: for the clan), else what is probable, else clan's own default. */
export function shownBackend(
  fleet: Configured,
  files: Parameters<typeof probeBackend>[0],
  machine: string | null,
): Backend {
  const settings = fleet.storeSettings();
  const set = machine === null ? settings.clan : settings.of(machine);
  return backendNamed(set ?? probableSetting(fleet, files) ?? '') ?? 'sops';
}

/** The backend that keeps the secrets of a machine in the repository; null for others, and where it is not certain. */
export function backendInRepository(
  fleet: Configured,
  contents: StoreContents,
): (machine: string) => 'sops' | 'age' | null {
  const settings = fleet.storeSettings();
  const isClear = settings.all.every(({ value }) => value === contents.backend);
  return machine => {
    const backend = settings.of(machine) ?? (isClear ? contents.backend : null);
    return backend === 'sops' || backend === 'age' ? backend : null;
  };
}
