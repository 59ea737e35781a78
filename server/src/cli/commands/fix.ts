/** `varsmith fix`: encrypts stored secrets to those they should be for. */

import { accessChanges, accessData, agreedTo, askedOf } from '../../generate/backends/access-change.ts';
import { accessSummary } from '../../generate/backends/access-words.ts';
import { openSecretBackend } from '../../generate/backends/open-backend.ts';
import { chosen } from '../../generate/plan/generators.ts';
import { driftsOf, fixDrifts, machinesOfSecrets } from '../../generate/repository/drift.ts';
import type { Session } from '../../generate/repository/session.ts';
import type { AccessChange } from '../../store/readers.ts';
import type { Parsed } from '../arguments.ts';
import { commits, type OpenFleet, openFleet, say, withSession } from '../generation.ts';
import { EXIT, type Io, printable } from '../io.ts';
import { mustBeKnownNames } from '../names.ts';
import { jsonText } from '../output/json-text.ts';
import { openConversation } from '../reporter/conversation.ts';
import { terminalAsking } from '../reporter/people-reporter.ts';
import { accessEvent, confirmEvent } from '../reporter/watcher-reporter.ts';
import { readCommand } from '../table/read-command.ts';

/** Whom the command tells what it finds, and asks. */
interface Listener {
  note(sentence: string): void;
  access(changes: readonly AccessChange[]): void;
  mayGive(asked: readonly AccessChange[]): Promise<boolean>;
  fixed(key: string): void;
  /** @param outcome `refused`: the answer was no */
  ended(outcome: 'done' | 'refused', found: Found): void;
  close(): void;
}

interface Found {
  readonly backend: string;
  readonly access: readonly AccessChange[];
  /** Keys of generators. */
  readonly fixed: readonly string[];
}

export async function fixAccess(args: readonly string[], io: Io): Promise<number> {
  const given = readCommand('fix', args);
  const open = await openFleet(given.positions[0], io);
  const listener = given.flag('events') ? watcher(io) : reader(open, given, io);
  try {
    return await withSession(open, { commit: commits(given, io) }, listener.note, session =>
      fixIn(session, open, given, listener),
    );
  } finally {
    listener.close();
  }
}

async function fixIn(session: Session, open: OpenFleet, given: Parsed, listener: Listener): Promise<number> {
  // What is there makes no difference to whom it is for.
  const { backend, declared, plan } = await open.situation({ asksStore: false });
  const choice = { machines: given.options('machine'), generators: given.options('generator') };
  const found = plan({ ...choice, regenerate: false });
  mustBeKnownNames(found, declared.machines);
  const { generators } = found;
  const secretBackend = await openSecretBackend(open.environment, open.fleet(), backend);
  const concerned = chosen(generators, choice);
  await secretBackend.examine?.(machinesOfSecrets(concerned));
  const drifts = driftsOf(concerned, secretBackend);
  const access = accessChanges(
    secretBackend,
    drifts.flatMap(one => one.drifts.map(({ place }) => place)),
  );
  listener.access(access);
  const asked = askedOf(access);
  if (asked.length > 0 && !given.flag('yes') && !(await listener.mayGive(asked))) {
    listener.ended('refused', { backend, access: [], fixed: [] });
    return EXIT.findings;
  }
  const fixed: string[] = [];
  await fixDrifts(drifts, secretBackend, session, agreedTo(access), ({ generator }) => {
    fixed.push(generator.key);
    listener.fixed(generator.key);
  });
  listener.ended('done', { backend, access, fixed });
  return EXIT.ok;
}

/** Somebody who reads what is written: a person, or a program at the end. */
function reader({ root }: OpenFleet, given: Parsed, io: Io): Listener {
  const { mayGoOn, close } = terminalAsking(io);
  const isJson = given.flag('json');
  return {
    note: sentence => say(io, sentence),
    access(changes) {
      for (const line of isJson ? [] : accessSummary(changes))
        io.stderr.write(`access: ${printable(line)}\n`);
    },
    mayGive: asked => mayGoOn({ overwritten: 0, asked }),
    fixed(key) {
      if (!isJson) io.stdout.write(`Access to ${printable(key)} brought up to date\n`);
    },
    ended(outcome, { backend, access, fixed }) {
      if (outcome === 'refused') return;
      const data = { schemaVersion: 1, root, backend, access: accessData(access), fixed };
      if (isJson) io.stdout.write(`${jsonText(data)}\n`);
      else if (fixed.length === 0) io.stdout.write('Nothing to fix.\n');
    },
    close,
  };
}

/** A program that watches and answers, such as an editor. */
function watcher(io: Io): Listener {
  const talk = openConversation(io);
  return {
    note: message => talk.tell({ event: 'note', message }),
    access(changes) {
      if (changes.length > 0) talk.tell(accessEvent(changes));
    },
    mayGive: async asked => (await talk.ask(confirmEvent({ overwritten: 0, asked }))) === true,
    fixed() {},
    ended: (outcome, { fixed }) => talk.tell({ event: 'end', outcome, fixed }),
    close: talk.close,
  };
}
