/** How commands end that are interrupted while they wait for a program, or whose terminal is closed. */
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { findSandbox } from '../../../server/src/host/sandbox/find-sandbox.ts';
import { describeIf } from '../../conditionally.ts';
import { fleet } from '../generating-fleet.ts';
import { buildProgram, MEMORY, programPath, scratchOf, start } from '../program.ts';

/** Generous: machines are slow. */
const WAIT = { timeout: 200_000 };
const isRunning = (pid: number) => existsSync(`/proc/${pid}/stat`);
const GENERATOR = 'a = { files.s = { }; files.p.secret = false; script = "echo | tee $out/s > $out/p"; };';

buildProgram();

describeIf(existsSync('/proc/self/stat'), 'a command that is interrupted while a program runs', () => {
  /** A fleet whose store answers never. */
  async function waitingFleet() {
    const made = await fleet({ m: GENERATOR }, { user: null, more: {} });
    const store = join(made.root, 'store');
    writeFileSync(store, `#!/bin/sh\necho $$ > ${store}.new\nmv ${store}.new ${store}.pid\nexec sleep 600\n`);
    chmodSync(store, 0o755);
    writeFileSync(join(made.root, 'varsmith.json'), '{ "store": { "command": ["./store"] } }');
    expect((await made.run(['allow'])).code).toBe(0);
    return { made, pid: `${store}.pid` };
  }

  it.each([
    ['get', 'SIGINT', ['m', 'a/s']],
    ['list', 'SIGTERM', []],
    ['plan', 'SIGHUP', []],
    ['verify', 'SIGINT', []],
  ] as const)('%s ends the program by %s, and itself by the same', async (command, signal, args) => {
    const { made, pid } = await waitingFleet();
    const run = start(made, command, ...args);
    await vi.waitUntil(() => existsSync(pid), WAIT);
    run.child.kill(signal);
    expect((await run.ended).code).toBe(signal);
    const store = Number(readFileSync(pid, 'utf8'));
    await vi.waitUntil(() => !isRunning(store), WAIT);
    expect(scratchOf(run)).toEqual([]);
  });

  it('a second time, where the first one lets it complete, ends it as well', async () => {
    const { made, pid } = await waitingFleet();
    const run = start(made, 'set', 'm', 'a/s', '--yes');
    await vi.waitUntil(() => existsSync(pid), WAIT);
    run.child.kill('SIGINT');
    run.child.kill('SIGTERM');
    expect((await run.ended).code).not.toBe(0);
    const store = Number(readFileSync(pid, 'utf8'));
    await vi.waitUntil(() => !isRunning(store), WAIT);
    expect(scratchOf(run)).toEqual([]);
  });
});

const found = await findSandbox(process.platform, ['/usr/bin', '/bin']);
const hasPython = spawnSync('python3', ['-c', 'import pty']).status === 0;

/** Runs a command in a terminal of its own, closes that when standard input ends, and tells how the command ended. */
const IN_TERMINAL = `
import os, pty, sys
pid, terminal = pty.fork()
if pid == 0: os.execv(sys.argv[1], sys.argv[1:])
print(pid, flush=True)
sys.stdin.read()
os.close(terminal)
print(os.waitpid(pid, 0)[1] & 127, flush=True)
`;

describeIf('sandbox' in found && hasPython, 'a run whose terminal is closed', () => {
  it('ends with all that it has started, and dumps nothing', async () => {
    const made = await fleet({
      m: 'a = { files.s = { }; files.c.secret = false; script = "cat /proc/self/coredump_filter > $out/c; touch $out/s; sleep 600"; };',
    });
    const env = { HOME: made.home, PATH: process.env.PATH };
    const words = [process.execPath, programPath(), 'generate', '--yes'];
    const terminal = spawn('python3', ['-c', IN_TERMINAL, ...words], { cwd: made.root, env });
    onTestFinished(() => void terminal.kill('SIGKILL'));
    let said = '';
    terminal.stdout.on('data', chunk => (said += String(chunk)));
    const ended = new Promise(resolve => terminal.on('close', resolve));
    const scratch = () =>
      readdirSync(MEMORY).filter(name => name.startsWith(`varsmith-${said.split('\n')[0]}.`));
    const results = () =>
      scratch().flatMap(name => {
        const file = join(MEMORY, name, 'part-0/out/c');
        return existsSync(file) ? [readFileSync(file, 'utf8')] : [];
      });
    await vi.waitUntil(() => results().some(text => text !== ''), WAIT);
    expect(results()).toEqual(['00000000\n']);
    const pid = said.trim();
    expect(readFileSync(`/proc/${pid}/coredump_filter`, 'utf8')).toBe('00000000\n');
    terminal.stdin.end();
    await ended;
    // SIGKILL, by itself.
    expect(said.trim().split('\n')).toEqual([pid, '9']);
    expect(scratch()).toEqual([]);
    expect((await made.run(['list'])).stdout).toContain('a/s');
  });
});

describe('the end of a process', () => {
  it('is tried where there are processes to look at', () => {
    expect(process.platform === 'linux').toBe(existsSync('/proc/self/stat'));
  });
});
