/**
 * The modules of home-manager that a machine's module gives to its users. They declare no generators, but read those of
 * the machine (`osConfig`). What cannot be known is left out: nothing follows from a module that is not listed.
 */
import { apply } from '../nix/evaluate.ts';
import { type Evaluation, resolved } from '../nix/evaluation.ts';
import { importedFile } from '../nix/evaluator.ts';
import { stringAsPath } from '../nix/paths.ts';
import { extentOf } from '../nix/source.ts';
import type { Lazy, Origin, Value } from '../nix/value.ts';
import type { ModuleImport } from './module-facts.ts';
import { referenceOf } from './module-references.ts';
import { type Given, moduleArguments } from './modules.ts';
import { placeOf } from './places.ts';
import { definitionsOf } from './read.ts';

const MAX_DEPTH = 8;

/**
 * @param option the value of `home-manager`
 * @param fallback where it is used: the place of what was written nowhere
 */
export function homeModules(
  cx: Evaluation,
  option: Lazy,
  certain: boolean,
  given: Given,
  fallback: Origin,
): ModuleImport[] {
  const found: ModuleImport[] = [];

  function read(lazy: Lazy, sure: boolean, depth: number): void {
    if (depth > MAX_DEPTH) return;
    for (const one of definitionsOf(cx, lazy)) {
      if (one.never) continue;
      const value = resolved(cx, one.value);
      const isSure = sure && !one.conditional;
      const own = fileOf(value, fallback);
      if (own !== null) found.push({ target: { file: own }, certain: isSure, at: placeOf(fallback) });
      else readValue(value, isSure, depth);
    }
  }

  function readValue(value: Value, sure: boolean, depth: number): void {
    const at = placeOf(value.origin ?? fallback);
    if (value.kind === 'lambda') read(apply(cx, value, moduleArguments(value, given), null), sure, depth + 1);
    else if (value.kind === 'attrs') {
      const imported = value.entries.get('imports');
      if (imported !== undefined) readList(imported.value, sure && !imported.optional, depth);
    } else if (value.kind === 'path' || value.kind === 'string') {
      const path = value.kind === 'path' ? value : stringAsPath(value);
      if (path !== null && !path.text.startsWith('/'))
        found.push({ target: { file: importedFile(cx.files, path.text) }, certain: sure, at });
    } else if (value.kind === 'unknown') {
      const reference = referenceOf(cx, value);
      if (reference?.kind === 'output') found.push({ target: { output: reference.path }, certain: sure, at });
      else if (reference?.kind === 'files')
        for (const file of reference.files) found.push({ target: { file }, certain: sure, at });
    }
  }

  function readList(lazy: Lazy, sure: boolean, depth: number): void {
    for (const { value, conditional, never } of definitionsOf(cx, lazy)) {
      const items = value.kind === 'list' && !never ? value.items : [];
      for (const item of items) if (item.kind !== 'spread') read(item, sure && !conditional, depth + 1);
    }
  }

  for (const { value, conditional, never } of definitionsOf(cx, option)) {
    if (value.kind !== 'attrs' || never) continue;
    const sure = certain && !conditional;
    const shared = value.entries.get('sharedModules');
    if (shared !== undefined) readList(shared.value, sure && !shared.optional, 0);
    const users = value.entries.get('users');
    if (users === undefined) continue;
    for (const one of definitionsOf(cx, users.value)) {
      if (one.value.kind !== 'attrs' || one.never) continue;
      const isSure = sure && !one.conditional && !users.optional;
      for (const user of [...one.value.entries.values(), ...one.value.patterns])
        read(user.value, isSure && !user.optional, 0);
    }
  }
  return found;
}

/** `users.ann = import ./home.nix`: the file that the value is all of. */
function fileOf(value: Value, { file: user }: Origin): string | null {
  if ((value.kind !== 'lambda' && value.kind !== 'attrs') || value.origin === null) return null;
  const { file, start, end } = value.origin;
  if (file.path === user.path) return null;
  const { root } = file;
  const isAll = root.start === start && root.end === end;
  const whole = extentOf(file);
  return isAll || (whole.start === start && whole.end === end) ? file.path : null;
}
