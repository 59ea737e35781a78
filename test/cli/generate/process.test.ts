/**
 * Generation as a program of its own: interrupted, killed, two at a time. And what of its secrets can be found
 * afterwards: nothing, but in encrypted files.
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { findSandbox } from '../../../server/src/host/sandbox/find-sandbox.ts';
import { describeIf } from '../../conditionally.ts';
import { fleet, type GeneratingFleet } from '../generating-fleet.ts';
import {
  buildProgram,
  everythingIn,
  gitObjects,
  MEMORY,
  scratchOf,
  start,
  temporary,
  written,
} from '../program.ts';

const hasSandbox = 'sandbox' in (await findSandbox(process.platform, ['/usr/bin', '/bin']));
const BOX = hasSandbox ? [] : ['--no-sandbox'];

buildProgram();

const SLEEPER = `g = {
  prompts.p = { type = "hidden"; persist = true; };
  files.x = { };
  script = "cat $prompts/p > $out/x; sleep 600";
};`;

function answerFile({ home }: GeneratingFleet, text: string): string {
  const path = join(home, '../answers');
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, 'p'), text);
  return join(path, 'p');
}

describeIf(existsSync(MEMORY), 'a run', () => {
  it('that is interrupted ends its scripts, leaves nothing, and the repository as it was', async () => {
    const made = await fleet({ m: SLEEPER });
    const run = start(made, 'generate', ...BOX, '--prompt', `g/p=@${answerFile(made, 'canary-3b')}`);
    await written(run, 'x');
    run.child.kill('SIGINT');
    const { code, output } = await run.ended;
    expect([code, output]).toEqual([
      1,
      expect.stringContaining('was cancelled; none of its files were stored.'),
    ]);
    expect(scratchOf(run)).toEqual([]);
    expect(existsSync(join(made.root, 'vars'))).toBe(false);
    expect(made.git('status', '--porcelain')).toBe('');
  });

  it('is cancelled when the program that answers it goes away', async () => {
    const made = await fleet({ m: SLEEPER });
    const run = start(made, 'generate', ...BOX, '--events');
    await vi.waitUntil(() => run.said().includes('"question"'), { timeout: 240_000, interval: 20 });
    run.child.stdin?.write('{"id":1,"answer":"canary-3f"}\n');
    await written(run, 'x');
    run.child.stdin?.end();
    const { code, output } = await run.ended;
    expect([code, output]).toEqual([1, expect.stringContaining('"outcome":"cancelled"')]);
    expect(output).not.toContain('canary-3f');
    expect(scratchOf(run)).toEqual([]);
    expect(made.git('status', '--porcelain')).toBe('');
  });

  it('that is killed leaves plaintexts in memory alone, and the next one removes them and goes on', async () => {
    const made = await fleet({ m: SLEEPER });
    const run = start(made, 'generate', ...BOX, '--prompt', `g/p=@${answerFile(made, 'canary-3c')}`);
    await written(run, 'x');
    run.child.kill('SIGKILL');
    expect((await run.ended).code).toBe('SIGKILL');
    const left = scratchOf(run);
    // That of the run; those of its scripts, and of the commands that they may call, lie in it.
    expect(left).toHaveLength(1);
    expect(everythingIn(made.root) + gitObjects(made.root) + everythingIn(temporary(made))).not.toContain(
      'canary-3c',
    );

    made.machine('m', SLEEPER.replace('; sleep 600', ''));
    const next = await start(made, 'generate', ...BOX, '--prompt', `g/p=@${answerFile(made, 'canary-3d')}`)
      .ended;
    expect([next.code, next.output]).toEqual([
      0,
      expect.stringContaining('Updated secret var g/x for machines: m'),
    ]);
    expect(left.some(existsSync)).toBe(false);
    expect((await made.run(['get', 'm', 'g/x'])).stdout).toBe('canary-3d');
  });

  it('keeps others out while it is at work, and no longer', async () => {
    const made = await fleet({ m: SLEEPER });
    const answer = ['--prompt', `g/p=@${answerFile(made, 'canary-3e')}`];
    const first = start(made, 'generate', ...BOX, ...answer);
    await written(first, 'x');
    const second = await start(made, 'generate', ...BOX, ...answer).ended;
    expect([second.code, second.output]).toEqual([
      1,
      expect.stringContaining(`Varsmith is already running here (process ${first.child.pid})`),
    ]);
    // Reading waits for nobody.
    expect((await start(made, 'plan').ended).code).toBe(0);
    first.child.kill('SIGKILL');
    await first.ended;
    expect((await start(made, 'fix').ended).code).toBe(0);
  });

  it('of several at the same moment, each works alone or says that it cannot', async () => {
    const made = await fleet({ m: 'g = { files.x = { }; script = "echo > $out/x"; };' });
    const runs = await Promise.all(
      [1, 2, 3].map(() => start(made, 'generate', ...BOX, '-g', 'g', '--yes').ended),
    );
    expect(runs.filter(run => run.code === 0).length).toBeGreaterThan(0);
    for (const { code, output } of runs)
      if (code !== 0) expect(output).toMatch(/already running here|at the same moment/);
    expect(made.git('status', '--porcelain')).toBe('');
    expect((await made.run(['verify'])).code).toBe(0);
  });
});

describe('secrets', () => {
  it('are found nowhere but in encrypted files, whatever becomes of a run', async () => {
    const made = await fleet({
      m: `
      a = { prompts.p = { type = "hidden"; persist = true; }; files.out = { }; script = "printf canary-output-1 > $out/out"; };
      b = { dependencies = [ "a" ]; files.copy = { }; script = "cat $in/a/* > $out/copy; echo canary-log >/dev/null"; };
      c-fails = {
        dependencies = [ "a" ]; prompts.q = { type = "multiline-hidden"; }; files.f = { };
        script = ''
          printf canary-output-2 > $out/f
          set -x
          echo "$(cat $in/a/p)" "$(cat $in/a/out)" "$(cat $prompts/q)" canary-output-2
          cat $in/a/p $prompts/q $out/f >&2
          exit 7
        '';
      };
      d-slow = { dependencies = [ "a" ]; files.f = { }; script = "cat $in/a/p; sleep 600"; };
      e-short = { prompts.pin.type = "hidden"; files.f = { }; script = "echo pin: $(cat $prompts/pin); exit 1"; };
      f-missing = { dependencies = [ "a" ]; files.f = { }; script = "cat $in/a/p; cp $in/a/p $out/canary-less"; };`,
    });
    const answers = answerFile(made, 'canary-prompt');
    writeFileSync(`${answers}.q`, 'canary-first-line\ncanary-second-line\n');
    writeFileSync(`${answers}.pin`, '987');
    const args = [
      '--prompt',
      `a/p=@${answers}`,
      '--prompt',
      `c-fails/q=@${answers}.q`,
      '--prompt',
      `e-short/pin=@${answers}.pin`,
    ];
    const run = await start(made, 'generate', ...BOX, ...args, '--timeout', '2').ended;
    expect(run.code).toBe(1);
    expect(run.output).toContain('Generator "c-fails" (machine m) failed with exit code 7.');
    expect(run.output).toContain('(Its output is not shown: the script turns tracing on');
    expect(run.output).toContain('[secret]');
    expect(run.output).toContain('Generator "d-slow" (machine m) was ended after 2 seconds.');
    expect(run.output).toContain('(Its output is not shown: it may contain a secret.)');
    expect(run.output).not.toContain('987');
    expect(run.output.replaceAll('canary-less', '')).not.toContain('canary');

    // Where the answers themselves lie is not searched: that is the person's own file.
    const json = await start(
      made,
      'generate',
      ...BOX,
      ...args,
      '--timeout',
      '2',
      '--json',
      '-g',
      'c-fails',
      '--yes',
    ).ended;
    expect(json.output.replaceAll('canary-less', '')).not.toContain('canary');
    for (const command of [
      ['list'],
      ['verify'],
      ['plan'],
      ['fix'],
      ['list', '--json'],
      ['try', 'a', '--json', ...BOX],
    ]) {
      const { output } = await start(made, ...command).ended;
      expect(output).not.toContain('canary');
    }
    // The scripts' own text is what the repository holds of them.
    const sources = /(printf|echo|set -x)[^\n]*canary[^\n]*|canary-output-2|canary-less/g;
    const seen = [everythingIn(made.root), gitObjects(made.root), everythingIn(temporary(made))];
    expect(seen.join('\n').replace(sources, '')).not.toContain('canary');
    for (const name of ['.config', '.local', '.cache'])
      if (existsSync(join(made.home, name)))
        expect(everythingIn(join(made.home, name))).not.toContain('canary');
    // It was all there.
    expect((await made.run(['get', 'm', 'b/copy'])).stdout).toBe('canary-output-1canary-prompt');
  });
});
