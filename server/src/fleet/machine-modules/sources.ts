/** Reads one module within a budget of steps, for the first time or again. Does not know which modules exist. */

import { firstNamesIn, type ModuleParts, optionIn, partsOf } from '../../modules/module-options.ts';
import type { ArgumentLookup } from '../../modules/modules.ts';
import { NO_TRACES } from '../../modules/options/traces.ts';
import { BudgetExceeded } from '../../nix/eval/budget.ts';
import { answering, type Evaluation, withBudget } from '../../nix/eval/evaluation.ts';
import { noteFile } from '../../nix/eval/file-changes.ts';
import type { Lazy, Origin } from '../../nix/eval/value.ts';
import { placeOf } from '../../nix/places.ts';
import { reusing } from '../../nix/same-data.ts';
import { extentOf, type SourceFile } from '../../nix/source.ts';
import { query } from '../../query/database.ts';
import { settled } from '../../query/settled.ts';
import type { ModuleOptions } from '../model/options.ts';
import type { ModuleSecrets } from '../model/secrets.ts';
import type { ModuleReader } from './module-statements.ts';
import { readModuleOptions, UNKNOWN_OPTIONS } from './option-statements.ts';
import { type ModuleFacts, type ModuleSource, readModule } from './read-module.ts';
import { readModuleSecrets } from './secret-statements.ts';
import { type ModuleSources, tableOf } from './table-state.ts';

/** The evaluation steps allowed for one module. */
const STEPS = 200_000;

/** The number of modules whose parts are kept: more than a machine has. Parts keep the trees of their files. */
const MAX_PARTS = 256;

/** Returns the whole file as the place of a module. */
export function wholeOf(file: SourceFile): Origin {
  return { file, ...extentOf(file), call: null };
}

/** Returns the value of a file, or `null` if that takes too many steps. */
export function valueOfFile(cx: Evaluation, path: string): Lazy | null {
  const value = withBudget(cx, STEPS, () => cx.importFile(path, null));
  return value instanceof BudgetExceeded ? null : value;
}

/** Reads a module. If that takes too many steps, the result is a gap at `at`, the place of its use. */
export function readWithin(
  cx: Evaluation,
  module: Lazy,
  at: Origin,
  specialArgs: ArgumentLookup,
): ModuleFacts {
  const facts = withBudget(cx, STEPS, () => readModule(cx, module, specialArgs, at));
  if (!(facts instanceof BudgetExceeded)) return facts;
  const place = placeOf(at);
  return {
    file: null,
    definitions: [],
    imports: [],
    homes: { imports: [], definitions: [] },
    gaps: [{ at: place, what: 'effort', reason: facts.message }],
    foreign: false,
    strangers: [],
    traces: NO_TRACES,
    importsKnown: false,
    mayHaveSecrets: true,
    circular: [],
    source: { module, specialArgs, fallback: at },
  };
}

/** Returns functions that read modules again for a machine and ask them for options. */
export function readingFrom(sources: ModuleSources): ModuleReader {
  return {
    again: (facts, config) => readAgain(sources, facts, config),
    option: (facts, path, config) =>
      askSource(sources, facts, source => optionOf(sources, facts, source, path, config), {
        definitions: [],
        declared: null,
        unclear: true,
      }),
    firstNames: facts =>
      askSource(
        sources,
        facts,
        source => firstNamesIn(sources.cx, generalParts(sources, facts, source)),
        null,
      ),
  };
}

function readAgain(sources: ModuleSources, facts: ModuleFacts, config: Lazy): ModuleFacts {
  return askSource(
    sources,
    facts,
    ({ module, specialArgs, fallback }) =>
      readModule(sources.cx, module, withConfig(specialArgs, config), fallback),
    facts,
  );
}

function optionOf(
  sources: ModuleSources,
  facts: ModuleFacts,
  source: ModuleSource,
  path: readonly string[],
  config: Lazy | null,
): ReturnType<ModuleReader['option']> {
  const { cx } = sources;
  const { module, specialArgs } = source;
  return config === null
    ? optionIn(cx, generalParts(sources, facts, source), path)
    : optionIn(cx, partsOf(cx, module, withConfig(specialArgs, config)), path);
}

