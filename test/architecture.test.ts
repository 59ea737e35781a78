import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

// The layering of ARCHITECTURE.md, as a test: arrows run one way, and each outside thing has one door.

const ROOT = resolve(__dirname, '..');
const SERVER = join(ROOT, 'server/src');

/** What every room may use: lists and order, and nothing of what this is about. */
const STD = join(SERVER, 'std.ts');

/** What each folder of server/src may import beside itself and `std.ts`. */
const MODEL = ['nix', 'shell', 'modules', 'flake', 'fleet', 'store'];
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  nix: ['query'],
  shell: [],
  host: [],
  browser: [],
  upkeep: [],
  query: [],
  modules: ['nix'],
  flake: ['nix', 'modules', 'query'],
  fleet: ['nix', 'shell', 'modules', 'flake', 'query'],
  store: ['nix'],
  edits: ['nix', 'fleet'],
  checks: [...MODEL, 'edits', 'query'],
  generate: ['nix', 'shell', 'modules', 'fleet', 'store', 'host'],
  editor: [...MODEL, 'edits', 'checks'],
  witness: ['nix', 'shell', 'modules', 'fleet', 'host'],
  doctor: ['nix', 'fleet', 'store', 'checks', 'generate', 'witness', 'host'],
  deploy: ['fleet', 'checks', 'generate', 'host'],
  workspace: [
    ...[
      'nix',
      'fleet',
      'store',
      'query',
      'edits',
      'checks',
      'generate',
      'editor',
      'doctor',
      'witness',
      'host',
    ],
  ],
  lsp: [
    ...['nix', 'fleet', 'store', 'query', 'edits', 'checks', 'generate', 'editor', 'doctor', 'workspace'],
    'upkeep',
  ],
  cli: [
    ...['nix', 'modules', 'fleet', 'store', 'edits', 'checks', 'generate', 'editor', 'doctor', 'deploy'],
    'workspace',
  ],
};

