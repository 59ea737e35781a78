/**
 * `kill -9` in front of any operation on the file system, and behind the start of any program, of everything that writes
 * to a repository. Nothing is half or lost then; the next run ends well, commits what was left, and the values fit.
 */
import { cpSync, existsSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, it, vi } from 'vitest';
import { createLastingFleet, type LastingFleet } from '../cli/generating-fleet.ts';
import { buildProgram, MEMORY } from '../cli/program.ts';
import { varsmith } from '../cli/support.ts';
import { chance, expectNothingBroken, LIMIT_MS, openLedger, SEED, turns } from './ledger.ts';
import { GENERATORS, gitIn, litterIn, misfits, secretsIn, type Values, valuesWith } from './standing.ts';
import { attackProgram } from './victim.ts';

const ledger = openLedger('crash');
buildProgram();

interface Operation {
  readonly name: string;
  readonly from: 'empty' | 'full' | 'drifted';
  readonly args: readonly string[];
  readonly input?: string;
}

const OPERATIONS: readonly Operation[] = [
  { name: 'generate', from: 'empty', args: ['generate', '--yes'] },
  { name: 'regenerate', from: 'full', args: ['generate', '--yes', '--regenerate'] },
  { name: 'one', from: 'full', args: ['generate', '--yes', '-g', 'root', '--regenerate'] },
  { name: 'set', from: 'full', args: ['set', 'm', 'token/t'], input: 'token-set' },
  { name: 'fix', from: 'drifted', args: ['fix', '--yes'] },
];

let made: LastingFleet;
/** What is loaded in front of the program. */
let hook = '';
let valuesIn: (root: string) => Values;
/** How many operations and programs each takes when it is not killed. */
const undisturbed = new Map<string, { readonly operations: number; readonly started: number }>();

const template = (name: Operation['from']) => join(made.home, `../template-${name}`);
const copy = (from: string, to: string) =>
  cpSync(from, to, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });

function crashing(root: string, { args, input = '' }: Operation, at: number, counted?: string) {
  const env = {
    ...{ NODE_OPTIONS: `--import=${hook}`, CRASH_AT: String(at) },
    ...(counted === undefined ? {} : { CRASH_COUNT: counted }),
  };
  return attackProgram({ root, home: made.home }, args, { env, input });
}

beforeAll(async () => {
  made = await createLastingFleet({ m: GENERATORS, n: GENERATORS });
  const built = await build({
    entryPoints: [join(import.meta.dirname, 'crashing-program.ts')],
    ...{ bundle: true, platform: 'node', format: 'esm', write: false },
  });
  hook = join(made.home, 'hook.mjs');
  writeFileSync(hook, built.outputFiles[0]?.text ?? '');
  valuesIn = valuesWith(readFileSync(join(made.home, '.config/sops/age/keys.txt'), 'utf8'));
  copy(made.root, template('empty'));
  const { code, stderr } = await attackProgram(made, ['generate', '--yes']);
  if (code !== 0) throw new Error(stderr);
  copy(made.root, template('full'));
  // A further machine declares the generators: what is shared is not encrypted to it yet.
  made.machine('o', GENERATORS);
  made.git('add', '-A');
  made.git('commit', '-qm', 'a further machine');
  copy(made.root, template('drifted'));
  for (const operation of OPERATIONS) await measure(operation);
}, LIMIT_MS);

afterAll(() => made.remove());

async function measure(operation: Operation): Promise<void> {
  const [root, counted] = [join(made.home, '../measured'), join(made.home, 'counted')];
  copy(template(operation.from), root);
  const { code, stderr } = await crashing(root, operation, 0, counted);
  if (code !== 0) throw new Error(`${operation.name} fails undisturbed: ${stderr}`);
  undisturbed.set(operation.name, JSON.parse(readFileSync(counted, 'utf8')));
  rmSync(root, { recursive: true });
}

/** What is wrong right behind the kill. */
function harm(operation: Operation, root: string): { readonly half: string[]; readonly lost: string[] } {
  const before = secretsIn(template(operation.from));
  const now = valuesIn(root);
  const half = [...now].filter(([, value]) => value instanceof Error).map(([path]) => path);
  return { half, lost: before.filter(path => !now.has(path)) };
}

/** What is wrong when the command has run once more. */
async function restOf(root: string, killed: number): Promise<Record<string, string>> {
  await untilAlone(root);
  const next = await attackProgram({ root, home: made.home }, ['generate', '--yes']);
  if (next.code !== 0) return { stuck: next.stderr };
  const found: Record<string, string> = {};
  const status = gitIn(root, 'status', '--porcelain');
  if (status !== '') found.uncommitted = status;
  const env = { HOME: made.home, PATH: process.env.PATH ?? '' };
  const verified = await varsmith(['verify'], { cwd: root, env });
  if (verified.code !== 0) found.invalid = verified.stdout + verified.stderr;
  const wrong = misfits(root, valuesIn(root));
  if (wrong.length > 0) found.misfits = wrong.join(', ');
  const litter = [
    ...litterIn(root),
    ...readdirSync(MEMORY).filter(name => name.startsWith(`varsmith-${killed}.`)),
  ];
  if (litter.length > 0) found['left over'] = litter.join(', ');
  return found;
}

/** Waits for what the killed program had started, such as Git, which goes on by itself. */
async function untilAlone(root: string): Promise<void> {
  const isInside = (process: string) => {
    try {
      return readlinkSync(`/proc/${process}/cwd`).startsWith(root);
    } catch {
      return false;
    }
  };
  const numbers = () => (existsSync('/proc') ? readdirSync('/proc').filter(name => /^\d+$/.test(name)) : []);
  await vi.waitUntil(() => !numbers().some(isInside), { timeout: 240_000, interval: 10 });
}

it(
  'a kill at any operation leaves nothing half, nothing lost, and nothing that the next run does not mend',
  async () => {
    const luck = chance(SEED);
    for (const kind of ['stuck', 'lost', 'half', 'uncommitted', 'invalid', 'misfits', 'left over'])
      ledger.count(kind, 0);
    for (const i of turns('kills', 10)) {
      const operation = OPERATIONS[i % OPERATIONS.length] as Operation;
      const { operations, started } = undisturbed.get(operation.name) ?? { operations: 1, started: 1 };
      const at = luck.below(5) === 0 ? -1 - luck.below(started) : 1 + luck.below(operations);
      const root = join(made.home, `../run-${i}`);
      copy(template(operation.from), root);
      const { code, pid } = await crashing(root, operation, at);
      ledger.count('kills', code === 'SIGKILL' ? 1 : 0);
      const { half, lost } = harm(operation, root);
      const found = { half: half.join(', '), lost: lost.join(', '), ...(await restOf(root, pid)) };
      for (const [kind, what] of Object.entries(found))
        if (what !== '') {
          ledger.count(kind);
          ledger.judge(`crash: ${kind}`, `${operation.name}, killed at ${at}: ${what}`);
        }
      ledger.judge('crash: a run', code === 'hangs' ? `${operation.name} hangs` : null);
      rmSync(root, { recursive: true });
    }
    expectNothingBroken(ledger);
  },
  LIMIT_MS,
);
