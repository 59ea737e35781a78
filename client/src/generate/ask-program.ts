/**
 * Asks the command line for an answer in JSON. Everything that runs it without following events goes through here, so
 * that a refusal is never read as an answer.
 */
import { l10n } from 'vscode';
import { messageOf } from '../message-of.ts';
import type { FailureKind } from '../run-protocol.ts';
import { type Program, runProgram } from './program.ts';

/** The reason why there is no answer. */
export interface Failure {
  /** `unexplained`: standard error has all that is known, in words for a terminal. */
  readonly kind: FailureKind | 'unexplained';
  readonly message: string;
}

export type Answer<T> = { readonly value: T; readonly failure: null } | { readonly failure: Failure };

/**
 * Runs a command with `--json`.
 * @param input the standard input
 * @returns what it printed, whatever its exit code; a failure if that is none of its answers. Never rejects.
 */
export async function askProgram<T extends object>(program: Program, input = ''): Promise<Answer<T>> {
  let stdout: string;
  let said: string;
  try {
    ({ stdout, said } = await runProgram({ ...program, args: [...program.args, '--json'] }, input));
  } catch (error) {
    return { failure: unexplained(messageOf(error)) };
  }
  const value = parsed(stdout);
  if (value === null) return { failure: unexplained(said) };
  return 'error' in value ? { failure: value.error as Failure } : { value: value as T, failure: null };
}

/** Returns the failure of a command that reported none itself. */
export function unexplained(said: string): Failure {
  const message = said === '' ? l10n.t('The command line has ended unexpectedly.') : said;
  return { kind: 'unexplained', message };
}

function parsed(stdout: string): object | null {
  try {
    const value: unknown = JSON.parse(stdout);
    return typeof value === 'object' ? value : null;
  } catch {
    // It ended before it could answer.
    return null;
  }
}
