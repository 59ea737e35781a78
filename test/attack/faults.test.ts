/**
 * One operation on the disk fails, once or for good, in everything that writes to a repository. Nothing is lost, half or
 * silently made of something older then, the message names the cause, and the next run completes what was begun.
 */
import { cpSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, it } from 'vitest';
import { createLastingFleet, type LastingFleet } from '../cli/generating-fleet.ts';
import { buildProgram } from '../cli/program.ts';
import { encryptedText } from '../cli/sops-fleet.ts';
import { varsmith } from '../cli/support.ts';
import { write } from '../workspace/support.ts';
import {
  ALL_ERRORS,
  buildFaults,
  counting,
  type Fault,
  failing,
  noFaults,
  wrongWords,
} from './failing-disk.ts';
import { chance, expectNothingBroken, LIMIT_MS, openLedger, SEED, turns } from './ledger.ts';
import { contentsIn, GENERATORS, gitIn, litterIn, misfits, type Values, valuesWith } from './standing.ts';
import { attackProgram } from './victim.ts';

const ledger = openLedger('faults');
buildProgram();

const NO_BOX = '--no-sandbox';

interface Operation {
  readonly name: string;
  readonly from: 'empty' | 'full' | 'drifted' | 'sops';
  readonly args: readonly string[];
  readonly input?: string;
  /** What completes it afterwards, without a fault. */
  readonly next: readonly string[];
  /** Whether nothing may change but what it is to write: the contents afterwards are those of an undisturbed run. */
  readonly isExact: boolean;
}

const NEXT = ['generate', '--yes', NO_BOX];
const MADE = { next: NEXT, isExact: false } as const;
const rename = (...args: readonly string[]) => ({ args: ['rename', ...args], next: ['rename', ...args] });

const OPERATIONS: readonly Operation[] = [
  { name: 'generate', from: 'empty', args: NEXT, ...MADE },
  { name: 'regenerate', from: 'full', args: [...NEXT, '--regenerate'], ...MADE },
  { name: 'set', from: 'full', args: ['set', 'm', 'token/t'], input: 'token-set', ...MADE },
  { name: 'fix', from: 'drifted', args: ['fix', '--yes'], ...MADE },
  { name: 'nothing', from: 'full', args: NEXT, next: NEXT, isExact: true },
  { name: 'rename', from: 'full', ...rename('generator', 'token', 'ticket'), isExact: true },
  { name: 'machine', from: 'full', ...rename('machine', 'n', 'p'), isExact: true },
  { name: 'convert', from: 'sops', args: ['convert', '--all'], next: ['convert', '--all'], isExact: true },
];

let made: LastingFleet;
let library = '';
let valuesIn: (root: string) => Values;
/** How many operations each takes, and what an undisturbed run leaves. */
interface Undisturbed {
  readonly write: number;
  readonly read: number;
  readonly contents: string;
  readonly status: string;
}

const measured = new Map<string, Undisturbed>();

const template = (name: Operation['from']) => join(made.home, `../template-${name}`);
const copy = (from: string, to: string) =>
  cpSync(from, to, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });
const environment = () => ({
  HOME: made.home,
  PATH: process.env.PATH ?? '',
  GIT_CONFIG_GLOBAL: join(made.home, '.gitconfig'),
});
const contentsOf = (root: string) => JSON.stringify(contentsIn(root, valuesIn(root)));
/** What is not committed, staged or not: a run that completes a rename stages all of it. */
const statusOf = (root: string) =>
  gitIn(root, 'status', '--porcelain').replace(/^(..)/gm, state => state.trim().slice(0, 1));

beforeAll(async () => {
  if (noFaults !== null) return;
  made = await createLastingFleet({ m: GENERATORS, n: GENERATORS });
  library = buildFaults(join(made.home, '..'));
  const key = readFileSync(join(made.home, '.config/sops/age/keys.txt'), 'utf8');
  valuesIn = valuesWith(key);
  const recipient = /public key: (age1\w+)/.exec(key)?.[1] ?? '';
  copy(made.root, template('empty'));
  const { code, stderr } = await attackProgram(made, NEXT);
  if (code !== 0) throw new Error(stderr);
  copy(made.root, template('full'));
  // A secret of sops-nix to convert, in a file of its own.
  write(made.root, 'secrets/m.yaml', await encryptedText('yaml', { api: 'secret-api' }, recipient));
  write(made.root, 'machines/m/sops.nix', SOPS);
  made.machine('m', GENERATORS, ['./sops.nix']);
  made.git('add', '-A');
  made.git('commit', '-qm', 'sops');
  copy(made.root, template('sops'));
  made.git('reset', '-q', '--hard', 'HEAD~1');
  // A further machine declares the generators: what is shared is not encrypted to it yet.
  made.machine('o', GENERATORS);
  made.git('add', '-A');
  made.git('commit', '-qm', 'a further machine');
  copy(made.root, template('drifted'));
}, LIMIT_MS);

afterAll(() => made?.remove());

const SOPS = `{ config, ... }: {
  sops.secrets.api.sopsFile = ../../secrets/m.yaml;
  services.a.file = config.sops.secrets.api.path;
}
`;

