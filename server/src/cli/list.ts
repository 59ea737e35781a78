/** `varsmith list`: the vars of machines, with the values of public ones. */
import { storedPublic } from '../generate/run.ts';
import { mustBeMachine, varsOf } from '../generate/vars.ts';
import { readArguments } from './arguments.ts';
import { shownValue } from './generate-text.ts';
import { COMMON, EVERYTHING, openFleet, SHORTS } from './generation.ts';
import { EXIT, type Io, painter, printable } from './io.ts';

export async function list(args: readonly string[], io: Io): Promise<number> {
  const given = readArguments(args, COMMON, 1, SHORTS);
  const { ground, root, seen, situation } = await openFleet(given.positions[0], io, 'files');
  const { backend, declared, plan, stored } = await situation({ seen });
  const { generators, notes } = plan(EVERYTHING);
  for (const machine of given.options('machine')) mustBeMachine(declared.machines, machine);
  const machines = given.options('machine').length > 0 ? given.options('machine') : declared.machines;
  const names = new Set(given.options('generator'));
  const listed = [];
  for (const machine of machines)
    for (const one of varsOf(generators, machine)) {
      if (names.size > 0 && !names.has(one.generator.name)) continue;
      const { file, generator } = one;
      const isThere = stored.has(generator.key, file.name, file.secret);
      const value = file.secret || !isThere ? null : await storedPublic(ground, generator, file);
      listed.push({ ...one, machine, isThere, value });
    }
  if (given.flag('json')) {
    const vars = listed.map(({ machine, id, generator, file, isThere, value }) => ({
      ...{
        machine,
        id,
        generator: generator.name,
        file: file.name,
        secret: file.secret,
        deploy: file.deploy,
      },
      ...{ share: generator.machine === null, stored: isThere },
      value: value === null ? null : value.toString('utf8'),
    }));
    io.stdout.write(`${JSON.stringify({ schemaVersion: 1, root, backend, vars, notes }, null, 2)}\n`);
    return EXIT.ok;
  }
  const paint = painter(io.stdout, io.env);
  let last: string | null = null;
  for (const { machine, id, file, isThere, value } of listed) {
    if (machines.length > 1 && machine !== last) io.stdout.write(`${paint('bold', printable(machine))}\n`);
    last = machine;
    const shown = file.secret && isThere ? '********' : shownValue(value);
    io.stdout.write(`${machines.length > 1 ? '  ' : ''}${printable(id)}: ${paint('dim', shown)}\n`);
  }
  return EXIT.ok;
}
