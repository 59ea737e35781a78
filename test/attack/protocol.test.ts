/**
 * An editor that says nonsense: broken frames, messages out of order, and random requests during random edits of strange
 * documents. The server answers everything, with the protocol's own errors, and goes on.
 */
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, it } from 'vitest';
import { buildProgram } from '../cli/program.ts';
import { filesBelow } from '../fuzz/worlds.ts';
import { BROKEN, MEANINGLESS } from './broken-frames.ts';
import { chance, expectNothingBroken, isLong, LIMIT_MS, openLedger, SEED, turns } from './ledger.ts';
import { strangeEditor } from './strange-editor.ts';
import { type Answer, frame, openWire, type Wire } from './wire.ts';

const ledger = openLedger('protocol');
buildProgram();

let folder = '';
let texts: readonly string[] = [];
let files: readonly string[] = [];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'varsmith-attack ü%41-'));
  cpSync('examples/fleet', join(folder, 'fleet'), { recursive: true });
  files = Object.keys(filesBelow('examples/fleet')).filter(path => path.endsWith('.nix'));
  texts = files.map(path => readFileSync(join(folder, 'fleet', path), 'utf8'));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const uriOf = (path: string) => pathToFileURL(join(folder, 'fleet', path)).href;

async function initialized(): Promise<Wire> {
  const wire = openWire(folder);
  await initialize(wire);
  return wire;
}

async function initialize(wire: Wire): Promise<Answer> {
  const root = { uri: pathToFileURL(join(folder, 'fleet')).href, name: 'fleet' };
  const answer = await wire.request('initialize', {
    processId: null,
    rootUri: null,
    workspaceFolders: [root],
    capabilities: {},
  });
  wire.notify('initialized', {});
  return answer;
}

const NOTHING = { textDocument: { uri: 'file:///nowhere.nix' }, position: { line: 0, character: 0 } };

/** Each takes a server of its own: all of them in the long form alone. */
function some<T>(all: Readonly<Record<string, T>>): [string, T][] {
  return Object.entries(all).filter((_, at) => isLong || at % 6 === 0);
}

it(
  'frames and messages that mean nothing end nothing',
  async () => {
    for (const [name, text] of some(MEANINGLESS)) {
      const wire = await initialized();
      wire.bytes(frame(text));
      const { missing } = await wire.request('textDocument/hover', NOTHING);
      ledger.count('frames');
      ledger.judge('protocol: frames', missing ? `${name}: ${missing} ${wire.ended()} ${wire.said()}` : null);
      wire.close();
    }
    for (const [name, text] of some(BROKEN)) {
      const wire = openWire(folder);
      await initialize(wire);
      wire.bytes(text);
      wire.bytes(frame('{"jsonrpc":"2.0","method":"exit"}'));
      // Ends either way: the frame that follows may count to what was broken, and then nothing follows it.
      const uneasy = /Uncaught|heap|RangeError/.test(wire.said());
      ledger.count('frames');
      ledger.judge(
        'protocol: frames',
        uneasy || wire.memory() > 600 ? `${name}: ${wire.said()} ${wire.memory()} MiB` : null,
      );
      wire.close();
    }
    expectNothingBroken(ledger);
  },
  LIMIT_MS,
);

it(
  'what is asked out of order is refused as the protocol says',
  async () => {
    const judge = (probe: string, holds: boolean, said: unknown) =>
      ledger.tries(probe) && ledger.judge(probe, holds ? null : JSON.stringify(said));
    const early = openWire(folder);
    const before = await early.request('textDocument/hover', NOTHING);
    judge('protocol: before initialize', before.error?.code === -32002, before);
    early.notify('textDocument/didOpen', {
      textDocument: { uri: uriOf('x.nix'), languageId: 'nix', version: 1, text: '{' },
    });
    const first = await initialize(early);
    judge('protocol: initialize', first.result !== undefined, first);
    const again = await early.request('initialize', { processId: null, rootUri: null, capabilities: {} });
    judge('protocol: initialize twice', again.error?.code === -32600, again);
    for (const params of [
      null,
      {},
      { textDocument: null },
      { textDocument: { uri: 5 } },
      [],
      { position: 'x' },
    ]) {
      const nonsense = await early.request('textDocument/hover', params);
      judge('protocol: nonsense', nonsense.error?.code === -32602, nonsense);
    }
    const unknown = await early.request('no/such', {});
    judge('protocol: unknown method', unknown.error?.code === -32601, unknown);
    const down = await early.request('shutdown');
    judge('protocol: shutdown', down.error === undefined && !down.missing, down);
    const late = await early.request('textDocument/hover', NOTHING);
    judge('protocol: after shutdown', late.error?.code === -32600, late);
    early.notify('exit');
    const code = await early.whenEnded;
    judge('protocol: exit', code === '0', code);
    expectNothingBroken(ledger);
  },
  LIMIT_MS,
);

const BATCH = 20;
const HANG_MS = 2000;

it(
  'random messages are all answered, and none ends or holds up the server',
  async () => {
    const luck = chance(SEED);
    for (const figure of ['crashes', 'hangs', 'internal errors']) ledger.count(figure, 0);
    let wire = await initialized();
    let editor = strangeEditor(luck, { uriOf, files, texts });
    for (const turn of turns('messages', 400)) {
      if (turn % BATCH !== 0) continue;
      const before = wire.processorTime();
      const asked = Array.from({ length: BATCH }, () => editor.say(wire)).filter(one => one !== null);
      ledger.count('messages', BATCH);
      for (const { method, answer } of await Promise.all(asked)) {
        ledger.count('requests');
        if (answer.error?.code === -32603) {
          ledger.count('internal errors');
          ledger.judge('protocol: internal errors', `${method}: ${answer.error.message}`);
        }
        if (answer.missing !== undefined) {
          ledger.count(answer.missing === 'gone' ? 'crashes' : 'hangs');
          ledger.judge(
            'protocol: answers',
            `${method}: ${answer.missing} ${wire.ended()} ${wire.said().slice(-600)}`,
          );
        }
      }
      ledger.judge('protocol: a batch', null);
      // Of the processor, since the machine may have much else to do; of all messages of the batch.
      const took = wire.processorTime() - before;
      ledger.most('most ms for 20 messages', took);
      ledger.most('most MiB', wire.memory());
      if (isLong && took > HANG_MS) {
        ledger.count('hangs');
        ledger.judge('protocol: hangs', `20 messages took ${took} ms of the processor`);
      }
      if (wire.ended() !== null) {
        wire = await initialized();
        editor = strangeEditor(luck, { uriOf, files, texts });
      }
    }
    await wire.request('shutdown');
    wire.notify('exit');
    const code = await wire.whenEnded;
    ledger.judge('protocol: exit', code === '0' ? null : `ends with ${code}: ${wire.said()}`);
    expectNothingBroken(ledger);
  },
  LIMIT_MS,
);
