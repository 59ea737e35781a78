// Starts other programs for the scripts: standard input closed, output passed on (with a label where several run at once),
// everything ended when this process is interrupted or a limit passes.

import { spawn } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { createInterface } from 'node:readline';
import { ROOT } from './root.mjs';

const WINDOWS = process.platform === 'win32';
// The programs started clean up after themselves (browser, VS Code) before they are ended by force.
const GRACE_MS = 10_000;

const running = new Set();

/** Signals a program and all it started, which share its process group. */
function signalAll(child, signal) {
  try {
    if (WINDOWS) child.kill(signal);
    else process.kill(-child.pid, signal);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error; // gone already
  }
}

function end(child) {
  signalAll(child, 'SIGTERM');
  setTimeout(() => signalAll(child, 'SIGKILL'), GRACE_MS).unref();
}

let interrupted = false;

/** Whether Ctrl-C or its like came; the caller starts nothing more then. */
export const wasInterrupted = () => interrupted;

const INTERRUPTS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 };

function interrupt(signal) {
  const code = INTERRUPTS[signal];
  interrupted = true;
  process.exitCode = code;
  if (running.size === 0) process.exit(code);
  for (const child of running) end(child);
}

/** From now on Ctrl-C and its like end every program started here; this process ends when they have. */
export function endOnInterrupt() {
  for (const signal of Object.keys(INTERRUPTS)) process.on(signal, interrupt);
}

/** Resolves on Ctrl-C and its like, which from now on end nothing by themselves. */
export function interruption() {
  return new Promise(resolve => {
    for (const signal of Object.keys(INTERRUPTS)) process.off(signal, interrupt).on(signal, resolve);
  });
}

/**
 * Runs a program to its end and resolves with its exit code: 127 when it could not be started, 124 when it ran longer than
 * `limitSeconds`, 128 when a signal ended it.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: Record<string, string>, label?: string, limitSeconds?: number, quiet?: boolean }} options
 *   `label` stands before each line of output; with `quiet` output is shown only when the program fails
 * @returns {Promise<number>}
 */
export function run(command, args, { cwd = ROOT, env = {}, label, limitSeconds, quiet } = {}) {
  return new Promise(resolve => {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', label || quiet ? 'pipe' : 'inherit', label || quiet ? 'pipe' : 'inherit'],
      detached: !WINDOWS,
    });
    running.add(child);
    if (label) {
      const pass = (from, to) =>
        createInterface({ input: from }).on('line', line => to.write(`[${label}] ${line}\n`));
      pass(child.stdout, process.stdout);
      pass(child.stderr, process.stderr);
    }
    const kept = [];
    if (quiet) for (const from of [child.stdout, child.stderr]) from.on('data', chunk => kept.push(chunk));
    let late = false;
    const limit =
      limitSeconds &&
      setTimeout(() => {
        late = true;
        console.error(`${path.basename(command)} did not end in ${limitSeconds} s`);
        end(child);
      }, limitSeconds * 1000);
    const finish = code => {
      clearTimeout(limit);
      running.delete(child);
      if (code !== 0 && !interrupted && kept.length > 0) process.stderr.write(`\n${Buffer.concat(kept)}`);
      resolve(late ? 124 : code);
    };
    child.on('error', error => {
      console.error(`${command}: ${error.message}`);
      finish(127);
    });
    child.on('close', code => finish(code ?? 128));
  });
}

/** Runs a Node script of the project. */
export const node = (args, options) => run(process.execPath, args, options);

/** Runs npm: the one that started this script, otherwise the one on PATH. */
export function npm(args, options) {
  const cli = process.env.npm_execpath;
  return cli?.endsWith('.js')
    ? node([cli, ...args], options)
    : run(WINDOWS ? 'npm.cmd' : 'npm', args, options);
}

/** The file a command on PATH stands for, or undefined. */
export function which(command) {
  const endings = WINDOWS ? (process.env.PATHEXT ?? '.EXE;.CMD').split(';') : [''];
  const folders = (process.env.PATH ?? '').split(path.delimiter).filter(Boolean);
  return folders
    .flatMap(folder => endings.map(ending => path.join(folder, command + ending)))
    .find(file => fs.existsSync(file));
}
