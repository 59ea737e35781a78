/**
 * Keeps secrets in a custom store, through a command configured in `varsmith.json`. The protocol is in
 * docs/custom-store.md: one process per operation, names as arguments, values on standard input and output.
 */

import { HostFailure } from '../../host/host-failure.ts';
import type { ProcessResult } from '../../host/programs/process.ts';
import { definedOnly } from '../../host/programs/program-environment.ts';
import { StoreFailure } from '../../store/store-failure.ts';
import type { RunEnvironment } from '../run-environment.ts';
import type { OutsideStore } from './outside-backend.ts';
import { beginningOf, OUTPUT_LIMIT_BYTES, runOutside } from './outside-program.ts';
import type { SecretPlace } from './secret-backend.ts';
import { cannotStart, mustBeAllowed, storeCommand } from './store-command.ts';

const PROTOCOL = '1';

/** Exit codes of the protocol; all others are failures. */
const THERE = 0;
const NOT_THERE = 1;

type Operation = 'get' | 'set' | 'exists' | 'list' | 'delete';

/**
 * Creates the store for a command.
 *
 * @param command the program and its first arguments; a program with a slash is relative to the root
 */
export function customStore(environment: RunEnvironment, command: readonly string[]): OutsideStore {
  const [name = '', ...first] = command;

  /** Checks the program before every call, because it may be replaced during a run. */
  async function programOf(): Promise<string> {
    const resolved = await storeCommand(environment, command);
    mustBeAllowed(environment, resolved);
    return resolved.program;
  }

  async function ask(operation: Operation, entry: string | null, more: Partial<Asked> = {}): Promise<Answer> {
    const args = [...first, operation, ...(entry === null ? [] : [entry])];
    const env = {
      ...definedOnly(environment.env),
      VARSMITH_STORE_PROTOCOL: PROTOCOL,
      ...placeVariables(more.place),
    };
    const called = { env, cwd: environment.root, input: more.input };
    const shown = [name, ...args].join(' ');
    const result = await runOutside(environment, await programOf(), args, called).catch(error => {
      if (!(error instanceof HostFailure)) throw error;
      throw cannotStart(name);
    });
    if (result.truncated)
      throw new StoreFailure('malformed', `"${shown}" wrote more than ${OUTPUT_LIMIT_BYTES} bytes.`);
    const { code, stdout } = result;
    if (code === THERE || (code === NOT_THERE && operation !== 'set' && operation !== 'list'))
      return { isThere: code === THERE, stdout };
    throw new StoreFailure('unsupported', `"${shown}" ${endOf(result)}${programError(result, more.input)}`);
  }

  async function list(): Promise<readonly string[]> {
    const { stdout } = await ask('list', null);
    return stdout.toString('utf8').split(/\r?\n/);
  }

  return {
    list,
    exists: async entry => (await ask('exists', entry)).isThere,
    async mustBeReady() {
      // A store that can be listed can presumably be written to; nothing more can be known in advance.
      await list();
    },
    async read(entry) {
      const { isThere, stdout } = await ask('get', entry);
      return isThere ? stdout : null;
    },
    async write(entry, value, place) {
      await ask('set', entry, { input: value, place });
    },
    async remove(entry) {
      await ask('delete', entry);
    },
  };
}

interface Asked {
  readonly input: Uint8Array;
  readonly place: SecretPlace;
}

interface Answer {
  readonly isThere: boolean;
  readonly stdout: Buffer;
}

/** Returns environment variables that a store may need to decide who can read a value. */
function placeVariables(place: SecretPlace | undefined): Record<string, string> {
  if (place === undefined) return {};
  const { machines, deploy, neededFor } = place;
  return {
    VARSMITH_MACHINES: machines.join(' '),
    VARSMITH_DEPLOY: String(deploy),
    VARSMITH_NEEDED_FOR: neededFor,
  };
}

function endOf({ end, code, signal }: ProcessResult): string {
  if (end === 'timeout') return 'did not respond in time.';
  return code === null ? `was ended by ${signal ?? 'a signal'}.` : `failed with exit code ${code}.`;
}

function programError(result: ProcessResult, secret: Uint8Array | undefined): string {
  const output = beginningOf(result, secret);
  return output === '' ? '' : ` It says: ${output}`;
}
