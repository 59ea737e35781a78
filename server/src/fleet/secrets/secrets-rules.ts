/**
 * `.sops.yaml`: which keys a file is to be encrypted to when it is created.
 *
 * Source: sops 15e36f97a, config/config.go: the first rule whose `path_regex` is found in the path wins; the path
 * is relative to the folder of `.sops.yaml`; a rule without one takes every file.
 */
import { folderOf } from '../../nix/eval/paths.ts';
import type { Known, Place } from '../../nix/places.ts';
import { parseYaml } from './secrets-yaml.ts';
import { type YamlNode, yamlMember } from './secrets-yaml-node.ts';

export interface CreationRule {
  readonly at: Place;
  /** A regular expression of Go; null where the rule takes every file. */
  readonly pathRegex: Known<string> | null;
  /** Recipients by key group; a rule without groups has one. */
  readonly groups: readonly (readonly Known<string>[])[];
  /** Further kinds of keys it names (`kms`, `gcp_kms`, …). */
  readonly otherKeys: readonly string[];
}

export interface SopsConfig {
  readonly path: string;
  readonly rules: readonly CreationRule[];
  /** False where the text is broken or cut short: there may be more rules, before these too. */
  readonly complete: boolean;
  /** What keys are called: the anchor that each is written behind. */
  readonly names: ReadonlyMap<string, string>;
}

const KEY_LISTS = ['age', 'pgp'] as const;

const OTHER_KEYS = [
  'kms',
  'gcp_kms',
  'azure_keyvault',
  'azure_kv',
  'hc_vault',
  'hc_vault_transit_uri',
  'hckms',
];

export function readSopsConfig(path: string, text: string): SopsConfig {
  const { documents, complete, anchors } = parseYaml(text);
  const rules = yamlMember(documents[0], 'creation_rules');
  const items = rules?.kind === 'list' ? rules.items : [];
  const names = new Map<string, string>();
  for (const [anchor, node] of anchors) if (node.kind === 'scalar') names.set(node.text.trim(), anchor);
  return { path, rules: items.map(item => creationRule(path, item)), complete, names };
}

function creationRule(path: string, node: YamlNode): CreationRule {
  const place = ({ start, end }: YamlNode): Place => ({ file: path, start, end });
  const regex = yamlMember(node, 'path_regex');
  const groups = yamlMember(node, 'key_groups');
  const sets = groups?.kind === 'list' ? groups.items : [node];
  return {
    at: place(node),
    pathRegex: regex?.kind === 'scalar' ? { value: regex.text, at: place(regex) } : null,
    groups: sets.map(set => KEY_LISTS.flatMap(kind => recipients(yamlMember(set, kind), place))),
    otherKeys: [...new Set(sets.flatMap(set => OTHER_KEYS.filter(kind => yamlMember(set, kind) !== null)))],
  };
}

/** Reads recipients: a list, perhaps of lists (an alias to one), or one text with commas. */
function recipients(node: YamlNode | null, place: (node: YamlNode) => Place): Known<string>[] {
  if (node === null || node.kind === 'map') return [];
  if (node.kind === 'list') return node.items.flatMap(item => recipients(item, place));
  return node.text
    .split(',')
    .map(text => text.trim())
    .filter(text => text !== '')
    .map(value => ({ value, at: place(node) }));
}

/**
 * Returns the rule under which a file would be created.
 * @param file relative to the root of the workspace, in the folder of the configuration or below
 * @returns null where no rule takes it; undefined where that is not known
 */
export function ruleFor(config: SopsConfig, file: string): CreationRule | null | undefined {
  if (!config.complete) return undefined;
  const folder = folderOf(config.path);
  if (folder !== '' && !file.startsWith(`${folder}/`)) return undefined;
  const path = folder === '' ? file : file.slice(folder.length + 1);
  for (const rule of config.rules) {
    if (rule.pathRegex === null) return rule;
    const regex = regexOf(rule.pathRegex);
    if (regex === null) return undefined;
    if (regex.test(path)) return rule;
  }
  return null;
}

/** Go's syntax is read otherwise than JavaScript's in these. */
const OTHERWISE = /\(\?[^:]|\\[AzQEpPCG]|\[\[:|\(\?P?</;

/** A pattern that can take exponential time; Go's cannot, and such a file may come from anyone. */
const SLOW = /[+*}]\)?[^)]*\)[+*{]/;

/** Made once a rule: each is tried on every file. */
const regexes = new WeakMap<Known<string>, { readonly regex: RegExp | null }>();

function regexOf(pathRegex: Known<string>): RegExp | null {
  let regex = regexes.get(pathRegex);
  if (regex === undefined) {
    regex = { regex: goRegex(pathRegex.value) };
    regexes.set(pathRegex, regex);
  }
  return regex.regex;
}

function goRegex(source: string): RegExp | null {
  if (OTHERWISE.test(source) || SLOW.test(source)) return null;
  try {
    return new RegExp(source);
  } catch {
    // Not a regular expression here, whatever it is to Go: then nothing is said of it.
    return null;
  }
}
