/**
 * The files of a workspace by what their texts show: what is worth reading for what, and what leads to what. Nothing is
 * parsed. Kept from one build to the next; an edit that changes nothing of this costs one look at the edited text.
 */
import { folderOf } from '../../nix/eval/paths.ts';
import type { NixFiles } from '../../nix/eval/value.ts';
import { addToList, sameItems } from '../../std.ts';
import { belongsToFleet } from '../machines/machines.ts';
import { areEqualFacts, type TextFacts, textFacts } from './texts.ts';

/** Files by what they may say, in the order of the workspace. The same object for as long as it all holds. */
export interface FileGroups {
  readonly paths: readonly string[];
  readonly mayHoldRegistry: readonly string[];
  /** Files that are matrices by their names. */
  readonly namedMatrices: readonly string[];
  /** Of this flake, as are the two that follow: other flakes below the root, such as templates, have machines of their own. */
  readonly mayDeclareMachines: readonly string[];
  readonly mayGiveArguments: readonly string[];
  readonly mayAddOutputs: readonly string[];
  /** By file, the files that name it. */
  readonly namedBy: ReadonlyMap<string, readonly string[]>;
}

export interface Survey {
  readonly texts: ReadonlyMap<string, TextFacts>;
  /** Files have changed, appeared or gone. */
  changed(paths: Iterable<string>): void;
  /** Looks at what has changed. */
  groups(): FileGroups;
}

export interface SurveyOptions {
  readonly files: NixFiles & { nixFiles(): Iterable<string> };
  /** True for files that are to be read as registries, or as matrices, whatever their shape. */
  readonly isRegistryFile: (path: string) => boolean;
  readonly isMatrixFile: (path: string) => boolean;
}

export function createSurvey(options: SurveyOptions): Survey {
  const { files } = options;
  const texts = new Map<string, TextFacts>();
  const stale = new Set<string>();
  let groups: FileGroups | null = null;

  /** Does the flake have its modules collected by import-tree? */
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
        // One that is no file of the workspace decides all the same what is of this flake.
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
  const importers = namedBy(texts);
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
    namedBy: importers,
  };
}

/** import-tree leaves out what lies below a name that begins with `_`. Does nobody else name it either? */
function isPassedOver(importers: ReadonlyMap<string, unknown>, path: string): boolean {
  if (!/(^|\/)_/.test(path)) return false;
  for (let at = path; at !== ''; at = folderOf(at)) if (importers.has(at)) return false;
  return true;
}

function namedBy(texts: ReadonlyMap<string, TextFacts>): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const [path, { references }] of texts)
    for (const { target } of references) {
      addToList(found, target, path);
    }
  return found;
}

/** Returns the given files and all that lead to them by path. */
export function pipelineOf({ namedBy: importers }: FileGroups, starts: readonly string[]): Set<string> {
  const pipeline = new Set(starts);
  for (const path of pipeline) for (const importer of importers.get(path) ?? []) pipeline.add(importer);
  return pipeline;
}
