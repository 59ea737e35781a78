/**
 * Groups the files of a workspace by what their texts may contain and by the paths in them, without parsing. Texts are
 * inputs of a database; an edit that does not affect the groups costs one scan of the edited text.
 */
import { folderOf } from '../../nix/eval/paths.ts';
import type { NixFiles } from '../../nix/eval/value.ts';
import { type Database, input, type Query, query, set, touch } from '../../query/database.ts';
import { forAll } from '../../query/groups.ts';
import { addToList, sameItems } from '../../std.ts';
import { belongsToFleet } from '../machines/machines.ts';
import { areEqualFacts, type Facts, type TextFacts, textFacts } from './texts.ts';

/**
 * Files by what they may contain, in the order of the workspace. The same object as long as all groups are the same.
 */
export interface FileGroups {
  readonly paths: readonly string[];
  readonly mayHoldRegistry: readonly string[];
  /** Files whose names mark them as matrices. */
  readonly namedMatrices: readonly string[];
  /**
   * This list and the two below have only files of this flake, since flakes below the root, such as templates, have
   * machines of their own.
   */
  readonly mayDeclareMachines: readonly string[];
  readonly mayGiveArguments: readonly string[];
  readonly mayAddOutputs: readonly string[];
  readonly mayDeclareOptions: readonly string[];
  /** Names in options that enable modules of clan-core, of all files. */
  readonly coreSwitches: ReadonlySet<string>;
  /** For each file, the files that contain its path. */
  readonly namedBy: ReadonlyMap<string, readonly string[]>;
}

export interface Survey {
  readonly texts: ReadonlyMap<string, TextFacts>;
  /** Handles that files have changed, appeared or been removed. */
  changed(paths: Iterable<string>): void;
  /** Returns the current groups, after scanning the changed texts. */
  groups(): FileGroups;
  /** Returns the files whose texts have something, in the order of the workspace. Asked after `groups`. */
  filesWith(having: TextQuery): readonly string[];
}

export interface SurveyOptions {
  readonly files: NixFiles & { nixFiles(): Iterable<string> };
  /** Returns whether a file is read as a registry regardless of its shape; `isMatrixFile` is the same for matrices. */
  readonly isRegistryFile: (path: string) => boolean;
  readonly isMatrixFile: (path: string) => boolean;
}

/** The part of a database's context that the queries here need. */
export interface SurveyContext {
  readonly survey: SurveyOptions;
}

/**
 * @param database one with a `SurveyContext`
 * @param earlier facts of texts, which are reused where a text is still the same
 */
export function createSurvey(database: Database, earlier: ReadonlyMap<string, TextFacts>): Survey {
  const { files } = optionsOf(database);
  const texts = new Map<string, TextFacts>();
  const stale = new Set<string>();

  function look(path: string): void {
    const text = files.text(path) ?? '';
    const before = earlier.get(path);
    const facts = before?.text === text ? before : textFacts(path, text);
    texts.set(path, facts);
    set(database, TEXT, path, facts);
  }

  return {
    texts,
    changed(paths) {
      for (const path of paths) {
        stale.add(path);
        // Even one that is not listed determines which files belong to this flake.
        if (path.endsWith('flake.nix') && !texts.has(path)) touch(database, FLAKES, null);
      }
    },
    groups() {
      set(database, PATHS, null, [...files.nixFiles()]);
      const paths = PATHS(database, null);
      const hasAll = paths.length === texts.size && paths.every(path => texts.has(path));
      const present: { has(path: string): boolean } = hasAll ? texts : new Set(paths);
      for (const path of stale) if (present.has(path)) look(path);
      stale.clear();
      if (!hasAll) {
        for (const path of paths) if (!texts.has(path)) look(path);
        for (const path of texts.keys())
          if (!present.has(path)) {
            texts.delete(path);
            set(database, TEXT, path, null);
          }
      }
      const groups = GROUPED(database, null);
      set(database, GROUPS, null, groups);
      return groups;
    },
    filesWith: having => having(database, null),
  };
}

function optionsOf({ context }: Database): SurveyOptions {
  return (context as SurveyContext).survey;
}

/** The facts of a file's text, with the text; null if there is no such file. */
export const TEXT = input<string, TextFacts | null>('text', () => null);

/** The files of the workspace. */
const PATHS = input<null, readonly string[]>('files', () => [], { equals: sameItems });

/** Another object after a `flake.nix` has changed that is not among the files. */
const FLAKES = input<null, object>('flakes', () => ({}));

