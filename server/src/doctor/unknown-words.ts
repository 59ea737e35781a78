/**
 * Explains in whole sentences what is unknown about a fleet without Nix: the subject, the reason, the consequences,
 * and advice.
 */
import type { NotAnalysable, UnknownPart } from '../fleet/model/base.ts';
import { addToList } from '../std.ts';

interface Words {
  /** The unknown subject, without a full stop, as the reason follows. */
  readonly what: string;
  /** The consequences. */
  readonly follows: string;
  readonly advice: string;
}

const NOTHING_MISSED =
  'Machines with this module may have more generators than are listed: undeclared generators and unused stored files are not reported for them.';

const WORDS: Readonly<Record<UnknownPart, Words>> = {
  generators: {
    what: 'Which generators are declared here cannot be determined without Nix',
    follows: NOTHING_MISSED,
    advice: "Write the generators' names out, or derive them from lists and sets in the repository.",
  },
  secrets: {
    what: 'Which secrets of sops-nix or agenix are declared here cannot be determined without Nix',
    follows: 'Uses of secrets that nothing else declares are not reported.',
    advice: "Write the secrets' names out, or derive them from lists and sets in the repository.",
  },
  imports: {
    what: 'Which modules are imported here cannot be determined without Nix',
    follows: NOTHING_MISSED,
    advice:
      'Import modules by literal paths, and use `lib.mkIf` inside them for what depends on the configuration.',
  },
  foreign: {
    what: 'What this module declares is not read',
    follows: NOTHING_MISSED,
    advice: 'Nothing to do, unless a generator of this module is missing from the results.',
  },
  machines: {
    what: 'Not all machines can be determined without Nix',
    follows: 'Unknown machine names are not reported.',
    advice: 'List the machines in `inventory.machines`, or create a folder for each in `machines`.',
  },
  instances: {
    what: 'Not all instances of services can be determined without Nix',
    follows: 'Machines may have generators of services that are not listed.',
    advice: 'List the instances in `inventory.instances`.',
  },
  file: {
    what: 'Nothing in this file is known',
    follows: 'Its declarations are unknown, so nothing that may be in it is reported as missing.',
    advice: '`varsmith check` shows what is wrong in it.',
  },
  unread: {
    what: 'This file or folder was left out',
    follows: 'Its declarations are unknown.',
    advice: 'Varsmith reads unencrypted text files of up to 2 MB in the workspace.',
  },
  module: {
    what: 'This is not read as a module',
    follows: 'Its generators are missing on the machines that import it.',
    advice: 'Assign the set to `clan.core.vars.generators` in a module.',
  },
  effort: {
    what: 'This was not evaluated completely',
    follows: 'Nothing that depends on it is reported.',
    advice: 'Use a smaller expression, or write names out.',
  },
};

/** Returns a sentence with the unknown subject and the reason. */
function unknownSentence({ what, reason }: Pick<NotAnalysable, 'what' | 'reason'>): string {
  return `${WORDS[what].what}: ${reason}.`;
}

/** Returns the full explanation: the subject and the reason, the consequences, and advice. */
export function unknownText(unknown: Pick<NotAnalysable, 'what' | 'reason'>): string {
  return `${unknownSentence(unknown)} ${followsFrom([unknown.what])}`;
}

/** Returns the consequences of such unknowns and the advice, without repeated sentences. */
export function followsFrom(parts: readonly UnknownPart[]): string {
  const words = parts.map(part => WORDS[part]);
  return [...new Set([...words.map(word => word.follows), ...words.map(word => word.advice)])].join(' ');
}

/** Groups places by their sentence, the most frequent first. */
export function bySentence<T extends Pick<NotAnalysable, 'what' | 'reason'>>(
  unknowns: readonly T[],
): readonly (readonly [string, readonly [T, ...T[]]])[] {
  const groups = new Map<string, [T, ...T[]]>();
  for (const unknown of unknowns) {
    const sentence = unknownSentence(unknown);
    addToList(groups, sentence, unknown);
  }
  return [...groups].sort(([, a], [, b]) => b.length - a.length);
}
