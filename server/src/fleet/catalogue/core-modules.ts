/**
 * Determines which core modules of clan-core are enabled on a machine, and the values of its options in their bodies. Knows
 * the catalogue, and asks for options; how modules are read and merged is known elsewhere.
 */

import type { Plain } from '../../modules/module-options.ts';
import { CATALOGUE, type CatalogueEnable } from './catalogue-data.ts';
import type { Holes } from './catalogue-names.ts';

/** The options of one machine. */
export interface AskedMachine {
  /** The value that the machine's modules prove; undefined if unknown. */
  readonly option: (path: readonly string[]) => Plain | undefined;
  /** True if certainly none of the known modules sets the option. */
  readonly isUnset: (path: readonly string[]) => boolean;
  /** True if all modules of the workspace that the machine has are known. */
  readonly isComplete: boolean;
  /** True if it has modules of other flakes as well. */
  readonly hasForeign: boolean;
}

/** The state of a core module on a machine. */
export interface CoreModule {
  /** Null if unknown. */
  readonly isEnabled: boolean | null;
  readonly values: Holes;
}

/** The core modules of one machine, by the name of their generator. */
export type CoreModules = ReadonlyMap<string, CoreModule>;

const CORE = CATALOGUE.filter(({ service }) => service === null);

/** Names that a module has to write to set an option that enables a core module. */
export const CORE_SWITCHES: readonly string[] = CORE.flatMap(({ enable }) =>
  switchOptionsOf(enable).map(wordOf),
);

/**
 * Returns the options that `coreModules` will ask of nearly every module.
 * @param mentions returns whether any file of the workspace contains a word
 */
export function askedOptions(mentions: (word: string) => boolean): readonly (readonly string[])[] {
  const switches = CORE.flatMap(({ enable }) => switchOptionsOf(enable));
  const values = CORE.flatMap(({ values = {} }) => Object.values(values));
  return [...switches.filter(option => mentions(wordOf(option))), ...values].map(option => option.split('.'));
}

function switchOptionsOf(enable: boolean | CatalogueEnable | undefined): string[] {
  return typeof enable === 'object' ? [enable.option, ...switchOptionsOf(enable.default)] : [];
}

/** Returns the name that must be written to set an option: `machine-id` for `clan.core.settings.machine-id.enable`. */
function wordOf(option: string): string {
  return option.split('.').findLast(name => name !== 'enable') ?? option;
}

/**
 * Returns the core modules of a machine.
 * @param mentions returns whether any file of the workspace contains a word
 */
export function coreModules(machine: AskedMachine, mentions: (word: string) => boolean): CoreModules {
  return new Map(
    CORE.map(({ name, enable, values = {} }) => {
      const isEnabled = enable === undefined ? null : isOn(machine, enable, mentions);
      return [name, { isEnabled, values: isEnabled === true ? valuesOf(machine, values) : new Map() }];
    }),
  );
}

/**
 * Returns the value of a boolean option. A module of another flake is expected to leave clan-core's defaults alone, but may
 * enable more.
 */
function isOn(
  machine: AskedMachine,
  enable: CatalogueEnable,
  mentions: (word: string) => boolean,
): boolean | null {
  const path = enable.option.split('.');
  if (mentions(wordOf(enable.option))) {
    const value = machine.option(path);
    if (typeof value === 'boolean') return value;
    if (!machine.isUnset(path)) return null;
  }
  const preset =
    typeof enable.default === 'boolean' ? enable.default : isOn(machine, enable.default, mentions);
  return machine.isComplete && (preset === true || !machine.hasForeign) ? preset : null;
}

function valuesOf(machine: AskedMachine, values: Readonly<Record<string, string>>): Holes {
  return new Map(
    Object.entries(values).flatMap(([hole, option]) => {
      const value = machine.option(option.split('.'));
      return typeof value === 'string' ? [[hole, value] as const] : [];
    }),
  );
}
