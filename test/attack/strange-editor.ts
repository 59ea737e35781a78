/** Random messages of an editor during random edits. */
import type { Chance } from './ledger.ts';
import type { Answer, Wire } from './wire.ts';

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

export interface Documents {
  /** Of a path in the fleet. */
  readonly uriOf: (path: string) => string;
  /** Paths of the fleet's sources, and their texts. */
  readonly files: readonly string[];
  readonly texts: readonly string[];
}

/** An editor that types, asks and says strange things, of documents with strange names. */
export function strangeEditor(luck: Chance, { uriOf, files, texts }: Documents) {
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
