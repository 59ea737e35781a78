/**
 * Cleans up when this process ends, also by a signal: programs that it has started do not run on, and plaintexts are
 * removed. Knows nothing of what is cleaned up.
 */
import { writeFileSync } from 'node:fs';
import { isatty } from 'node:tty';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

const duties = new Set<() => void>();

/**
 * Has something done when this process ends before it is done otherwise. Signals end the process as they would without
 * this, unless somebody else handles them: they are listened to only while there is something to do, since a listener
 * is not called while this process calculates.
 * @param duty must be synchronous; the latest is done first
 * @returns a function to call when it need not be done any more
 */
export function atEnd(duty: () => void): () => void {
  if (duties.size === 0) {
    process.on('exit', doAll);
    for (const name of SIGNALS) process.on(name, endBy);
  }
  duties.add(duty);
  return () => {
    if (duties.delete(duty) && duties.size === 0) stopListening();
  };
}

function stopListening(): void {
  process.off('exit', doAll);
  for (const name of SIGNALS) process.off(name, endBy);
}

function doAll(): void {
  for (const duty of [...duties].reverse()) duty();
  duties.clear();
}

function endBy(name: NodeJS.Signals): void {
  if (process.listenerCount(name) > 1) return;
  doAll();
  stopListening();
  process.kill(process.pid, name);
}

/** Returns the standard descriptors that are a terminal. */
export function openTerminals(): readonly number[] {
  return [0, 1, 2].filter(isatty);
}

/**
 * Ends this process.
 * @param terminals those that it had at first. If one is closed now, Node fails while it restores the settings of the
 * terminal, and aborts.
 */
export function endWith(code: number, terminals: readonly number[]): void {
  if (terminals.every(isatty)) process.exit(code);
  doAll();
  process.kill(process.pid, 'SIGKILL');
}

/**
 * Keeps the memory of this process, and of the programs that it starts, out of core dumps, as it holds keys and
 * plaintexts. For Linux; other systems usually dump nothing.
 */
export function dumpNoMemory(): void {
  try {
    writeFileSync('/proc/self/coredump_filter', '0');
  } catch {
    // There is no such file.
  }
}