async function undisturbed(operation: Operation): Promise<Undisturbed> {
  const known = measured.get(operation.name);
  if (known !== undefined) return known;
  const root = join(made.home, '../measured');
  copy(template(operation.from), root);
  const { env, count } = counting(library, root, join(made.home, 'counted'));
  const { code, stderr } = await disturbed(root, operation, env);
  if (code !== 0) throw new Error(`${operation.name} fails undisturbed: ${stderr}`);
  const found = {
    ...{ write: count('write'), read: count('read') },
    ...{ contents: contentsOf(root), status: statusOf(root) },
  };
  measured.set(operation.name, found);
  rmSync(root, { recursive: true });
  return found;
}

function disturbed(root: string, { args, input = '' }: Operation, env: Readonly<Record<string, string>>) {
  return attackProgram({ root, home: made.home }, args, { env, input });
}

/** What is wrong right behind the fault: a value that cannot be opened, or is nowhere any more. */
function harm({ from, name }: Operation, root: string): Record<string, string> {
  const [before, now] = [valuesIn(template(from)), valuesIn(root)];
  const half = [...now].filter(([, value]) => value instanceof Error).map(([path]) => path);
  const values = new Set(now.values());
  const isRenaming = name === 'rename' || name === 'machine';
  const lost = [...before].filter(([path, value]) => !(isRenaming ? values.has(value) : now.has(path)));
  return { half: half.join(', '), lost: lost.map(([path]) => path).join(', ') };
}

/** What is wrong when it has run once more. */
async function restOf(
  operation: Operation,
  expected: Undisturbed,
  root: string,
): Promise<Record<string, string>> {
  const next = await varsmith(operation.next, { cwd: root, env: environment() });
  const found: Record<string, string> = {};
  // What a run completes as it begins is not there to be renamed or converted any more.
  const isStuck = next.code !== 0 && !(operation.isExact && contentsOf(root) === expected.contents);
  if (isStuck) return { stuck: next.stderr };
  const status = statusOf(root);
  if (status !== expected.status) found.uncommitted = status;
  if (operation.isExact && contentsOf(root) !== expected.contents) found.misfits = 'not as without a fault';
  if (operation.from !== 'sops' && !operation.isExact)
    found.misfits = misfits(root, valuesIn(root)).join(', ');
  if (operation.name === 'nothing') found.changed = changedIn(operation, root);
  // A claim of a lock that is not even half written is swept when it is a minute old.
  found['left over'] = litterIn(root)
    .filter(path => !/lock\.[0-9a-f]{16}$/.test(path))
    .join(', ');
  return found;
}

/** The values that are others than before, though nothing was to be done. */
function changedIn({ from }: Operation, root: string): string {
  const now = valuesIn(root);
  return [...valuesIn(template(from))]
    .filter(([path, value]) => now.get(path) !== value)
    .map(([path]) => path)
    .join(', ');
}

/** What is wrong where the program says that all is well. */
function falseSuccess(operation: Operation, expected: Undisturbed, root: string): string {
  if (statusOf(root) !== expected.status) return `not committed: ${statusOf(root)}`;
  return operation.isExact && contentsOf(root) !== expected.contents ? 'not done' : '';
}

it.skipIf(noFaults !== null)(
  `a fault of the disk at any operation is said, and leaves nothing that the next run does not mend${noFaults === null ? '' : ` (${noFaults})`}`,
  async () => {
    const luck = chance(SEED);
    for (const kind of ['stuck', 'lost', 'half', 'uncommitted', 'misfits', 'left over'])
      ledger.count(kind, 0);
    mkdirSync(join(made.home, '../runs'));
    for (const turn of turns('faults', 8)) {
      const operation = OPERATIONS[turn % OPERATIONS.length] as Operation;
      const kind = luck.below(5) === 0 ? 'read' : 'write';
      const expected = await undisturbed(operation);
      const fault: Fault = {
        ...{ kind, error: luck.pick(ALL_ERRORS), isLasting: luck.below(2) === 0 },
        at: 1 + luck.below(expected[kind]),
      };
      const root = join(made.home, `../runs/${turn}`);
      copy(template(operation.from), root);
      const { code, stderr } = await disturbed(root, operation, failing(library, root, fault));
      const found: Record<string, string> = {
        ...harm(operation, root),
        silent: code === 0 ? falseSuccess(operation, expected, root) : '',
        words: code === 0 ? '' : (wrongWords(fault, stderr) ?? ''),
        ...(code === 'hangs' || code === 0 || code === 1 || code === 2 ? {} : { ended: String(code) }),
      };
      Object.assign(found, await restOf(operation, expected, root));
      const { at, error, isLasting } = fault;
      const what = `${operation.name}, ${error} at ${kind} ${at}${isLasting ? ' and later' : ''}`;
      const wrong = Object.entries(found).filter(([, text]) => text !== '');
      for (const [name] of wrong) ledger.count(name);
      ledger.judge(
        'faults',
        wrong.length === 0
          ? null
          : `${what}: ${wrong.map(entry => entry.join(': ')).join('; ')}; it said: ${stderr.slice(-400)}`,
      );
      rmSync(root, { recursive: true });
    }
    expectNothingBroken(ledger);
  },
  LIMIT_MS,
);
