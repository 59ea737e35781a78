/**
 * What each machine is made of: its own modules, those that services give it, and all that they import. From it
 * follows which machine has which generator. Follows names and files only; what a module says is read in
 * module-facts.ts.
 */
import type { GeneratorDefinition, NotAnalysable } from './model.ts';
import type { ModuleFacts, ModuleImport } from './module-facts.ts';

/** A module that a machine begins with. */
export interface RootModule {
  readonly facts: ModuleFacts;
  readonly certain: boolean;
}

/** Where imported modules are found. */
export interface ModuleLookup {
  /** The module that a file is; null if the file cannot be read. */
  file(path: string): ModuleFacts | null;
  /** The modules that the flake has at a path; none where that is not known. */
  output(path: readonly string[]): readonly ModuleFacts[];
}

/** The generators of a machine, as far as modules tell. */
export interface MachineGenerators {
  /** Certainly its own. */
  readonly certain: ReadonlySet<GeneratorDefinition>;
  /** Perhaps its own: under a condition, or in a module that is perhaps imported. */
  readonly possible: ReadonlySet<GeneratorDefinition>;
  /** False if modules of the workspace may be imported that are not known. */
  readonly complete: boolean;
  /** Where that is so, and why. */
  readonly gaps: readonly NotAnalysable[];
  /** True if modules of other flakes are among its own: they may define further generators. */
  readonly foreign: boolean;
}

/** Follows the imports of a machine's modules. */
export function generatorsOf(roots: readonly RootModule[], lookup: ModuleLookup): MachineGenerators {
  const certain = new Set<GeneratorDefinition>();
  const possible = new Set<GeneratorDefinition>();
  const gaps: NotAnalysable[] = [];
  let foreign = false;
  // What is certainly imported is followed first, so that each module is visited once for what it is.
  const visited = new Set<ModuleFacts>();
  const later: ModuleFacts[] = [];

  function visit(facts: ModuleFacts, sure: boolean): void {
    const stack = [facts];
    for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
      if (visited.has(next)) continue;
      visited.add(next);
      gaps.push(...next.gaps);
      if (next.foreign) foreign = true;
      for (const definition of next.definitions)
        (sure && !definition.conditional ? certain : possible).add(definition);
      for (const imported of next.imports) {
        const targets = resolve(imported);
        (imported.certain || !sure ? stack : later).push(...targets);
      }
    }
  }

  function resolve({ target, at }: ModuleImport): readonly ModuleFacts[] {
    if ('file' in target) {
      const facts = lookup.file(target.file);
      if (facts === null) gaps.push({ at, reason: `the module \`${target.file}\` cannot be read` });
      return facts === null ? [] : [facts];
    }
    const found = lookup.output(target.output);
    if (found.length === 0)
      gaps.push({ at, reason: `where \`${target.output.join('.')}\` is made is not known` });
    return found;
  }

  for (const root of roots) if (root.certain) visit(root.facts, true);
  for (const root of roots) if (!root.certain) visit(root.facts, false);
  for (const facts of later) visit(facts, false);
  return { certain, possible, complete: gaps.length === 0, gaps, foreign };
}
