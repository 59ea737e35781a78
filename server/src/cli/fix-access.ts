/** `varsmith fix`: encrypts stored secrets to those they should be for. */

import { RunFailure } from '../generate/failure.ts';
import { driftsOf, fixDrifts } from '../generate/fix.ts';
import { chosen } from '../generate/generators.ts';
import { isOfRequest } from '../generate/problems.ts';
import { openVault } from '../generate/vaults.ts';
import { readArguments } from './arguments.ts';
import { COMMON, commits, openFleet, SHORTS, say, withSession } from './generation.ts';
import { EXIT, type Io, printable } from './io.ts';
import { jsonText } from './json-text.ts';

export async function fixAccess(args: readonly string[], io: Io): Promise<number> {
  const given = readArguments(args, { ...COMMON, 'no-commit': 'flag' }, 1, SHORTS);
  const open = await openFleet(given.positions[0], io);
  return withSession(
    open,
    { commit: commits(given, io) },
    sentence => say(io, sentence),
    async session => {
      // What is there makes no difference to whom it is for.
      const { backend, plan } = await open.situation({ asksStore: false });
      const choice = { machines: given.options('machine'), generators: given.options('generator') };
      const { generators, problems } = plan({ ...choice, regenerate: false });
      const unknown = problems.filter(isOfRequest);
      if (unknown.length > 0) throw new RunFailure(unknown.map(one => one.message).join('\n'));
      const concerned = chosen(generators, choice);
      const vault = await openVault(open.ground, open.fleet(), backend);
      const drifts = driftsOf(concerned, vault);
      const fixed: string[] = [];
      await fixDrifts(drifts, vault, session, ({ generator }) => {
        fixed.push(generator.key);
        if (!given.flag('json'))
          io.stdout.write(`Access to ${printable(generator.key)} brought up to date\n`);
      });
      if (given.flag('json'))
        io.stdout.write(`${jsonText({ schemaVersion: 1, root: open.root, backend, fixed })}\n`);
      else if (fixed.length === 0) io.stdout.write('Nothing to fix.\n');
      return EXIT.ok;
    },
  );
}
