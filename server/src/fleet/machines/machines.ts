/**
 * Finds the declarations of a fleet in a file, in one walk: configurations, clans and inventories, with their machines,
 * instances of services, tags and service modules. The values themselves are read by `declared-*.ts`.
 */

import type { FlakeSet } from '../../flake/flake-modules.ts';
import { CALL_NAMES, calledName, frameworkValue } from '../../flake/frameworks/calls.ts';
import { type ArgumentLookup, unknownArgument } from '../../modules/modules.ts';
import { certain, member, unwrap } from '../../modules/read.ts';
import { BudgetExceeded } from '../../nix/eval/budget.ts';
import { type Evaluation, withBudget } from '../../nix/eval/evaluation.ts';
import { folderOf } from '../../nix/eval/paths.ts';
import { fileScope } from '../../nix/eval/scopes.ts';
import type { AttrsValue, NixFiles, Value } from '../../nix/eval/value.ts';
import { type NamePath, type WalkedBinding, type WalkState, walk } from '../../nix/eval/walk.ts';
import type { Place } from '../../nix/places.ts';
import { placeIn, placeOf } from '../../nix/places.ts';
import type { SourceFile } from '../../nix/source.ts';
import type { ApplyExpr, Range } from '../../nix/syntax.ts';
import { type Declarations, type DeclaredFleet, declaredFleet, giveUp, newDeclarations } from './declared.ts';
import { readClan, readInventory } from './declared-clans.ts';
import { readConfigurations, readHive, readNodes } from './declared-configurations.ts';
import { CONFIGURATIONS, isConfigurations } from './machine-facts.ts';

export type { DeclaredFleet } from './declared.ts';
export { declaresNothing } from './declared.ts';
export { readInventoryJson } from './inventory-json.ts';