/** The facts of a text, which are the same while at most offsets differ. They do not keep the text. */
const FACTS = query<string, Facts | null>(
  'facts of text',
  (database, path) => {
    const read = TEXT(database, path);
    if (read === null) return null;
    const { text: _, ...facts } = read;
    return facts;
  },
  {
    equals: (left, right) => (left === null || right === null ? left === right : areEqualFacts(left, right)),
  },
);

const ALL_FACTS = forAll(PATHS, FACTS);

/** True if the flake collects its modules with import-tree. */
const HAS_IMPORT_TREE = query<null, boolean>(
  'import-tree',
  database => TEXT(database, 'flake.nix')?.text.includes('import-tree') === true,
);

const GROUPED = query<null, FileGroups>('groups of files', database => {
  FLAKES(database, null);
  const paths = PATHS(database, null);
  const facts = ALL_FACTS(database, null);
  const texts = new Map(paths.map((path, index) => [path, facts[index] ?? null]));
  return groupsOf(optionsOf(database), texts, paths, HAS_IMPORT_TREE(database, null));
});

/**
 * The groups as they were last found. An input, so that an edit by which they stay the same does not affect what depends on
 * them, which is nearly everything.
 */
export const GROUPS = input<null, FileGroups>('current groups', database => GROUPED(database, null));

/** A query for the files whose texts have something. */
export type TextQuery = Query<null, readonly string[]>;

/** Returns a query for the files whose texts have something. Looks at each text once. */
export function textsWith(name: string, has: (text: string) => boolean): TextQuery {
  const isWith = query<string, boolean>(`text with ${name}`, (database, path) => {
    const facts = TEXT(database, path);
    return facts !== null && has(facts.text);
  });
  const all = forAll(PATHS, isWith);
  return query(`texts with ${name}`, database => {
    const answers = all(database, null);
    return PATHS(database, null).filter((_, index) => answers[index] === true);
  });
}

type Texts = ReadonlyMap<string, Facts | null>;

function groupsOf(
  { files, isRegistryFile, isMatrixFile }: SurveyOptions,
  texts: Texts,
  paths: readonly string[],
  hasImportTree: boolean,
): FileGroups {
  const importers = namedBy(texts, paths);
  const isOwn = (path: string) =>
    belongsToFleet(files, path) && !(hasImportTree && isPassedOver(importers, path));
  const that = (
    may: keyof Pick<TextFacts, 'mayDeclareMachines' | 'mayGiveArguments' | 'mayAddOutputs'>,
  ): string[] => paths.filter(path => texts.get(path)?.[may] === true && isOwn(path));
  return {
    paths,
    mayHoldRegistry: paths.filter(path => isRegistryFile(path) || texts.get(path)?.mayHoldRegistry === true),
    namedMatrices: paths.filter(isMatrixFile),
    mayDeclareMachines: that('mayDeclareMachines'),
    mayGiveArguments: that('mayGiveArguments'),
    mayAddOutputs: that('mayAddOutputs'),
    mayDeclareOptions: paths.filter(path => texts.get(path)?.mayDeclareOptions === true),
    coreSwitches: new Set(paths.flatMap(path => texts.get(path)?.coreSwitches ?? [])),
    namedBy: importers,
  };
}

/**
 * Returns whether import-tree skips a file, as it does below names that begin with `_`, and no other file refers to it.
 */
function isPassedOver(importers: ReadonlyMap<string, unknown>, path: string): boolean {
  if (!/(^|\/)_/.test(path)) return false;
  for (let at = path; at !== ''; at = folderOf(at)) if (importers.has(at)) return false;
  return true;
}

function namedBy(texts: Texts, paths: readonly string[]): Map<string, string[]> {
  const importers = new Map<string, string[]>();
  for (const path of paths)
    for (const { target } of texts.get(path)?.references ?? []) addToList(importers, target, path);
  return importers;
}

/** The files that lead to registries, and what else they lead to. */
export interface Pipeline {
  readonly files: ReadonlySet<string>;
  /** The other files whose paths are in them. */
  readonly targets: readonly string[];
}

/** Returns the start files and all files from which paths lead to them. */
export function pipelineOf({ namedBy: importers }: FileGroups, starts: readonly string[]): Pipeline {
  const files = new Set(starts);
  for (const path of files) for (const importer of importers.get(path) ?? []) files.add(importer);
  const targets: string[] = [];
  for (const [target, naming] of importers)
    if (!files.has(target) && naming.some(path => files.has(path))) targets.push(target);
  return { files, targets };
}
