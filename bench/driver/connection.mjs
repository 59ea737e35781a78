/**
 * One server process and the JSON-RPC connection to it.
 *
 * The base protocol (Content-Length framing and JSON-RPC 2.0) is small enough to speak directly, which keeps the
 * time of a client library out of the figures. Nothing here knows what is measured.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { basename } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { clientCapabilities } from './capabilities.mjs';
import { memoryOf } from './memory.mjs';

/** A short `timeout` is meant for findings; a process needs its time to come up. */
const SLOWEST_START_MS = 15_000;

/** Splits a byte stream into messages; returns the function to feed it with. */
function framing(onMessage) {
  let buffer = Buffer.alloc(0);
  return chunk => {
    buffer = buffer.length > 0 ? Buffer.concat([buffer, chunk]) : chunk;
    for (;;) {
      const head = buffer.indexOf('\r\n\r\n');
      if (head < 0) return;
      const length = /content-length:\s*(\d+)/i.exec(buffer.subarray(0, head).toString('latin1'));
      if (length === null) throw new Error(`bad header: ${buffer.subarray(0, Math.min(head, 200))}`);
      const end = head + 4 + Number(length[1]);
      if (buffer.length < end) return;
      const message = JSON.parse(buffer.subarray(head + 4, end).toString('utf8'));
      buffer = buffer.subarray(end);
      onMessage(message, performance.now());
    }
  };
}

/**
 * Starts the server of `options` (see options.mjs). Times are of `performance.now()`, in milliseconds.
 * Requests reject when the server ends, answers with an error or is silent for `options.timeout`.
 */
export function startServer(options) {
  const startedAt = performance.now();
  const [program, ...args] = options.command;
  const child = spawn(program, args, { stdio: 'pipe', cwd: options.cwd ?? options.root });
  const pending = new Map();
  const listeners = new Map();
  const registered = new Set();
  const endings = new Set();
  const rootUri = pathToFileURL(options.root).href;
  const folders = options.folders ? [{ uri: rootUri, name: basename(options.root) }] : null;
  let ended = null;
  let lastId = 0;

  const end = why => {
    ended ??= why;
    for (const waiting of pending.values()) waiting.fail(new Error(ended));
    pending.clear();
    for (const hear of endings) hear(new Error(ended));
    endings.clear();
  };
  const feed = framing((message, at) => {
    if (message.method === undefined) settle(message, at);
    else if (message.id === undefined)
      for (const hear of listeners.get(message.method) ?? []) hear(message.params, at);
    else send({ jsonrpc: '2.0', id: message.id, result: answer(message) });
  });
  child.stdout.on('data', chunk => {
    try {
      feed(chunk);
    } catch (error) {
      end(`the server does not speak the protocol: ${error.message}`);
      child.kill('SIGKILL');
    }
  });
  child.stderr.on('data', chunk => {
    if (options.verbose) process.stderr.write(chunk);
  });
  // Writing to a server that just ended is reported by its exit, which says more.
  child.stdin.on('error', () => {});
  child.on('error', error => end(error.message));
  child.on('exit', (code, signal) => end(`the server ended: ${signal ?? `code ${code}`}`));

  function settle(message, at) {
    const waiting = pending.get(message.id);
    if (waiting === undefined) return;
    pending.delete(message.id);
    if (message.error === undefined) waiting.answer({ result: message.result, at });
    else waiting.fail(Object.assign(new Error(message.error.message), { code: message.error.code }));
  }

  /** What an editor answers to a server's own requests. */
  function answer({ method, params }) {
    switch (method) {
      case 'workspace/configuration':
        return params.items.map(item => settingOf(options.settings, item.section) ?? null);
      case 'client/registerCapability':
        for (const registration of params.registrations) registered.add(registration.method);
        return null;
      case 'workspace/workspaceFolders':
        return folders;
      case 'workspace/applyEdit':
        return { applied: true };
      default:
        return null;
    }
  }

  function send(message) {
    const body = Buffer.from(JSON.stringify(message));
    child.stdin.write(`Content-Length: ${body.length}\r\n\r\n`);
    child.stdin.write(body);
  }

  function notify(method, params) {
    send({ jsonrpc: '2.0', method, params });
    return performance.now();
  }

  function request(method, params, timeout = options.timeout) {
    if (ended !== null) return Promise.reject(new Error(ended));
    const id = ++lastId;
    const sent = performance.now();
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        pending.delete(id);
        reject(new Error(`${method}: no answer in ${timeout} ms`));
      }, timeout);
      pending.set(id, {
        answer: ({ result, at }) => {
          clearTimeout(timer);
          resolve({ result, milliseconds: at - sent });
        },
        fail: error => {
          clearTimeout(timer);
          reject(error);
        },
      });
      send({ jsonrpc: '2.0', id, method, params });
    });
  }

  /** Hears a notification; returns the function that stops hearing it. */
  function on(method, hear) {
    listeners.set(method, (listeners.get(method) ?? new Set()).add(hear));
    return () => listeners.get(method).delete(hear);
  }

  /** Hears that the server ended, once; returns the function that stops hearing it. */
  function onEnd(hear) {
    if (ended === null) endings.add(hear);
    else hear(new Error(ended));
    return () => endings.delete(hear);
  }

  async function initialize() {
    const { result } = await request(
      'initialize',
      {
        processId: process.pid,
        clientInfo: { name: 'lsp-bench', version: '1' },
        locale: 'en',
        rootUri: options.folders ? rootUri : null,
        rootPath: options.folders ? options.root : null,
        workspaceFolders: folders,
        initializationOptions: options.init,
        capabilities: clientCapabilities(options.pull !== 'no'),
      },
      Math.max(options.timeout, SLOWEST_START_MS),
    );
    const milliseconds = performance.now() - startedAt;
    notify('initialized', {});
    if (options.settings !== undefined)
      notify('workspace/didChangeConfiguration', { settings: options.settings });
    return { milliseconds, capabilities: result.capabilities, info: result.serverInfo ?? null };
  }

  /** Ends the server: politely, and after a moment by force. */
  async function stop() {
    if (ended === null) {
      try {
        await request('shutdown', undefined, 3000);
        notify('exit');
      } catch {
        // It ended by itself, or does not answer: it is killed below.
      }
    }
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
    const patience = new AbortController();
    await Promise.race([once(child, 'exit'), wait(1500, null, { signal: patience.signal }).catch(() => {})]);
    patience.abort();
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
  }

  return {
    startedAt,
    registered,
    pid: child.pid,
    initialize,
    notify,
    request,
    on,
    onEnd,
    stop,
    memory: () => memoryOf(child.pid),
    /** Why the server is gone, or null. */
    ended: () => ended,
  };
}

function settingOf(settings, section) {
  if (!section) return settings;
  return section.split('.').reduce((value, name) => value?.[name], settings);
}
