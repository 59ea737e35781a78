/** A run that another program watches and answers: what is said on standard output, and what never is. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { QuestionEvent, RunEvent } from '../../../client/src/run-protocol.ts';
import { findSandbox } from '../../../server/src/host/sandbox/find-sandbox.ts';
import { fleet, type GeneratingFleet } from '../generating-fleet.ts';

const hasSandbox = 'sandbox' in (await findSandbox(process.platform, ['/usr/bin', '/bin']));
const BOX = hasSandbox ? [] : ['--no-sandbox'];

const LOGIN = `login = {
  prompts.password = { type = "hidden"; description = "Password of ada"; };
  files.hash = { };
  files.user.secret = false;
  script = ''
    sha256sum < "$prompts/password" > "$out/hash"
    echo ada > "$out/user"
  '';
};`;

/** Runs a command and answers its questions and confirmations in turn; without an answer left, with what the last was. */
async function watched(made: GeneratingFleet, args: readonly string[], answers: readonly unknown[] = []) {
  const left = [...answers];
  const events: RunEvent[] = [];
  const { code, stdout, stderr } = await made.run([...args, ...BOX, '--events'], {
    answer(line) {
      const event = JSON.parse(line) as RunEvent;
      events.push(event);
      if (event.event !== 'question' && event.event !== 'confirm') return null;
      return JSON.stringify({ id: event.id, answer: left.shift() ?? null });
    },
  });
  return { code, stdout, stderr, events, names: events.map(({ event }) => event) };
}

function only<Name extends RunEvent['event']>(events: readonly RunEvent[], name: Name) {
  const found = events.filter(one => one.event === name);
  expect(found).toHaveLength(1);
  return found[0] as Extract<RunEvent, { event: Name }>;
}

