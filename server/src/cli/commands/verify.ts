/**
 * `varsmith verify`: checks that all vars exist, were made from the current inputs, and can be read by their intended
 * readers.
 */
import type { Fleet } from '../../fleet/model/fleet.ts';
import { askedOf, readerData } from '../../generate/backends/access-change.ts';
import { accessSentences } from '../../generate/backends/access-words.ts';
import { openSecretBackend } from '../../generate/backends/open-backend.ts';
import { placeOf, type SecretBackend, type SecretPlace } from '../../generate/backends/secret-backend.ts';
import { stateOfStatus } from '../../generate/plan/generator-tally.ts';
import { chosen, type DeclaredFile, type Generator } from '../../generate/plan/generators.ts';
import type { Status } from '../../generate/plan/plan.ts';
import { olderText } from '../../generate/plan/status-words.ts';
import { driftsOf, machinesOfSecrets } from '../../generate/repository/drift.ts';
import { notedIn } from '../../generate/repository/earlier-runs.ts';
import { publicPath } from '../../generate/repository/store-step.ts';
import { leftNotes } from '../../generate/run/left-notes.ts';
import type { RunEnvironment } from '../../generate/run-environment.ts';
import type { AccessChange } from '../../store/readers.ts';
import { StoreFailure } from '../../store/store-failure.ts';
import { tallyOf, tallyText } from '../../store/vars/tally.ts';
import { EXIT, type Io, painter, printable, say } from '../io.ts';
import { mustBeKnownNames } from '../names.ts';
import { type OpenFleet, openFleet } from '../open-fleet.ts';
import { jsonText } from '../output/json-text.ts';
import { whyNone } from '../output/no-generators.ts';
import { readCommand } from '../table/read-command.ts';

export interface VerifyChoice {
  readonly machines: readonly string[];
  readonly generators: readonly string[];
}

/** Returns the problems with the stored vars of the chosen machines and generators, or of all if none are named. */
export async function verified(open: OpenFleet, choice: VerifyChoice) {
  const { stale, owed } = await notedIn(open.environment);
  const { backend, declared, plan, status } = await open.situation({ scanned: open.scanned, stale });
  const checked = plan({ ...choice, regenerate: false });
  mustBeKnownNames(checked, declared.machines);
  const { generators, steps, notes } = checked;
  const concerned = chosen(generators, choice);
  // The plan already looked up the files of incomplete generators.
  const planned = new Map(steps.map(step => [step.generator.key, step]));
  const secretBackend = await openSecretBackend(
    open.environment,
    open.fleet(),
    backend,
    await open.scanned(),
  );
  const problems = concerned.flatMap(generator => {
    const step = planned.get(generator.key);
    const standing = step?.reason === 'missing' ? { ...step, reason: step.reason } : status(generator);
    const { reason, older, missing } = standing;
    if (reason === null) return [];
    const message = reasonText(generator, standing);
    const others = generator.files.filter(({ name }) => !missing.includes(name));
    const stored = storedFiles(open.environment, secretBackend, generator, others);
    return [{ ...about(generator), kind: reason, files: missing, stored, older, message }];
  });
  await secretBackend.examine?.(machinesOfSecrets(concerned));
  const access = driftsOf(concerned, secretBackend).flatMap(({ generator, drifts }) =>
    drifts.map(({ place, reason }) => {
      const access = accessIn(secretBackend, place);
      return {
        ...about(generator),
        kind: 'access' as const,
        files: [place.file],
        stored: storedFiles(
          open.environment,
          secretBackend,
          generator,
          generator.files.filter(({ name }) => name === place.file),
        ),
        message: `${generator.key}/${place.file} ${reason.replace(/\.$/, '')}. ${whatToDo(access)}`,
        gains: access?.gained.map(readerData) ?? [],
        losses: access?.lost.map(readerData) ?? [],
      };
    }),
  );
  const states = concerned.map(generator => {
    const standing = status(generator);
    return { ...about(generator), state: stateOfStatus(generator, standing), missing: standing.missing };
  });
  return {
    backend,
    /** The state of every verified placement. */
    states,
    summary: tallyOf(states.map(({ state }) => state)),
    problems: [...problems, ...access, ...(owed === null ? [] : [{ kind: 'uncommitted' as const, ...owed }])],
    notes,
    concerned: concerned.length,
  };
}

