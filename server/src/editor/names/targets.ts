/**
 * Finds the names in a file that a user can point at, and their subjects. Uses the places in the fleet; knows
 * no feature.
 */
import { derived, derivedIndex, type Index } from '../../checks/memory/derived.ts';
import { derivedBy, indexedBy } from '../../checks/memory/derived-by.ts';
import { perObject } from '../../checks/memory/kept.ts';
import { unitFiles, unitIn } from '../../checks/memory/per-unit.ts';
import type { Fleet } from '../../fleet/model/fleet.ts';
import type { GeneratorBody, GeneratorDefinition } from '../../fleet/model/generators.ts';
import type { Matrix, Registry } from '../../fleet/model/registries.ts';
import type { UnitOutline } from '../../fleet/model/uses.ts';
import type { Place } from '../../nix/places.ts';
import { addToList, sortedUnique } from '../../std.ts';
import { filesWithOptions, optionTargets } from './own-option-targets.ts';
import { wordsOf } from './script-words.ts';
import { filesWithSecrets, secretTargets } from './secret-targets.ts';
import { type Subject, sameSubject, subjectKey, type Target } from './subjects.ts';

/** Something that is named at a place. */
interface Named {
  readonly name: string;
  readonly at: Place | null;
}

const machinesIn = derivedIndex((fleet): Index<Named> => byFile([...fleet.machines, ...fleet.machineFacts]));

/** Machines named in roles of the inventory. */
const membersIn = derivedIndex(
  ({ inventory }): Index<Named> =>
    byFile(
      inventory.instances.flatMap(({ roles }) => [...roles.values()].flatMap(({ machines }) => machines)),
    ),
);

const tagListsIn = derivedIndex(({ inventory }) => byFile(inventory.tagLists));

const allDefinitions = derivedIndex(({ generators }) =>
  byFile(generators.flatMap(({ definitions }) => definitions)),
);

/** The targets of registries and matrices, by file, since the script of a key may be in a file of helpers. */
const pipelineIn = derivedIndex(({ registries, matrices }) =>
  byFile([...registries.flatMap(registryTargets), ...matrices.flatMap(matrixTargets)]),
);

function byFile<T extends { readonly at: Place | null }>(all: readonly T[]): Map<string, T[]> {
  const files = new Map<string, T[]>();
  for (const item of all) if (item.at !== null) addToList(files, item.at.file, item);
  return files;
}

/** Returns the files with targets, sorted. */
export const filesWithTargets = derived((fleet): readonly string[] => {
  const pipeline = [...fleet.registries, ...fleet.matrices].map(({ file }) => file);
  // Definitions are also in files that are not modules: `generators = import ./generators.nix;`.
  const named = [machinesIn, membersIn, tagListsIn, allDefinitions].flatMap(index => [
    ...index(fleet).keys(),
  ]);
  const files = [...named, ...pipeline, ...unitFiles(fleet)];
  return sortedUnique([...files, ...filesWithSecrets(fleet), ...filesWithOptions(fleet)]);
});

/** Returns the definitions of generators whose names are in a file. */
export function definitionsIn(fleet: Fleet, file: string): readonly GeneratorDefinition[] {
  return allDefinitions(fleet).get(file) ?? [];
}

/**
 * Returns the targets in a file, in text order. A place that stands for several subjects (a helper function's
 * `files.${name}`) is omitted.
 */
export const targetsIn = derivedBy('targets', (fleet, file): readonly Target[] => {
  const byPlace = new Map<string, Target | null>();
  const add: Add = (at, subject, role, inScript = false) => {
    if (at?.file !== file) return;
    const place = `${at.start}:${at.end}`;
    const before = byPlace.get(place);
    if (before === undefined) byPlace.set(place, { at, subject, role, inScript });
    else if (before && isFileBehind(before.subject, subject)) return;
    else if (before && isFileBehind(subject, before.subject)) byPlace.set(place, { ...before, subject });
    else if (before && !sameSubject(before.subject, subject)) byPlace.set(place, null);
    else if (before && before.role !== 'declaration' && role === 'declaration')
      byPlace.set(place, { ...before, role });
  };

  for (const { name, at } of machinesIn(fleet).get(file) ?? [])
    add(at, { kind: 'machine', machine: name }, 'declaration');
  for (const { name, at } of membersIn(fleet).get(file) ?? [])
    add(at, { kind: 'machine', machine: name }, 'use');
  for (const { machine, at } of tagListsIn(fleet).get(file) ?? [])
    add(at, { kind: 'machine', machine }, 'use');
  addAll(pipelineIn(fleet).get(file) ?? [], add);
  const unit = unitIn(fleet, file);
  for (const definition of definitionsIn(fleet, file)) addAll(definitionTargets(definition), add);
  if (unit) addAll(unitTargets(unit), add);
  // A name that refers to both a var and a secret counts as the var.
  const ofVars = new Set(byPlace.keys());
  for (const { at, subject, role } of secretTargets(fleet, file))
    if (!ofVars.has(`${at.start}:${at.end}`)) add(at, subject, role);
  for (const { at, subject, role } of optionTargets(fleet, file)) add(at, subject, role);
  return [...byPlace.values()]
    .filter(target => target !== null)
    .sort((a, b) => a.at.start - b.at.start || a.at.end - b.at.end);
});

