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
import {
  type Chance,
  chance,
  expectNothingBroken,
  isLong,
  LIMIT_MS,
  openLedger,
  SEED,
  turns,
} from './ledger.ts';
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

/** Messages that are well framed and mean nothing: the server goes on. */
const MEANINGLESS: Readonly<Record<string, string>> = {
  null: 'null',
  'a number': '5',
  'a string': '"x"',
  'an empty object': '{}',
  'a list of messages': '[{"jsonrpc":"2.0","id":9,"method":"x"}]',
  'an object for an id': '{"jsonrpc":"2.0","id":{"a":1},"method":"textDocument/hover","params":{}}',
  'a number for a method': '{"jsonrpc":"2.0","id":"a","method":5}',
  'an answer to nothing': '{"jsonrpc":"2.0","id":12345,"result":1}',
  __proto__: '{"__proto__":{"x":1},"jsonrpc":"2.0","id":"b","method":"__proto__","params":{"__proto__":{}}}',
  'a deep list': `{"jsonrpc":"2.0","id":"c","method":"textDocument/hover","params":${'['.repeat(50_000)}${']'.repeat(50_000)}}`,
  'a long method': JSON.stringify({ jsonrpc: '2.0', id: 'd', method: 'x'.repeat(1e6) }),
  'text that is cut off': '{"jsonrpc":',
  'a cancellation of nothing': '{"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":{}}}',
};

/** Bytes that are no frames: the server may end, but not with a crash of its own. */
const BROKEN: Readonly<Record<string, string>> = {
  'no length': 'X: 1\r\n\r\n{}',
  'a negative length': 'Content-Length: -5\r\n\r\n{}',
  'no number for a length': 'Content-Length: abc\r\n\r\n{}',
  'ten gigabytes': 'Content-Length: 10000000000\r\n\r\n{',
  'another charset':
    'Content-Length: 2\r\nContent-Type: application/vscode-jsonrpc; charset=utf-16\r\n\r\n{}',
  'a long header': `${'A'.repeat(1e6)}: x\r\nContent-Length: 2\r\n\r\n{}`,
  NULs: '\0'.repeat(1000),
};

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

const SPLINTERS = [
  ...[
    '',
    '\r',
    '\r\n',
    '\n',
    '\u2028',
    '\0',
    '\ufeff',
    '😀',
    '\ud83d',
    'e\u0301',
    "''",
    '${',
    '}',
    '{',
    '"',
    '(',
    ')',
  ],
  ...[
    '[',
    ']',
    ';',
    '=',
    'clan.core.vars.generators',
    "script = ''",
    'builtins.readFile /etc/passwd',
    'import ./.',
  ],
  ...[
    'rec {',
    'let in',
    'x: x x',
    '/*',
    '#',
    '$(',
    '<<EOF\n',
    '\u202e',
    '\t',
    '(x: x x) (x: x x)',
    '<img src=x>',
  ],
  ...['let f = n: f (n+1); in f 0', '[x](command:evil)', 'a'.repeat(10_000), '{'.repeat(2000)],
];

const METHODS = [
  ...['hover', 'definition', 'typeDefinition', 'references', 'completion', 'signatureHelp', 'documentSymbol'],
  ...['codeAction', 'codeLens', 'documentLink', 'rename', 'prepareRename', 'foldingRange', 'selectionRange'],
  ...[
    'inlayHint',
    'semanticTokens/full',
    'prepareCallHierarchy',
    'documentHighlight',
    'formatting',
    'diagnostic',
  ],
].map(name => `textDocument/${name}`);

const OWN = [
  ...[
    'fleet',
    'graph',
    'place',
    'at',
    'key',
    'machine',
    'status',
    'secrets',
    'environment',
    'scaffoldChoices',
  ],
  ...['machineSecrets', 'fileKeys', 'checkName', 'secretProposals', 'scaffold', 'checkWorkspace', 'doctor'],
].map(name => `varsmith/${name}`);

const OTHERS = [
  ...[
    'workspace/symbol',
    'workspace/executeCommand',
    'completionItem/resolve',
    'codeLens/resolve',
    'x/unknown',
  ],
  ...[
    'codeAction/resolve',
    'callHierarchy/incomingCalls',
    'documentLink/resolve',
    'workspace/willRenameFiles',
  ],
];

const NOTIFICATIONS = [
  ...[
    'workspace/didChangeWatchedFiles',
    'workspace/didChangeConfiguration',
    'textDocument/didSave',
    '$/setTrace',
  ],
  ...['$/cancelRequest', 'textDocument/didClose', 'workspace/didRenameFiles', 'x/unknown'],
];

