/**
 * Determines the modules of each machine, which are its own, those from services, and all that they import, and thereby
 * its generators. Follows imports only; `read-module.ts` reads the modules.
 */

import type { NotAnalysable } from '../model/base.ts';
import type { GeneratorDefinition } from '../model/generators.ts';
import type { MachineGenerators, MachineModules } from '../model/machines.ts';
import type { CircularImport } from '../model/uses.ts';
import type { ModuleContext } from './contexts.ts';
import type { Fixpoint, MachineSetting, OwnModule } from './fixpoint.ts';
import type { ModuleImport } from './imports.ts';
import type { ModuleFacts } from './read-module.ts';

/** A module that a machine starts from. */
export interface RootModule {
  readonly facts: ModuleFacts;
  readonly certain: boolean;
}

/** Finds imported modules. Results are the same objects as long as they are valid. */
export interface ModuleLookup {
  /** Returns the module of a file on a machine; null if the file cannot be read. */
  file(path: string, context: ModuleContext): ModuleFacts | null;
  /** Returns the modules at a path of the flake's outputs; empty if unknown. */
  output(path: readonly string[]): readonly ModuleFacts[];
  /** Returns each module as it is on the machine, in the same order; see `fixpoint.ts`. */
  readonly settled: Fixpoint['settled'];
}

/** The modules of a machine, with the inputs they were determined from. */
export interface FollowedModules {
  readonly roots: readonly RootModule[];
  readonly reads: readonly ModuleRead[];
  /** All modules in the order in which they were visited. */
  readonly modules: readonly OwnModule[];
  /** True if there are no other modules. */
  readonly allKnown: boolean;
  readonly setting: MachineSetting;
  readonly own: MachineGenerators;
}

interface ModuleRead {
  readonly target: ModuleImport['target'];
  readonly found: Found;
}

type Found = ModuleFacts | readonly ModuleFacts[] | null;

const NO_GAPS: readonly NotAnalysable[] = [];
const NO_CIRCLES: readonly CircularImport[] = [];

/** Follows the imports of a machine's modules. */
export function followModules(
  roots: readonly RootModule[],
  lookup: ModuleLookup,
  setting: MachineSetting,
): FollowedModules {
  const certain: GeneratorDefinition[] = [];
  const possible: GeneratorDefinition[] = [];
  const files: string[] = [];
  const possibleFiles: string[] = [];
  const gaps: NotAnalysable[] = [];
  const absent: MachineModules['absent'][number][] = [];
  const reads: ModuleRead[] = [];
  const strangers: NotAnalysable[] = [];
  let foreign = false;
  // Certain imports are followed first, so that each module is visited once with the right certainty.
  const visited = new Set<ModuleFacts>();
  const later: ModuleFacts[] = [];
  const modules: OwnModule[] = [];
  let importsKnown = setting.complete;

  function visit(facts: ModuleFacts, sure: boolean): void {
    const stack = [facts];
    for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
      if (visited.has(next)) continue;
      visited.add(next);
      modules.push({ facts: next, sure });
      if (!next.importsKnown) importsKnown = false;
      if (next.file !== null) (sure ? files : possibleFiles).push(next.file);
      if (next.foreign) foreign = true;
      strangers.push(...next.strangers);
      for (const imported of next.imports) {
        const targets = resolve(imported, sure);
        (imported.certain || !sure ? stack : later).push(...targets);
      }
    }
  }

  function resolve({ target, at, certain: isCertain }: ModuleImport, sure: boolean): readonly ModuleFacts[] {
    const lookedUp = lookUp(target, lookup, setting);
    reads.push({ target, found: lookedUp });
    const modules = lookedUp === null ? [] : 'definitions' in lookedUp ? [lookedUp] : lookedUp;
    if (modules.length > 0) return modules;
    gaps.push({ at, what: 'imports', reason: reasonFor(target) });
    if (sure && isCertain && 'file' in target) absent.push({ target: target.file, at });
    importsKnown = false;
    return modules;
  }

  for (const root of roots) if (root.certain) visit(root.facts, true);
  for (const root of roots) if (!root.certain) visit(root.facts, false);
  for (const facts of later) visit(facts, false);
  const homes = followHomes(modules, lookup, setting, reads);
  for (const [index, facts] of lookup.settled(modules, importsKnown, setting.known).entries()) {
    const isSure = modules[index]?.sure === true;
    gaps.push(...facts.gaps);
    for (const definition of facts.definitions)
      (isSure && !definition.conditional ? certain : possible).push(definition);
  }
  for (const definition of homes.definitions) (definition.conditional ? possible : certain).push(definition);
  const complete = gaps.length === 0;
  const circles = [...modules.flatMap(({ facts, sure }) => (sure ? facts.circular : [])), ...homes.circular];
  const circular = circles.length === 0 ? NO_CIRCLES : circles;
  const certainty = { complete, isGivenAll: setting.complete, foreign };
  const summary = { files, possibleFiles, homeFiles: homes.files, absent, circular, ...certainty };
  return {
    roots,
    reads,
    modules,
    allKnown: importsKnown,
    setting,
    own: { certain, possible, ...summary, strangers, gaps: complete ? NO_GAPS : gaps },
  };
}

/** Follows the home-manager modules that certainly belong to the machine, and records the lookups. */
function followHomes(
  modules: readonly OwnModule[],
  lookup: ModuleLookup,
  context: ModuleContext,
  reads: ModuleRead[],
): Pick<MachineModules, 'files' | 'circular'> & { readonly definitions: readonly GeneratorDefinition[] } {
  const files: string[] = [];
  const circular: CircularImport[] = [];
  const definitions = new Set<GeneratorDefinition>();
  const visited = new Set<ModuleFacts>();
  const stack: ModuleImport[] = [];
  for (const { facts, sure } of modules) {
    if (!sure) continue;
    stack.push(...facts.homes.imports);
    for (const definition of facts.homes.definitions) definitions.add(definition);
  }
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    if (!next.certain) continue;
    const { target } = next;
    const lookedUp = lookUp(target, lookup, context);
    reads.push({ target, found: lookedUp });
    for (const facts of lookedUp === null ? [] : 'definitions' in lookedUp ? [lookedUp] : lookedUp) {
      if (visited.has(facts)) continue;
      visited.add(facts);
      if (facts.file !== null) files.push(facts.file);
      circular.push(...facts.circular);
      for (const definition of facts.definitions) definitions.add(definition);
      stack.push(...facts.imports);
    }
  }
  return { files, circular, definitions: [...definitions] };
}

/**
 * Returns whether following the same roots again would give the same result.
 * @param dropped the previous modules of files that have changed since
 */
export function isCurrent(
  { roots, reads }: FollowedModules,
  dropped: ReadonlySet<ModuleFacts | null>,
  lookup: ModuleLookup,
  context: ModuleContext,
): boolean {
  if (dropped.size > 0 && roots.some(({ facts }) => dropped.has(facts))) return false;
  return reads.every(({ target, found }) =>
    found === null || 'definitions' in found
      ? !dropped.has(found)
      : lookUp(target, lookup, context) === found,
  );
}

function lookUp(target: ModuleImport['target'], lookup: ModuleLookup, context: ModuleContext): Found {
  return 'file' in target ? lookup.file(target.file, context) : lookup.output(target.output);
}

function reasonFor(target: ModuleImport['target']): string {
  return 'file' in target
    ? `the module \`${target.file}\` cannot be read`
    : `where \`${target.output.join('.')}\` is made is not known`;
}
