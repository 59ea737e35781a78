/** Known errors of Nix in plain language. The messages are those of nix 2.18 to 2.26 and of nixpkgs' `lib/modules.nix`. */

import type { NixFailure } from '../../../fleet/model/nix-answer.ts';

export interface NixCause {
  /** A sentence on what is behind the message, or `null` if the message says it all. */
  readonly explanation: string | null;
  /** False if the fleet has no mistake: something is not at hand where Nix was asked. */
  readonly isMistake: boolean;
}

const mistake = (explanation: string): NixCause => ({ explanation, isMistake: true });
const circumstance = (explanation: string): NixCause => ({ explanation, isMistake: false });

/** Patterns of messages; the first that matches counts. */
const CAUSES: readonly (readonly [RegExp, NixCause])[] = [
  [
    /cannot update unlocked flake input/,
    circumstance(
      'flake.lock does not have this input yet, and Nix is asked without changing anything: `nix flake lock` adds it.',
    ),
  ],
  [
    /unable to download|could(?:n't| not) resolve host|cannot fetch|failed to fetch|cannot find git revision|in offline mode|getting status of '?<|is required, but it is not in the store/i,
    circumstance(
      'An input is not in the Nix store, and Nix was asked offline. `nix flake archive` fetches all inputs.',
    ),
  ],
  [
    /allow-import-from-derivation|import from derivation|from-derivation/,
    circumstance('Evaluation would have to build something, which is not allowed here.'),
  ],
  [
    /infinite recursion encountered/,
    mistake(
      'A value depends on itself. Often a module uses `config` or `pkgs` to decide what to import, or a condition depends on what it sets.',
    ),
  ],
  [
    /^attribute '.*' missing/,
    mistake('The set has no such attribute: it is misspelt, or not defined on this machine.'),
  ],
  [
    /^The option [`'].*' does not exist/,
    mistake(
      'No module that the machine imports declares this option: it is misspelt, or its module is not imported.',
    ),
  ],
  [
    /is used but not defined|was accessed but has no value defined/,
    mistake('A module needs this option, and nothing sets it on this machine.'),
  ],
  [
    /conflicting definition values|is defined multiple times/,
    mistake('Two modules set it to different values. `lib.mkForce` or `lib.mkDefault` says which counts.'),
  ],
  [
    /^A definition for option .* is not of type/,
    mistake('The value has another type than the option takes.'),
  ],
  [/^Failed assertions/, mistake('A module refuses the configuration, and says why.')],
  [/^undefined variable/, mistake('The name is neither an argument of the file nor bound in it.')],
  [/^syntax error/, mistake('The file is not whole: a bracket, a semicolon or a quote is missing near by.')],
  [
    /^path '.*' does not exist|No such file or directory|is not tracked by Git/i,
    mistake('Nix sees only files that git knows: a new file has to be added with `git add`.'),
  ],
  [
    /without required argument|with unexpected argument/,
    mistake('A function or file is called with the wrong arguments.'),
  ],
  [/stack overflow|max-call-depth/, mistake('A function calls itself without end.')],
  [
    /cannot coerce|expected a .* but found|while an? .* was expected|attempt to call something which is not a function/,
    mistake('A value has the wrong type for its use.'),
  ],
];

const PLAIN: NixCause = { explanation: null, isMistake: true };

/** @param isThere returns whether a path of the fleet exists on disk, where Nix does not see it */
export function causeOf(
  { message }: Pick<NixFailure, 'message'>,
  isThere: (path: string) => boolean = () => true,
): NixCause {
  const missing = /^path '([^']+)' does not exist/.exec(message)?.[1];
  if (missing !== undefined && !isThere(missing)) return PLAIN;
  return CAUSES.find(([pattern]) => pattern.test(message))?.[1] ?? PLAIN;
}
