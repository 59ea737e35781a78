/**
 * Prompts on the command line. The numbers are those of the reference cases of clan's own test suite.
 */
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { askFor } from '../../../server/src/cli/reporter/terminal.ts';
import { Cancelled } from '../../../server/src/generate/run-failure.ts';
import { findSandbox } from '../../../server/src/host/sandbox/find-sandbox.ts';
import { describeIf } from '../../conditionally.ts';
import { fleet, type GeneratingFleet } from '../generating-fleet.ts';

const hasSandbox = 'sandbox' in (await findSandbox(process.platform, ['/usr/bin', '/bin']));

const stored = async ({ run }: GeneratingFleet, id: string, machine = 'm') =>
  (await run(['get', machine, id])).stdout;

/** Types keys into one question, all at once. */
async function type(
  keys: string,
  asked: { hidden?: boolean; multiline?: boolean; previous?: string } = {},
  signal = new AbortController().signal,
) {
  let shown = '';
  let listening = 0;
  const rest = keys.split('|');
  const answer = await askFor(
    {
      input: {
        isTTY: true,
        read: async () => Buffer.alloc(0),
        lines: () => () => {},
        keys(onKeys) {
          listening++;
          queueMicrotask(() => onKeys(Buffer.from(rest.shift() ?? '')));
          return () => {
            listening--;
          };
        },
      },
      output: {
        isTTY: true,
        write: text => {
          // A terminal shows what is typed until somebody listens.
          if (String(text).endsWith(': ')) expect(listening).toBe(1);
          shown += text;
        },
      },
      signal,
    },
    { label: 'q', hidden: false, multiline: false, ...asked, previous: asked.previous ?? null },
  );
  return { answer, shown };
}

describe('a terminal', () => {
  it.each([
    ['a line', 'hello\r', {}, 'hello'],
    ['characters that are taken back', 'hex\u007fllo\r', {}, 'hello'],
    ['arrow keys, which are passed over', 'he\u001b[Dl\u001b[1;5Clo\r', {}, 'hello'],
    ['a line that is begun again', 'nonsense\u0015hello\r', {}, 'hello'],
    ['any letters', 'grüße 🦉\u007f!\r', {}, 'grüße !'],
    ['a line to be edited', '\u007f!\r', { previous: 'hello' }, 'hell!'],
    ['several lines', 'one\rtwo\r\u0004', { multiline: true }, 'one\ntwo\n'],
    [
      'several lines, taken back across them',
      'one\rtwo\u007f\u007f\u007f\u007f!\u0004',
      { multiline: true },
      'one!',
    ],
  ])('reads %s', async (_what, keys, asked, expected) => {
    expect((await type(keys, asked)).answer).toBe(expected);
  });

  it('shows what is typed, and nothing of what is hidden', async () => {
    expect((await type('seen\r')).shown).toBe('q: seen\n');
    const hidden = await type('canary\r|canary\r', { hidden: true });
    expect(hidden).toEqual({ answer: 'canary', shown: 'q (hidden): \nConfirm q (hidden): \n' });
    const lines = await type('a\rb\u0004|a\rb\u0004', { hidden: true, multiline: true });
    expect(lines.answer).toBe('a\nb');
    expect(lines.shown).not.toMatch(/^[ab]$/m);
  });

  it('keeps what is hidden and there already, without showing it', async () => {
    const kept = await type('\r', { hidden: true, previous: 'canary' });
    expect(kept).toEqual({ answer: 'canary', shown: 'q (hidden) (Enter keeps the old one): \n' });
    expect((await type('\u0004', { hidden: true, multiline: true, previous: 'old' })).answer).toBe('old');
  });

  it('asks for a confirmation three times at most', async () => {
    const second = await type('a\r|b\r|c\r|c\r', { hidden: true });
    expect([second.answer, second.shown]).toEqual(['c', expect.stringContaining('2 attempts left')]);
    await expect(type('a\r|b\r|a\r|b\r|a\r|b\r', { hidden: true })).rejects.toThrow(
      'not confirmed in 3 attempts',
    );
  });

  it.each(['ab\u0003', '\u0004'])('can be left', async keys => {
    await expect(type(keys)).rejects.toBeInstanceOf(Cancelled);
  });

  it('is left when the program is asked to end, now or earlier', async () => {
    const wish = new AbortController();
    const typing = type('ab', {}, wish.signal);
    await Promise.resolve();
    wish.abort();
    await expect(typing).rejects.toBeInstanceOf(Cancelled);
    await expect(type('ab\r', {}, wish.signal)).rejects.toBeInstanceOf(Cancelled);
  });
});

const ASKING = `g = {
  prompts.name = { };
  prompts.password = { type = "hidden"; persist = true; };
  files.greeting.secret = false;
  script = "cat $prompts/name > $out/greeting";
};`;