/** Returns every target of a fleet that refers to a subject, by file and place. */
export const targetsOf = indexedBy('targets', filesWithTargets, targetsIn, ({ subject }) =>
  subjectKey(subject),
);

type Add = (at: Place | null, subject: Subject, role: Target['role'], inScript?: boolean) => void;

function addAll(targets: readonly Target[], add: Add): void {
  for (const { at, subject, role, inScript } of targets) add(at, subject, role, inScript);
}

function collected(collect: (add: Add) => void): readonly Target[] {
  const targets: Target[] = [];
  collect((at, subject, role, inScript = false) => {
    if (at !== null) targets.push({ at, subject, role, inScript });
  });
  return targets;
}

/** Cached per object, because an edit creates a new fleet but leaves most definitions and units unchanged. */
const definitionTargets = perObject((definition: GeneratorDefinition) =>
  collected(add => addDefinition(definition, add)),
);
const unitTargets = perObject((unit: UnitOutline) => collected(add => addUnit(unit, add)));

const registryTargets = perObject((registry: Registry) => collected(add => addRegistry(registry, add)));
const matrixTargets = perObject((matrix: Matrix) => collected(add => addMatrix(matrix, add)));

function addMatrix({ file: matrix, registry, rows }: Matrix, add: Add): void {
  for (const { machine, at, keys, shared } of rows) {
    if (!shared) add(at, { kind: 'row', matrix, machine, written: true }, 'declaration');
    if (registry === null) continue;
    for (const { key, at: listed } of keys) add(listed, { kind: 'key', registry, key }, 'use');
  }
}

function addDefinition(definition: GeneratorDefinition, add: Add): void {
  add(definition.at, { kind: 'generator', name: definition.name }, 'declaration');
  addBody(definition.name, definition.body(), add);
}

function addUnit({ keyLookups, rowReads, uses }: UnitOutline, add: Add): void {
  for (const { at, registry, key } of keyLookups) add(at, { kind: 'key', registry, key }, 'use');
  for (const { matrix, machine, at } of rowReads)
    add(at, { kind: 'row', matrix, machine, written: false }, 'use');
  for (const use of uses) {
    if (use.key) add(use.key.at, { kind: 'key', registry: use.key.registry, key: use.key.key }, 'use');
    add(use.generatorAt, { kind: 'generator', name: use.generator }, 'use');
    if (use.machine) add(use.machine.at, { kind: 'machine', machine: use.machine.value }, 'use');
    if (use.fileName === null) continue;
    const subject: Subject = { kind: 'file', generator: use.generator, file: use.fileName };
    add(use.fileAt, subject, 'use');
    add(use.attributeAt, subject, 'field');
  }
}

function addRegistry({ file, keys }: Registry, add: Add): void {
  for (const { key, at, generator, envVar, fileAttr, body } of keys) {
    const subject: Subject = { kind: 'key', registry: file, key };
    add(at, subject, 'declaration');
    if (envVar) add(envVar.at, subject, 'field');
    if (!generator) continue;
    const { value } = generator;
    add(generator.at, { kind: 'generator', name: value }, 'declaration');
    if (fileAttr) add(fileAttr.at, { kind: 'file', generator: value, file: fileAttr.value }, 'declaration');
    addBody(value, body, add);
  }
}

function addBody(generator: string, body: GeneratorBody, add: Add): void {
  for (const { name, at, from } of body.files)
    if (from === 'files') add(at, { kind: 'file', generator, file: name }, 'declaration');
  const persisted = new Set(body.files.filter(({ from }) => from === 'prompt').map(({ name }) => name));
  for (const { name, at } of body.prompts)
    if (!persisted.has(name)) add(at, { kind: 'prompt', generator, prompt: name }, 'declaration');
  // The name of a persisted prompt is also that of its file, which is what others refer to.
  for (const file of persisted)
    for (const { name, at } of body.prompts)
      if (name === file) add(at, { kind: 'file', generator, file }, 'declaration');
  for (const { value, at } of body.dependencies) add(at, { kind: 'generator', name: value }, 'use');
  for (const { at, word } of wordsOf(body.script))
    for (const [place, subject] of [
      [at.owner, word.dependency === null ? null : ({ kind: 'generator', name: word.dependency } as const)],
      [at.name, word.name === null ? null : subjectOf(generator, word, persisted)],
    ] as const)
      if (subject !== null) add(place, subject, 'use', true);
}

function subjectOf(
  generator: string,
  { root, dependency, name }: { root: string; dependency: string | null; name: string | null },
  persisted: ReadonlySet<string>,
): Subject | null {
  if (name === null) return null;
  if (root === 'in') return { kind: 'file', generator: dependency ?? '', file: name };
  if (root === 'out' || persisted.has(name)) return { kind: 'file', generator, file: name };
  return { kind: 'prompt', generator, prompt: name };
}

/**
 * Returns whether a prompt and its file come from one word passed to a helper function, which then counts as
 * the file.
 */
function isFileBehind(file: Subject, prompt: Subject): boolean {
  if (file.kind !== 'file' || prompt.kind !== 'prompt') return false;
  return file.generator === prompt.generator && file.file === prompt.prompt;
}
