/**
 * Changes that break things: tokens deleted, doubled and swapped, texts cut off, hostile characters and half
 * brackets, names replaced everywhere, files swapped, renamed, removed, links led astray.
 */
import fc from 'fast-check';
import type { World } from './worlds.ts';

/** Half brackets, keywords, astral characters, NUL, endless recursion. */
const SPLINTERS = [
  ...[
    '{',
    '}',
    '[',
    ']',
    '(',
    ')',
    ';',
    '=',
    "''",
    '"',
    '${',
    '@',
    '...',
    '?',
    ' or ',
    '//',
    '++',
    '.',
    ',',
    ':',
  ],
  ...[
    'rec {',
    'let',
    'in',
    'with ',
    'inherit ',
    'if ',
    'then ',
    'else ',
    'assert ',
    'import ',
    'builtins.',
    'null',
  ],
  ...[
    '[]',
    '𝒳',
    'é',
    '\0',
    '\r\n',
    '\r',
    '\u2028',
    '\ufeff',
    '\ud800',
    '\udc00',
    '😀😀',
    '# varsmith: ignore ',
  ],
  ...[
    '/*',
    '*/',
    '-',
    '1.5e9',
    './..',
    '<x>',
    '"😀"',
    '# 😀\n',
    '/* 😀 */',
    "''😀''",
    '${"😀"}',
    "''\\",
    '\\',
  ],
  ...['rec { a = a; }', 'builtins.genList (x: x) 1000000', '(x: x x) (x: x x)', '(((((((((('],
  ...[
    'config.clan.core.vars.generators.',
    'cat "$in/😀/x" > $out/😀\n',
    '<<EOF\n',
    '$(',
    '`',
    '| while read a; do ',
  ],
];

/** Names that are hard on whoever keeps them in a table, counts characters or writes them into a text. */
const NAMES = [
  '__proto__',
  'constructor',
  'toString',
  '𝒳',
  'a😀b',
  '😀',
  '',
  ' ',
  '../x',
  'a/b',
  '${x}',
  "''",
  '"',
  '\\',
];

type TextChange = (text: string) => string;
type WorldChange = (world: World) => World;

/** A part of a text: 0 is its beginning, 1 its end. */
export const spot = fc.double({ min: 0, max: 1, noNaN: true });

const splice: fc.Arbitrary<TextChange> = fc
  .record({
    at: spot,
    remove: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 3 }), fc.integer({ min: 4, max: 400 })),
    insert: fc.oneof(
      fc.constant(''),
      fc.constantFrom(...SPLINTERS),
      fc.string({ unit: 'binary', maxLength: 6 }),
    ),
  })
  .map(({ at, remove, insert }) => text => {
    const offset = Math.floor(at * text.length);
    return text.slice(0, offset) + insert + text.slice(offset + remove);
  });

