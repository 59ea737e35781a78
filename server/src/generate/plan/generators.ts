/**
 * The generators of a whole fleet as the plan sees them: one for every placement, with what each depends on. Joins
 * what machines declare; plain data in, plain data out. Knows nothing of Nix or of what is stored.
 *
 * Source: clan-core d7c35d912, clan_lib/vars/generator.py.
 */

import { compareTexts } from '../../std.ts';

export interface DeclaredFile {
  readonly name: string;
  readonly secret: boolean;
  readonly deploy: boolean;
  readonly neededFor: string;
}

export interface DeclaredPrompt {
  readonly name: string;
  readonly description: string;
  readonly type: 'line' | 'hidden' | 'multiline' | 'multiline-hidden';
  readonly persist: boolean;
  readonly required: boolean;
}

/** Returns whether answers are hidden on a screen. */
export function isHidden({ type }: Pick<DeclaredPrompt, 'type'>): boolean {
  return type === 'hidden' || type === 'multiline-hidden';
}

/** A part of a declaration that only Nix can tell. */
export interface UnknownPart {
  readonly part: 'share' | 'files' | 'prompts' | 'dependencies' | 'validation' | 'script' | 'runtimeInputs';
  /** As it is written in the source. */
  readonly expression: string;
}

/** A generator as one machine declares it. */
export interface Declaration {
  readonly machine: string;
  readonly name: string;
  readonly share: boolean;
  readonly files: readonly DeclaredFile[];
  readonly prompts: readonly DeclaredPrompt[];
  /** Names. */
  readonly dependencies: readonly string[];
  readonly validationHash: string | null;
  readonly unknown: readonly UnknownPart[];
  /** False where further machines may declare it, which are not seen: what they have must not be taken away. */
  readonly machinesComplete: boolean;
}

/** A generator in its place: a shared one is one, however many machines declare it. */
export interface Generator extends Omit<Declaration, 'machine' | 'dependencies'> {
  /** `shared/<name>` or `per-machine/<machine>/<name>`: also its folder below `vars`. */
  readonly key: string;
  /** Null for a shared one. */
  readonly machine: string | null;
  /** All that declare it, in the order of the fleet; at least one. */
  readonly machines: readonly string[];
  readonly dependencies: readonly Dependency[];
}

export interface Dependency {
  readonly name: string;
  /** Where it would be; perhaps there is no such generator. */
  readonly key: string;
}

/** A shared generator that machines do not agree on. */
export interface Disagreement {
  readonly key: string;
  readonly name: string;
  readonly machines: readonly [string, string];
  readonly parts: readonly ('files' | 'prompts' | 'dependencies' | 'validation')[];
}

export interface Generators {
  readonly all: ReadonlyMap<string, Generator>;
  readonly disagreements: readonly Disagreement[];
  /** What a machine declares under a name; undefined: nothing. */
  on(machine: string, name: string): Generator | undefined;
}

export function keyOf(name: string, machine: string | null): string {
  return machine === null ? `shared/${name}` : `per-machine/${machine}/${name}`;
}

/** Shared ones first, then by machine, then by name. */
export function byPlacement(a: Generator, b: Generator): number {
  return compareTexts(a.machine ?? '', b.machine ?? '') || compareTexts(a.name, b.name);
}

/** @param declarations of all machines of the fleet, in the fleet's order */
export function joinGenerators(declarations: readonly Declaration[]): Generators {
  const shares = new Map<string, Map<string, boolean>>();
  for (const { machine, name, share } of declarations) {
    const names = shares.get(machine) ?? new Map<string, boolean>();
    shares.set(machine, names.set(name, share));
  }
  const all = new Map<string, Generator & { machines: string[] }>();
  const first = new Map<string, Declaration>();
  const disagreements: Disagreement[] = [];
  for (const declaration of declarations) {
    const { machine, name, share } = declaration;
    const key = keyOf(name, share ? null : machine);
    const cached = all.get(key);
    if (cached !== undefined) {
      cached.machines.push(machine);
      const other = first.get(key) as Declaration;
      const parts = differing(other, declaration);
      if (parts.length > 0) disagreements.push({ key, name, machines: [other.machine, machine], parts });
      continue;
    }
    first.set(key, declaration);
    all.set(key, {
      ...declaration,
      key,
      machine: share ? null : machine,
      machines: [machine],
      // What the machine itself does not declare can only be a shared one.
      dependencies: declaration.dependencies.map(dependency => ({
        name: dependency,
        key: keyOf(dependency, shares.get(machine)?.get(dependency) === false ? machine : null),
      })),
    });
  }
  return {
    all,
    disagreements,
    on(machine, name) {
      const share = shares.get(machine)?.get(name);
      return share === undefined ? undefined : all.get(keyOf(name, share ? null : machine));
    },
  };
}

/** What a request is about. */
export interface Choice {
  /** None: all. */
  readonly machines: readonly string[];
  /** Names, or keys for one placement alone. None: all that the machines declare. */
  readonly generators: readonly string[];
}

/** Returns the generators that are asked for, in their order. */
export function chosen({ all }: Generators, { machines, generators }: Choice): Generator[] {
  const [on, names] = [new Set(machines), new Set(generators)];
  return [...all.values()].filter(
    disagreement =>
      (on.size === 0 || disagreement.machines.some(machine => on.has(machine))) &&
      (names.size === 0 || names.has(disagreement.name) || names.has(disagreement.key)),
  );
}

/** Owner, group and mode may differ: they are of the machine. What is unknown on either side is not compared. */
function differing(a: Declaration, b: Declaration): Disagreement['parts'][number][] {
  const isKnown = (part: UnknownPart['part']) => ![...a.unknown, ...b.unknown].some(gap => gap.part === part);
  const parts: Disagreement['parts'][number][] = [];
  if (isKnown('files') && differ(a.files, b.files, fileShape)) parts.push('files');
  if (isKnown('prompts') && differ(a.prompts, b.prompts, promptShape)) parts.push('prompts');
  if (isKnown('dependencies') && differ(a.dependencies, b.dependencies, String)) parts.push('dependencies');
  if (isKnown('validation') && a.validationHash !== b.validationHash) parts.push('validation');
  return parts;
}

/** Machines that have it from one place have the same lists. */
function differ<T>(a: readonly T[], b: readonly T[], shape: (item: T) => string): boolean {
  return a !== b && shapeOf(a, shape) !== shapeOf(b, shape);
}

function shapeOf<T>(items: readonly T[], shape: (item: T) => string): string {
  return JSON.stringify(items.map(shape).sort());
}

const fileShape = ({ name, secret, deploy, neededFor }: DeclaredFile) =>
  JSON.stringify([name, secret, deploy, neededFor]);

const promptShape = ({ name, description, type, persist, required }: DeclaredPrompt) =>
  JSON.stringify([name, description, type, persist, required]);
