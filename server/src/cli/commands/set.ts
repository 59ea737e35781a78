/** `varsmith set`: stores a given value. */

import {
  accessChanges,
  accessData,
  agreedTo,
  askedOf,
  mustBeAgreed,
} from '../../generate/backends/access-change.ts';
import { accessMessage, accessSentences, accessSummary } from '../../generate/backends/access-words.ts';
import { openSecretBackend } from '../../generate/backends/open-backend.ts';
import { placesOf } from '../../generate/backends/secret-backend.ts';
import { mustBeKnown } from '../../generate/plan/declared-vars.ts';
import { EVERYTHING } from '../../generate/plan/plan.ts';
import { listed } from '../../generate/plan/plan-words.ts';
import { machinesOfSecrets, storeMachineKeys } from '../../generate/repository/drift.ts';
import { outputChanges } from '../../generate/repository/store-step.ts';
import { isSame, madeFrom, replacing } from '../../generate/run/replacing.ts';
import { withSession } from '../../generate/run/run-session.ts';
import { EXIT, type Io, printable, say, UsageError } from '../io.ts';
import { mustBeMachine, varNamed } from '../names.ts';
import { openFleet } from '../open-fleet.ts';
import { jsonText } from '../output/json-text.ts';
import { givenValue } from '../reporter/given-value.ts';
import { notAsked, terminalAsking } from '../reporter/people-reporter.ts';
import { commits } from '../run-options.ts';
import { readCommand } from '../table/read-command.ts';

export async function set(args: readonly string[], io: Io): Promise<number> {
  const parsed = readCommand('set', args);
  const [machine, id, root] = parsed.positions;
  if (machine === undefined || id === undefined)
    throw new UsageError(
      'Which var? `varsmith set MACHINE GENERATOR/FILE [ROOT]`, with the value on standard input.',
    );
  const open = await openFleet(root, io);
  return withSession(
    open,
    { commit: commits(parsed, io), note: sentence => say(io, sentence) },
    async session => {
      const situation = await open.situation({ asksStore: false });
      const { backend, declared, plan } = situation;
      mustBeMachine(declared.machines, machine);
      const { generators } = plan(EVERYTHING);
      const declaredVar = varNamed(generators, machine, id);
      mustBeKnown(declaredVar);
      const { generator, file } = declaredVar;
      const secretBackend = await openSecretBackend(open.environment, open.fleet(), backend);
      const only = { ...generator, files: [file] };
      await secretBackend.examine?.(machinesOfSecrets([only]));
      const machineKeys = file.secret ? await secretBackend.prepare(machinesOfSecrets([only])) : [];
      const access = accessChanges(secretBackend, placesOf(only));
      const asked = askedOf(access);
      if (asked.length > 0 && !parsed.flag('yes')) {
        if (parsed.flag('json')) {
          const refused = {
            schemaVersion: 1,
            id,
            refused: accessSentences(asked),
            access: accessData(access),
          };
          io.stdout.write(`${jsonText(refused)}\n`);
          throw notAsked(asked);
        }
        if (!(await terminalAsking(io).mayGoOn({ overwritten: 0, asked }))) return EXIT.findings;
      }
      const agreed = agreedTo(access);
      const value = await givenValue(id, io);
      await storeMachineKeys(machineKeys, secretBackend, session);
      const now = accessChanges(secretBackend, placesOf(only));
      for (const change of now) mustBeAgreed(change, agreed);
      const changes = await outputChanges(
        open.environment,
        secretBackend,
        only,
        new Map([[file.name, value]]),
      );
      const made = madeFrom(declaredVar, generators, situation);
      const around = { backend, environment: open.environment, secretBackend };
      // Decrypting a secret may require more than storing it, so the old value is only read if something depends on
      // it.
      const outdated = made.length > 0 && (await isSame(declaredVar, value, around)) ? [] : made;
      await replacing(declaredVar, outdated, session, () =>
        session.apply(changes, `vars: update ${id} for machine ${machine}${accessMessage(now)}`),
      );
      const { machines } = generator;
      const dependents = outdated.map(key => generators.all.get(key)?.name ?? key);
      if (parsed.flag('json'))
        io.stdout.write(
          `${jsonText({ schemaVersion: 1, id, machines, dependents, outdated, access: accessData(now) })}\n`,
        );
      else
        io.stdout.write(
          `Updated ${file.secret ? 'secret var' : 'var'} ${id} for machines: ${machines.join(', ')}\n`,
        );
      for (const line of parsed.flag('json') ? [] : accessSummary(now))
        io.stderr.write(`access: ${printable(line)}\n`);
      if (dependents.length > 0)
        say(
          io,
          `Made from the older value: ${listed(outdated)}. "varsmith generate" makes ${outdated.length === 1 ? 'it' : 'them'} anew.`,
        );
      return EXIT.ok;
    },
  );
}
