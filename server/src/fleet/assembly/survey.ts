/**
 * Groups the files of a workspace by what their texts may contain and by the paths in them, without parsing. The groups
 * are kept between builds; an edit that does not affect them costs one scan of the edited text.
 */
import { folderOf } from '../../nix/eval/paths.ts';
import type { NixFiles } from '../../nix/eval/value.ts';
import { addToList, sameItems } from '../../std.ts';
import { belongsToFleet } from '../machines/machines.ts';
import { areEqualFacts, type TextFacts, textFacts } from './texts.ts';

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
}

export interface SurveyOptions {
  readonly files: NixFiles & { nixFiles(): Iterable<string> };
  /** Returns whether a file is read as a registry regardless of its shape; `isMatrixFile` is the same for matrices. */
  readonly isRegistryFile: (path: string) => boolean;
  readonly isMatrixFile: (path: string) => boolean;
}

export function createSurvey(options: SurveyOptions): Survey {
  const { files } = options;
  const texts = new Map<string, TextFacts>();
  const stale = new Set<string>();
  let groups: FileGroups | null = null;

  /** True if the flake collects its modules with import-tree. */
  let hasImportTree = false;

  function look(path: string): void {
    const before = texts.get(path);
    const text = files.text(path) ?? '';
    const facts = textFacts(path, text);
    texts.set(path, facts);
    if (before === undefined || !areEqualFacts(before, facts)) groups = null;
    if (path !== 'flake.nix' || text.includes('import-tree') === hasImportTree) return;
    hasImportTree = !hasImportTree;
    groups = null;
  }

  return {
    texts,
    changed(paths) {
      for (const path of paths) {
        stale.add(path);
        // Even a `flake.nix` that is not listed determines which files belong to this flake.
        if (path.endsWith('flake.nix') && !texts.has(path)) groups = null;
      }
    },
    groups() {
      const paths = [...files.nixFiles()];
      if (groups !== null && !sameItems(groups.paths, paths)) groups = null;
      const present: { has(path: string): boolean } = groups === null ? new Set(paths) : texts;
      for (const path of stale) {
        if (present.has(path)) look(path);
        else texts.delete(path);
      }
      stale.clear();
      if (groups !== null) return groups;
      for (const path of texts.keys()) if (!present.has(path)) texts.delete(path);
      for (const path of paths) if (!texts.has(path)) look(path);
      groups = groupsOf(options, texts, paths, hasImportTree);
      return groups;
    },
  };
}

function groupsOf(
  { files, isRegistryFile, isMatrixFile }: SurveyOptions,
  texts: ReadonlyMap<string, TextFacts>,
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

function namedBy(texts: ReadonlyMap<string, TextFacts>, paths: readonly string[]): Map<string, string[]> {
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
