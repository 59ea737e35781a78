/** `varsmith set`: stores a value that somebody brings. */
import { accessChanges, accessData, agreedTo, askedOf, mustBeAgreed } from '../generate/access-change.ts';
import { accessMessage, accessSentences, accessSummary } from '../generate/access-words.ts';
import { machinesOfSecrets, storeMachineKeys } from '../generate/fix.ts';
import { outputChanges } from '../generate/store-step.ts';
import { mustBeKnown } from '../generate/vars.ts';
import { placesOf } from '../generate/vault.ts';
import { openVault } from '../generate/vaults.ts';
import { notAsked, terminalAsking } from './audience-people.ts';
import { readCommand } from './commands/read.ts';
import { commits, EVERYTHING, openFleet, say, withSession } from './generation.ts';
import { givenValue } from './given-value.ts';
import { EXIT, type Io, printable, UsageError } from './io.ts';
import { jsonText } from './json-text.ts';
import { mustBeMachine, varNamed } from './names.ts';

export async function set(args: readonly string[], io: Io): Promise<number> {
  const given = readCommand('set', args);
  const [machine, id, root] = given.positions;
  if (machine === undefined || id === undefined)
    throw new UsageError(
      'Which var? `varsmith set MACHINE GENERATOR/FILE [ROOT]`, with the value on standard input.',
    );
  const open = await openFleet(root, io);
  return withSession(
    open,
    { commit: commits(given, io) },
    sentence => say(io, sentence),
    async session => {
      const { backend, declared, plan } = await open.situation({ asksStore: false });
      mustBeMachine(declared.machines, machine);
      const { generators } = plan(EVERYTHING);
      const found = varNamed(generators, machine, id);
      mustBeKnown(found);
      const { generator, file } = found;
      const vault = await openVault(open.ground, open.fleet(), backend);
      const only = { ...generator, files: [file] };
      const machineKeys = file.secret ? await vault.prepare(machinesOfSecrets([only])) : [];
      const access = accessChanges(vault, placesOf(only));
      const asked = askedOf(access);
      if (asked.length > 0 && !given.flag('yes')) {
        if (given.flag('json')) {
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
      await storeMachineKeys(machineKeys, vault, session);
      const now = accessChanges(vault, placesOf(only));
      for (const change of now) mustBeAgreed(change, agreed);
      const changes = await outputChanges(open.ground, vault, only, new Map([[file.name, value]]));
      await session.apply(changes, `vars: update ${id} for machine ${machine}${accessMessage(now)}`);
      const dependents = [...generators.all.values()]
        .filter(one => one.dependencies.some(dependency => dependency.key === generator.key))
        .map(one => one.name);
      const { machines } = generator;
      if (given.flag('json'))
        io.stdout.write(
          `${jsonText({ schemaVersion: 1, id, machines, dependents, access: accessData(now) })}\n`,
        );
      else
        io.stdout.write(
          `Updated ${file.secret ? 'secret var' : 'var'} ${id} for machines: ${machines.join(', ')}\n`,
        );
      for (const line of given.flag('json') ? [] : accessSummary(now))
        io.stderr.write(`access: ${printable(line)}\n`);
      if (dependents.length > 0)
        say(
          io,
          `Made from the old value and left as they are: ${[...new Set(dependents)].join(', ')}. "varsmith generate -g" makes them anew.`,
        );
      return EXIT.ok;
    },
  );
}