const NONSENSE: readonly unknown[] = [
  ...[null, undefined, 5, 'x', [], {}, true, { textDocument: null }, { textDocument: { uri: 5 } }],
  ...[{ textDocument: {}, position: {} }, { changes: 5 }, { changes: [null] }, { settings: [] }, { id: {} }],
  ...[{ textDocument: { uri: 'x' }, position: { line: 'a', character: null } }],
];

const NUMBERS = [0, 1, 2, 3, 5, 10, 40, 5000, 2_147_483_647, -1, 1.5, 4_294_967_296, 1e300];

/** An editor that types, asks and says strange things, of documents with strange names. */
function strangeEditor(luck: Chance) {
  const uris = [
    ...files.map(uriOf),
    ...[
      'untitled:Untitled-1',
      'git:/x/y.nix?%7B%7D',
      'file:///C:/Users/a%20b/flake.nix',
      'file://server/share/x.nix',
    ],
    ...[
      'file:///%00.nix',
      'file:///etc/shadow',
      'file:',
      '',
      'not a uri',
      'file:///%E0%A4%A.nix',
      uriOf('../../x.nix'),
    ],
    ...[uriOf('varsmith.json'), uriOf('new ü %25 é.nix'), `file:///${'a'.repeat(5000)}.nix`],
  ];
  const open = new Map<string, string>();
  let version = 1;
  const anywhere = () => ({ line: luck.pick(NUMBERS), character: luck.pick(NUMBERS) });
  const somewhere = (uri: string) => {
    const lines = open.get(uri)?.split('\n');
    if (lines === undefined || luck.below(5) === 0) return anywhere();
    const line = luck.below(lines.length);
    return { line, character: luck.below((lines[line]?.length ?? 0) + 2) };
  };
  const rangeIn = (uri: string) => ({ start: somewhere(uri), end: somewhere(uri) });

  function type(wire: Wire): void {
    const uri = luck.pick([...open.keys()]);
    const text = open.get(uri) ?? '';
    const [at, insert] = [luck.below(text.length + 1), luck.pick(SPLINTERS)];
    const next =
      text.length > 40_000 ? luck.pick(texts) : text.slice(0, at) + insert + text.slice(at + luck.below(30));
    const isStrange = luck.below(8) === 0;
    const change = isStrange ? { range: rangeIn(uri), text: insert } : { text: next };
    if (!isStrange) open.set(uri, next);
    wire.notify('textDocument/didChange', {
      textDocument: { uri, version: ++version },
      contentChanges: [change],
    });
  }

  function show(wire: Wire): void {
    const uri = luck.pick(uris);
    const text = luck.pick(luck.below(3) === 0 ? SPLINTERS : texts);
    open.set(uri, text);
    wire.notify('textDocument/didOpen', {
      textDocument: { uri, languageId: 'nix', version: ++version, text },
    });
  }

  const params = (uri: string) => ({
    textDocument: { uri },
    ...{ position: somewhere(uri), range: rangeIn(uri), positions: [somewhere(uri)], root: uri, near: uri },
    context: {
      includeDeclaration: true,
      diagnostics: [],
      only: luck.pick([undefined, ['source.fixAll'], []]),
    },
    newName: luck.pick(['x', '', 'a.b', '${x}', '\n']),
    ...{ options: { tabSize: 2 }, query: luck.pick(['', 'a', '\0', '(']), command: luck.pick(['x', '']) },
    ...{ item: luck.pick(NONSENSE), files: [], data: luck.pick(NONSENSE), name: luck.pick(SPLINTERS) },
  });

  return {
    /** Sends one message. @returns what waits for its answer; null for what has none */
    say(wire: Wire): Promise<{ readonly method: string; readonly answer: Answer }> | null {
      const what = luck.below(100);
      if (what < 6 || open.size === 0) show(wire);
      else if (what < 40) type(wire);
      else if (what < 46) wire.notify(luck.pick(NOTIFICATIONS), luck.pick(NONSENSE));
      else {
        const method = what < 92 ? luck.pick(METHODS) : luck.pick([...OTHERS, ...OWN]);
        const uri = luck.below(5) === 0 ? luck.pick(uris) : luck.pick([...open.keys()]);
        const given = luck.below(25) === 0 ? luck.pick(NONSENSE) : params(uri);
        return wire.request(method, given).then(answer => ({ method, answer }));
      }
      return null;
    },
  };
}

const BATCH = 20;
const HANG_MS = 2000;

it(
  'random messages are all answered, and none ends or holds up the server',
  async () => {
    const luck = chance(SEED);
    for (const figure of ['crashes', 'hangs', 'internal errors']) ledger.count(figure, 0);
    let wire = await initialized();
    let editor = strangeEditor(luck);
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
        editor = strangeEditor(luck);
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
