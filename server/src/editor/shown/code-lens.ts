/**
 * Computes code lenses above generators, registry keys and matrix rows: the machines, what is missing or
 * outdated, and available actions. Finding the places is cheap; titles are computed individually when they
 * become visible. Pure.
 */
import { storedStates } from '../../checks/facts/store/generated.ts';
import { machineTally } from '../../checks/facts/store/tallies.ts';
import { counted } from '../../checks/facts/wording.ts';
import type { Generator } from '../../fleet/model/generators.ts';
import { machineRows } from '../../fleet/registry/machine-rows.ts';
import type { Place } from '../../nix/places.ts';
import { shortTallyText, tallyOf, tallyText } from '../../store/vars/tally.ts';
import { type FleetIndex, indexOf } from '../names/fleet-index.ts';
import type { Snapshot } from '../snapshot.ts';

/** The subject of a lens. */
export type LensSubject = GeneratorSubject | { readonly kind: 'row'; readonly machine: string };

interface GeneratorSubject {
  readonly kind: 'generator';
  readonly generator: string;
  /** The registry key below the lens, or null. */
  readonly key: { readonly registry: string; readonly key: string } | null;
}

export interface Lens {
  readonly subject: LensSubject;
  /** The name below the lens. */
  readonly at: Place;
  /** False if the name is not fully known, so that no action is available. */
  readonly named: boolean;
}

/** Returns the lenses in file order; one for each generator, key and machine row declared there. */
export function codeLenses(snapshot: Snapshot, file: string): readonly Lens[] {
  const index = indexOf(snapshot);
  const lenses = new Map<string, Lens>();
  const add = (lens: Lens) => {
    const place = `${lens.at.start}:${lens.at.end}`;
    if (!lenses.has(place)) lenses.set(place, lens);
  };
  const fields = new Set<number>();
  for (const { keys, file: registry } of snapshot.fleet.registries)
    for (const { key, at, generator } of keys) {
      if (generator?.at.file === file) fields.add(generator.at.start);
      if (at.file !== file || generator === null) continue;
      add(lensOf(at, generator.value, { registry, key }));
    }
  for (const { at, subject, role } of index.targetsIn(file)) {
    if (subject.kind !== 'generator' || role !== 'declaration' || fields.has(at.start)) continue;
    const same = index.generators.get(subject.name) ?? [];
    if (isMain(same, at)) add(lensOf(at, subject.name, null));
  }
  for (const matrix of snapshot.fleet.matrices) {
    if (matrix.file !== file) continue;
    for (const { machine, at } of machineRows(snapshot.fleet, matrix))
      if (index.machines.has(machine) && at.file === file)
        add({ at, subject: { kind: 'row', machine }, named: true });
  }
  return [...lenses.values()].sort((a, b) => a.at.start - b.at.start);
}

function lensOf(at: Place, generator: string, key: GeneratorSubject['key']): Lens {
  return { at, subject: { kind: 'generator', generator, key }, named: !generator.includes('${') };
}

/** Returns whether the place declares a generator; a definition that only extends one has no lens. */
function isMain(same: readonly Generator[], { file, start }: Place): boolean {
  const definitions = same.flatMap(generator => generator.definitions);
  const here = definitions.find(({ at }) => at.file === file && at.start === start);
  return here?.kind === 'full' || !definitions.some(({ kind }) => kind === 'full');
}

/**
 * Returns the title: `3 machines · 2 of 3 missing`, or `2 of 5 generators missing` above a row. Omits what is
 * not known.
 */
export function lensTitle(snapshot: Snapshot, subject: LensSubject): string {
  if (subject.kind === 'row') return rowTitle(snapshot, subject.machine);
  const { generator, key } = subject;
  const index = indexOf(snapshot);
  const same = index.generators.get(generator) ?? [];
  const words = [key === null ? machineWords(same) : selectedWords(index, key)];
  const states = storedStates(snapshot);
  const tally = tallyOf(same.flatMap(candidate => states.placements(candidate)).map(({ state }) => state));
  if (tally.unknown < tally.generators) words.push(shortTallyText(tally));
  return words.join(' · ');
}

function rowTitle(snapshot: Snapshot, machine: string): string {
  const tally = machineTally(snapshot, machine);
  const { generators, unknown } = tally;
  if (generators === 0) return 'no generators';
  return unknown < generators ? tallyText(tally) : counted(generators, 'generator');
}

function machineWords(same: readonly Generator[]): string {
  const generators = same.filter(({ machines }) => machines !== null);
  const machines = new Set(generators.flatMap(generator => generator.machines ?? []));
  const complete = generators.length === same.length && same.every(generator => generator.machinesComplete);
  if (machines.size === 0) return complete ? 'on no machine' : 'machines not known';
  return `${counted(machines.size, 'machine')}${complete ? '' : ', perhaps more'}`;
}

function selectedWords(
  index: FleetIndex,
  { registry, key }: { readonly registry: string; readonly key: string },
): string {
  const machines = index.machinesOfKey(registry, key).length;
  return machines === 0 ? 'selected for no machine' : counted(machines, 'machine');
}
