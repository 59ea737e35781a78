/**
 * Reads the sops-nix and agenix secrets that one module declares. Evaluates the module's value as `read-module.ts`
 * does, and follows no file.
 */

import { frameworkValue } from '../../flake/frameworks/calls.ts';
import { type ArgumentLookup, moduleArguments } from '../../modules/modules.ts';
import { definitionsOf } from '../../modules/read.ts';
import { isClosed } from '../../nix/eval/construct.ts';
import type { Evaluation } from '../../nix/eval/evaluation.ts';
import type { AttrsValue, Lazy, Origin, UnknownValue } from '../../nix/eval/value.ts';
import { dependingOn, type Place, placeIn, placeOf } from '../../nix/places.ts';
import type { ModuleSecrets, SecretKeeper } from '../model/secrets.ts';
import { type ReadSecrets, readSecretOptions } from '../secrets/secrets-read.ts';

const KEEPERS: readonly SecretKeeper[] = ['sops', 'age'];

const MAX_DEPTH = 16;

/**
 * Reads the secrets of a module.
 * @param fallback the place for values that are not written in a file
 */
export function readModuleSecrets(
  cx: Evaluation,
  module: Lazy,
  specialArgs: ArgumentLookup,
  fallback: Origin,
): ModuleSecrets {
  const read: ReadSecrets = { definitions: [], templates: [], defaults: [], settings: [], gaps: [] };
  const parts: Place[] = [];

  function readValue(lazy: Lazy, depth: number): void {
    if (depth > MAX_DEPTH) return;
    for (const { value } of definitionsOf(cx, lazy)) {
      if (value.kind === 'attrs') readSet(value, depth);
      else if (value.kind === 'lambda') {
        const { expr, scope } = value;
        parts.push(placeIn(scope.file, expr));
        readValue(cx.apply(value, moduleArguments(value, specialArgs), null), depth + 1);
      } else if (value.kind === 'unknown') {
        const made = frameworkValue(cx, value);
        if (made !== null) readValue(made, depth + 1);
      }
    }
  }

  function readSet(set: AttrsValue, depth: number): void {
    if (set.origin !== null) parts.push(placeOf(set.origin));
    const imported = set.entries.get('imports');
    for (const { value } of imported === undefined ? [] : definitionsOf(cx, imported.value))
      for (const item of value.kind === 'list' ? value.items : []) {
        if (item.kind === 'spread') continue;
        const inner = cx.force(item);
        if (inner.kind !== 'path' && inner.kind !== 'string') readValue(inner, depth + 1);
      }
    const config = set.entries.get('config');
    if (config !== undefined) readConfig(config.value);
    else if (!set.entries.has('options')) readConfig(set);
  }

  function readConfig(config: Lazy): void {
    for (const { value, conditional } of definitionsOf(cx, config)) {
      if (value.kind === 'unknown') addGaps(value);
      if (value.kind !== 'attrs') continue;
      if (value.origin !== null) parts.push(placeOf(value.origin));
      for (const keeper of KEEPERS) {
        const entry = value.entries.get(keeper);
        if (entry === undefined) continue;
        const at = entry.at ?? value.origin ?? fallback;
        const assigned = { keeper, at, above: [], conditional: conditional || entry.optional };
        const secrets = readSecretOptions(cx, assigned, entry.value);
        read.definitions.push(...secrets.definitions);
        read.templates.push(...secrets.templates);
        read.defaults.push(...secrets.defaults);
        read.gaps.push(...secrets.gaps);
      }
      if (!isClosed(value)) addGaps(value.open);
    }
  }

  /** Notes that an option with an unknown name may declare secrets of either keeper. */
  function addGaps(value: UnknownValue | null): void {
    const at = placeOf(value?.origin ?? fallback);
    const reason = value === null ? 'there may be more options' : dependingOn(value.reason);
    for (const keeper of KEEPERS) read.gaps.push({ keeper, at, what: 'secrets', reason, above: [] });
  }

  readValue(module, 0);
  const { definitions, templates, defaults, gaps } = read;
  return { file: null, parts, definitions, templates, defaults, gaps };
}

/** Returns whether the options of a machine may decide parts of the secrets. */
export function isOpenSecrets({ definitions, templates, defaults, gaps }: ModuleSecrets): boolean {
  return (
    gaps.length > 0 ||
    [...definitions, ...templates].some(({ nameKind }) => nameKind === 'pattern') ||
    defaults.some(({ source }) => source !== null && source.path === null)
  );
}
