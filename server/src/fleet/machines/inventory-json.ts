/** Reads `inventory.json` at the root, the inventory that clan's command line writes. */
import { fromJson } from '../../nix/builtins/json.ts';
import type { Evaluation } from '../../nix/eval/evaluation.ts';
import type { Place } from '../../nix/places.ts';
import { type DeclaredFleet, declaredFleet, giveUp, newDeclarations } from './declared.ts';
import { readInventory } from './declared-clans.ts';

/** Reads `inventory.json`; returns null if it does not exist. */
export function readInventoryJson(cx: Evaluation): DeclaredFleet | null {
  const text = cx.files.kind('inventory.json') === 'file' ? cx.files.text('inventory.json') : null;
  if (text === null) return null;
  const at: Place = { file: 'inventory.json', start: 0, end: text.length };
  const declared = newDeclarations(cx, () => null);
  const value = fromJson(cx, text, null);
  if (value.kind === 'attrs') readInventory(declared, value, { conditional: false, at });
  else giveUp(declared, 'the text is not valid JSON', at);
  const result = declaredFleet(declared);
  return {
    ...result,
    machines: result.machines.map(machine => ({ ...machine, at: placeInJson(text, machine.name) })),
    instances: result.instances.map(instance => {
      const place = placeInJson(text, instance.name);
      return place === null ? instance : { ...instance, at: [place] };
    }),
  };
}

/**
 * Returns the place of the first key with this name, which may belong to another object but is good enough to open the
 * file at.
 */
function placeInJson(text: string, name: string): Place | null {
  const key = JSON.stringify(name);
  for (let start = text.indexOf(key); start >= 0; start = text.indexOf(key, start + 1))
    if (/^\s*:/.test(text.slice(start + key.length)))
      return { file: 'inventory.json', start, end: start + key.length };
  return null;
}
