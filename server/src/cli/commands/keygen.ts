/** `varsmith keygen`: creates a key for the person at the keyboard. */

import { userInfo } from 'node:os';
import { mustBeUserName, ownKey, userKeyChanges } from '../../generate/backends/own-key.ts';
import { backendOf, isKeyed } from '../../generate/backends/served-backend.ts';
import { AfterwardsFailure, type Session } from '../../generate/repository/session.ts';
import { withSession } from '../../generate/run/run-session.ts';
import { RunFailure } from '../../generate/run-failure.ts';
import type { Change } from '../../store/vars/changes.ts';
import { EXIT, type Io, say, UsageError } from '../io.ts';
import { openFleet } from '../open-fleet.ts';
import { jsonText } from '../output/json-text.ts';
import { commits } from '../run-options.ts';
import { readCommand } from '../table/read-command.ts';

export async function keygen(args: readonly string[], io: Io): Promise<number> {
  const parsed = readCommand('keygen', args);
  const open = await openFleet(parsed.positions[0], io);
  const user = parsed.option('user') ?? io.env.USER ?? ownName();
  return withSession(
    open,
    { commit: commits(parsed, io), note: sentence => say(io, sentence) },
    async session => {
      const backend = backendOf(open.fleet(), open.environment);
      if (!isKeyed(backend))
        throw new RunFailure(
          `Secrets are kept in ${backend === 'custom' ? 'a custom store' : 'a password store'}, which has its own keys: there is none to create here.`,
        );
      if (backend === 'sops') {
        mustBeUserName(user);
        await session.mustHaveAuthor();
      }
      const { recipient, written } = await ownKey(open.environment, backend);
      const changes =
        backend === 'sops' ? userKeyChanges(open.environment, user, recipient, parsed.flag('force')) : [];
      const left = await applied(session, changes, `secrets: add user ${user}`);
      if (parsed.flag('json')) {
        const data = {
          schemaVersion: 1,
          recipient,
          written,
          user: backend === 'sops' ? user : null,
          added: changes.length > 0,
          /** False if git refused the commit; `note` has the reason. */
          committed: left === null,
          note: left,
        };
        io.stdout.write(`${jsonText(data)}\n`);
        return left === null ? EXIT.ok : EXIT.findings;
      }
      if (written !== null)
        io.stdout.write(`A new key is in ${written}. Keep a copy of it: without it, nothing can be read.\n`);
      io.stdout.write(`Your public key: ${recipient}\n`);
      if (backend === 'age')
        io.stdout.write('Add it to vars.settings.recipients in the configuration of the clan.\n');
      else
        io.stdout.write(
          changes.length > 0
            ? `User ${user} was added to sops/users.\n`
            : 'The user already exists in sops/users.\n',
        );
      if (left !== null) say(io, left);
      return left === null ? EXIT.ok : EXIT.findings;
    },
  );
}

/**
 * Returns the user's name.
 * @throws UsageError if the system knows none, as in containers that run programs under bare numbers
 */
function ownName(): string {
  try {
    return userInfo().username;
  } catch {
    throw new UsageError('Your name is unknown: specify it with --user NAME.');
  }
}

/** Applies the changes, which remain even if git fails. Returns the reason why they are not committed, or `null`. */
async function applied(
  session: Session,
  changes: readonly Change[],
  message: string,
): Promise<string | null> {
  try {
    await session.apply(changes, message);
    return null;
  } catch (error) {
    if (error instanceof AfterwardsFailure) return error.message;
    throw error;
  }
}
