/** Selects who can read what: of some secrets, or by some readers. */
import {
  type AccessDifference,
  accessDifference,
  type SecretAccess,
  type SecretReader,
} from './access-matrix.ts';

/** Secrets of all generators if none is named, and all readers if no machine or user is. */
export interface AccessChoice {
  readonly machines: readonly string[];
  readonly users: readonly string[];
  /** Names of generators, or the first part of a secret's name. */
  readonly generators: readonly string[];
}

/** Returns the chosen secrets with the chosen readers. Secrets without such a reader are left out. */
export function chosenAccess(
  secrets: readonly SecretAccess[],
  choice: AccessChoice,
): readonly SecretAccess[] {
  const all = choice.machines.length + choice.users.length === 0;
  return secrets
    .filter(secret => isChosen(secret, choice))
    .map(secret => ({ ...secret, readers: secret.readers.filter(reader => isChosenReader(reader, choice)) }))
    .filter(secret => all || secret.readers.length > 0);
}

/** Returns how the access of the chosen readers to the chosen secrets differs. */
export function chosenDifferences(
  then: readonly SecretAccess[],
  now: readonly SecretAccess[],
  choice: AccessChoice,
): readonly AccessDifference[] {
  const generators = new Map([...then, ...now].map(secret => [secret.secret, secret.generator]));
  const isReader = (reader: Pick<SecretReader, 'kind' | 'name'>) => isChosenReader(reader, choice);
  return accessDifference(then, now)
    .filter(({ secret }) => isChosen({ secret, generator: generators.get(secret) ?? null }, choice))
    .map(difference => ({
      ...difference,
      gains: difference.gains.filter(isReader),
      losses: difference.losses.filter(isReader),
    }))
    .filter(({ gains, losses }) => gains.length + losses.length > 0);
}

function isChosen(
  { secret, generator }: Pick<SecretAccess, 'secret' | 'generator'>,
  { generators }: AccessChoice,
): boolean {
  return (
    generators.length === 0 || generators.some(name => name === generator || secret.startsWith(`${name}/`))
  );
}

function isChosenReader(
  { kind, name }: Pick<SecretReader, 'kind' | 'name'>,
  { machines, users }: AccessChoice,
): boolean {
  if (machines.length + users.length === 0) return true;
  return kind === 'machine' ? machines.includes(name) : kind === 'user' && users.includes(name);
}
