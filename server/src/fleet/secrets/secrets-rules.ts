/**
 * Reads `.sops.yaml`, whose rules determine the keys that a new file is encrypted to.
 *
 * Source: sops 15e36f97a, config/config.go: the first rule whose `path_regex` matches in the path wins; the path is
 * relative to the folder of `.sops.yaml`; a rule without one matches every file.
 */

import { folderOf } from '../../nix/eval/paths.ts';
import type { Known, Place } from '../../nix/places.ts';
import { memoized } from '../../std.ts';
import { parseYaml } from './secrets-yaml.ts';
import { type TextFlaw, type YamlNode, yamlMember } from './secrets-yaml-node.ts';

export interface CreationRule {
  readonly at: Place;
  /** A regular expression in Go's syntax; null if the rule matches every file. */
  readonly pathRegex: Known<string> | null;
  /** Recipients by key group; a rule without groups has one. */
  readonly groups: readonly (readonly Known<string>[])[];
  /** Further kinds of keys in the rule (`kms`, `gcp_kms`, …). */
  readonly otherKeys: readonly string[];
}

export interface SopsConfig {
  readonly path: string;
  readonly rules: readonly CreationRule[];
  /** False if the text is broken or cut short, so that there may be more rules, even before the known ones. */
  readonly complete: boolean;
  /** The reason why sops cannot read the file, or `null`. */
  readonly flaw: TextFlaw | null;
  /** Names of keys, which are the anchors in front of them. */
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
  const { documents, complete, anchors, flaw } = parseYaml(text);
  const rules = yamlMember(documents[0], 'creation_rules');
  const items = rules?.kind === 'list' ? rules.items : [];
  const names = new Map<string, string>();
  for (const [anchor, node] of anchors) if (node.kind === 'scalar') names.set(node.text.trim(), anchor);
  return { path, rules: items.map(item => creationRule(path, item)), complete, flaw, names };
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

/** Reads recipients: a list, which may contain lists (through aliases), or a text with commas. */
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
 * Returns the rule that applies to a new file; null if no rule matches, and undefined if that is unknown.
 * @param file relative to the workspace root, in or below the folder of the configuration
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

/** Matches syntax that Go and JavaScript interpret differently. */
const OTHERWISE = /\(\?[^:]|\\[AzQEpPCG]|\[\[:|\(\?P?</;

/** Matches patterns that may take exponential time in JavaScript, unlike in Go. The file may be hostile. */
const SLOW = /[+*}]\)?[^)]*\)[+*{]/;

/** Compiled expressions by rule, since each is tried on every file. */
const regexOf = memoized(({ value }: Known<string>) => goRegex(value));

function goRegex(source: string): RegExp | null {
  if (OTHERWISE.test(source) || SLOW.test(source)) return null;
  try {
    return new RegExp(source);
  } catch {
    // Not a valid expression in JavaScript, so nothing is concluded from it.
    return null;
  }
}
