/** `varsmith fix`: re-encrypts stored secrets to their intended readers. */
import { accessData } from '../../generate/backends/access-change.ts';
import { accessSummary } from '../../generate/backends/access-words.ts';
import { type FixReporter, runFix } from '../../generate/run/run-fix.ts';
import type { Parsed } from '../arguments.ts';
import { EXIT, type Io, printable, say } from '../io.ts';
import { mustBeKnownNames } from '../names.ts';
import { type OpenFleet, openFleet } from '../open-fleet.ts';
import { jsonText } from '../output/json-text.ts';
import { openConversation } from '../reporter/conversation.ts';
import { terminalAsking } from '../reporter/text-reporter.ts';
import { accessEvent, confirmEvent } from '../reporter/watcher-reporter.ts';
import { commits } from '../run-options.ts';
import { readCommand } from '../table/read-command.ts';

type Reporter = Omit<FixReporter, 'planned'> & { close(): void };

export async function fixAccess(args: readonly string[], io: Io): Promise<number> {
  const parsed = readCommand('fix', args);
  const open = await openFleet(parsed.positions[0], io);
  const reporter = parsed.flag('events') ? watcherReporter(io) : outputReporter(open, parsed, io);
  try {
    const { outcome } = await runFix(
      open,
      {
        choice: { machines: parsed.options('machine'), generators: parsed.options('generator') },
        isSure: parsed.flag('yes'),
        commit: commits(parsed, io),
      },
      { ...reporter, planned: mustBeKnownNames },
    );
    return outcome === 'done' ? EXIT.ok : EXIT.findings;
  } finally {
    reporter.close();
  }
}

/** Returns a reporter for the reader of the output: a person or a program. */
function outputReporter({ root }: OpenFleet, parsed: Parsed, io: Io): Reporter {
  const { confirmRun, close } = terminalAsking(io);
  const isJson = parsed.flag('json');
  return {
    note: sentence => say(io, sentence),
    access(changes) {
      for (const line of isJson ? [] : accessSummary(changes))
        io.stderr.write(`access: ${printable(line)}\n`);
    },
    confirmAccess: asked => confirmRun({ overwritten: 0, asked }),
    fixed(key) {
      if (!isJson) io.stdout.write(`Access to ${printable(key)} brought up to date\n`);
    },
    ended({ outcome, backend, access, fixed }) {
      if (outcome === 'refused') return;
      const data = { schemaVersion: 1, root, backend, access: accessData(access), fixed };
      if (isJson) io.stdout.write(`${jsonText(data)}\n`);
      else if (fixed.length === 0) io.stdout.write('Nothing to fix.\n');
    },
    close,
  };
}

/** Returns a reporter for a program that watches and answers, such as an editor. */
function watcherReporter(io: Io): Reporter {
  const talk = openConversation(io);
  return {
    note: message => talk.tell({ event: 'note', message }),
    access(changes) {
      if (changes.length > 0) talk.tell(accessEvent(changes));
    },
    confirmAccess: async asked => (await talk.ask(confirmEvent({ overwritten: 0, asked }))) === true,
    fixed() {},
    ended: ({ outcome, fixed }) => talk.tell({ event: 'end', outcome, fixed }),
    close: talk.close,
  };
}
