// The server's web worker, run by a thread of Node that has nothing of Node's: what its client says and hears.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { VirtualEntry } from '../../client/src/protocol/files.ts';

const ROOT = join(import.meta.dirname, '../..');

/** What a worker of a browser has, and nothing else. */
const PRELUDE = `
const { parentPort } = require('node:worker_threads');
for (const name of ['process', 'Buffer', 'require', 'module', 'exports', 'setImmediate', 'clearImmediate', 'global'])
  Reflect.deleteProperty(globalThis, name);
for (const name of ['setTimeout', 'setInterval']) {
  const start = globalThis[name];
  globalThis[name] = (...given) => Number(start(...given));
}
globalThis.self = globalThis;
globalThis.postMessage = message => parentPort.postMessage(message);
const listeners = [];
globalThis.addEventListener = (name, listener) => name === 'message' && listeners.push(listener);
parentPort.on('message', data => {
  globalThis.onmessage?.({ data });
  for (const listener of listeners) listener({ data });
});
(function (require, module, exports, __filename, __dirname) {
`;

interface Message {
  readonly id?: number | string;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

export interface WebServer {
  request<Result>(method: string, params: object): Promise<Result>;
  notify(method: string, params: object): void;
  /** Resolves with the next notification of a name that satisfies. */
  heard<Params>(method: string, satisfies?: (params: Params) => boolean): Promise<Params>;
  on<Params>(method: string, hear: (params: Params) => void): void;
  readonly log: readonly string[];
  end(): Promise<number>;
}

/** @param dist the folder that the build has filled */
export function startWebServer(dist: string): WebServer {
  const read = (name: string) => readFileSync(join(dist, name));
  const source = `${PRELUDE}globalThis.varsmithPrograms = ${read('programs.js')};\n${read('web-worker.js')}\n})();`;
  const worker = new Worker(source, { eval: true, env: {}, stderr: false });
  const waiting = new Map<number, { resolve(result: never): void; reject(error: Error): void }>();
  const listeners = new Set<(message: Message) => void>();
  const log: string[] = [];
  let last = 0;
  const send = (message: object) => worker.postMessage({ jsonrpc: '2.0', ...message });

  worker.on('message', (message: Message) => {
    if (message.method === 'window/logMessage') log.push((message.params as { message: string }).message);
    if (message.method !== undefined && message.id !== undefined) send({ id: message.id, result: null });
    const asked = message.method === undefined ? waiting.get(message.id as number) : undefined;
    if (asked !== undefined) {
      waiting.delete(message.id as number);
      if (message.error) asked.reject(new Error(message.error.message));
      else asked.resolve(message.result as never);
    }
    for (const listener of [...listeners]) listener(message);
  });
  worker.on('error', error => {
    for (const { reject } of waiting.values()) reject(error as Error);
  });
  worker.postMessage({
    runtime: Uint8Array.from(read('web-tree-sitter.wasm')),
    nix: Uint8Array.from(read('tree-sitter-nix.wasm')),
  });

  return {
    log,
    request(method, params) {
      const id = ++last;
      send({ id, method, params });
      return new Promise((resolve, reject) => waiting.set(id, { resolve, reject }));
    },
    notify: (method, params) => send({ method, params }),
    heard<Params>(method: string, satisfies: (params: Params) => boolean = () => true) {
      return new Promise<Params>(resolve => {
        const listener = (message: Message) => {
          if (message.method !== method || !satisfies(message.params as Params)) return;
          listeners.delete(listener);
          resolve(message.params as Params);
        };
        listeners.add(listener);
      });
    },
    on<Params>(method: string, hear: (params: Params) => void) {
      listeners.add(message => message.method === method && hear(message.params as Params));
    },
    end: () => worker.terminate(),
  };
}

/** Builds what a browser is given into a folder of its own. */
export function buildForBrowser(): { readonly dist: string; remove(): void } {
  const dist = mkdtempSync(join(tmpdir(), 'varsmith-browser-'));
  const args = ['scripts/build.mjs', '--outdir', dist, '--only', 'web-worker'];
  execFileSync(process.execPath, args, { cwd: ROOT, stdio: 'pipe' });
  return { dist, remove: () => rmSync(dist, { recursive: true }) };
}

/** A folder of the disk as a client hands it over: every name, and the contents of what `brings` says. */
export function entriesOf(
  root: string,
  brings: (path: string) => boolean = () => true,
  folder = '',
): VirtualEntry[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry): VirtualEntry[] => {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.name === '.git') return [{ path, kind: 'directory', unlisted: true }];
    if (entry.isDirectory()) return [{ path, kind: 'directory' }, ...entriesOf(root, brings, path)];
    if (entry.isSymbolicLink() && isFolder(join(root, path)))
      return [{ path, kind: 'directory', link: true, unlisted: true }];
    const link = entry.isSymbolicLink() ? { link: true } : {};
    return [{ path, kind: 'file', ...link, ...(brings(path) ? { bytes: bytesAt(join(root, path)) } : {}) }];
  });
}

/** What a client brings that is asked for a path. */
export function broughtFrom(root: string, path: string): VirtualEntry[] {
  const found = statSync(join(root, path), { throwIfNoEntry: false });
  if (found?.isDirectory()) return [{ path, kind: 'directory' }, ...entriesOf(root, () => false, path)];
  return [{ path, kind: 'file', bytes: bytesAt(join(root, path)) }];
}

/** What a link leads to may be itself. */
function isFolder(absolute: string): boolean {
  return existsSync(absolute) && statSync(absolute).isDirectory();
}

function bytesAt(absolute: string): Uint8Array | null {
  return existsSync(absolute) ? Uint8Array.from(readFileSync(absolute)) : null;
}