describeIf(hasSandbox, 'generate', () => {
  it('case 46: asks for everything first, keeps what is to be kept, byte for byte', async () => {
    const made = await fleet({
      m: 'g = { prompts.text = { type = "multiline"; persist = true; }; prompts.once = { }; files.o = { }; script = "cat $prompts/once > $out/o"; };',
    });
    const typed = ['1\r', 'line\rlast\r\u0004'];
    const { code, stderr } = await made.run(['generate'], { typed });
    expect([code, stderr]).toEqual([0, expect.stringContaining('g/once for m: 1\n')]);
    expect([await stored(made, 'g/text'), await stored(made, 'g/o')]).toEqual(['line\nlast\n', '1']);
  });

  it('cases 8, 47 and 50: stored answers are not asked for again, unless all is made anew', async () => {
    const made = await fleet({ m: ASKING });
    expect((await made.run(['generate'], { typed: ['ada\r', 'secret\r', 'secret\r'] })).code).toBe(0);
    expect((await made.run(['generate', '-g', 'g', '--yes'], { typed: ['bob\r'] })).code).toBe(0);
    expect([await stored(made, 'g/greeting'), await stored(made, 'g/password')]).toEqual(['bob', 'secret']);

    const anew = await made.run(['generate', '--regenerate', '--yes'], { typed: ['eve\r', '\r'] });
    expect([anew.code, await stored(made, 'g/password')]).toEqual([0, 'secret']);
    await made.run(['generate', '--regenerate', '--yes'], { typed: ['eve\r', 'new\r', 'new\r'] });
    expect(await stored(made, 'g/password')).toBe('new');

    made.machine('m', ASKING.replace('prompts.name', 'prompts.extra.persist = true; prompts.name'));
    expect((await made.run(['generate', '--yes'], { typed: ['more\r', 'kim\r'] })).code).toBe(0);
    expect([await stored(made, 'g/extra'), await stored(made, 'g/password')]).toEqual(['more', 'new']);
  });

  it('case 48: answers from files and arguments, for all machines or for one', async () => {
    const made = await fleet({ a: ASKING, b: ASKING });
    writeFileSync(join(made.home, 'password'), 'from a file');
    const { code, stderr } = await made.run([
      'generate',
      ...['--prompt', `g/password=@${join(made.home, 'password')}`],
      ...['--prompt', 'g/name=all', '--prompt', 'b:g/name=b only'],
    ]);
    expect([code, stderr]).toEqual([0, expect.stringContaining('Arguments are visible to everyone')]);
    expect([await stored(made, 'g/greeting', 'a'), await stored(made, 'g/greeting', 'b')]).toEqual([
      'all',
      'b only',
    ]);
    expect(await stored(made, 'g/password', 'b')).toBe('from a file');
  });

  it.each([
    ['g/name=all', 'b:g/name=b only'],
    ['b:g/name=b only', 'g/name=all'],
  ])('the answer for one machine counts there, whichever is given first: %s, %s', async (first, second) => {
    const made = await fleet({ a: ASKING, b: ASKING });
    const answers = [first, second, 'g/password=x'].flatMap(one => ['--prompt', one]);
    expect((await made.run(['generate', ...answers])).code).toBe(0);
    expect([await stored(made, 'g/greeting', 'a'), await stored(made, 'g/greeting', 'b')]).toEqual([
      'all',
      'b only',
    ]);
  });

  it('what may be empty is said so, and being empty is no value that others could see', async () => {
    const made = await fleet({
      m: 'g = { prompts.nick.display.required = false; files.x = { }; script = "cp $prompts/nick $out/x"; };',
    });
    expect((await made.run(['generate'])).stderr).toContain('  g/nick for machine m (may be empty)\n');
    const { code, stderr } = await made.run(['generate', '--prompt', 'g/nick=']);
    expect([code, stderr]).toEqual([0, expect.not.stringContaining('Arguments are visible')]);
    expect(await stored(made, 'g/x')).toBe('');
  });

  it('a line from a file ends where the line ends', async () => {
    const made = await fleet({ m: ASKING });
    const answers = ['--prompt', 'g/password=@-', '--prompt', 'g/name=x'];
    expect((await made.run(['generate', ...answers], { input: 'typed\n' })).code).toBe(0);
    expect(await stored(made, 'g/password')).toBe('typed');
  });

  it('without a terminal every missing answer is named, before anything runs', async () => {
    const made = await fleet({ m: ASKING });
    const head = made.git('rev-parse', 'HEAD');
    const { code, stderr } = await made.run(['generate']);
    expect(code).toBe(1);
    expect(stderr).toContain('g/name for machine m\n');
    expect(stderr).toContain('g/password for machine m\n');
    expect([existsSync(join(made.root, 'vars')), made.git('rev-parse', 'HEAD')]).toEqual([false, head]);
  });

  it('case 49: answers that nobody asks for, and empty ones, are mistakes', async () => {
    const made = await fleet({ m: ASKING });
    const stranger = await made.run(['generate', '--prompt', 'g/nmae=canary-value']);
    expect(stranger.stderr).toContain(
      'There is an answer for g/nmae, but no generator of this run asks for it.',
    );
    expect(stranger.stderr).not.toContain('canary');
    const empty = await made.run(['generate', '--prompt', 'g/name=', '--prompt', 'g/password=x']);
    expect(empty.stderr).toContain('The prompt g/name must not be empty.');
    const shape = await made.run(['generate', '--prompt', 'canary-value']);
    expect([shape.code, shape.stderr]).toEqual([2, expect.not.stringContaining('canary')]);
  });

  it('leaving a prompt changes nothing', async () => {
    const made = await fleet({ m: ASKING });
    const head = made.git('rev-parse', 'HEAD');
    const { code, stderr } = await made.run(['generate'], { typed: ['ada\r', '\u0003'] });
    expect([code, stderr]).toEqual([1, expect.stringContaining('Cancelled. Nothing was changed.')]);
    expect([existsSync(join(made.root, 'vars')), made.git('rev-parse', 'HEAD')]).toEqual([false, head]);
  });

  it('overwriting is asked for', async () => {
    const made = await fleet({ m: 'g = { files.x = { }; script = "echo > $out/x"; };' });
    await made.run(['generate']);
    const no = await made.run(['generate', '-r'], { typed: ['n\r'] });
    expect([no.code, no.stderr]).toEqual([1, expect.stringContaining('Overwrite 1 stored value? [y/N]')]);
    expect((await made.run(['generate', '-r'], { typed: ['y\r'] })).code).toBe(0);
  });

  it('nobody is asked anything about a run that cannot begin', async () => {
    const made = await fleet({ m: 'g = { files.x = { }; script = "echo > $out/x"; };' });
    await made.run(['generate']);
    rmSync(join(made.home, '.config/sops/age/keys.txt'));
    const { code, stderr } = await made.run(['generate', '-r'], { typed: ['y\r'] });
    expect([code, stderr]).toEqual([1, expect.stringContaining('No age identity found.')]);
    expect(stderr).not.toContain('Overwrite');
  });

  it('a var can be typed in, hidden and twice', async () => {
    const made = await fleet({ m: 'g.files.x = { };' });
    const { code, stderr } = await made.run(['set', 'm', 'g/x'], { typed: ['canary\u0004', 'canary\u0004'] });
    expect([code, stderr]).toEqual([0, expect.not.stringContaining('canary')]);
    expect(await stored(made, 'g/x')).toBe('canary');
  });
});

