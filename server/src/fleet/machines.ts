/**
 * The machines of a workspace: from configurations, inventories and folders.
 */
import { isClosed } from '../nix/construct.ts';
import { force } from '../nix/evaluate.ts';
import { BudgetExceeded, type Evaluation, withBudget } from '../nix/evaluation.ts';
import { fileScope } from '../nix/evaluator.ts';
import type { SourceFile } from '../nix/source.ts';
import type { AttrsValue, Lazy, NixFiles, UnknownValue, Value } from '../nix/value.ts';
import { type NamePath, type WalkedBinding, walk } from '../nix/walk.ts';
import type { Machine, MachineClass, Place } from './model.ts';
import { unknownArgument } from './modules.ts';
import { placeOf } from './places.ts';
import { member, readText, readTexts, unwrap } from './read.ts';

/** Machines that one file declares. */
export interface DeclaredMachines {
  readonly machines: readonly Machine[];
  /** False if the file declares machines of which the names are not known. */
  readonly complete: boolean;
}

const MAY_DECLARE = /\b(nixosConfigurations|darwinConfigurations|inventory|machines)\b/;

/** Steps allowed for reading the machines of one file. */
const STEPS = 100_000;

export function mayDeclareMachines(text: string): boolean {
  return MAY_DECLARE.test(text);
}

export function readMachines(cx: Evaluation, file: SourceFile): DeclaredMachines {
  const machines: Machine[] = [];
  let complete = true;
  const words = [...file.text.matchAll(new RegExp(MAY_DECLARE, 'g'))].map(match => match.index);

  function note(walked: WalkedBinding): void {
    const kind = collectionKind(walked.state.path);
    if (kind === null) return;
    const read = withBudget(cx, STEPS, () => readCollection(cx, walked.value(), kind));
    if (read instanceof BudgetExceeded) complete = false;
    else {
      machines.push(...read.machines);
      if (!read.complete) complete = false;
    }
  }

  withBudget(cx, STEPS, () =>
    walk(
      cx,
      file.root,
      { scope: fileScope(cx, file), path: null, conditional: false },
      {
        enter: expr => words.some(word => expr.start <= word && word < expr.end),
        binding: note,
        parameter: (name, lambda) => unknownArgument(name, file.path, lambda.start),
      },
    ),
  );
  return { machines, complete };
}

type CollectionKind = 'nixosConfigurations' | 'darwinConfigurations' | 'inventory' | 'clan';

/** What a path collects machines as, if it does. */
function collectionKind(path: NamePath | null): CollectionKind | null {
  const last = path?.name?.text;
  const above = path?.parent?.name?.text;
  if (path === null || hasOptions(path)) return null;
  if (last === 'nixosConfigurations' || last === 'darwinConfigurations') return last;
  if (last !== 'machines') return null;
  if (above === 'inventory') return 'inventory';
  return above === 'clan' ? 'clan' : null;
}

function hasOptions(path: NamePath): boolean {
  for (let at: NamePath | null = path; at !== null; at = at.parent)
    if (at.name?.text === 'options') return true;
  return false;
}

function readCollection(cx: Evaluation, lazy: Lazy, kind: CollectionKind): DeclaredMachines {
  const { value } = unwrap(cx, lazy);
  if (value.kind === 'unknown') return { machines: [], complete: isPassedOn(value) };
  if (value.kind !== 'attrs') return { machines: [], complete: false };
  return { machines: machinesIn(cx, value, kind), complete: isClosed(value) };
}

/** `inherit (clan.config) nixosConfigurations`: what clan makes of machines that are declared elsewhere. */
function isPassedOn(value: UnknownValue): boolean {
  return value.term?.kind === 'select';
}

function machinesIn(cx: Evaluation, set: AttrsValue, kind: CollectionKind): Machine[] {
  return [...set.entries].map(([name, entry]) => {
    const value = force(cx, entry.value);
    return {
      name,
      class: classOf(cx, kind, value),
      system: systemOf(cx, value),
      tags: tagsOf(cx, kind, value),
      at: entry.at === null ? null : placeOf(entry.at),
      source: kind === 'inventory' || kind === 'clan' ? 'inventory' : 'configuration',
    };
  });
}

function classOf(cx: Evaluation, kind: CollectionKind, value: Value): MachineClass | null {
  if (kind === 'nixosConfigurations') return 'nixos';
  if (kind === 'darwinConfigurations') return 'darwin';
  if (kind !== 'inventory' || value.kind !== 'attrs') return null;
  const entry = value.entries.get('machineClass');
  if (entry === undefined) return isClosed(value) ? 'nixos' : null;
  const text = readText(cx, entry.value);
  return text === 'nixos' || text === 'darwin' ? text : null;
}

/** `system` given to `nixosSystem { … }`, or `nixpkgs.hostPlatform` in a module written in place. */
function systemOf(cx: Evaluation, value: Value): string | null {
  const set = value.kind === 'unknown' && value.term?.kind === 'apply' ? force(cx, value.term.arg) : value;
  if (set.kind !== 'attrs') return null;
  const system = set.entries.get('system');
  if (system !== undefined) return readText(cx, system.value);
  const nixpkgs = member(cx, set, 'nixpkgs');
  const platform = nixpkgs?.kind === 'attrs' ? nixpkgs.entries.get('hostPlatform') : undefined;
  return platform === undefined ? null : readText(cx, unwrap(cx, platform.value).value);
}

function tagsOf(cx: Evaluation, kind: CollectionKind, value: Value): readonly string[] {
  if (kind !== 'inventory' || value.kind !== 'attrs') return [];
  const tags = value.entries.get('tags');
  return tags === undefined ? [] : (readTexts(cx, tags.value) ?? []);
}

/** `machines/<name>/`: every folder is a machine to clan. */
export function folderMachines(files: NixFiles): Machine[] {
  return (files.list('machines') ?? [])
    .filter(entry => entry.kind === 'directory')
    .map(({ name }) => ({
      name,
      class: null,
      system: null,
      tags: [],
      at: folderPlace(files, name),
      source: 'folder',
    }));
}

function folderPlace(files: NixFiles, name: string): Place | null {
  for (const file of ['configuration.nix', 'default.nix']) {
    const path = `machines/${name}/${file}`;
    if (files.kind(path) === 'file') return { file: path, start: 0, end: 0 };
  }
  return null;
}

/** The platform that a module states: `nixpkgs.hostPlatform = "…"`. */
export function platformIn(text: string): string | null {
  return /\bhostPlatform\s*=\s*(?:[\w.]*mkDefault\s+)?"([\w-]+)"/.exec(text)?.[1] ?? null;
}

/** One machine a name: what is known from several sources is joined. */
export function joinMachines(all: readonly Machine[]): Machine[] {
  const joined = new Map<string, Machine>();
  for (const machine of all) {
    const known = joined.get(machine.name);
    if (known === undefined) joined.set(machine.name, machine);
    else
      joined.set(machine.name, {
        name: machine.name,
        class: known.class ?? machine.class,
        system: known.system ?? machine.system,
        tags: [...new Set([...known.tags, ...machine.tags])],
        at: known.at !== null && known.at.end > 0 ? known.at : (machine.at ?? known.at),
        source: known.source,
      });
  }
  return [...joined.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}
