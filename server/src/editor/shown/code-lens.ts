/**
 * What stands above a generator, a registry key or a machine's row: who has it, what is missing or out of date, and what
 * can be done with it. Finding the places is cheap; the words are made one by one, when they come into view. Pure.
 */
import { storedStates } from '../../checks/facts/store/generated.ts';
import { counted } from '../../checks/facts/wording.ts';
import type { Generator } from '../../fleet/model/generators.ts';
import { machineRows } from '../../fleet/registry/machine-rows.ts';
import type { Place } from '../../nix/places.ts';
import { shortTallyText, tallyOf, tallyText } from '../../store/vars/tally.ts';
import { machineTally } from '../explorer/explorer.ts';
import { type FleetIndex, indexOf } from '../names/fleet-index.ts';
import type { Snapshot } from '../snapshot.ts';

/** The subject of a lens. */
export type LensSubject = GeneratorSubject | { readonly kind: 'row'; readonly machine: string };

interface GeneratorSubject {
  readonly kind: 'generator';
  readonly generator: string;
  /** The registry key that it stands above. */
  readonly key: { readonly registry: string; readonly key: string } | null;
}

export interface Lens {
  readonly subject: LensSubject;
  /** The name that it stands above. */
  readonly at: Place;
  /** False where the name is not known as a whole: then nothing can be done with it. */
  readonly named: boolean;
}

/** In the order of the file; one for each generator, key and row of a machine that is declared there. */
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

/** Returns whether the place declares a generator: one that only adds to it has no lens. */
function isMain(same: readonly Generator[], { file, start }: Place): boolean {
  const definitions = same.flatMap(generator => generator.definitions);
  const here = definitions.find(({ at }) => at.file === file && at.start === start);
  return here?.kind === 'full' || !definitions.some(({ kind }) => kind === 'full');
}

/** `3 machines · 2 of 3 missing`; above a row `2 of 5 generators missing`. What is not known is not said. */
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
