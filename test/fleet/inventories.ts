/**
 * Texts in, what they declare of a fleet out: machines and inventory without the rest of the model.
 */
import type { DeclaredFleet } from '../../server/src/fleet/machines/declared.ts';
import { type JoinedFleet, joinDeclared } from '../../server/src/fleet/machines/join-declared.ts';
import { MACHINES_OF_FOLDERS, noteFolders } from '../../server/src/fleet/machines/machine-folders.ts';
import {
  belongsToFleet,
  mayDeclareMachines,
  readInventoryJson,
  readMachines,
} from '../../server/src/fleet/machines/machines.ts';
import type { Instance, Role } from '../../server/src/fleet/model/services.ts';
import { createEvaluation } from '../../server/src/nix/eval/evaluator.ts';
import type { Lazy } from '../../server/src/nix/eval/value.ts';
import { createDatabase } from '../../server/src/query/database.ts';
import { memoryFiles, type Texts } from '../nix/support.ts';

/** What a workspace declares. `given`: what its flake hands to modules. */
export function declaredIn(texts: Texts, given: (name: string) => Lazy | null = () => null): JoinedFleet {
  const files = memoryFiles(texts);
  const cx = createEvaluation(files);
  const declared: DeclaredFleet[] = [];
  for (const [path, text] of Object.entries(texts)) {
    const file = path.endsWith('.nix') && mayDeclareMachines(text) ? files.parse(path) : null;
    if (file !== null && belongsToFleet(files, path)) declared.push(readMachines(cx, file, given));
  }
  const json = readInventoryJson(cx);
  const database = createDatabase({ context: { files } });
  noteFolders(database);
  const folders = MACHINES_OF_FOLDERS(database, null);
  return joinDeclared(cx, json === null ? declared : [...declared, json], folders, []);
}

/** A clan of which the text is the inventory. */
export function clanOf(inventory: string, more: Texts = {}): JoinedFleet {
  return declaredIn({ 'clan.nix': `{ lib, ... }: { clan.inventory = ${inventory}; }`, ...more });
}

export function instanceOf(fleet: JoinedFleet, name: string): Instance {
  const found = fleet.inventory.instances.find(instance => instance.name === name);
  if (found === undefined) throw new Error(`there is no instance ${name}`);
  return found;
}

export function roleOf(fleet: JoinedFleet, instance: string, role: string): Role {
  const found = instanceOf(fleet, instance).roles.get(role);
  if (found === undefined) throw new Error(`${instance} has no role ${role}`);
  return found;
}
