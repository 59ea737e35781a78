/**
 * The language server in a web worker of a browser: starts the program in `programs.js`, which the client puts in front
 * of this, with what a browser has in the place of Node's modules. The first message brings the wasm modules; all others
 * are of the protocol.
 */
import { requireInBrowser } from './browser/modules.ts';
import type * as Programs from './programs.ts';
import type { EngineWasm } from './workspace/engine.ts';

/** As Node wraps modules. */
type Wrapped = (
  exports: object,
  require: (id: string) => unknown,
  module: { exports: object },
  filename: string,
  folder: string,
) => void;

const scope = globalThis as unknown as {
  readonly varsmithPrograms: Wrapped;
  setImmediate: (work: () => void) => void;
  onmessage: ((event: { readonly data: EngineWasm }) => void) | null;
};

// The next turn of the event loop, behind the messages that wait. Timers of a browser are slowed down.
const { port1, port2 } = new MessageChannel();
const waiting: (() => void)[] = [];
port1.addEventListener('message', () => waiting.shift()?.());
port1.start();
scope.setImmediate = work => {
  waiting.push(work);
  port2.postMessage(null);
};

scope.onmessage = ({ data }) => {
  scope.onmessage = null;
  const module = { exports: {} };
  scope.varsmithPrograms(module.exports, requireInBrowser, module, '/programs.js', '/');
  void (module.exports as typeof Programs).worker(data);
};
