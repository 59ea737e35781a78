/** The command line as the extension runs it: with a program of a few lines in its place. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { runProgram, watchProgram } from '../../client/src/generate/program.ts';
import type { RunEvent } from '../../client/src/run-protocol.ts';
import { folder } from '../workspace/support.ts';

vi.mock('vscode', () => import('./fake-vscode.ts'));

function program(script: string, args: readonly string[] = []) {
  const cwd = folder({ 'cli.cjs': script });
  return { cli: join(cwd, 'cli.cjs'), cwd, args, trusted: true };
}

test('a command runs in its folder, as Node, with its input', async () => {
  const ended = await runProgram(
    program(
      `process.stdin.on('data', text => {
        console.log(process.argv.slice(2).join(), process.cwd() === __dirname, String(text));
        console.error('varsmith: One thing.\\nvarsmith: Another.');
        process.exitCode = 3;
      });`,
      ['set', 'x'],
    ),
    'the value',
  );
  expect(ended).toEqual({ code: 3, stdout: 'set,x true the value\n', said: 'One thing.\nAnother.' });
});

test('events are heard in order, and questions answered', async () => {
  const heard: RunEvent['event'][] = [];
  const ended = await watchProgram(
    program(
      `const tell = event => process.stdout.write(JSON.stringify(event) + '\\n');
      tell({ event: 'started', key: 'a' });
      tell({ event: 'question', id: 7 });
      process.stdin.once('data', line => {
        const { id, answer } = JSON.parse(line);
        tell({ event: 'note', message: id + answer });
        process.exitCode = answer === 'ä' ? 0 : 1;
        process.stdin.destroy();
      });`,
    ),
    async event => {
      heard.push(event.event);
      return event.event === 'question' ? 'ä' : undefined;
    },
  );
  expect(heard).toEqual(['started', 'question', 'note']);
  expect(ended).toEqual({ code: 0, said: '' });
});

test('cancelling ends the program and what it has started', async () => {
  const stop = new AbortController();
  const started = program(
    `const { spawn } = require('node:child_process');
    const child = spawn('sleep', ['600'], { stdio: 'ignore' });
    require('node:fs').writeFileSync('pid', String(child.pid));
    process.stdout.write('{"event":"started","key":"a"}\\n');
    setInterval(() => {}, 1000);`,
  );
  const { code } = await watchProgram({ ...started, signal: stop.signal }, async () => {
    stop.abort();
    return undefined;
  });
  expect(code).toBeNull();
  const pid = readFileSync(join(started.cwd, 'pid'), 'utf8');
  await vi.waitUntil(() => isGone(pid));
});

const ASKING = `process.stdout.write('{"event":"question","id":1}\\n');
  process.stdin.resume().on('end', () => process.exit());`;

test('who cannot hear an event gets to know why, and the program does not wait for an answer', async () => {
  const watched = watchProgram(program(ASKING), async () => {
    throw new Error('The box cannot be shown.');
  });
  await expect(watched).rejects.toThrow('The box cannot be shown.');
});

test('a line that is no event ends the program, and what is in it is not told', async () => {
  const heard = vi.fn(async () => undefined);
  const watched = watchProgram(program(`console.log('canary'); ${ASKING}`), heard);
  await expect(watched).rejects.toThrow(/^The command line printed something that is not an event\.$/);
  expect(heard).not.toHaveBeenCalled();
});

/** Ended, or waiting to be noticed. */
function isGone(pid: string): boolean {
  return !existsSync(`/proc/${pid}`) || /\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
}
