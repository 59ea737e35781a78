/**
 * Builds the generators of a whole fleet for plans: one per placement, with its dependencies. Joins the
 * declarations of machines; plain data in, plain data out. Knows nothing of Nix or of what is stored.
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

/** Returns whether answers are hidden on screen. */
export function isHidden({ type }: Pick<DeclaredPrompt, 'type'>): boolean {
  return type === 'hidden' || type === 'multiline-hidden';
}

/** A part of a declaration that only Nix can evaluate. */
export interface UnknownPart {
  readonly part: 'share' | 'files' | 'prompts' | 'dependencies' | 'validation' | 'script' | 'runtimeInputs';
  /** The source text of the expression. */
  readonly expression: string;
  /** True if Nix was asked about the machine, and does not evaluate it either. */
  readonly isRefused?: boolean;
}

/** A generator as one machine declares it. */
export interface Declaration {
  readonly machine: string;
  readonly name: string;
  readonly share: boolean;
  readonly files: readonly DeclaredFile[];
  readonly prompts: readonly DeclaredPrompt[];
  /** The names of its dependencies. */
  readonly dependencies: readonly string[];
  readonly validationHash: string | null;
  readonly unknown: readonly UnknownPart[];
  /** False if unknown machines may declare it too; their access must not be removed. */
  readonly machinesComplete: boolean;
}

/** A generator in one placement. A shared one is a single generator, however many machines declare it. */
export interface Generator extends Omit<Declaration, 'machine' | 'dependencies'> {
  /** `shared/<name>` or `per-machine/<machine>/<name>`, which is also its folder below `vars`. */
  readonly key: string;
  /** Null for a shared one. */
  readonly machine: string | null;
  /** All machines that declare it, in fleet order; at least one. */
  readonly machines: readonly string[];
  readonly dependencies: readonly Dependency[];
}

interface Dependency {
  readonly name: string;
  /** The key it would have; the generator may not exist. */
  readonly key: string;
}

/** A shared generator that machines declare differently. */
export interface Disagreement {
  readonly key: string;
  readonly name: string;
  readonly machines: readonly [string, string];
  readonly parts: readonly ('files' | 'prompts' | 'dependencies' | 'validation')[];
}

export interface Generators {
  readonly all: ReadonlyMap<string, Generator>;
  readonly disagreements: readonly Disagreement[];
  /** Returns the generator that a machine declares under a name, if any. */
  on(machine: string, name: string): Generator | undefined;
}

export function keyOf(name: string, machine: string | null): string {
  return machine === null ? `shared/${name}` : `per-machine/${machine}/${name}`;
}

/** Compares generators: shared ones first, then by machine, then by name. */
export function byPlacement(a: Generator, b: Generator): number {
  return compareTexts(a.machine ?? '', b.machine ?? '') || compareTexts(a.name, b.name);
}

/**
 * Joins the declarations of machines into generators.
 *
 * @param declarations of all machines, in fleet order
 */
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
      // A dependency that the machine itself does not declare can only be shared.
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

/** The subject of a request. */
export interface Choice {
  /** Empty for all machines. */
  readonly machines: readonly string[];
  /** Names, or keys for a single placement. Empty for all generators of the machines. */
  readonly generators: readonly string[];
}

/** Returns the selected generators, in their order. */
export function chosen({ all }: Generators, { machines, generators }: Choice): Generator[] {
  const [on, names] = [new Set(machines), new Set(generators)];
  return [...all.values()].filter(
    disagreement =>
      (on.size === 0 || disagreement.machines.some(machine => on.has(machine))) &&
      (names.size === 0 || names.has(disagreement.name) || names.has(disagreement.key)),
  );
}

/**
 * Returns the parts that differ. Owner, group and mode may differ between machines; unknown values are not
 * compared.
 */
function differing(a: Declaration, b: Declaration): Disagreement['parts'][number][] {
  const isKnown = (part: UnknownPart['part']) => ![...a.unknown, ...b.unknown].some(gap => gap.part === part);
  const parts: Disagreement['parts'][number][] = [];
  if (isKnown('files') && differ(a.files, b.files, fileShape)) parts.push('files');
  if (isKnown('prompts') && differ(a.prompts, b.prompts, promptShape)) parts.push('prompts');
  if (isKnown('dependencies') && differ(a.dependencies, b.dependencies, String)) parts.push('dependencies');
  if (isKnown('validation') && a.validationHash !== b.validationHash) parts.push('validation');
  return parts;
}

/** Returns whether two lists differ. Machines with the same declaration share the list. */
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