/** Returns the paths of stored files relative to the repository's root. Files in a store outside of it are left out. */
function storedFiles(
  environment: RunEnvironment,
  secretBackend: SecretBackend,
  generator: Generator,
  files: readonly DeclaredFile[],
) {
  return files.flatMap(file => {
    const paths = file.secret
      ? secretBackend.paths(placeOf(generator, file))
      : [publicPath(environment, generator, file)];
    const path = paths.find(path => environment.files.kind(path) === 'file');
    return path === undefined ? [] : [{ name: file.name, path }];
  });
}

/** Returns the change of access, or `null` if it cannot be determined. */
function accessIn(secretBackend: SecretBackend, place: SecretPlace): AccessChange | null {
  try {
    return secretBackend.change(place);
  } catch (error) {
    if (error instanceof StoreFailure) return null;
    throw error;
  }
}

/** Returns the advice together with who would gain and lose access, since that may be unwanted. */
function whatToDo(access: AccessChange | null): string {
  const who = access === null ? [] : accessSentences([access]);
  if (access === null || who.length === 0) return '"varsmith fix" puts it right.';
  const consequences = `With "varsmith fix", ${who.join('; ')}.`;
  return askedOf([access]).length > 0
    ? `${consequences} It asks before a key that has no access today is given any.`
    : consequences;
}

export async function verify(args: readonly string[], io: Io): Promise<number> {
  const parsed = readCommand('verify', args);
  const open = await openFleet(parsed.positions[0], io, { scan: 'access' });
  const choice = { machines: parsed.options('machine'), generators: parsed.options('generator') };
  const { backend, problems: all, notes, concerned, states, summary } = await verified(open, choice);
  // Leftovers of killed runs were looked for when the store was opened.
  say(io, ...leftNotes());
  if (parsed.flag('json')) {
    const data = {
      schemaVersion: 1,
      root: open.root,
      backend,
      generators: concerned,
      summary,
      states,
      problems: all,
      notes,
    };
    io.stdout.write(`${jsonText(data)}\n`);
  } else {
    const paint = painter(io.stdout, io.env);
    // Written at once, since a large fleet has thousands of lines and each write is a system call.
    const lines = [
      ...all.map(({ message }) => `${paint('red', '✗')} ${printable(message)}\n`),
      ...notes.map(({ message }) => `${paint('blue', 'note:')} ${printable(message)}\n`),
    ];
    if (all.length === 0) lines.push(`${wellText(open.fleet(), concerned, notes.length > 0, choice)}\n`);
    else lines.push(`${tallyText(summary, ', ')}.\n`);
    io.stdout.write(lines.join(''));
  }
  return all.length === 0 ? EXIT.ok : EXIT.findings;
}

/** Returns the message if nothing is wrong. Without generators there is nothing to be present either. */
function wellText(
  fleet: Fleet,
  concerned: number,
  isPartial: boolean,
  { machines, generators }: VerifyChoice,
): string {
  if (concerned === 0)
    return machines.length + generators.length > 0
      ? 'There is nothing to verify: none of these machines has such a generator.'
      : `There is nothing to verify: ${whyNone(fleet)}`;
  return `All vars${isPartial ? ' that are known here' : ''} are present and valid.`;
}

function about({ key, name, machines }: Generator) {
  return { key, generator: name, machines };
}

function reasonText({ key }: Generator, { reason, older, missing }: Omit<Status, 'present'>): string {
  switch (reason) {
    case 'missing':
      return `${key}: ${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} missing.`;
    case 'interrupted':
      return `${key} was left behind by a run that was cut off: what it is made from has changed since. "varsmith generate" makes it anew.`;
    case 'superseded':
      return `${key} was made from ${olderText(older)}, set anew since. "varsmith generate" makes it anew.`;
    default:
      return `${key} was made from other inputs than the configuration has now.`;
  }
}
