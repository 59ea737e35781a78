/**
 * What the flake says of its inputs, and how old the clan-core is that it has locked. Reads `flake.nix` and
 * `flake.lock`; knows nothing of services.
 */
import { CLAN_CORE_TIME } from '../../fleet/catalogue-services.ts';
import { type Instance, isOfClanCore } from '../../fleet/inventory.ts';
import type { SourceFile } from '../../nix/source.ts';
import type { AttrSetExpr, Binding } from '../../nix/syntax.ts';
import type { CheckFiles } from '../rule.ts';

const inputsOf = new WeakMap<SourceFile, ReadonlySet<string> | null>();

/**
 * The names of the flake's inputs. Nix wants them written out, so the file says all of them; those that only
 * `outputs` names are inputs too. Null: there is no flake, or it cannot be read.
 */
export function flakeInputs(sources: CheckFiles): ReadonlySet<string> | null {
  const file = sources.parse('flake.nix');
  if (file === null) return null;
  let known = inputsOf.get(file);
  if (known === undefined) {
    known = file.root.kind === 'attrs' && file.errors.length === 0 ? readInputs(file.root) : null;
    inputsOf.set(file, known);
  }
  return known;
}

function readInputs(root: AttrSetExpr): ReadonlySet<string> | null {
  const names = new Set<string>();
  for (const binding of root.bindings) {
    const [first, second] = pathOf(binding);
    if (binding.kind === 'inherit') {
      if (pathOf(binding).some(name => name === 'inputs' || name === 'outputs')) return null;
    } else if (first === 'inputs' && second !== undefined) {
      if (second === null) return null;
      names.add(second);
    } else if (first === 'inputs') {
      if (binding.value.kind !== 'attrs') return null;
      for (const inner of binding.value.bindings)
        for (const name of inner.kind === 'bind' ? pathOf(inner).slice(0, 1) : pathOf(inner)) {
          if (name === null) return null;
          names.add(name);
        }
    } else if (first === 'outputs' && binding.value.kind === 'lambda')
      for (const formal of binding.value.formals ?? []) names.add(formal.name.name);
  }
  return names;
}

/** The names of a binding; null for one that is computed. */
function pathOf(binding: Binding): (string | null)[] {
  const path = binding.kind === 'bind' ? binding.path : binding.names;
  return path.map(name => (name.kind === 'name' ? name.name : null));
}

/** The lock that was read last: it hardly ever changes between two runs. */
let lastLock: { readonly text: string; readonly time: number | null } | null = null;

/** When the commit of clan-core was made that the flake has locked, in seconds since 1970; null: not known. */
export function lockedTime(sources: CheckFiles): number | null {
  const text = sources.kind('flake.lock') === 'file' ? sources.text('flake.lock') : null;
  if (text === null) return null;
  if (lastLock?.text !== text) lastLock = { text, time: readLock(text) };
  return lastLock.time;
}

/** Is the locked clan-core certainly not newer than the one that the catalogue describes? */
export function isCatalogued(sources: CheckFiles): boolean {
  const time = lockedTime(sources);
  return time !== null && time <= CLAN_CORE_TIME;
}

/** From 2025-06-30 on, an instance that names no input has a service of clan-core; before, one of its own flake (f966f5b74). */
const OF_CLAN_CORE_SINCE = 1_751_278_426;

/** Does an instance certainly have, or certainly not have, a service of clan-core? Null: not known. */
export function hasServiceOfClanCore(sources: CheckFiles, instance: Instance): boolean | null {
  const time = instance.module.input === null ? lockedTime(sources) : null;
  return time !== null && time < OF_CLAN_CORE_SINCE ? null : isOfClanCore(instance);
}

function readLock(text: string): number | null {
  let lock: unknown;
  try {
    lock = JSON.parse(text);
  } catch {
    // A lock in the middle of a merge says nothing.
    return null;
  }
  const nodes = recordOf(recordOf(lock).nodes);
  const times = Object.values(nodes).flatMap(node => {
    const locked = recordOf(recordOf(node).locked);
    const isClanCore = [locked.repo, locked.url].some(
      of => typeof of === 'string' && /\bclan-core\b/.test(of),
    );
    return isClanCore && typeof locked.lastModified === 'number' ? [locked.lastModified] : [];
  });
  // With several of them, nothing tells which one is meant but that none is newer than the newest.
  return times.length === 0 ? null : Math.max(...times);
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