const MAY_DECLARE =
  /\b(?:nixosConfigurations|darwinConfigurations|homeConfigurations|inventory|machines|buildClan|lib\.clan|clan\.modules|clan\.imports|modules\.clan)\b|\bclan\s*=|\b(?:blueprint|mkFlake|flakelight|colmena|colmenaHive|makeHive)\b|\binherit(?:\s+[\w'-]+)*?\s+clan\b/;

/** The evaluation steps allowed for the walk, and for each declaration that it finds. */
const STEPS = 400_000;

export function mayDeclareMachines(text: string): boolean {
  return MAY_DECLARE.test(text);
}

/** Returns true unless the file belongs to another flake below the root, such as a template. */
export function belongsToFleet(files: NixFiles, path: string): boolean {
  if (files.kind('flake.nix') === null) return true;
  for (let folder = folderOf(path); folder !== ''; folder = folderOf(folder))
    if (files.kind(`${folder}/flake.nix`) !== null) return false;
  return true;
}

/**
 * Reads the declarations of a fleet in one file.
 * @param args the arguments that the flake passes to modules, by name
 */
export function readMachines(
  cx: Evaluation,
  file: SourceFile,
  args: ArgumentLookup = () => null,
): DeclaredFleet {
  const declared = newDeclarations(cx, args);
  const words = [...file.text.matchAll(new RegExp(MAY_DECLARE, 'g'))].map(match => match.index);
  /** Ranges of clans that tests create in folders of their own. */
  const foreign: Range[] = [];
  const isForeign = (range: Range) =>
    foreign.some(clan => clan.start <= range.start && range.end <= clan.end);
  const placeOfRange = (range: Range): Place => placeIn(file, range);

  function ask(range: Range, question: () => void): void {
    const answer = withBudget(cx, STEPS, question);
    if (answer instanceof BudgetExceeded) giveUp(declared, answer.message, placeOfRange(range));
  }

  function noteClan(value: Value, range: Range): void {
    if (isOfTests(cx, value)) foreign.push(range);
    else readClan(declared, value, placeOfRange(range));
  }

  function binding({ state, value, expr, range, isLet }: WalkedBinding): void {
    const { path } = state;
    // The value of a `let` binding is read at its uses.
    if (path === null || isLet || hasOptions(path) || isForeign(range)) return;
    const name = path.name?.text ?? null;
    const at = placeOf(path.at);
    if (name === 'clan' || isClanModule(path))
      ask(range, () => {
        const clan = unwrap(cx, value()).value;
        // `specialArgs = { inherit clan; }` passes on a clan that is declared elsewhere.
        if (clan.kind !== 'unknown' || expr?.start !== range.start) noteClan(clan, range);
      });
    else if (name === 'inventory') {
      const isOfClan = path.parent?.name?.text === 'clan' && path.parent.parent === null;
      ask(range, () => readInventory(declared, value(), { conditional: state.conditional, at, isOfClan }));
    } else if (isConfigurations(name)) ask(range, () => readConfigurations(declared, name, value(), at));
    else if (name === 'colmena' && isOutput(path)) ask(range, () => readHive(declared, value(), at));
  }

  /** Handles `clan-core.lib.clan { … }`, whose argument is a module of a clan. */
  function application(expr: ApplyExpr, { scope }: WalkState): void {
    if (expr.fn.kind !== 'select' || isForeign(expr)) return;
    const last = expr.fn.path.at(-1);
    if (last?.kind !== 'name' || (last.name !== 'clan' && last.name !== 'buildClan')) return;
    ask(expr, () => noteClan(cx.evaluate(expr.arg, scope), expr));
  }

  /** Handles `inputs.blueprint { … }`, where a framework makes machines of folders. */
  function frameworkCall(expr: ApplyExpr, { scope }: WalkState): void {
    if (!CALL_NAMES.test(calledName(expr))) return;
    ask(expr, () => readFramework(declared, cx.evaluate(expr, scope), placeOfRange(expr)));
  }

  ask(file.root, () =>
    walk(
      cx,
      file.root,
      { scope: fileScope(cx, file), path: null, conditional: false },
      {
        enter(expr, state) {
          if (!words.some(word => expr.start <= word && word < expr.end)) return false;
          if (expr.kind === 'apply') {
            application(expr, state);
            frameworkCall(expr, state);
          }
          return true;
        },
        binding,
        // Only the module that is the whole file sees the flake's own configuration.
        parameter: (name, lambda) =>
          (lambda.formals === null || (name === 'config' && lambda !== file.root) ? null : args(name)) ??
          unknownArgument(name, file.path, lambda.start),
      },
    ),
  );
  return declaredFleet(declared);
}

/** Reads the machines that a framework's call makes. */
function readFramework(declared: Declarations, value: Value, at: Place): void {
  const { cx } = declared;
  const made = value.kind === 'unknown' ? frameworkValue(cx, value) : null;
  if (made?.kind !== 'attrs') return;
  for (const kind of CONFIGURATIONS) {
    const entry = certain(made, kind);
    if (entry !== null) readConfigurations(declared, kind, entry.value, at);
  }
  const nodes = certain(made, 'nodes');
  if (nodes !== null) readNodes(declared, nodes.value, at);
}

/** Reads the declarations that a framework makes for a flake that imports its module. */
export function readMade(cx: Evaluation, { file, set }: FlakeSet): DeclaredFleet {
  const declared = newDeclarations(cx, () => null);
  const at: Place = { file, start: 0, end: 0 };
  const flake = member(cx, set, 'flake');
  for (const kind of flake?.kind === 'attrs' ? CONFIGURATIONS : []) {
    const entry = certain(flake as AttrsValue, kind);
    const read =
      entry === null
        ? null
        : withBudget(cx, STEPS, () => readConfigurations(declared, kind, entry.value, at));
    if (read instanceof BudgetExceeded) giveUp(declared, read.message, at);
  }
  return declaredFleet(declared);
}

/** Returns whether a path is an output of the flake, rather than an option of the same name. */
function isOutput({ parent }: NamePath): boolean {
  return parent === null || parent.name?.text === 'flake' || parent.name?.text === 'outputs';
}

/** Returns whether a path is a module of a clan: `flake.modules.clan.<name>`. */
function isClanModule(path: NamePath): boolean {
  return path.parent?.name?.text === 'clan' && path.parent.parent?.name?.text === 'modules';
}

function hasOptions(path: NamePath): boolean {
  for (let at: NamePath | null = path; at !== null; at = at.parent)
    if (at.name?.text === 'options') return true;
  return false;
}

/** Returns whether a clan is in a folder of tests, so that it does not belong to the fleet. */
function isOfTests(cx: Evaluation, value: Value): boolean {
  const directory = value.kind === 'attrs' ? certain(value, 'directory') : null;
  if (directory === null) return false;
  const folder = unwrap(cx, directory.value).value;
  return folder.kind === 'path' && /(^|\/)(tests?|checks?|fixtures?|templates?)(\/|$)/.test(folder.text);
}
