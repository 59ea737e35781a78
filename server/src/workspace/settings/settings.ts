/**
 * Reads settings as written in an editor or in `varsmith.json` into the form that the workspace uses. An invalid
 * setting is reported at its place and ignored; the others apply.
 */
import * as v from 'valibot';
import { didYouMean } from '../../edits/suggest.ts';
import type { FleetSettings } from '../../fleet/assembly/builder.ts';
import { DEFAULT_LIMITS, GREATEST, LIMIT_NAMES, type Limits } from '../../host/sandbox/limits.ts';
import type { Place } from '../../nix/places.ts';
import { matchesAny } from './glob.ts';
import { type JsonNode, memberAt } from './json.ts';
import { mergeRules, type RuleSettings, readRules } from './rule-settings.ts';
import { SETTINGS_FILE } from './settings-names.ts';
import { type NoteProblem, noteUnknownNames } from './unknown-names.ts';

const patterns = v.array(v.string());

export interface Settings {
  /** False if nothing in the folder is analysed. */
  readonly enable: boolean;
  /** Settings by rule id or `group/*`. */
  readonly rules: RuleSettings;
  /** Files that are always treated as registries. */
  readonly registryFiles: readonly string[];
  /** Files that are always treated as matrices. */
  readonly matrixFiles: readonly string[];
  /** Files and folders that are neither searched nor reported on. */
  readonly exclude: readonly string[];
  /**
   * The store of secrets, or `null` for the configured store. Only the file sets it: the setting may start a program,
   * and belongs to the repository.
   */
  readonly store: StoreChoice | null;
  /**
   * Resource limits for scripts. Only the file sets them here: an editor passes its own to the command that runs
   * scripts.
   */
  readonly limits: Partial<Limits>;
}

/** The command of a custom store with the program first, or one of clan's stores for a fleet without clan. */
export type StoreChoice =
  | { readonly command: readonly string[]; readonly backend: null }
  | { readonly command: null; readonly backend: 'sops' | 'age' };

/**
 * The defaults. The extension's manifest has the same names under `varsmith.` except `store`; `limits` does not
 * concern the server there.
 */
export const DEFAULT_SETTINGS: Settings = {
  enable: true,
  rules: {},
  registryFiles: ['**/secret-registry.nix'],
  matrixFiles: ['**/machine-env-matrix.nix'],
  exclude: [],
  store: null,
  limits: {},
};

/** A setting that was ignored. */
export interface SettingsProblem {
  /** A sentence that explains the problem and the remedy. */
  readonly message: string;
  /** The place, if it is in a file of the workspace. */
  readonly at: Place | null;
  /** The suggested replacement with quotes, or `null`. */
  readonly replacement: string | null;
}

export interface ReadSettings {
  readonly settings: Settings;
  readonly problems: readonly SettingsProblem[];
}

/** Settings from a single source. */
export interface SettingsLayer {
  /** A prefix for problems without a place. */
  readonly from: string;
  readonly value: unknown;
  /** The parsed text of `varsmith.json`, which gives problems their places and makes unknown names problems. */
  readonly node?: JsonNode;
}

/**
 * Reads settings from arbitrary values. Later layers win; `rules` are merged by id, lists are replaced.
 * @param ruleIds all existing rules
 */
export function readSettings(layers: readonly SettingsLayer[], ruleIds: readonly string[]): ReadSettings {
  let settings = DEFAULT_SETTINGS;
  const problems: SettingsProblem[] = [];
  for (const layer of layers) {
    const { from, value, node } = layer;
    if (value === null || value === undefined) continue;
    if (typeof value !== 'object' || Array.isArray(value)) {
      const message = 'Settings must be an object.';
      const at = node === undefined ? null : { file: SETTINGS_FILE, start: node.start, end: node.end };
      problems.push({ message: at === null ? `${from}: ${message}` : message, at, replacement: null });
      continue;
    }
    const note = notesOf(layer, problems);
    if (node !== undefined) noteUnknown(value, note);
    settings = { ...settings, ...readLayer(value as Record<string, unknown>, settings, ruleIds, note) };
    if (node !== undefined)
      settings = { ...settings, store: readStore(value, note), limits: readLimits(value, note) };
  }
  return { settings, problems };
}