/** Modules from outside that only some places may use: a door each. */
const DOORS: readonly { readonly module: RegExp; readonly places: readonly RegExp[] }[] = [
  { module: /^vscode$/, places: [/^client\//] },
  { module: /^vscode-languageclient/, places: [/^client\//] },
  { module: /^vscode-languageserver/, places: [/^server\/src\/lsp\//] },
  { module: /^alien-signals/, places: [/^server\/src\/query\//] },
  { module: /^web-tree-sitter$/, places: [/^server\/src\/nix\/parse\//] },
  { module: /^@noble\//, places: [/^server\/src\/browser\//] },
  { module: /^age-encryption$/, places: [/^server\/src\/store\/age\/crypt\.ts$/] },
  { module: /^yaml$/, places: [/^server\/src\/fleet\/secrets\/secrets-yaml\.ts$/, /^server\/src\/store\//] },
  {
    module: /^(node:)?child_process$/,
    places: [/^server\/src\/host\//, /^client\/src\/generate\/program\.ts$/],
  },
  {
    module: /^(node:)?fs(\/promises)?$/,
    places: [
      /^server\/src\/(workspace|host)\//,
      /^server\/src\/nix\/parse\/(parse|wasm)\.ts$/,
      /^server\/src\/cli/,
      /^server\/src\/start\.ts$/,
      /^client\/src\/generate\/engine\.ts$/,
    ],
  },
];

interface Import {
  readonly from: string;
  readonly specifier: string;
}

function sourceFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile() && entry.name.endsWith('.ts'))
    .map(entry => join(entry.parentPath, entry.name));
}

function importsOf(file: string): Import[] {
  const text = readFileSync(file, 'utf8');
  const from = relative(ROOT, file);
  return [...text.matchAll(/(?:\bfrom|\bimport|\brequire)\s*\(?\s*'([^']+)'/g)].map(match => ({
    from,
    specifier: match[1] as string,
  }));
}

/** The folder of server/src that a file lies in; null for the entry points. */
function layerOf(path: string): string | null {
  const [first, second] = relative(SERVER, path).split('/');
  return second === undefined ? null : (first ?? null);
}

const server = sourceFiles(SERVER);
const client = sourceFiles(join(ROOT, 'client/src'));

describe('layers', () => {
  it('every folder of server/src has a place in the table', () => {
    const folders = new Set(server.map(layerOf).filter(layer => layer !== null));
    expect([...folders].filter(folder => !(folder in MAY_IMPORT))).toEqual([]);
  });

  it('imports run one way', () => {
    const wrong = server.flatMap(file => {
      const layer = layerOf(file);
      if (layer === null) return [];
      return importsOf(file).flatMap(({ from, specifier }) => {
        if (!specifier.startsWith('.')) return [];
        const target = resolve(dirname(file), specifier);
        const other = target.startsWith(SERVER) ? layerOf(target) : 'outside';
        const fine =
          other === layer || target === STD || (other !== null && (MAY_IMPORT[layer] ?? []).includes(other));
        return fine || isProtocol(from, target) ? [] : [`${from} imports ${specifier}`];
      });
    });
    expect(wrong).toEqual([]);
  });

  it('every arrow of the table is drawn', () => {
    const drawn = new Set(
      server.flatMap(file =>
        importsOf(file)
          .filter(({ specifier }) => specifier.startsWith('.'))
          .map(({ specifier }) => `${layerOf(file)} to ${layerOf(resolve(dirname(file), specifier))}`),
      ),
    );
    const unused = Object.entries(MAY_IMPORT).flatMap(([layer, others]) =>
      others.map(other => `${layer} to ${other}`).filter(arrow => !drawn.has(arrow)),
    );
    expect(unused).toEqual([]);
  });

  it('no files import each other in a cycle, types counted too', () => {
    const circles = circlesOf(importGraph([...server, ...client])).map(circle =>
      circle.map(file => relative(ROOT, file)),
    );
    expect(circles).toEqual([]);
  });

  it('no rooms of the fleet import each other in a cycle', () => {
    const room = (file: string) => relative(join(SERVER, 'fleet'), file).split('/')[0] as string;
    const files = importGraph(server.filter(file => layerOf(file) === 'fleet'));
    const rooms = new Map<string, string[]>();
    for (const [file, targets] of files) {
      const others = targets.map(room).filter(target => target !== room(file));
      rooms.set(room(file), [...(rooms.get(room(file)) ?? []), ...others]);
    }
    expect(rooms.size).toBeGreaterThan(5);
    expect(circlesOf(rooms)).toEqual([]);
  });

  it('no room holds more than a person takes in: 30 files, a group of rules 45', () => {
    const rooms = new Map<string, number>();
    for (const file of [...server, ...client]) {
      const room = relative(ROOT, dirname(file));
      rooms.set(room, (rooms.get(room) ?? 0) + 1);
    }
    const full = [...rooms].filter(([room, files]) => files > (room.includes('/checks/rules/') ? 45 : 30));
    expect(full).toEqual([]);
  });

  it('no function is longer than 80 lines, but for those that only list examples and those named', () => {
    const long = [...server, ...client].flatMap(file =>
      longFunctionsOf(file).filter(({ name }) => !MAY_BE_LONG.has(name)),
    );
    expect(long.map(({ place, name, lines }) => `${place} ${name}: ${lines} lines`)).toEqual([]);
  });

  it('no module holds a variable that can be assigned to', () => {
    const assignable = [...server, ...client].flatMap(file =>
      sourceOf(file)
        .statements.filter(ts.isVariableStatement)
        .filter(({ declarationList }) => (declarationList.flags & ts.NodeFlags.Let) !== 0)
        .map(statement => `${relative(ROOT, file)}: ${statement.getText()}`),
    );
    expect(assignable).toEqual([]);
  });

  it('the client imports nothing of the server', () => {
    const wrong = client.flatMap(file =>
      importsOf(file).filter(({ specifier }) => resolve(dirname(file), specifier).startsWith(SERVER)),
    );
    expect(wrong).toEqual([]);
  });

  it('each outside module has its door', () => {
    const wrong = [...server, ...client].flatMap(file =>
      importsOf(file).flatMap(({ from, specifier }) => {
        const door = DOORS.find(one => one.module.test(specifier));
        if (door === undefined || door.places.some(place => place.test(from))) return [];
        return [`${from} imports ${specifier}`];
      }),
    );
    expect(wrong).toEqual([]);
  });

  // Node 20 waits for itself for ever when it exports a key that it has just made as JWK.
  it('make no key pairs with functions of Node', () => {
    const wrong = server.filter(file => /KeyPairSync|'jwk'/.test(readFileSync(file, 'utf8')));
    expect(wrong).toEqual([]);
  });
});

describe('rooms inside of a folder', () => {
  /** What may be imported of a room by files outside of it: its doors. */
  const ROOMS: readonly { readonly room: string; readonly doors: readonly string[] }[] = [
    { room: 'nix/parse', doors: ['parse.ts', 'tokens.ts'] },
    { room: 'shell/parse', doors: ['parse.ts'] },
  ];

  it.each(ROOMS)('$room is entered by its doors', ({ room, doors }) => {
    const inside = join(SERVER, room);
    const wrong = server
      .filter(file => dirname(file) !== inside)
      .flatMap(importsOf)
      .filter(({ from, specifier }) => {
        const target = resolve(ROOT, dirname(from), specifier);
        return specifier.startsWith('.') && dirname(target) === inside && !doors.includes(basename(target));
      });
    expect(wrong).toEqual([]);
  });
});

describe('the files that examples of rules share', () => {
  const inside = join(SERVER, 'checks/examples');
  const importers = (name: RegExp) =>
    server
      .filter(file => dirname(file) !== inside)
      .flatMap(file => {
        const text = readFileSync(file, 'utf8').replace(/^import type .*$/gm, '');
        const paths = [...text.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*'([^']+)'/g)].map(match =>
          resolve(dirname(file), match[1] as string),
        );
        return paths.some(path => dirname(path) === inside && name.test(basename(path)))
          ? [relative(SERVER, file)]
          : [];
      });

  it('are loaded by those who show examples, and by no rule', () => {
    expect(importers(/^shown-examples\.ts$/).sort()).toEqual([
      'checks/pages/rule-page.ts',
      'cli/commands/explain.ts',
    ]);
    // The examples of one rule, in a file of their own: they are handed the shared files as any others.
    expect(importers(/^(?!shown-examples\.ts$)/)).toEqual(['checks/rules/eval/generators-in-imports.ts']);
  });
});

describe('what runs in a browser', () => {
  const analysis = server.filter(file =>
    /^(nix|shell|modules|flake|fleet|edits|checks|editor)$/.test(layerOf(file) ?? ''),
  );

  it('asks Node for nothing but files of wasm and hashes, each in one place', () => {
    const door = /^server\/src\/nix\/(hash|parse\/(parse|wasm))\.ts$/;
    const wrong = analysis.flatMap(importsOf).filter(({ from, specifier }) => {
      return specifier.startsWith('node:') && !door.test(from);
    });
    expect(wrong).toEqual([]);
  });

  it("uses no global of Node's", () => {
    const wrong = [...analysis, ...server.filter(file => layerOf(file) === 'lsp')].flatMap(file => {
      const code = readFileSync(file, 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*|`[^`]*`|'[^'\n]*'/g, '');
      return [...code.matchAll(/\b(Buffer|process)\s*\./g)].map(
        match => `${relative(ROOT, file)}: ${match[0]}`,
      );
    });
    // Over which streams a process talks, what the doctor examines, and the git that is told of new files.
    expect(wrong.filter(one => !/lsp\/(connection|handlers\/(doctor|scaffold))\.ts/.test(one))).toEqual([]);
  });
});

describe('programs', () => {
  it('are never started by a bare name, which would be looked for wherever PATH says', () => {
    const starts =
      /(?<!\.)\b(?:spawn|spawnSync|exec|execSync|execFile|execFileSync|fork|runProcess|runSecretCommand|runInForeground)\(\s*(['"`])/g;
    const wrong = [...server, ...client].flatMap(file => {
      const text = readFileSync(file, 'utf8');
      return [...text.matchAll(starts)].map(match => `${relative(ROOT, file)}: ${match[0]}`);
    });
    expect(wrong).toEqual([]);
  });
});

function sourceOf(file: string): ts.SourceFile {
  return ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
}

const MAX_LINES = 80;

/** Lists of examples; and the memo table of queries, still to be split. */
const MAY_BE_LONG = new Set(['examples', 'importsExamples']);

interface LongFunction {
  readonly place: string;
  readonly name: string;
  readonly lines: number;
}

function longFunctionsOf(file: string): readonly LongFunction[] {
  const source = sourceOf(file);
  if (source.getLineStarts().length <= MAX_LINES) return [];
  const long: LongFunction[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) && 'body' in node && node.body !== undefined) {
      const first = source.getLineAndCharacterOfPosition(node.getStart()).line;
      const lines = source.getLineAndCharacterOfPosition(node.end).line - first + 1;
      const named = node.name ?? ('name' in node.parent ? node.parent.name : undefined);
      const name = named === undefined ? '(anonymous)' : (named as ts.Node).getText();
      if (lines > MAX_LINES) long.push({ place: `${relative(ROOT, file)}:${first + 1}`, name, lines });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return long;
}

/** The messages that client and server agree on are types in files that import nothing else. */
function isProtocol(from: string, target: string): boolean {
  const file = target.slice(join(ROOT, 'client/src/').length);
  return (
    (from.startsWith('server/src/lsp/') && file.startsWith('protocol/')) ||
    (from.startsWith('server/src/cli/') && file === 'run-protocol.ts')
  );
}

/** Which files of `files` each of them imports. */
function importGraph(files: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const known = new Set(files);
  return new Map(
    files.map(file => [
      file,
      importsOf(file)
        .filter(({ specifier }) => specifier.startsWith('.'))
        .map(({ specifier }) => resolve(dirname(file), specifier))
        .filter(target => known.has(target)),
    ]),
  );
}

/** The strongly connected components of more than one file, by Tarjan's algorithm. */
function circlesOf(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const order = new Map<string, number>();
  const lowest = new Map<string, number>();
  const open: string[] = [];
  const circles: string[][] = [];
  const visit = (file: string): void => {
    order.set(file, order.size);
    lowest.set(file, order.get(file) as number);
    open.push(file);
    for (const target of graph.get(file) ?? []) {
      if (!order.has(target)) visit(target);
      if (open.includes(target))
        lowest.set(file, Math.min(lowest.get(file) as number, lowest.get(target) as number));
    }
    if (lowest.get(file) !== order.get(file)) return;
    const component = open.splice(open.indexOf(file));
    if (component.length > 1) circles.push(component.sort());
  };
  for (const file of graph.keys()) if (!order.has(file)) visit(file);
  return circles;
}
