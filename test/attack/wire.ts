/** A language server as a program of its own, talked to in bytes: what is sent need not be a message. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { programPath } from '../cli/program.ts';

/** What is not answered by then is not answered at all. */
const SILENT_AFTER_MS = 60_000;

export interface Answer {
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly message: string };
  /** The server is gone, or says nothing. */
  readonly missing?: 'gone' | 'silent';
}

export interface Wire {
  bytes(bytes: string | Uint8Array): void;
  notify(method: string, params?: unknown): void;
  request(method: string, params?: unknown): Promise<Answer>;
  /** Null while it runs. */
  ended(): string | null;
  readonly whenEnded: Promise<string>;
  said(): string;
  /** Processor time that it has taken so far, in ms; 0 where the system does not tell. */
  processorTime(): number;
  /** The memory that it holds, in MiB; 0 where the system does not tell. */
  memory(): number;
  close(): void;
}

export function frame(text: string): Buffer {
  const body = Buffer.from(text);
  return Buffer.concat([Buffer.from(`Content-Length: ${body.length}\r\n\r\n`), body]);
}

const TICKS_PER_SECOND = 100;

/** Starts it in a folder that is also its home. */
export function openWire(cwd: string): Wire {
  const child = spawn(process.execPath, [programPath(), 'lsp'], {
    ...{ cwd, stdio: 'pipe' },
    env: { HOME: cwd, PATH: process.env.PATH },
  });
  const waiting = new Map<number, (answer: Answer) => void>();
  let [end, said, nextId]: [string | null, string, number] = [null, '', 1];
  child.stdin.on('error', () => {});
  child.stderr.on('data', chunk => (said = `${said}${chunk}`.slice(-4000)));
  const whenEnded = new Promise<string>(resolve =>
    child.on('exit', (code, signal) => {
      end = String(code ?? signal);
      for (const answer of waiting.values()) answer({ missing: 'gone' });
      waiting.clear();
      resolve(end);
    }),
  );
  const bytes = (what: string | Uint8Array) => void (end === null && child.stdin.write(what));
  const send = (message: object) => bytes(frame(JSON.stringify({ jsonrpc: '2.0', ...message })));
  eachMessage(child.stdout, message => {
    const { id, method } = message;
    // What the server asks is answered with nothing, as a client without opinions would.
    if (method !== undefined && id !== undefined) send({ id, result: null });
    else if (typeof id === 'number') {
      waiting.get(id)?.(message);
      waiting.delete(id);
    }
  });
  const status = (file: string, read: (text: string) => number) => {
    try {
      return read(readFileSync(`/proc/${child.pid}/${file}`, 'latin1'));
    } catch {
      return 0;
    }
  };
  return {
    bytes,
    whenEnded,
    notify: (method, params) => send({ method, params }),
    request(method, params) {
      const id = nextId++;
      return new Promise(resolve => {
        if (end !== null) return resolve({ missing: 'gone' });
        const limit = setTimeout(() => {
          waiting.delete(id);
          resolve({ missing: 'silent' });
        }, SILENT_AFTER_MS);
        waiting.set(id, answer => {
          clearTimeout(limit);
          resolve(answer);
        });
        send({ id, method, params });
      });
    },
    ended: () => end,
    said: () => said,
    processorTime: () =>
      status('stat', text => {
        const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
        return ((Number(fields[11]) + Number(fields[12])) * 1000) / TICKS_PER_SECOND;
      }),
    memory: () => status('status', text => Number(/VmRSS:\s+(\d+)/.exec(text)?.[1] ?? 0) / 1024),
    close: () => void child.kill('SIGKILL'),
  };
}

interface Message extends Answer {
  readonly id?: unknown;
  readonly method?: unknown;
}

function eachMessage(stream: NodeJS.ReadableStream, hear: (message: Message) => void): void {
  let rest = Buffer.alloc(0);
  stream.on('data', (chunk: Buffer) => {
    rest = Buffer.concat([rest, chunk]);
    for (;;) {
      const head = rest.indexOf('\r\n\r\n');
      const length = Number(/Content-Length: (\d+)/.exec(rest.toString('latin1', 0, Math.max(0, head)))?.[1]);
      if (head < 0 || rest.length < head + 4 + length) return;
      hear(JSON.parse(rest.toString('utf8', head + 4, head + 4 + length)));
      rest = rest.subarray(head + 4 + length);
    }
  });
}
