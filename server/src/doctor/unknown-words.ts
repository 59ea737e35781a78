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
  'Machines that have this module may have more generators than are listed: what nothing declares is not reported there, and what is stored is not called left over.';

const WORDS: Readonly<Record<UnknownPart, Words>> = {
  generators: {
    what: 'Which generators are declared here cannot be told without Nix',
    follows: NOTHING_MISSED,
    advice:
      'Write the names of generators out, or make them from lists and sets that are written in the repository.',
  },
  secrets: {
    what: 'Which secrets of sops-nix or agenix are declared here cannot be told without Nix',
    follows: 'Uses of secrets that nothing else declares are not reported.',
    advice:
      'Write the names of secrets out, or make them from lists and sets that are written in the repository.',
  },
  imports: {
    what: 'Which modules are imported here cannot be told without Nix',
    follows: NOTHING_MISSED,
    advice:
      'Import modules by paths that are written out, and leave what depends on the configuration to `lib.mkIf` inside them.',
  },
  foreign: {
    what: 'What this module declares is not read',
    follows: NOTHING_MISSED,
    advice: 'There is nothing to do, unless a generator of it is missed.',
  },
  machines: {
    what: 'Not all machines can be told without Nix',
    follows: 'Names of machines that are not listed are not reported.',
    advice: 'Write the machines out below `inventory.machines`, or give each a folder below `machines`.',
  },
  instances: {
    what: 'Not all instances of services can be told without Nix',
    follows: 'Machines may have generators of services that are not listed.',
    advice: 'Write the names of the instances out below `inventory.instances`.',
  },
  file: {
    what: 'Nothing in this file is known',
    follows: 'What it declares is missing everywhere, and nothing that may be in it is reported as missing.',
    advice: '`varsmith check` says what is wrong in it.',
  },
  unread: {
    what: 'This file or folder was left out',
    follows: 'What it declares is missing everywhere.',
    advice: 'Files are read that are text, not encrypted, up to 2 MB, and are in the workspace.',
  },
  module: {
    what: 'This is not read as a module',
    follows: 'Its generators are missing on the machines that import it.',
    advice: 'Assign the set to `clan.core.vars.generators` in a module.',
  },
  effort: {
    what: 'This was not evaluated to its end',
    follows: 'Nothing is reported that depends on it.',
    advice: 'A smaller expression, or names that are written out, can be evaluated.',
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
