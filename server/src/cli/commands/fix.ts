/** `varsmith fix`: re-encrypts stored secrets to their intended readers. `varsmith grant`: makes a user one of them. */
import { counted } from '../../checks/facts/wording.ts';
import { accessData } from '../../generate/backends/access-change.ts';
import { accessSummary } from '../../generate/backends/access-words.ts';
import { type FixEnding, type FixReporter, runFix, runGrant } from '../../generate/run/run-fix.ts';
import type { Parsed } from '../arguments.ts';
import { EXIT, type Io, printable, say, UsageError } from '../io.ts';
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

export async function grantAccess(args: readonly string[], io: Io): Promise<number> {
  const parsed = readCommand('grant', args);
  const [user, root] = parsed.positions;
  if (user === undefined) throw new UsageError('Name the user: varsmith grant USER.');
  const open = await openFleet(root, io);
  const reporter = outputReporter(open, parsed, io);
  let isRefused = false;
  try {
    await runGrant(
      open,
      {
        user,
        group: parsed.option('group') ?? null,
        isSure: parsed.flag('yes'),
        commit: commits(parsed, io),
      },
      {
        ...reporter,
        ended(ending) {
          isRefused = ending.outcome === 'refused';
          if (parsed.flag('json')) reporter.ended(ending);
          else if (!isRefused) io.stdout.write(`${grantedText(user, ending)}\n`);
        },
      },
    );
    return isRefused ? EXIT.findings : EXIT.ok;
  } finally {
    reporter.close();
  }
}

function grantedText(user: string, { fixed }: FixEnding): string {
  const name = printable(user);
  if (fixed.length === 0) return `${name} can already read what is stored here.`;
  return `${name} can read ${counted(fixed.length, 'more secret')} now.`;
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
