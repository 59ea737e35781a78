/**
 * Finds what creates the thing at the cursor, one step beyond its declaration: for a registry key and its
 * generator, the helper function of the entry; for any other generator, the functions it came through and the
 * place of its assignment; for a matrix row, the places that turn its keys into generators. Pure.
 */
import { bindingNamedAt, expressionsAt } from '../../edits/locate.ts';
import type { Place } from '../../nix/places.ts';
import type { SourceFile } from '../../nix/source.ts';
import type { Expr, Range } from '../../nix/syntax.ts';
import { type FleetIndex, indexOf } from '../names/fleet-index.ts';
import type { Subject } from '../names/subjects.ts';
import type { Snapshot } from '../snapshot.ts';
import type { Definition } from './definition.ts';

/**
 * Returns what creates the thing at a cursor, or null.
 *
 * @param offset 0-based UTF-16 offset
 */
export function typeDefinition(snapshot: Snapshot, file: string, offset: number): Definition | null {
  const index = indexOf(snapshot);
  const target = index.targetAt(file, offset);
  if (!target) return null;
  const places = makersOf(snapshot, index, target.subject);
  const targets = [...new Map(places.map(at => [`${at.file}:${at.start}`, at])).values()];
  return targets.length === 0 ? null : { origin: target.at, targets };
}

function makersOf(snapshot: Snapshot, index: FleetIndex, subject: Subject): Place[] {
  switch (subject.kind) {
    case 'key':
      return makersOfKey(snapshot, index, subject.registry, subject.key);
    case 'generator':
      return makersOfGenerator(snapshot, index, subject.name);
    case 'file':
    case 'prompt':
      return makersOfGenerator(snapshot, index, subject.generator);
    case 'row':
    case 'machine':
      return [...snapshot.fleet.units.values()]
        .flatMap(({ assignments }) => assignments)
        .filter(({ machines }) => machines.includes(subject.machine))
        .map(({ at }) => at);
    // One step beyond a sops-nix or agenix secret is the encrypted file, which its declaration leads to.
    default:
      return [];
  }
}

/** Returns the function that creates the entry, or the entry itself if it is written out. */
function makersOfKey({ files }: Snapshot, index: FleetIndex, registry: string, key: string): Place[] {
  const at = index.key(registry, key)?.at;
  if (at === undefined) return [];
  const source = files.parse(at.file);
  const value = source === null ? undefined : bindingNamedAt(source, at)?.binding.value;
  const functions = source === null || value === undefined ? [] : functionsAt(source, value);
  return functions.length > 0 ? functions : [at];
}

function makersOfGenerator(snapshot: Snapshot, index: FleetIndex, name: string): Place[] {
  const keys = [...index.registries.values()].flatMap(({ file, keys: listed }) =>
    listed
      .filter(({ generator }) => generator?.value === name)
      .flatMap(({ key }) => makersOfKey(snapshot, index, file, key)),
  );
  if (keys.length > 0) return keys;
  const definitions = (index.generators.get(name) ?? []).flatMap(generator => generator.definitions);
  return definitions.flatMap(({ via }) => {
    const [assignment, ...calls] = via;
    if (assignment === undefined) return [];
    const functions = calls.flatMap(call => {
      const source = snapshot.files.parse(call.file);
      return source === null ? [] : functionsAt(source, call);
    });
    return [...functions.reverse(), assignment];
  });
}

/** Returns the functions of this file that are called or passed on in the application at a place. */
function functionsAt(file: SourceFile, at: Range): Place[] {
  const path = expressionsAt(file, at.start);
  const call = path.find(expr => expr.kind === 'apply' && at.start <= expr.start && expr.end <= at.end);
  return call === undefined ? [] : variablesOf(call).flatMap(name => bindingOf(file, path, name) ?? []);
}

/** Returns the names of the function and the arguments of a call that are plain variables: `f` and `x` of `f x (map g y)`. */
function variablesOf(call: Expr): string[] {
  if (call.kind === 'variable') return [call.name];
  if (call.kind !== 'apply') return [];
  return [...variablesOf(call.fn), ...(call.arg.kind === 'variable' ? [call.arg.name] : [])];
}

/** Returns the binding of a function's name around a place. */
function bindingOf(file: SourceFile, path: readonly Expr[], name: string): Place | null {
  for (const scope of path.toReversed()) {
    if (scope.kind !== 'let' && !(scope.kind === 'attrs' && scope.recursive)) continue;
    for (const binding of scope.bindings) {
      if (binding.kind !== 'bind' || binding.path.length !== 1) continue;
      const [firstName] = binding.path;
      if (firstName?.kind !== 'name' || firstName.name !== name || binding.value.kind !== 'lambda') continue;
      return { file: file.path, start: firstName.start, end: firstName.end };
    }
  }
  return null;
}
