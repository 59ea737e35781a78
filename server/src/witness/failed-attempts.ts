/**
 * Finds what could not be evaluated in a reply about a machine. Each part was attempted by itself, which keeps the others but swallows
 * the message of a `throw`, a conflict, a missing value or a wrong type; so for each there is an expression that fails with its message.
 */

import type { NixFailure } from '../fleet/model/nix-answer.ts';
import { generatorPart, secretPart } from './question.ts';

export interface FailedAttempt {
  /** The generator or the secret that it is a part of; neither for all secrets of the machine. */
  readonly of: Pick<NixFailure, 'generator' | 'secret'>;
  /** Returns the expression that fails with the message. */
  readonly question: (flake: string, machine: string) => string;
}

/** Returns the failed attempts in a reply about a whole machine. */
export function failedAttempts(reply: unknown): readonly FailedAttempt[] {
  const { generators, sops, age, sopsSecrets, ageSecrets } = setOf(reply);
  return [
    ...Object.entries(setOf(generators)).flatMap(([name, generator]) => attemptsOfGenerator(name, generator)),
    ...attemptsOfSecrets('sops', sops, sopsSecrets),
    ...attemptsOfSecrets('age', age, ageSecrets),
  ];
}

/** Returns the failed attempts in a reply about one generator. */
export function attemptsOfGenerator(name: string, reply: unknown): readonly FailedAttempt[] {
  return failedPaths(reply).map(path => ({
    of: { generator: name },
    question: (flake, machine) => generatorPart(flake, machine, name, path),
  }));
}

/** @param names whether the names evaluate @param secrets the options of each, where they do */
function attemptsOfSecrets(
  keeper: 'sops' | 'age',
  names: unknown,
  secrets: unknown,
): readonly FailedAttempt[] {
  if (isFailed(names))
    return [{ of: {}, question: (flake, machine) => secretPart(flake, machine, keeper, []) }];
  return failedPaths(secrets).map(path => ({
    of: path[0] === undefined ? {} : { secret: path[0] },
    question: (flake, machine) => secretPart(flake, machine, keeper, path),
  }));
}

/** Returns the paths of names to parts that failed. What evaluates is in `ok`. */
function failedPaths(part: unknown, path: readonly string[] = []): readonly (readonly string[])[] {
  if (isFailed(part)) return [path];
  return Object.entries(setOf('ok' in setOf(part) ? setOf(part).ok : part)).flatMap(([name, inner]) =>
    // Only sets of attempts are looked into, not the values of those that succeeded.
    isAttempt(inner) || isSetOfAttempts(inner) ? failedPaths(inner, [...path, name]) : [],
  );
}

function isSetOfAttempts(part: unknown): boolean {
  const parts = Object.values(setOf(part));
  return parts.length > 0 && parts.every(isAttempt);
}

function isAttempt(part: unknown): boolean {
  return isFailed(part) || 'ok' in setOf(part);
}

function isFailed(part: unknown): boolean {
  return setOf(part).failed === true;
}

function setOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : {};
}