const tokenChange: fc.Arbitrary<TextChange> = fc
  .tuple(fc.constantFrom('delete', 'double', 'swap'), spot, spot)
  .map(([how, one, other]) => text => {
    const tokens = text.match(/\s+|[\w'-]+|[^\w\s]/g) ?? [];
    const at = Math.floor(one * (tokens.length - 1));
    const to = Math.floor(other * (tokens.length - 1));
    const token = tokens[at];
    if (token === undefined) return text;
    if (how === 'delete') tokens.splice(at, 1);
    else if (how === 'double') tokens.splice(at, 0, token);
    else [tokens[at], tokens[to]] = [tokens[to] as string, token];
    return tokens.join('');
  });

const shape: fc.Arbitrary<TextChange> = fc.oneof(
  spot.map(at => (text: string) => text.slice(0, Math.floor(at * text.length))),
  fc.constant((text: string) => text.replaceAll(/\r?\n/g, '\r\n')),
  fc.constant((text: string) => text.replaceAll('\n', '\r')),
  fc.constant((text: string) => text.replaceAll(/\n\s*/g, ' ')),
  fc.constant((text: string) => `\ufeff${text}`),
  fc.constant((text: string) => `# 😀\n${text}`),
  fc.constant((text: string) => text.trimEnd()),
);

/** A change of one text. */
export const textChange: fc.Arbitrary<TextChange> = fc.oneof(
  { weight: 5, arbitrary: splice },
  { weight: 4, arbitrary: tokenChange },
  { weight: 1, arbitrary: shape },
);

/** As a Nix text writes it: bare names get quotes where they need them. */
function respell(text: string, word: string, name: string): string {
  return text.replaceAll(new RegExp(`(?<![\\w'-])${word}(?![\\w'-])`, 'g'), (_, at: number) => {
    const bare = /[.\s{[]$/.test(text.slice(0, at)) && /^\s*[=.;]/.test(text.slice(at + word.length));
    return bare && !/^\w+$/.test(name) ? JSON.stringify(name) : name;
  });
}

/** One word becomes another name wherever it stands: the fleet stays whole, and is full of the name. */
const renameWord: fc.Arbitrary<WorldChange> = fc
  .tuple(spot, spot, fc.constantFrom(...NAMES))
  .map(([which, at, name]) => world => {
    const text = pick(Object.values(world.files), which) ?? '';
    const word = pick(text.match(/[A-Za-z][\w-]{2,}/g) ?? [], at);
    if (word === undefined) return world;
    const files = Object.entries(world.files).map(
      ([path, each]) => [path, respell(each, word, name)] as const,
    );
    return { ...world, files: Object.fromEntries(files) };
  });

const changeFile: fc.Arbitrary<WorldChange> = fc
  .tuple(spot, fc.array(textChange, { minLength: 1, maxLength: 2 }))
  .map(([which, changes]) => world => {
    const path = pick(Object.keys(world.files), which);
    if (path === undefined) return world;
    const text = changes.reduce((now, change) => change(now), world.files[path] as string);
    return { ...world, files: { ...world.files, [path]: text } };
  });

const moveFiles: fc.Arbitrary<WorldChange> = fc
  .tuple(fc.constantFrom('swap', 'rename', 'remove', 'copy'), spot, spot, fc.constantFrom(...PATHS()))
  .map(([how, one, other, made]) => world => {
    const paths = Object.keys(world.files);
    const from = pick(paths, one);
    const to = pick(paths, other);
    if (from === undefined || to === undefined) return world;
    const { [from]: text = '', ...rest } = world.files;
    if (how === 'remove') return { ...world, files: rest };
    if (how === 'rename') return { ...world, files: { ...rest, [made(from)]: text } };
    if (how === 'copy') return { ...world, files: { ...world.files, [made(from)]: text } };
    return { ...world, files: { ...world.files, [from]: world.files[to] as string, [to]: text } };
  });

function PATHS(): ((path: string) => string)[] {
  return [
    path => path.replace(/(\.\w+)?$/, '😀$1'),
    path => path.replace(/^[^/]+/, '😀'),
    path => path.replace(/\/[^/]+$/, ''),
    path => `${path}/inside`,
    path => path.replace(/[^/]+\/([^/]+)$/, '$1'),
    path => path.replace(/\.\w+$/, '.nix'),
  ];
}

const moveLinks: fc.Arbitrary<WorldChange> = fc
  .tuple(
    spot,
    fc.constantFrom('', '.', '..', '../..', '/', '../../../😀', 'secret', '../../shared', 'a/../../b'),
  )
  .map(([which, target]) => world => {
    const path = pick(Object.keys(world.links), which);
    return path === undefined ? world : { ...world, links: { ...world.links, [path]: target } };
  });

/** A change of a whole repository. */
export const worldChange: fc.Arbitrary<WorldChange> = fc.oneof(
  { weight: 8, arbitrary: changeFile },
  { weight: 3, arbitrary: renameWord },
  { weight: 1, arbitrary: moveFiles },
  { weight: 1, arbitrary: moveLinks },
);

function pick<T>(list: readonly T[], at: number): T | undefined {
  return list[Math.floor(at * (list.length - 1))];
}
