/** `varsmith list`: lists the vars of machines, with the values of public ones. */

import { varsOf } from '../../generate/plan/declared-vars.ts';
import { generatorTally } from '../../generate/plan/generator-tally.ts';
import { chosen } from '../../generate/plan/generators.ts';
import { outdatedText } from '../../generate/plan/status-words.ts';
import { notedIn } from '../../generate/repository/earlier-runs.ts';
import { storedPublic } from '../../generate/run/run.ts';
import { tallyText } from '../../store/vars/tally.ts';
import { EXIT, type Io, painter, printable, say } from '../io.ts';
import { mustBeKnownNames } from '../names.ts';
import { openFleet } from '../open-fleet.ts';
import { shownValue, valueData } from '../output/generate-text.ts';
import { jsonText } from '../output/json-text.ts';
import { readCommand } from '../table/read-command.ts';

export async function list(args: readonly string[], io: Io): Promise<number> {
  const parsed = readCommand('list', args);
  const { environment, root, scanned, situation } = await openFleet(parsed.positions[0], io, {
    scan: 'files',
  });
  const { stale, unknown } = await notedIn(environment);
  if (unknown !== null) say(io, unknown);
  const { backend, declared, plan, stored, status } = await situation({ scanned, stale });
  const choice = { machines: parsed.options('machine'), generators: parsed.options('generator') };
  const planned = plan({ ...choice, regenerate: false });
  mustBeKnownNames(planned, declared.machines);
  const { generators, notes } = planned;
  const machines = choice.machines.length > 0 ? choice.machines : declared.machines;
  const wanted = new Set(chosen(generators, choice));
  const listed = [];
  for (const machine of machines)
    for (const declaredVar of varsOf(generators, machine)) {
      if (!wanted.has(declaredVar.generator)) continue;
      const { file, generator } = declaredVar;
      const isThere = stored.has(generator.key, file.name, file.secret);
      const value = file.secret || !isThere ? null : await storedPublic(environment, generator, file);
      const { reason, older } = status(generator);
      const outdated = isThere && reason !== 'missing' ? reason : null;
      listed.push({ ...declaredVar, machine, isThere, value, outdated, older });
    }
  if (parsed.flag('json')) {
    const vars = listed.map(({ machine, id, generator, file, isThere, value, outdated, older }) => ({
      ...{
        machine,
        id,
        generator: generator.name,
        file: file.name,
        secret: file.secret,
        deploy: file.deploy,
      },
      ...{ share: generator.machine === null, stored: isThere, outdated, older },
      ...(value === null ? { encoding: null, value } : valueData(value)),
    }));
    io.stdout.write(
      `${jsonText({ schemaVersion: 1, root, backend, vars, summary: generatorTally([...wanted], status), notes })}\n`,
    );
    return EXIT.ok;
  }
  const paint = painter(io.stdout, io.env);
  let last: string | null = null;
  for (const { machine, id, file, isThere, value, outdated, older } of listed) {
    if (machines.length > 1 && machine !== last) {
      const machineGenerators = [...wanted].filter(generator => generator.machines.includes(machine));
      const summary = tallyText(generatorTally(machineGenerators, status), ', ');
      io.stdout.write(`${paint('bold', printable(machine))}  ${paint('dim', summary)}\n`);
    }
    last = machine;
    const shown = file.secret && isThere ? '********' : shownValue(value);
    const why = outdatedText({ reason: outdated, older });
    const explanation = why === '' ? '' : `  ${paint('yellow', printable(why))}`;
    io.stdout.write(
      `${machines.length > 1 ? '  ' : ''}${printable(id)}: ${paint('dim', shown)}${explanation}\n`,
    );
  }
  return EXIT.ok;
}
