/**
 * Compares what Varsmith claims of a fleet with what Nix says of it. Only claims are compared: what is a pattern, null
 * or not complete says nothing, and nothing is never wrong.
 */
import { isDeepStrictEqual } from 'node:util';
import type { Inspection } from '../../server/src/cli/output/inspection.ts';

export interface TrueFile {
  readonly secret: boolean;
  readonly deploy: boolean;
  readonly owner: string;
  readonly group: string;
  readonly mode: string;
  readonly neededFor: string;
}

export interface TrueGenerator {
  readonly share: boolean;
  readonly files: Readonly<Record<string, TrueFile>>;
  readonly prompts: Readonly<
    Record<string, { readonly type: string; readonly persist: boolean; readonly description: string }>
  >;
  readonly dependencies: readonly string[];
  readonly runtimeInputs: readonly string[];
  readonly script: string;
  readonly validation: unknown;
}

/** Machines by name, as Nix evaluates them. */
export type Truth = Readonly<
  Record<string, { readonly class: string; readonly generators: Readonly<Record<string, TrueGenerator>> }>
>;

/** A generator as `inspect` shows it, with the text of its script where that is known without holes. */
export type Claim = Inspection['generators'][number] & { readonly scriptText: string | null };

export interface Comparison {
  /** Claims that Nix contradicts, a sentence each. */
  readonly contradictions: readonly string[];
  /** `machine/generator` of all that Nix has. */
  readonly pairs: readonly string[];
  /** Those of `pairs` of which Varsmith says that the machine has the generator. */
  readonly known: readonly string[];
  /** Those of `pairs` whose generator Varsmith names and knows in full, on whichever machine. */
  readonly described: readonly string[];
}

export function compare(truth: Truth, claims: readonly Claim[]): Comparison {
  const contradictions: string[] = [];
  const pairs = Object.entries(truth).flatMap(([machine, { generators }]) =>
    Object.keys(generators).map(name => `${machine}/${name}`),
  );
  const known = new Set<string>();
  const described = new Set<string>();
  for (const claim of claims) {
    if (claim.nameKind === 'pattern') continue;
    for (const machine of claim.machines ?? []) {
      if (truth[machine]?.generators[claim.name] === undefined)
        contradictions.push(`${machine} has no generator ${claim.name}`);
      else known.add(`${machine}/${claim.name}`);
    }
    for (const machine of machinesOf(claim, truth, claims)) {
      const generator = truth[machine]?.generators[claim.name];
      if (generator === undefined) continue;
      const wrong = differences(claim, generator);
      contradictions.push(...wrong.map(text => `${machine}/${claim.name}: ${text}`));
      if (wrong.length === 0 && claim.completeness === 'full') described.add(`${machine}/${claim.name}`);
    }
  }
  return { contradictions, pairs, known: [...known].sort(), described: [...described].sort() };
}

/**
 * The machines that a claim speaks of. Where it does not say, it speaks of every machine that has a generator of the
 * name, except those that another claim of the same name speaks of.
 */
function machinesOf(claim: Claim, truth: Truth, claims: readonly Claim[]): readonly string[] {
  if (claim.machines !== null) return claim.machines;
  const others = claims.filter(other => other !== claim && other.name === claim.name);
  const taken = new Set(others.flatMap(other => other.machines ?? []));
  return Object.keys(truth).filter(machine => !taken.has(machine));
}

function differences(claim: Claim, generator: TrueGenerator): string[] {
  const full = claim.completeness === 'full';
  return [
    ...valueDiffers('share', claim.share, generator.share),
    ...namesDiffer('files', claim.files, Object.keys(generator.files), full),
    ...claim.files.flatMap(file => fileDifferences(file, generator)),
    ...namesDiffer('prompts', claim.prompts, Object.keys(generator.prompts), full),
    ...claim.prompts.flatMap(prompt => {
      const real = generator.prompts[prompt.name];
      if (real === undefined) return [];
      return (['type', 'persist', 'description'] as const).flatMap(option =>
        valueDiffers(`prompts.${prompt.name}.${option}`, prompt[option], real[option]),
      );
    }),
    ...namesDiffer(
      'dependencies',
      claim.dependencies.filter(({ name }) => !name.includes('${')),
      generator.dependencies,
      full && !claim.dependencies.some(({ name }) => name.includes('${')),
    ),
    ...namesDiffer(
      'runtimeInputs',
      claim.runtimeInputs.map(name => ({ name: name.replace(/^pkgs\./, '') })),
      [...new Set([...generator.runtimeInputs, ...(full ? [] : claim.runtimeInputs)])],
      full && claim.runtimeInputs.length > 0,
    ),
    ...(claim.script === null && full ? valueDiffers('script', '', generator.script) : []),
    ...valueDiffers('script', claim.scriptText, generator.script),
    ...valueDiffers('validation', claim.validation, generator.validation),
  ];
}

function fileDifferences(file: Claim['files'][number], generator: TrueGenerator): string[] {
  const real = generator.files[file.name];
  if (file.nameKind === 'pattern' || real === undefined) return [];
  return (['secret', 'deploy', 'owner', 'group', 'mode', 'neededFor'] as const).flatMap(option =>
    valueDiffers(`files.${file.name}.${option}`, file[option], real[option]),
  );
}

/** Null is no claim. */
function valueDiffers(what: string, claimed: unknown, real: unknown): string[] {
  if (claimed === null || claimed === undefined || isDeepStrictEqual(claimed, real)) return [];
  return [`${what} is ${JSON.stringify(real)}, not ${JSON.stringify(claimed)}`];
}

/** Where not all is known, what is listed may be under a condition. */
function namesDiffer(
  what: string,
  claimed: readonly { readonly name: string; readonly nameKind?: string }[],
  real: readonly string[],
  all: boolean,
): string[] {
  const names = claimed.filter(({ nameKind }) => nameKind !== 'pattern').map(({ name }) => name);
  const isOpen = names.length < claimed.length;
  const surplus = all ? names.filter(name => !real.includes(name)) : [];
  const missing = all && !isOpen ? real.filter(name => !names.includes(name)) : [];
  return [
    ...surplus.map(name => `${what} has no ${name}`),
    ...missing.map(name => `${what} also has ${name}`),
  ];
}
