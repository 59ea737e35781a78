import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readEncrypted } from '../../server/src/fleet/secrets-keys.ts';
import { readSopsConfig, ruleFor, type SopsConfig } from '../../server/src/fleet/secrets-rules.ts';
import { parseYaml } from '../../server/src/fleet/secrets-yaml.ts';
import type { YamlNode } from '../../server/src/fleet/secrets-yaml-node.ts';

type Plain = string | Plain[] | [string, Plain][];

/** Maps as lists of pairs, so that order counts. */
function plain(node: YamlNode): unknown {
  if (node.kind === 'scalar') return node.text;
  if (node.kind === 'list') return node.items.map(plain);
  return { map: node.entries.map(entry => [entry.key, plain(entry.value)]) };
}

function read(text: string): unknown {
  return parseYaml(text)?.map(plain) ?? null;
}

test.each<[string, string, unknown]>([
  [
    'a map',
    'a: 1\nb: x y\n',
    {
      map: [
        ['a', '1'],
        ['b', 'x y'],
      ],
    },
  ],
  [
    'maps and lists in each other',
    'a:\n  - b: 1\n    c: 2\n  -\n    - d\nz:\n- e\n',
    {
      map: [
        [
          'a',
          [
            {
              map: [
                ['b', '1'],
                ['c', '2'],
              ],
            },
            ['d'],
          ],
        ],
        ['z', ['e']],
      ],
    },
  ],
  [
    'comments',
    '# one\na: b # two\n\n  # three\nc: d#e\n',
    {
      map: [
        ['a', 'b'],
        ['c', 'd#e'],
      ],
    },
  ],
  [
    'quotes',
    `"a b": 'it''s'\n'c': "x\\ty\\u00e9"\n`,
    {
      map: [
        ['a b', "it's"],
        ['c', 'x\tyé'],
      ],
    },
  ],
  [
    'flow collections',
    'a: [1, "b, c", {d: e}]\nf: { "g":1, h: }\n',
    {
      map: [
        ['a', ['1', 'b, c', { map: [['d', 'e']] }]],
        [
          'f',
          {
            map: [
              ['g', '1'],
              ['h', ''],
            ],
          },
        ],
      ],
    },
  ],
  [
    'block scalars',
    'a: |\n    one\n      two\n\n    three\nb: >-\n  x\nc: d\n',
    {
      map: [
        ['a', 'one\n  two\n\nthree\n'],
        ['b', 'x\n'],
        ['c', 'd'],
      ],
    },
  ],
  [
    'lines that go on',
    'a: one\n  two\n\n  three\nb: "x\n  y"\n',
    {
      map: [
        ['a', 'one two\nthree'],
        ['b', 'x y'],
      ],
    },
  ],
  [
    'anchors',
    'keys:\n  - &ada age1ada\n  - &all "":\n      - &lea age1lea\nuse: [*ada, *lea]\n',
    {
      map: [
        ['keys', ['age1ada', { map: [['', ['age1lea']]] }]],
        ['use', ['age1ada', 'age1lea']],
      ],
    },
  ],
  [
    'nothing where a value could be',
    'a:\nb:\n  c:\nd: ~\n',
    {
      map: [
        ['a', ''],
        ['b', { map: [['c', '']] }],
        ['d', '~'],
      ],
    },
  ],
  [
    'JSON with tabs',
    '{\n\t"a": ["x\\/y", 1],\n\t"b": {}\n}\n',
    {
      map: [
        ['a', ['x/y', '1']],
        ['b', { map: [] }],
      ],
    },
  ],
])('reads %s', (_what, text, expected) => {
  expect(read(text)).toEqual([expected]);
  expect(read(text.replaceAll('\n', '\r\n'))).toEqual([expected]);
});

test('several documents, and none', () => {
  expect(read('---\na: 1\n---\n- b\n...\n')).toEqual([{ map: [['a', '1']] }, ['b']]);
  expect(read('# nothing\n')).toEqual([]);
});

test.each([
  ['a directive', '%YAML 1.2\n---\na: b\n'],
  ['a key that is no text', '? [a]\n: b\n'],
  ['indentation by tabs', 'a:\n\tb: c\n'],
  ['an anchor that is not there', 'a: *b\n'],
  ['brackets that stay open', 'a: [b\n'],
  ['quotes that stay open', 'a: "b\n'],
  ['a map inside a line', 'a: b: c\n'],
  ['a wrong indentation', 'a:\n    b: 1\n  c: 2\n'],
  ['brackets without end', '['.repeat(10_000)],
  [
    'aliases meant to harm',
    `a: &a [x,x,x,x,x,x,x,x]\n${'bcdefgh'.replace(/./g, (name, i: number) => `${name}: &${name} [${`*${'abcdefg'[i]},`.repeat(8)}]\n`)}`,
  ],
])('gives up on %s', (_what, text) => {
  expect(parseYaml(text)).toBeNull();
});

