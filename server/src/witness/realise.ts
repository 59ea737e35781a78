/** Has Nix build what the scripts of generators use: programs in their text, and their packages. */

import type { NixEvaluator, NixLimits } from '../host/programs/nix-evaluator.ts';
import { type FlakeFolder, lockedReference, referenceTo } from './flake-reference.ts';
import { failureOf } from './nix-error.ts';
import { scriptParts } from './question.ts';
import { metadataIn, scriptPartsIn } from './reply.ts';

export interface RealisedScripts {
  /** Paths of the packages of each generator that evaluates and is built, by name. */
  readonly packages: ReadonlyMap<string, ReadonlyMap<string, string>>;
  /** A sentence; null if everything is built. */
  readonly failure: string | null;
}

/** Builds what the generators of a machine use. */
export async function realiseScripts(
  nix: NixEvaluator,
  folder: FlakeFolder,
  limits: NixLimits,
  { machine, generators }: { readonly machine: string; readonly generators: readonly string[] },
): Promise<RealisedScripts> {
  const failed = (what: string, stderr: string): RealisedScripts => ({
    packages: new Map(),
    failure: `Nix ${what} for machine "${machine}": ${failureOf('error', stderr, () => null).message.replace(/\.$/, '')}.`,
  });
  const taken = await nix.metadata(referenceTo(folder), limits);
  const flake = taken.kind === 'value' ? metadataIn(taken.value) : null;
  if (flake === null) return failed('does not read the flake', 'stderr' in taken ? taken.stderr : '');
  const reply = await nix.instantiate(
    scriptParts(lockedReference(folder, flake), machine, generators),
    limits,
  );
  const parts = reply.kind === 'value' ? scriptPartsIn(reply.value) : null;
  if (parts === null) return failed('does not evaluate the scripts', 'stderr' in reply ? reply.stderr : '');
  const evaluated = [...parts].flatMap(([name, part]) => (part === null ? [] : [{ name, ...part }]));
  const outputs = [...new Set(evaluated.flatMap(({ outputs }) => outputs))];
  const built = outputs.length === 0 ? null : await nix.build(outputs, limits);
  if (built !== null && built.kind !== 'value') return failed('does not build the packages', built.stderr);
  const pathsOf = (packages: readonly { readonly name: string; readonly path: string }[]) =>
    new Map(packages.map(({ name, path }) => [name, path]));
  return {
    packages: new Map(evaluated.map(({ name, packages }) => [name, pathsOf(packages)])),
    failure: null,
  };
}