/** Returns the parts of a module as they are for all machines. */
function generalParts(
  { cx, parts }: ModuleSources,
  facts: ModuleFacts,
  { module, specialArgs }: ModuleSource,
): ModuleParts {
  const general = parts.get(facts) ?? partsOf(cx, module, specialArgs);
  parts.set(facts, general);
  if (parts.size > MAX_PARTS)
    for (const oldest of parts.keys()) {
      parts.delete(oldest);
      break;
    }
  return general;
}

/** Returns the options that a module declares and defines; the same object as long as they are equal. */
export function optionsOf(sources: ModuleSources, facts: ModuleFacts): ModuleOptions {
  const { database, ownOptions } = sources.cache;
  if (facts.source === null && facts.file !== null) return ON_MACHINES.answers(database, facts.file);
  const before = ownOptions.get(facts);
  const options = before ?? readOptions(sources, facts);
  ownOptions.set(facts, options);
  return options;
}

/** The options of the module that a file is, for all machines that import it. */
const ON_MACHINES = settled(
  query<string, ModuleOptions>(
    'options of module',
    (database, file, before) => {
      noteFile(database, file);
      const fresh = readOptions(tableOf(database), { file, source: null });
      return before === undefined ? fresh : reusing(before, fresh);
    },
    { isKept: true },
  ),
);

/**
 * Brings the options of modules that are files up to date, in steps of one module. To be done before options of modules are
 * asked for, after anything has changed that modules are read from.
 */
export const settlingOptions = ON_MACHINES.settling;

function readOptions(sources: ModuleSources, facts: Located): ModuleOptions {
  return askSource(
    sources,
    facts,
    ({ module, specialArgs }) => readModuleOptions(sources.cx, module, specialArgs),
    UNKNOWN_OPTIONS,
  );
}

/**
 * Returns the secrets that a module declares, in the configuration of a machine if one is given.
 * @param otherwise the result if evaluation takes too many steps
 */
export function secretsOf(
  sources: ModuleSources,
  facts: ModuleFacts,
  config: Lazy | null,
  otherwise: ModuleSecrets = unreadSecrets(facts),
): ModuleSecrets {
  const read = ({ module, specialArgs, fallback }: ModuleSource) =>
    readModuleSecrets(
      sources.cx,
      module,
      config === null ? specialArgs : withConfig(specialArgs, config),
      fallback,
    );
  return { ...askSource(sources, facts, read, otherwise), file: facts.file };
}

/** Returns the secrets of a module of which nothing could be read. */
function unreadSecrets({ file, source }: ModuleFacts): ModuleSecrets {
  const at = source === null ? { file: file ?? '', start: 0, end: 0 } : placeOf(source.fallback);
  const reason = 'reading the module takes too many steps';
  const gaps = (['sops', 'age'] as const).map(
    keeper => ({ keeper, at, what: 'secrets', reason, above: [] }) as const,
  );
  return { file, parts: [], definitions: [], templates: [], defaults: [], gaps };
}

/** The place of a module, from which it can be read again. */
type Located = Pick<ModuleFacts, 'file' | 'source'>;

/** Asks a module's source; returns `otherwise` if the source no longer exists or the answer takes too many steps. */
function askSource<T>(
  sources: ModuleSources,
  facts: Located,
  ask: (source: ModuleSource) => T,
  otherwise: T,
): T {
  const file = facts.file ?? facts.source?.fallback.file.path ?? '';
  const answer = answering(sources.cx, file, () =>
    withBudget(sources.cx, STEPS, () => {
      const source = sourceOf(sources, facts);
      return source === null ? otherwise : ask(source);
    }),
  );
  if (facts.source === null && facts.file !== null) {
    const tree = sources.files.parse(facts.file);
    if (tree !== null) sources.done(tree);
  }
  return answer instanceof BudgetExceeded ? otherwise : answer;
}

/** Returns a module with its arguments, importing it again if it is a whole file; `null` if that cannot be read. */
function sourceOf({ cx, files, givenTo }: ModuleSources, facts: Located): ModuleSource | null {
  const { file: path, source } = facts;
  if (source !== null) return source;
  const file = path === null ? null : files.parse(path);
  if (path === null || file === null) return null;
  return { module: cx.importFile(path, null), specialArgs: givenTo(path), fallback: wholeOf(file) };
}

function withConfig(specialArgs: ArgumentLookup, config: Lazy): ArgumentLookup {
  return name => (name === 'config' ? config : specialArgs(name));
}
