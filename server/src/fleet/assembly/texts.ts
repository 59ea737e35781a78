/** Extracts facts from texts without parsing them: which files are worth reading, and which files they lead to. */
import { mayGiveArguments } from '../../flake/arguments.ts';
import { mayAddOutputs } from '../../flake/flake-outputs.ts';
import { mayDeclareOptions } from '../../modules/options/namespaces.ts';
import { sameItems } from '../../std.ts';
import { CORE_SWITCHES } from '../catalogue/core-modules.ts';
import { mayDeclareMachines } from '../machines/machines.ts';
import { mayHoldRegistry } from '../registry/registry.ts';
import { USE_WORDS } from '../uses/prefilter.ts';
import { type Reference, referencesOf } from './references.ts';

/** The facts that a text shows without being parsed. */
export interface TextFacts {
  readonly text: string;
  readonly mentionsVars: boolean;
  readonly mayHoldRegistry: boolean;
  readonly mayDeclareMachines: boolean;
  readonly mayGiveArguments: boolean;
  readonly mayAddOutputs: boolean;
  readonly mayDeclareOptions: boolean;
  /** Names in the options that enable modules of clan-core. */
  readonly coreSwitches: readonly string[];
  readonly references: readonly Reference[];
}

const MENTIONS_VARS = new RegExp(`\\bgenerators\\b|\\bimportApply\\b|${USE_WORDS.source}`);

export function textFacts(path: string, text: string): TextFacts {
  return {
    text,
    mentionsVars: MENTIONS_VARS.test(text),
    mayHoldRegistry: mayHoldRegistry(text),
    mayDeclareMachines: mayDeclareMachines(text),
    mayGiveArguments: mayGiveArguments(text),
    mayAddOutputs: mayAddOutputs(text),
    mayDeclareOptions: mayDeclareOptions(text),
    coreSwitches: CORE_SWITCHES.filter(word => text.includes(word)),
    references: referencesOf(path, text),
  };
}

/** The facts without the text. */
export type Facts = Omit<TextFacts, 'text'>;

/** Returns whether two texts show the same facts, apart from offsets. */
export function areEqualFacts(left: Facts, right: Facts): boolean {
  return (
    left.mentionsVars === right.mentionsVars &&
    left.mayHoldRegistry === right.mayHoldRegistry &&
    left.mayDeclareMachines === right.mayDeclareMachines &&
    left.mayGiveArguments === right.mayGiveArguments &&
    left.mayAddOutputs === right.mayAddOutputs &&
    left.mayDeclareOptions === right.mayDeclareOptions &&
    sameItems(left.coreSwitches, right.coreSwitches) &&
    left.references.length === right.references.length &&
    left.references.every(({ target }, index) => target === right.references[index]?.target)
  );
}

/**
 * Returns the offsets of paths worth following: into the pipeline, and to files with functions that may read
 * generators' files for their importers.
 */
export function placesToFollow(
  { references }: TextFacts,
  pipeline: ReadonlySet<string>,
  mentionsVars: (file: string) => boolean,
): number[] {
  return references
    .filter(({ target, imported }) => pipeline.has(target) || (imported && mentionsVars(target)))
    .map(({ offset }) => offset);
}
