/**
 * What the flake says of its inputs, and which clan-core it has locked: how old it is, and whether it is a fork. Reads
 * `flake.nix` and `flake.lock`; knows nothing of services.
 */

import type { Sources } from '../../../edits/text-edit.ts';
import { CLAN_CORE_TIME } from '../../../fleet/catalogue/catalogue-services.ts';
import { lockedClanCore } from '../../../fleet/catalogue/locked-clan-core.ts';
import { isOfClanCore } from '../../../fleet/inventory/inventory.ts';
import type { Instance } from '../../../fleet/model/services.ts';
import type { Place } from '../../../nix/places.ts';
import type { SourceFile } from '../../../nix/source.ts';
import type { AttrName, AttrSetExpr, Binding, Expr } from '../../../nix/syntax.ts';
import type { CheckFiles } from '../../rule.ts';

const inputsOf = new WeakMap<SourceFile, ReadonlySet<string> | null>();

/**
 * Returns the names of the flake's inputs. Nix wants them written out, so the file says all of them; those that only
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

/** Returns where an input is declared; null where that is not written out. */
export function flakeInputPlace(sources: Sources, input: string): Place | null {
  const file = sources.parse('flake.nix');
  if (file?.root.kind !== 'attrs') return null;
  for (const binding of file.root.bindings) {
    if (binding.kind !== 'bind' || pathOf(binding)[0] !== 'inputs') continue;
    const [, own] = binding.path;
    const names = own !== undefined ? [own] : namesIn(binding.value);
    const attrName = names.find(name => name.kind === 'name' && name.name === input);
    if (attrName !== undefined) return { file: file.path, start: attrName.start, end: attrName.end };
  }
  return null;
}

function namesIn(value: Expr): AttrName[] {
  if (value.kind !== 'attrs') return [];
  return value.bindings.flatMap(inner => (inner.kind === 'bind' ? inner.path.slice(0, 1) : []));
}

/** Returns the names of a binding; null for one that is computed. */
function pathOf(binding: Binding): (string | null)[] {
  const path = binding.kind === 'bind' ? binding.path : binding.names;
  return path.map(name => (name.kind === 'name' ? name.name : null));
}

/** When the commit of clan-core was made that the flake has locked, in seconds since 1970; null: not known. */
export function lockedTime(sources: CheckFiles): number | null {
  return lockedClanCore(sources)?.time ?? null;
}

/**
 * Returns whether the locked clan-core is certainly not newer than the one that the catalogue describes, and no other.
 */
export function isCatalogued(sources: CheckFiles): boolean {
  const time = lockedTime(sources);
  return time !== null && time <= CLAN_CORE_TIME && !isOtherClanCore(sources);
}

/**
 * Returns whether the clan-core is another one than the catalogue's, which may have what that has not: a fork, or
 * clan-core's own source, in a workspace that is clan-core.
 */
export function isOtherClanCore(sources: CheckFiles): boolean {
  const locked = lockedClanCore(sources);
  if (locked !== null) return locked.isFork;
  const isAnInput = flakeInputs(sources)?.has('clan-core') ?? true;
  return !isAnInput && sources.kind('nixosModules/clanCore') === 'directory';
}

/** Returns whether the clan-core may know more than the catalogue: it is another one, or newer. */
export function mayKnowMore(sources: CheckFiles): boolean {
  return isOtherClanCore(sources) || (lockedTime(sources) ?? 0) > CLAN_CORE_TIME;
}

/**
 * From 2025-06-30 on, an instance that names no input has a service of clan-core; before, one of its own flake
 * (f966f5b74).
 */
const OF_CLAN_CORE_SINCE = 1_751_278_426;

/** Returns whether an instance certainly has, or certainly does not have, a service of clan-core. Null: not known. */
export function hasServiceOfClanCore(sources: CheckFiles, instance: Instance): boolean | null {
  const time = instance.module.input === null ? lockedTime(sources) : null;
  return time !== null && time < OF_CLAN_CORE_SINCE ? null : isOfClanCore(instance);
}
