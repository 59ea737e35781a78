/**
 * Finds arguments of modules and declarations of machines. Each file is read again when something changes that it was
 * evaluated from.
 */

import {
  type FileArguments,
  NO_ARGUMENTS,
  readArguments,
  type SharedArguments,
  shareArguments,
  withSystems,
} from '../../flake/arguments.ts';
import type { FlakeSet } from '../../flake/flake-modules.ts';
import { systemsIn } from '../../flake/frameworks/layout.ts';
import { member } from '../../modules/read.ts';
import { BudgetExceeded } from '../../nix/eval/budget.ts';
import { answering, type Evaluation, withBudget } from '../../nix/eval/evaluation.ts';
import { noteFile } from '../../nix/eval/file-changes.ts';
import type { AttrsValue, Value } from '../../nix/eval/value.ts';
import { query } from '../../query/database.ts';
import { unowned } from '../../query/reads.ts';
import {
  type DeclaredFleet,
  declaresNothing,
  readInventoryJson,
  readMachines,
  readMade,
} from '../machines/machines.ts';
import type { Fleet } from '../model/fleet.ts';
import type { UnitContext } from '../uses/unit-state.ts';
import { type State, stateOf } from './builder-state.ts';
import { forget } from './changes.ts';
import { FILE_STEPS } from './registered-files.ts';
import { GROUPS } from './survey.ts';

/** The arguments that a file passes to modules. */
const ARGUMENTS = query<string, FileArguments>('arguments of file', (database, path) => {
  noteFile(database, path);
  const { evaluation, files } = stateOf(database);
  return answering(evaluation, path, () => {
    const file = files.parse(path);
    return file === null ? NO_ARGUMENTS : readArguments(evaluation, file);
  });
});

/** Returns the arguments that files and frameworks pass to all modules. */
function sharedArguments(state: State, made: readonly FlakeSet[]): SharedArguments {
  const { database } = state;
  const byFile = new Map<string, FileArguments>();
  for (const path of GROUPS(database, null).mayGiveArguments) byFile.set(path, ARGUMENTS(database, path));
  for (const { file, set } of made) {
    const systems = withBudget(state.evaluation, FILE_STEPS, () => madeSystems(state.evaluation, set));
    if (systems instanceof BudgetExceeded) continue;
    byFile.set(file, withSystems(state.evaluation, byFile.get(file) ?? NO_ARGUMENTS, systems));
  }
  return shareArguments(state.evaluation, byFile);
}

export interface FoundArguments extends Pick<Fleet, 'replacesConfig' | 'mayGivePackages' | 'lateArguments'> {
  /** Returns an argument of modules, as any file may get it. */
  readonly argument: UnitContext['argument'];
  /** Returns the same argument, as modules of a system get it. */
  readonly ofSystem: UnitContext['argument'];
}

/** Finds the arguments of modules, and drops everything that was read with other arguments. */
export function findArguments(state: State): FoundArguments {
  for (;;) {
    const made = state.made.last;
    const shared = sharedArguments(state, made);
    const { asked, imports } = state;
    const { recorder } = state.evaluation;
    const shareable = (lookup: UnitContext['argument']) => (name: string, asker: string) =>
      unowned(recorder, () => lookup(name, asker));
    const argument = shareable(asked.answering('any', shared.any, imports.addUse));
    const ofSystem = shareable(asked.answering('system', shared.system, imports.addUse));
    state.argument = ofSystem;
    // Frameworks add arguments as well, and are evaluated with the arguments that are known so far.
    state.made.last = state.flake.frameworkSets();
    if (state.made.last !== made) continue;
    const stale = [...asked.stale(shared), ...state.flake.stale()];
    const { replacesConfig, mayGivePackages, late: lateArguments } = shared;
    if (stale.length === 0) return { argument, ofSystem, replacesConfig, mayGivePackages, lateArguments };
    forget(state, imports.dependentsOf(stale));
  }
}

function madeSystems(cx: Evaluation, made: AttrsValue): readonly Value[] {
  const outputs = member(cx, made, 'flake');
  return outputs === null ? [] : systemsIn(cx, outputs);
}

/** The declarations in one file; null if there are none. */
const DECLARED = query<string, DeclaredFleet | null>('declared', (database, path) => {
  noteFile(database, path);
  const { evaluation, files, flake, argument } = stateOf(database);
  return answering(evaluation, path, () => {
    const file = files.parse(path);
    if (file === null) return null;
    const declared = readMachines(evaluation, file, name =>
      name === 'config' ? flake.configOf(path) : argument(name, path),
    );
    return declaresNothing(declared) ? null : declared;
  });
});

/** Returns the declarations of machines and of the inventory in the files of this flake. */
export function findDeclared(state: State): DeclaredFleet[] {
  const { database, evaluation } = state;
  const fleets = GROUPS(database, null).mayDeclareMachines.flatMap(path => DECLARED(database, path) ?? []);
  for (const made of state.flake.frameworkSets()) {
    let read = state.made.declared.get(made);
    if (read === undefined) {
      read = readMade(evaluation, made);
      state.made.declared.set(made, read);
    }
    if (!declaresNothing(read)) fleets.push(read);
  }
  state.inventoryJson ??= readInventoryJson(evaluation);
  return state.inventoryJson === null ? fleets : [...fleets, state.inventoryJson];
}
