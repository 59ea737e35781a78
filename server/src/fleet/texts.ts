/**
 * What texts show without being parsed: which files are worth reading at all, and which lead to which.
 */
import type { NixFiles } from '../nix/value.ts';
import { mayGiveArguments } from './arguments.ts';
import { mayAddOutputs } from './flake-outputs.ts';
import { USE_WORDS } from './interest.ts';
import { mayDeclareMachines } from './machines.ts';
import { type Reference, referencesOf } from './references.ts';
import { mayHoldRegistry } from './registry.ts';

/** What a text shows without being parsed. */
export interface TextFacts {
  readonly text: string;
  readonly mentionsVars: boolean;
  readonly mayHoldRegistry: boolean;
  readonly mayDeclareMachines: boolean;
  readonly mayGiveArguments: boolean;
  readonly mayAddOutputs: boolean;
  readonly references: readonly Reference[];
}

const MENTIONS_VARS = new RegExp(`\\bgenerators\\b|\\bimportApply\\b|${USE_WORDS.source}`);

export function textFacts(files: NixFiles, path: string): TextFacts {
  const text = files.text(path) ?? '';
  return {
    text,
    mentionsVars: MENTIONS_VARS.test(text),
    mayHoldRegistry: mayHoldRegistry(text),
    mayDeclareMachines: mayDeclareMachines(text),
    mayGiveArguments: mayGiveArguments(text),
    mayAddOutputs: mayAddOutputs(text),
    references: referencesOf(path, text),
  };
}

/** The given files and all that lead to them by path. */
export function pipelineOf(texts: ReadonlyMap<string, TextFacts>, starts: readonly string[]): Set<string> {
  const importers = new Map<string, string[]>();
  for (const [path, { references }] of texts)
    for (const { target } of references) {
      const list = importers.get(target);
      if (list === undefined) importers.set(target, [path]);
      else list.push(path);
    }
  const pipeline = new Set(starts);
  for (const path of pipeline) for (const importer of importers.get(path) ?? []) pipeline.add(importer);
  return pipeline;
}

/**
 * Offsets at which a text leads to what is worth following: into the pipeline, and to files with functions that may
 * read generators' files for whoever imports them.
 */
export function placesToFollow(
  { references }: TextFacts,
  texts: ReadonlyMap<string, TextFacts>,
  pipeline: ReadonlySet<string>,
): number[] {
  return references
    .filter(
      ({ target, imported }) =>
        pipeline.has(target) || (imported && texts.get(target)?.mentionsVars === true),
    )
    .map(({ offset }) => offset);
}