test('reads what JSON writes', () => {
  const value = fc.letrec<{ any: Plain }>(tie => ({
    any: fc.oneof(
      { maxDepth: 4 },
      fc.string(),
      fc.array(tie('any'), { maxLength: 4 }) as fc.Arbitrary<Plain>,
    ),
  })).any;
  fc.assert(
    fc.property(fc.dictionary(fc.string(), value), fc.constantFrom(undefined, 2, '\t'), (object, indent) => {
      const node = parseYaml(JSON.stringify(object, null, indent))?.[0];
      const expected = { map: Object.entries(object).map(([key, inner]) => [key, inner]) };
      expect(node && plain(node)).toEqual(expected);
    }),
  );
});

test('never fails, whatever the text', () => {
  const line = fc
    .array(fc.constantFrom(...'ab -:#&*[]{},|>"\'!%\t'), { maxLength: 12 })
    .map(chars => chars.join(''));
  fc.assert(
    fc.property(fc.array(line, { maxLength: 8 }), lines => {
      const text = lines.join('\n');
      for (const node of parseYaml(text) ?? []) expect(node.end).toBeLessThanOrEqual(text.length);
    }),
    { numRuns: 2_000 },
  );
});

test('an encrypted file shows its keys at their places, types, and recipients', () => {
  const text = `mail:
    password: ENC[AES256_GCM,data:AA==,iv:AA==,tag:AA==,type:str]
    port: ENC[AES256_GCM,data:AA==,iv:AA==,tag:AA==,type:int]
    note_unencrypted: hello
sops:
    age:
        - recipient: age1ada
          enc: x
    pgp:
        - fp: F00D
    version: 3.13.2
`;
  const file = readEncrypted('secrets.yaml', text);
  expect(file).toMatchObject({ encrypted: true, recipients: ['age1ada', 'F00D'] });
  expect(file?.keys.map(one => one.name)).toEqual(['mail']);
  const below = file?.keys[0]?.below ?? [];
  expect(below.map(one => [one.name, one.type])).toEqual([
    ['password', 'str'],
    ['port', 'int'],
    ['note_unencrypted', null],
  ]);
  expect(below.map(({ at }) => text.slice(at.start, at.end))).toEqual([
    'password',
    'port',
    'note_unencrypted',
  ]);
  // No value is kept, not even one that lies there in plain.
  expect(JSON.stringify(file)).not.toContain('hello');
});

test('what is no map has no keys', () => {
  expect(readEncrypted('a', '- a\n')).toBeNull();
  expect(readEncrypted('a', 'a: [')).toBeNull();
});

const CONFIG = `keys:
  - &ada age1ada
  - &lea age1lea
creation_rules:
  - path_regex: hosts/lea/.*\\.yaml$
    key_groups:
      - age:
          - *ada
          - *lea
  - path_regex: \\.json$
    age: age1ada,age1noa
    pgp: >-
      F00D
  - kms: arn
`;

test('creation rules: the first that fits, by the path from the folder of the configuration', () => {
  const config = readSopsConfig('sops/.sops.yaml', CONFIG) as SopsConfig;
  const recipients = (file: string) =>
    ruleFor(config, file)?.groups.map(group => group.map(key => key.value));
  expect(recipients('sops/hosts/lea/a.yaml')).toEqual([['age1ada', 'age1lea']]);
  expect(recipients('sops/a.json')).toEqual([['age1ada', 'age1noa', 'F00D']]);
  expect(ruleFor(config, 'sops/else')?.otherKeys).toEqual(['kms']);
  expect(ruleFor(config, 'outside.yaml')).toBeUndefined();
  const [lea] = config.rules;
  expect(lea?.pathRegex && CONFIG.slice(lea.pathRegex.at.start, lea.pathRegex.at.end)).toBe(
    'hosts/lea/.*\\.yaml$',
  );
});

test('nothing is said where Go reads the expression in another way, or where it could take for ever', () => {
  for (const regex of ['(?i)x', '\\Ax', '[[:alpha:]]', '(a+)+$', '(']) {
    const config = readSopsConfig('.sops.yaml', `creation_rules:\n  - path_regex: '${regex}'\n`);
    expect(config && ruleFor(config, 'x')).toBeUndefined();
  }
  expect(readSopsConfig('.sops.yaml', 'a: [')).toBeNull();
});
