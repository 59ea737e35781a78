/**
 * Settings, as a person writes them in an editor or in `varsmith.json` at the root, and as the rest of the
 * workspace wants them. A setting that is wrong is named and left out; it never stops the analysis.
 */
import * as v from 'valibot';
import type { Severity } from '../checks/rule.ts';
import type { FleetSettings } from '../fleet/builder.ts';
import { matchesAny } from './glob.ts';

/** The file at the root that holds settings for every editor and for the command line. */
export const SETTINGS_FILE = 'varsmith.json';

const severity = v.picklist(['error', 'warning', 'info', 'hint', 'off']);
const patterns = v.array(v.string());

/** Every setting with what it may be. The same names stand in the extension's manifest under `varsmith.`. */
export const settingsSchema = {
  /** Off: nothing of the folder is analysed. */
  enable: v.boolean(),
  /** Rule id to severity, or `off`. */
  rules: v.record(v.string(), severity),
  /** Files that are registries whatever they look like. */
  registryFiles: patterns,
  /** Files that are matrices whatever they look like. */
  matrixFiles: patterns,
  /** Files and folders that are not searched. */
  exclude: patterns,
} as const;

export interface Settings {
  readonly enable: boolean;
  readonly rules: Readonly<Record<string, Severity | 'off'>>;
  readonly registryFiles: readonly string[];
  readonly matrixFiles: readonly string[];
  readonly exclude: readonly string[];
}

export const DEFAULT_SETTINGS: Settings = {
  enable: true,
  rules: {},
  registryFiles: ['**/secret-registry.nix'],
  matrixFiles: ['**/machine-env-matrix.nix'],
  exclude: [],
};

export interface ReadSettings {
  readonly settings: Settings;
  /** One sentence for each setting that was left out. */
  readonly problems: readonly string[];
}

/**
 * Reads settings from anything. Later layers win; `rules` are merged by id, lists are replaced.
 * @param layers each with the name that problems are reported under
 */
export function readSettings(
  layers: readonly { readonly from: string; readonly value: unknown }[],
): ReadSettings {
  let settings = DEFAULT_SETTINGS;
  const problems: string[] = [];
  for (const { from, value } of layers) {
    if (value === null || value === undefined) continue;
    if (typeof value !== 'object' || Array.isArray(value)) {
      problems.push(`${from}: settings must be an object.`);
      continue;
    }
    settings = { ...settings, ...readLayer(from, value as Record<string, unknown>, settings, problems) };
  }
  return { settings, problems };
}

function readLayer(
  from: string,
  layer: Readonly<Record<string, unknown>>,
  below: Settings,
  problems: string[],
): Partial<Settings> {
  const read: { -readonly [name in keyof Settings]?: Settings[name] } = {};
  const note = (name: string, wanted: string) => problems.push(`${from}: "${name}" must be ${wanted}.`);
  for (const name of ['registryFiles', 'matrixFiles', 'exclude'] as const) {
    const given = layer[name];
    if (given === undefined || given === null) continue;
    const result = v.safeParse(settingsSchema[name], given);
    if (result.success) read[name] = result.output;
    else note(name, 'a list of path patterns');
  }
  if (typeof layer.enable === 'boolean') read.enable = layer.enable;
  else if (layer.enable !== undefined && layer.enable !== null) note('enable', 'true or false');
  const rules = layer.rules;
  if (rules === undefined || rules === null) return read;
  if (typeof rules !== 'object' || Array.isArray(rules)) {
    note('rules', 'an object of rule ids and severities');
    return read;
  }
  const kept: Record<string, Severity | 'off'> = { ...below.rules };
  for (const [id, given] of Object.entries(rules)) {
    const result = v.safeParse(severity, given);
    if (result.success) kept[id] = result.output;
    else note(`rules.${id}`, 'error, warning, info, hint or off');
  }
  return { ...read, rules: kept };
}

export function fleetSettings(settings: Settings): FleetSettings {
  return {
    isRegistryFile: matchesAny(settings.registryFiles),
    isMatrixFile: matchesAny(settings.matrixFiles),
  };
}
