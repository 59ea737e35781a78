/**
 * Determines the modules of each machine, which are its own, those from services, and all that they import, and thereby
 * its generators. Follows imports only; `read-module.ts` reads the modules.
 */

import type { Database } from '../../query/database.ts';
import type { NotAnalysable } from '../model/base.ts';
import type { GeneratorDefinition } from '../model/generators.ts';
import type { MachineGenerators, MachineModules } from '../model/machines.ts';
import type { CircularImport } from '../model/uses.ts';
import type { ModuleContext } from './contexts.ts';
import { fileModule } from './file-modules.ts';
import type { MachineSetting, OwnModule } from './fixpoint.ts';
import type { ModuleImport } from './imports.ts';
import { outputModules } from './output-modules.ts';
import type { ModuleFacts } from './read-module.ts';
import { tableOf } from './table-state.ts';

/** A module that a machine starts from. */
export interface RootModule {
  readonly facts: ModuleFacts;
  readonly certain: boolean;
}

/** The modules of a machine. */
export interface FollowedModules {
  /** All modules in the order in which they were visited. */
  readonly modules: readonly OwnModule[];
  /** True if there are no other modules. */
  readonly allKnown: boolean;
  readonly setting: MachineSetting;
  readonly own: MachineGenerators;
}

const NO_GAPS: readonly NotAnalysable[] = [];
const NO_CIRCLES: readonly CircularImport[] = [];

/** Follows the imports of a machine's modules. */
export function followModules(
  database: Database,
  roots: readonly RootModule[],
  setting: MachineSetting,
): FollowedModules {
  const certain: GeneratorDefinition[] = [];
  const possible: GeneratorDefinition[] = [];
  const files: string[] = [];
  const possibleFiles: string[] = [];
  const gaps: NotAnalysable[] = [];
  const absent: MachineModules['absent'][number][] = [];
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
    const modules = lookUp(database, target, setting);
    if (modules.length > 0) return modules;
    gaps.push({ at, what: 'imports', reason: reasonFor(target) });
    if (sure && isCertain && 'file' in target) absent.push({ target: target.file, at });
    importsKnown = false;
    return modules;
  }

  for (const root of roots) if (root.certain) visit(root.facts, true);
  for (const root of roots) if (!root.certain) visit(root.facts, false);
  for (const facts of later) visit(facts, false);
  const homes = followHomes(database, modules, setting);
  const settled = tableOf(database).fixpoint.settled(modules, importsKnown, setting.known);
  for (const [index, facts] of settled.entries()) {
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
    modules,
    allKnown: importsKnown,
    setting,
    own: { certain, possible, ...summary, strangers, gaps: complete ? NO_GAPS : gaps },
  };
}

/** Follows the home-manager modules that certainly belong to the machine. */
function followHomes(
  database: Database,
  modules: readonly OwnModule[],
  context: ModuleContext,
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
    for (const facts of lookUp(database, next.target, context)) {
      if (visited.has(facts)) continue;
      visited.add(facts);
      if (facts.file !== null) files.push(facts.file);
      // home-manager passes packages to the modules of users by itself.
      circular.push(...facts.circular.filter(({ argument }) => argument !== 'pkgs'));
      for (const definition of facts.definitions) definitions.add(definition);
      stack.push(...facts.imports);
    }
  }
  return { files, circular, definitions: [...definitions] };
}

function lookUp(
  database: Database,
  target: ModuleImport['target'],
  context: ModuleContext,
): readonly ModuleFacts[] {
  if ('output' in target) return outputModules(database, target.output);
  const module = fileModule(database, target.file, context);
  return module === null ? [] : [module];
}

function reasonFor(target: ModuleImport['target']): string {
  return 'file' in target
    ? `the module \`${target.file}\` cannot be read`
    : `where \`${target.output.join('.')}\` is made is not known`;
}