describeIf(hasSandbox, 'try', () => {
  it('runs a generator with what it depends on, and stores nothing', async () => {
    const made = await fleet(
      {
        m: `
        base = { files.key = { }; script = "echo base > $out/key"; };
        g = {
          dependencies = [ "base" ]; prompts.user = { }; files.id.secret = false; files.key = { }; files.lost = { };
          script = "cat $prompts/user $in/base/key > $out/id; echo hidden-value > $out/key; echo > $out/extra";
        };`,
      },
      { user: null },
    );
    const { code, stdout } = await made.run(['try', 'g']);
    expect(code).toBe(1);
    expect(stdout.replace(/\d+ ms/, 'N ms')).toBe(`\
g did not write $out/lost; it wrote extra, id, key (N ms). Nothing was stored.
  ✓ id (public, 17 bytes): made-up-userbase
  ✓ key (secret, 13 bytes)
  ✗ lost (secret) was not written
  ? extra is not declared and would not be kept
Used placeholder answers for: user
Run before it: base
`);
    expect(made.git('status', '--porcelain')).toBe('');
    const json = JSON.parse((await made.run(['try', 'base', '--json'])).stdout);
    expect(json).toMatchObject({ generator: 'base', machine: 'm', outcome: 'made', undeclared: [] });
    expect(json.files).toEqual([{ name: 'key', secret: true, written: true, size: 5, value: null }]);
  });

  it('takes answers as a run does: those of its machine, without the end of a line, and none that nobody asks for', async () => {
    const made = await fleet({ a: ASKING, b: ASKING }, { user: null });
    const greeting = async (...args: string[]) =>
      JSON.parse((await made.run(['try', 'g', '--json', ...args])).stdout).files.find(
        (one: { name: string }) => one.name === 'greeting',
      ).value;
    writeFileSync(join(made.home, 'name'), 'from a file\n');
    expect(await greeting('--prompt', `g/name=@${join(made.home, 'name')}`)).toBe('from a file');
    const both = ['--prompt', 'b:g/name=of b', '--prompt', 'g/name=of all'];
    expect(await greeting('-m', 'b', ...both)).toBe('of b');
    const stranger = await made.run(['try', 'g', '-m', 'a', '--prompt', 'b:g/name=canary']);
    expect([stranger.code, stranger.stderr]).toEqual([
      1,
      expect.stringContaining(
        'There is an answer for g/name of machine b, but no generator of this run asks',
      ),
    ]);
    expect(stranger.stderr).not.toContain('canary');
  });

  it('says what it cannot run', async () => {
    const made = await fleet({ m: 'g = { files.x = { }; script = config.s; };' }, { user: null });
    expect((await made.run(['try', 'g'])).stderr).toContain(
      '"g" (machine m) needs Nix: its script cannot be determined',
    );
    expect((await made.run(['try', 'h'])).stderr).toContain('There is no generator "h". There is only g.');
  });
});
