import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readEncrypted } from '../../server/src/fleet/secrets/secrets-keys.ts';
import { readSopsConfig, ruleFor } from '../../server/src/fleet/secrets/secrets-rules.ts';
import { parseYaml } from '../../server/src/fleet/secrets/secrets-yaml.ts';
import { sizeOf, type YamlNode, yamlMember } from '../../server/src/fleet/secrets/secrets-yaml-node.ts';
import { runs } from '../support/runs.ts';

type Plain = string | Plain[] | [string, Plain][];

/** Maps as lists of pairs, so that order counts. */
function plain(node: YamlNode): unknown {
  if (node.kind === 'scalar') return node.text;
  if (node.kind === 'list') return node.items.map(plain);
  return { map: node.entries.map(entry => [entry.key, plain(entry.value)]) };
}

function read(text: string): unknown {
  const { documents, complete } = parseYaml(text);
  expect(complete).toBe(true);
  return documents.map(plain);
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
        ['b', 'x'],
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

test.each<[string, string, unknown]>([
  ['indentation by tabs', 'a:\n\tb: c\n', null],
  ['an anchor that is not there', 'a: *b\nc: d\n', 'd'],
  ['an anchor inside of what it names', 'a: &a [*a]\nc: d\n', 'd'],
  ['brackets that stay open', 'c: d\na: [b\n', 'd'],
  ['quotes that stay open', 'c: d\na: "b\n', 'd'],
  ['a map inside a line', 'c: d\na: b: e\n', 'd'],
  ['a wrong indentation', 'c: d\na:\n    b: 1\n  c: 2\n', 'd'],
  ['a key that is no text', '? [a]\n: b\nc: d\n', 'd'],
  ['brackets without end', '['.repeat(100_000), null],
  ['a stair without end', `- ${'- '.repeat(100_000)}`, null],
  ['more than anybody writes', `c: d\n${'a: b\n'.repeat(500_000)}`, 'd'],
  [
    'aliases meant to harm',
    `c: d\na: &a [x,x,x,x,x,x,x,x]\n${'bcdefgh'.replace(/./g, (name, i: number) => `_${name}: &${name} [${`*${'abcdefg'[i]},`.repeat(8)}]\n`)}`,
    'd',
  ],
])('reads what there is around %s, and says that it is not all', (_what, text, c) => {
  const { documents, complete } = parseYaml(text);
  expect(complete).toBe(false);
  const node = yamlMember(documents[0], 'c');
  expect(node && plain(node)).toEqual(c);
  if (documents[0]) expect(sizeOf(documents[0])).toBeLessThan(200_000);
});

test('directives and tags change nothing of a text', () => {
  expect(read('%YAML 1.2\n---\na: !vault b\nc: !!int "1"\n')).toEqual([
    {
      map: [
        ['a', 'b'],
        ['c', '1'],
      ],
    },
  ]);
});

test('an alias has its own place, and the key behind it its own', () => {
  const text = 'one: &a { k: v }\n"two": *a\n';
  const [root] = parseYaml(text).documents;
  const two = yamlMember(root, 'two');
  expect(two && text.slice(two.start, two.end)).toBe('*a');
  const entries = root?.kind === 'map' ? root.entries : [];
  expect(entries.map(one => text.slice(one.start, one.end))).toEqual(['one', '"two"']);
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
      const { documents, complete } = parseYaml(JSON.stringify(object, null, indent));
      const [node] = documents;
      expect(complete).toBe(true);
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
      for (const node of parseYaml(text).documents) expect(node.end).toBeLessThanOrEqual(text.length);
    }),
    { numRuns: runs(2_000) },
  );
});

test('a list that is closed by the wrong bracket ends where the text does', () => {
  const text = ':\n{\n]| a';
  expect(parseYaml(text).documents.map(({ end }) => end)).toEqual([text.length]);
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
  expect(readEncrypted('a', '[')).toBeNull();
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
  const config = readSopsConfig('sops/.sops.yaml', CONFIG);
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
    expect(ruleFor(config, 'x')).toBeUndefined();
  }
});

test('a file half typed shows what it has, and no rule of half a configuration is taken for the first', () => {
  const file = readEncrypted('a.yaml', 'mail: ENC[x,type:str]\nsops:\n  age: [\n');
  expect(file).toMatchObject({ complete: false, encrypted: true });
  expect(file?.keys.map(one => one.name)).toEqual(['mail']);
  const config = readSopsConfig('.sops.yaml', 'creation_rules:\n  - age: age1ada\n  - age: "');
  expect(config.rules[0]?.groups[0]?.map(one => one.value)).toEqual(['age1ada']);
  expect(ruleFor(config, 'x')).toBeUndefined();
});
