import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { NixAnswer } from '../../server/src/fleet/model/nix-answer.ts';
import { type AskOptions, askAbout } from '../../server/src/workspace/nix-witness.ts';
import { testFolder } from '../host/folders.ts';
import {
  failing,
  generator,
  jobFailing,
  jobPrinting,
  METADATA,
  machine,
  printing,
  type StandIn,
  withNix,
} from './stand-in.ts';

const FACTS = machine({ ssh: generator({ script: { ok: 'ssh-keygen' } }) });
const ANSWERED = jobPrinting(FACTS);

async function ask(standIn: StandIn, options: Partial<AskOptions> = {}) {
  const { env, home } = withNix(standIn);
  const root = testFolder();
  const told: string[] = [];
  const again = async () => {
    const asked = await askAbout(root, { env, onMachine: ({ name }) => told.push(name), ...options });
    if ('absent' in asked) throw new Error(asked.absent);
    return asked.answer;
  };
  return { answer: await again(), again, told, log: () => readFileSync(join(home, 'asked'), 'utf8') };
}

/** How often `nix eval` was asked about a machine. */
const alone = (log: string, name: string) =>
  log
    .split(/^(?=eval|jobs|flake|--version)/m)
    .filter(entry => entry.startsWith('eval') && entry.includes(`names "${name}"`)).length;

const scripts = ({ machines }: NixAnswer) =>
  machines.map(({ name, facts }) => [name, facts?.generators.get('ssh')?.script ?? null]);

it('answers for all machines at once, in the order of the flake', async () => {
  const { answer, told, log } = await ask({
    machines: { c: 'exit 7', a: 'exit 7', b: 'exit 7' },
    jobs: { a: ANSWERED, b: ANSWERED, c: ANSWERED },
  });
  expect(scripts(answer)).toEqual([
    ['c', 'ssh-keygen'],
    ['a', 'ssh-keygen'],
    ['b', 'ssh-keygen'],
  ]);
  expect(told).toEqual(['c', 'a', 'b']);
  const run = log()
    .split('\n')
    .find(line => line.startsWith('jobs --workers'));
  expect(run).toMatch(/--workers \d+ --max-memory-size 2048 --no-instantiate --meta --show-trace/);
  for (const setting of [
    'substitute false',
    'download-attempts 0',
    'pure-eval true',
    'allow-import-from-derivation false',
    'accept-flake-config false',
  ])
    expect(run).toContain(`--option ${setting}`);
});

it('is not asked again as long as nothing changes', async () => {
  const { again, log } = await ask({
    machines: { a: 'exit 7', b: 'exit 7' },
    jobs: { a: ANSWERED, b: ANSWERED },
  });
  expect((await again()).machines.every(({ isKept }) => isKept)).toBe(true);
  expect(log().match(/^jobs --workers/gm)).toHaveLength(1);
});

it('says why a machine fails, whose parts are then asked for', async () => {
  const trace = `error:\n … while evaluating\n at ${METADATA.path}/hosts/b.nix:3:5:\n error: attribute 'x' missing`;
  const { answer, log } = await ask({
    machines: { a: 'exit 7', b: failing(trace) },
    jobs: { a: ANSWERED, b: jobFailing(trace) },
  });
  expect(answer.machines[1]?.failures).toMatchObject([
    { kind: 'error', message: "attribute 'x' missing", at: { file: 'hosts/b.nix', line: 3, column: 5 } },
  ]);
  // The outline alone: what it says of the machine as a whole is not asked for a second time.
  expect(alone(log(), 'b')).toBe(1);
});

it.each<[string, string, NonNullable<AskOptions['limits']>]>([
  ['crashes it, as a recursion without end does', 'kill -SEGV $$', {}],
  ['hangs', 'sleep 600', { timeMs: 3000 }],
  ['prints without end', 'yes | tr -d "\\n" | head -c 100000000', { outputBytes: 10_000 }],
  ['prints garbage', 'echo "{ nothing"', {}],
  ['lies about what it is', jobPrinting({ hasVars: 'perhaps' }), {}],
  ['carries no answer', `echo "{\\"attr\\":\\"$job\\",\\"attrPath\\":[\\"$job\\"]}"`, {}],
  ['reads what it would have to write', jobFailing("error: path '/nix/store/x-list' is not valid"), {}],
])('a machine that %s is asked about alone, the others are not', async (_, does, limits) => {
  const jobs = { a: ANSWERED, b: does, c: ANSWERED, d: ANSWERED };
  const machines = { a: printing(FACTS), b: printing(FACTS), c: printing(FACTS), d: printing(FACTS) };
  const { answer, log } = await ask({ machines, jobs }, { limits, workers: 1 });
  expect(scripts(answer)).toEqual(['a', 'b', 'c', 'd'].map(name => [name, 'ssh-keygen']));
  expect(['a', 'b', 'c', 'd'].map(name => alone(log(), name))).toEqual([0, 1, 0, 0]);
});

it('is left alone after it has failed twice without an answer', async () => {
  const names = ['a', 'b', 'c', 'd', 'e'];
  const all = (does: string) => Object.fromEntries(names.map(name => [name, does]));
  const { answer, log } = await ask({ machines: all(printing(FACTS)), jobs: all('exit 1') }, { workers: 1 });
  expect(scripts(answer)).toEqual(names.map(name => [name, 'ssh-keygen']));
  expect(log().match(/^jobs --workers/gm)).toHaveLength(2);
});

it('is not used where it lacks an option, or for one machine', async () => {
  const jobs = { a: ANSWERED, b: ANSWERED };
  const machines = { a: printing(FACTS), b: printing(FACTS) };
  const old = await ask({ machines, jobs, jobOptions: ['flake', 'workers', 'meta'] });
  expect(old.answer.machines).toHaveLength(2);
  expect(old.log()).not.toContain('jobs --workers');
  const single = await ask({ machines, jobs }, { isWanted: name => name === 'a' });
  expect(single.answer.machines).toHaveLength(1);
  expect(single.log()).not.toContain('jobs --workers');
});

it('is stopped with everything else', async () => {
  const stop = new AbortController();
  const { answer } = await ask(
    { machines: { a: 'sleep 600', b: 'sleep 600' }, jobs: { a: ANSWERED, b: 'sleep 600' } },
    { signal: stop.signal, onMachine: ({ name }) => name === 'a' && stop.abort() },
  );
  expect(answer.machines.map(({ failures }) => failures.map(({ kind }) => kind))).toEqual([
    [],
    ['cancelled'],
  ]);
});