describe('a watched run', () => {
  it('says what it plans, asks, runs and has stored, and never the secret', async () => {
    const made = await fleet({ m: LOGIN });
    const { code, events, names, stdout, stderr } = await watched(made, ['generate'], ['canary-7f']);
    expect([code, stderr]).toEqual([0, '']);
    expect(names).toEqual(['planned', 'access', 'question', 'note', 'started', 'result', 'end']);
    expect(only(events, 'access').changes).toMatchObject([
      { secret: 'per-machine/m/login/hash', isNew: true, losses: [] },
    ]);
    expect(only(events, 'planned').steps).toMatchObject([
      { key: 'per-machine/m/login', reason: 'missing', missing: ['hash', 'user'], overwrites: [] },
    ]);
    expect(only(events, 'question')).toMatchObject({
      ...{ generator: 'login', prompt: 'password', description: 'Password of ada', machines: ['m'] },
      ...{ hidden: true, multiline: false, required: true, optional: false, previous: null },
    });
    expect(only(events, 'result')).toMatchObject({
      outcome: 'stored',
      files: [
        { name: 'hash', secret: true, path: 'vars/per-machine/m/login/hash/secret' },
        { name: 'user', secret: false, path: 'vars/per-machine/m/login/user/value' },
      ],
    });
    expect(only(events, 'end')).toMatchObject({ outcome: 'done' });
    expect(readFileSync(join(made.root, 'vars/per-machine/m/login/user/value'), 'utf8')).toBe('ada\n');
    expect(stdout).not.toContain('canary-7f');
  });

  it('overwrites only what it may', async () => {
    const made = await fleet({ m: LOGIN });
    await watched(made, ['generate'], ['first one']);
    const refused = await watched(made, ['generate', '-g', 'login'], [false]);
    expect(only(refused.events, 'confirm')).toMatchObject({ overwrites: 2 });
    expect(refused.names).toEqual(['planned', 'confirm', 'end']);
    expect(only(refused.events, 'end').outcome).toBe('refused');
    const allowed = await watched(made, ['generate', '-g', 'login'], [true, 'second one']);
    expect(only(allowed.events, 'end').outcome).toBe('done');
  });

  it('fills in what was answered the last time, unless it is hidden', async () => {
    const made = await fleet({
      m: `site = {
        prompts.domain = { type = "line"; persist = true; };
        prompts.key = { type = "multiline-hidden"; persist = true; };
        files.domain.secret = false;
        files.key = { };
        script = "true";
      };`,
    });
    await watched(made, ['generate'], ['example.org', 'line one\nline two']);
    const { events } = await watched(made, ['generate', '--regenerate'], [true, 'example.net', null]);
    const questions = events.filter((one): one is QuestionEvent => one.event === 'question');
    expect(questions).toMatchObject([
      { prompt: 'domain', optional: true, previous: 'example.org', multiline: false },
      { prompt: 'key', optional: true, previous: null, multiline: true, hidden: true },
    ]);
    expect((await made.run(['get', 'm', 'site/domain'])).stdout).toBe('example.net');
    expect((await made.run(['get', 'm', 'site/key'])).stdout).toBe('line one\nline two');
  });

  it('points to the line that failed, and shows what the script said without the secret', async () => {
    const made = await fleet({
      m: `token = {
        prompts.token.type = "hidden";
        files.key = { };
        script = ''
          echo "given $(cat "$prompts/token")"
          no-such-\${"command"}
        '';
      };`,
    });
    const { code, events, stdout } = await watched(made, ['generate'], ['canary-9a']);
    expect(code).toBe(1);
    expect(only(events, 'result')).toMatchObject({
      outcome: 'failed',
      output: expect.stringContaining('given [secret]'),
      where: { file: 'machines/m/configuration.nix', line: 8, column: 11 },
    });
    expect(only(events, 'end').outcome).toBe('failed');
    expect(stdout).not.toContain('canary-9a');
  });

  it('ends at the problems of its plan', async () => {
    const made = await fleet({ m: `leaf = { dependencies = [ "ca" ]; files.x = { }; script = "true"; };` });
    const { code, events, names } = await watched(made, ['generate']);
    expect([code, names]).toEqual([1, ['planned', 'end']]);
    expect(only(events, 'planned').problems).toMatchObject([{ kind: 'unknown-dependency' }]);
    expect(only(events, 'end').outcome).toBe('problems');
  });

  it('runs one placement alone', async () => {
    const made = await fleet({ m: LOGIN, n: LOGIN });
    const { events } = await watched(made, ['generate', '-g', 'per-machine/n/login'], ['a password']);
    expect(only(events, 'planned').steps.map(({ key }) => key)).toEqual(['per-machine/n/login']);
  });

  it('tries a generator with given answers or made-up ones, and stores nothing', async () => {
    const made = await fleet({ m: LOGIN });
    const given = await watched(made, ['try', 'login'], ['canary-2c']);
    expect(only(given.events, 'trial')).toMatchObject({
      ...{ outcome: 'made', machine: 'm', madeUp: [] },
      files: [
        { name: 'hash', secret: true, written: true, size: 68, value: null },
        { name: 'user', secret: false, written: true, size: 4, value: 'ada\n' },
      ],
    });
    expect(given.stdout).not.toContain('canary-2c');
    expect(only((await watched(made, ['try', 'login'])).events, 'trial').madeUp).toEqual(['password']);
    expect((await made.run(['list'])).stdout).toContain('login/user: <not set>');
  });
});

it('a person is told that events are for programs', async () => {
  const made = await fleet({ m: '' }, { user: null });
  const { code, stderr } = await made.run(['generate', '--events']);
  expect([code, stderr]).toEqual([2, expect.stringContaining('--events is for programs')]);
});

it.each([['generate'], ['try', 'login']])(
  'answers in arguments cannot be on standard input then: %s',
  async (...args) => {
    const made = await fleet({ m: LOGIN }, { user: null });
    const { code, stderr } = await watched(made, [...args, '--prompt', 'login/password=@-']);
    expect([code, stderr]).toEqual([2, expect.stringContaining('--prompt cannot read it (=@-)')]);
  },
);
