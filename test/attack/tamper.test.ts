/**
 * Somebody changes the file of a stored secret. Whoever reads it, makes something of it or encrypts it to others is told,
 * and gets nothing of it: what opens, opens as the value that was stored.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, it } from 'vitest';
import { createLastingFleet, type LastingFleet } from '../cli/generating-fleet.ts';
import type { Run } from '../cli/support.ts';
import { type Chance, chance, expectNothingBroken, LIMIT_MS, openLedger, SEED, turns } from './ledger.ts';

const ledger = openLedger('tamper');
const CANARY = 'canary-tamper-b7c1e2';
const PATH = 'vars/per-machine/m/a/s/secret';

const GENERATORS = (value: string) => `
  a = { files.s = { }; script = "printf ${value} > $out/s"; };
  b = { dependencies = [ "a" ]; files.copy.secret = false; script = "tr a-z A-Z < $in/a/s > $out/copy"; };`;

let made: LastingFleet;
let good = '';
let other = '';

beforeAll(async () => {
  made = await createLastingFleet({ m: GENERATORS(CANARY), n: GENERATORS('another-value') });
  const { code, stderr } = await made.run(['generate', '--yes']);
  if (code !== 0) throw new Error(stderr);
  good = readFileSync(join(made.root, PATH), 'utf8');
  other = readFileSync(join(made.root, PATH.replace('/m/', '/n/')), 'utf8');
});

afterAll(() => made.remove());

interface Sealed {
  data: unknown;
  sops: Record<string, unknown> & { mac: unknown; age: { recipient: string; enc: string }[] };
}

/** A change of the file's text, by name. `plain` says that what opens may also be what the file now says in plain. */
interface Tampering {
  readonly name: string;
  readonly change: (luck: Chance) => string;
}

function sealed(change: (file: Sealed, luck: Chance) => void): Tampering['change'] {
  return luck => {
    const file = JSON.parse(good) as Sealed;
    change(file, luck);
    return `${JSON.stringify(file, null, '\t')}\n`;
  };
}

/** Changes one bit of a part (`data`, `iv`, `tag`) of an encrypted value. */
function flipped(value: unknown, part: string, luck: Chance): string {
  return String(value).replace(new RegExp(`${part}:([^,\\]]+)`), (_, text: string) => {
    const bytes = Buffer.from(text, 'base64');
    const at = luck.below(bytes.length);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << luck.below(8));
    return `${part}:${bytes.toString('base64')}`;
  });
}

const PARTS = ['data', 'iv', 'tag'];
const RULES = [
  { unencrypted_suffix: 'data' },
  { unencrypted_suffix: '' },
  { unencrypted_regex: '.*' },
  { unencrypted_regex: '^data$' },
  { encrypted_regex: '^$' },
  { encrypted_suffix: 'nothing' },
  { mac_only_encrypted: true, unencrypted_regex: '^data$' },
  { unencrypted_comment_regex: '.*' },
];
const NONSENSE = [
  null,
  true,
  5,
  '',
  'ABC',
  [],
  {},
  ['x'],
  'ENC[]',
  'ENC[AES256_GCM,data:,iv:,tag:,type:str]',
];
const NO_FILE = '-----BEGIN AGE ENCRYPTED FILE-----\nYWdl\n-----END AGE ENCRYPTED FILE-----\n';

