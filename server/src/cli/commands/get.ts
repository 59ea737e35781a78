/** `varsmith get`: prints the bytes of a var's value. */

import { openSecretBackend } from '../../generate/backends/open-backend.ts';
import { mustBeKnown } from '../../generate/plan/declared-vars.ts';
import { EVERYTHING } from '../../generate/plan/plan.ts';
import { storedValue } from '../../generate/run/run.ts';
import { notingDisk } from '../../generate/run/run-session.ts';
import { RunFailure } from '../../generate/run-failure.ts';
import { EXIT, type Io, say, UsageError } from '../io.ts';
import { mustBeMachine, varNamed } from '../names.ts';
import { openFleet } from '../open-fleet.ts';
import { valueData } from '../output/generate-text.ts';
import { jsonText } from '../output/json-text.ts';
import { readCommand } from '../table/read-command.ts';

export async function get(args: readonly string[], io: Io): Promise<number> {
  const parsed = readCommand('get', args);
  const [machine, id, root] = parsed.positions;
  if (machine === undefined || id === undefined)
    throw new UsageError('Which var? `varsmith get MACHINE GENERATOR/FILE [ROOT]`.');
  const open = await openFleet(root, io);
  const { backend, declared, plan } = await open.situation({ asksStore: false });
  mustBeMachine(declared.machines, machine);
  const declaredVar = varNamed(plan(EVERYTHING).generators, machine, id);
  mustBeKnown(declaredVar);
  const { generator, file } = declaredVar;
  const secretBackend = await openSecretBackend(open.environment, open.fleet(), backend);
  const value = await notingDisk(
    open,
    sentence => say(io, sentence),
    () => storedValue(open.environment, secretBackend, generator, file),
  );
  if (value === null) throw new RunFailure(`Var ${id} has not been generated yet.`);
  if (parsed.flag('json')) {
    const shown = { schemaVersion: 1, machine, id, secret: file.secret, ...valueData(value) };
    io.stdout.write(`${jsonText(shown)}\n`);
  } else {
    io.stdout.write(value);
    if (io.stdout.isTTY && value.at(-1) !== 0x0a) io.stdout.write('\n');
  }
  return EXIT.ok;
}