/** Returns a function that adds problems of a layer to the list, with their places. */
function notesOf({ from, node }: SettingsLayer, problems: SettingsProblem[]): NoteProblem {
  return ({ path, part, message, replacement }) => {
    const member = node === undefined ? null : memberAt(node, path);
    if (member === null) {
      problems.push({ message: `${from}: ${message}`, at: null, replacement: null });
      return;
    }
    const { start, end } = part === 'key' ? member.key : member.value;
    problems.push({
      message,
      at: { file: SETTINGS_FILE, start, end },
      replacement: replacement === undefined ? null : JSON.stringify(replacement),
    });
  };
}

function noteUnknown(value: object, note: NoteProblem): void {
  // Editors recognise the file's schema by this name.
  const names = Object.keys(value).filter(name => name !== '$schema');
  const messageOf = (name: string, near: string | null) =>
    `There is no setting "${name}".${didYouMean(near)}`;
  noteUnknownNames(names, Object.keys(DEFAULT_SETTINGS), [], messageOf, note);
}

const commandLine = v.strictObject({
  command: v.pipe(
    v.array(v.string()),
    v.check(([first]) => !!first),
  ),
});
const backend = v.strictObject({ backend: v.picklist(['sops', 'age']) });

function readStore(layer: object, note: NoteProblem): StoreChoice | null {
  const setting = 'store' in layer ? layer.store : null;
  if (setting === undefined || setting === null) return null;
  const parsed = v.safeParse(commandLine, setting);
  if (parsed.success) return { command: parsed.output.command, backend: null };
  const result = v.safeParse(backend, setting);
  if (result.success) return { command: null, backend: result.output.backend };
  const message =
    '"store" must be { "command": ["PROGRAM", "ARGUMENT"] }, or { "backend": "sops" } or "age".';
  note({ path: ['store'], part: 'value', message });
  return null;
}

function readLimits(layer: object, note: NoteProblem): Partial<Limits> {
  const limits = 'limits' in layer ? layer.limits : null;
  if (limits === undefined || limits === null) return {};
  if (typeof limits !== 'object' || Array.isArray(limits)) {
    const message = `"limits" must be an object of numbers, such as { "memoryMiB": ${DEFAULT_LIMITS.memoryMiB} }.`;
    note({ path: ['limits'], part: 'value', message });
    return {};
  }
  const read: Partial<Record<keyof Limits, number>> = {};
  const messageOf = (name: string, near: string | null) =>
    `There is no limit "${name}".${didYouMean(near)} There are ${LIMIT_NAMES.join(', ')}.`;
  noteUnknownNames(Object.keys(limits), LIMIT_NAMES, ['limits'], messageOf, note);
  for (const [name, value] of Object.entries(limits)) {
    const limitKey = LIMIT_NAMES.find(limitName => limitName === name);
    if (limitKey === undefined) continue;
    if (v.is(limit(GREATEST[limitKey]), value)) read[limitKey] = value;
    else {
      const message = `"${name}" must be a whole number from 1 to ${GREATEST[limitKey]}.`;
      note({ path: ['limits', name], part: 'value', message });
    }
  }
  return read;
}

const limit = (greatest: number) => v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(greatest));

function readLayer(
  layer: Readonly<Record<string, unknown>>,
  below: Settings,
  ruleIds: readonly string[],
  note: NoteProblem,
): Partial<Settings> {
  const read: { -readonly [name in keyof Settings]?: Settings[name] } = {};
  const wrong = (name: string, wanted: string) =>
    note({ path: [name], part: 'value', message: `"${name}" must be ${wanted}.` });
  for (const name of ['registryFiles', 'matrixFiles', 'exclude'] as const) {
    const setting = layer[name];
    if (setting === undefined || setting === null) continue;
    const result = v.safeParse(patterns, setting);
    if (result.success) read[name] = result.output;
    else wrong(name, 'a list of path patterns');
  }
  if (typeof layer.enable === 'boolean') read.enable = layer.enable;
  else if (layer.enable !== undefined && layer.enable !== null) wrong('enable', 'true or false');
  const rules = layer.rules;
  if (rules === undefined || rules === null) return read;
  if (typeof rules !== 'object' || Array.isArray(rules)) {
    wrong('rules', 'an object of rule ids and severities');
    return read;
  }
  const ruleSettings = readRules(rules, ruleIds, problem =>
    note({ ...problem, path: ['rules', ...problem.path] }),
  );
  return { ...read, rules: mergeRules(below.rules, ruleSettings) };
}

export function fleetSettings(settings: Settings): FleetSettings {
  return {
    isRegistryFile: matchesAny(settings.registryFiles),
    isMatrixFile: matchesAny(settings.matrixFiles),
  };
}