const TAMPERINGS: readonly Tampering[] = [
  ...PARTS.flatMap(part => [
    {
      name: `a bit of the value's ${part}`,
      change: sealed((file, luck) => {
        file.data = flipped(file.data, part, luck);
      }),
    },
    {
      name: `a bit of the MAC's ${part}`,
      change: sealed((file, luck) => {
        file.sops.mac = flipped(file.sops.mac, part, luck);
      }),
    },
  ]),
  {
    name: 'a bit of a key for a recipient, in all of them',
    change: sealed((file, luck) => {
      for (const key of file.sops.age) {
        const bytes = Buffer.from(key.enc.split('\n').slice(1, -2).join(''), 'base64');
        // Behind the line that names the format: the whole header is covered by its own MAC.
        const at = 24 + luck.below(bytes.length - 24);
        bytes[at] = (bytes[at] ?? 0) ^ (1 << luck.below(8));
        const lines = bytes.toString('base64').match(/.{1,64}/g) ?? [];
        key.enc = [
          '-----BEGIN AGE ENCRYPTED FILE-----',
          ...lines,
          '-----END AGE ENCRYPTED FILE-----',
          '',
        ].join('\n');
      }
    }),
  },
  {
    name: 'plain data, with a rule that lets it be',
    change: sealed((file, luck) => {
      Object.assign(file.sops, luck.pick(RULES));
      file.data = luck.pick(['forged', '', CANARY.toUpperCase(), 'ENC[forged]']);
    }),
  },
  {
    name: 'plain data',
    change: sealed((file, luck) => {
      file.data = luck.pick(NONSENSE);
    }),
  },
  {
    name: 'nonsense for a MAC',
    change: sealed((file, luck) => {
      file.sops.mac = luck.pick(NONSENSE);
    }),
  },
  {
    name: 'a field taken out',
    change: sealed((file, luck) => {
      const field = luck.pick(['mac', 'lastmodified', 'age', '']);
      if (field === '') Reflect.deleteProperty(file, luck.pick(['sops', 'data']));
      else Reflect.deleteProperty(file.sops, field);
    }),
  },
  {
    name: 'another moment',
    change: sealed((file, luck) => {
      file.sops.lastmodified = luck.pick([
        '2020-01-01T00:00:00Z',
        '',
        null,
        5,
        '9999-99-99T99:99:99Z',
        'now',
      ]);
    }),
  },
  {
    name: 'another type',
    change: sealed((file, luck) => {
      file.data = String(file.data).replace(
        'type:str',
        `type:${luck.pick(['int', 'bool', 'float', 'comment', 'x', ''])}`,
      );
    }),
  },
  {
    name: 'parts of another secret',
    change: sealed((file, luck) => {
      const from = JSON.parse(other) as Sealed;
      const parts = 1 + luck.below(6);
      if (parts & 1) file.data = from.data;
      if (parts & 2) file.sops.mac = from.sops.mac;
      if (parts & 4) file.sops.age = from.sops.age;
    }),
  },
  {
    name: 'a further value',
    change: sealed((file, luck) => {
      const name = luck.pick(['extra', 'data2', '', 'sops2', 'constructor']);
      Object.assign(file, { [name]: luck.pick(['x', file.data, 5, null, { data: file.data }]) });
    }),
  },
  {
    name: 'a name that is there twice',
    change: luck =>
      luck.below(2) === 0
        ? good.replace(
            /\}\s*$/,
            `,${luck.pick(['"data":"forged"', '"sops":{}', '"__proto__":{"data":"forged"}'])}}`,
          )
        : good.replace('"mac"', '"mac":"forged","mac"').replace('"data"', '"data":"forged","data"'),
  },
  { name: 'cut off', change: luck => good.slice(0, luck.below(good.length - 2)) },
  {
    name: 'a letter of the text',
    change: luck => {
      const at = luck.below(good.length);
      return (
        good.slice(0, at) + luck.pick(['\0', '"', '{', 'A', '\n', '\ud800', '0', '\\']) + good.slice(at + 1)
      );
    },
  },
  {
    name: 'something else altogether',
    change: luck =>
      luck.pick(['', '\0'.repeat(100), '['.repeat(100_000), good + good, '{}', '[]', 'null', NO_FILE]),
  },
];

const MAY_SAY = new Set([CANARY, '']);

/** Why what a command made of a changed file is wrong; null where it refused, or found the value unharmed. */
function accepted({ code, stdout, stderr }: Run, expected: string): string | null {
  if (/TypeError|RangeError|unexpected|at .+\.[jt]s:\d/.test(stderr)) return `crashes: ${stderr}`;
  if (code === 0) return stdout === expected ? null : `accepted as ${JSON.stringify(stdout)}`;
  if (!MAY_SAY.has(stdout)) return `writes ${JSON.stringify(stdout)} before it refuses`;
  return stderr.includes(CANARY) ? `shows the value: ${stderr}` : null;
}

it(
  'a changed file is refused by all who would read it',
  async () => {
    const luck = chance(SEED);
    const bytesBefore = new Map<string, string>();
    for (const path of [PATH, 'vars/per-machine/m/b/copy/value'])
      bytesBefore.set(path, readFileSync(join(made.root, path), 'utf8'));
    for (const figure of ['accepted', 'refused', 'harmless']) ledger.count(figure, 0);
    for (const i of turns('files', 60)) {
      const { name, change } = TAMPERINGS[i % TAMPERINGS.length] as Tampering;
      const text = change(luck);
      if (text === good) continue;
      writeFileSync(join(made.root, PATH), text);
      const got = await made.run(['get', 'm', 'a/s']);
      const broken = accepted(got, CANARY);
      ledger.count(got.code === 0 ? (broken === null ? 'harmless' : 'accepted') : 'refused');
      ledger.judge('tamper: get', broken === null ? null : `${name}: ${broken}\n${text.slice(0, 300)}`);
      // What cannot be read is made into nothing else.
      if (got.code !== 0 && i % 4 === 0) {
        const run = await made.run(['generate', '--yes', '-g', 'm/b', '--regenerate']);
        const copy = readFileSync(join(made.root, 'vars/per-machine/m/b/copy/value'), 'utf8');
        const isSame = copy === bytesBefore.get('vars/per-machine/m/b/copy/value');
        const harm =
          run.code === 0 || !isSame ? `${name}: used for another value, ${copy}` : accepted(run, '');
        ledger.judge('tamper: dependency', harm);
      }
      writeFileSync(join(made.root, PATH), good);
      made.git('checkout', '-q', '--', '.');
    }
    expectNothingBroken(ledger);
  },
  LIMIT_MS,
);

it(
  'a changed file is handed on to nobody by fix',
  async () => {
    const luck = chance(SEED + 1);
    // The link of a further machine: what the file is encrypted to has to change.
    made.machine('o', 'shared-only = { };');
    for (const { name, change } of TAMPERINGS) {
      const text = change(luck);
      writeFileSync(join(made.root, PATH), text);
      const usable = (await made.run(['get', 'm', 'a/s'])).code === 0;
      const run = await made.run(['fix']);
      const now = readFileSync(join(made.root, PATH), 'utf8');
      if (!usable) ledger.judge('tamper: fix', now === text ? null : `${name}: written anew: ${run.stderr}`);
      writeFileSync(join(made.root, PATH), good);
    }
    expectNothingBroken(ledger);
  },
  LIMIT_MS,
);
