/** The language server as a program in a web worker. */
import { version } from '../../package.json';
import { serveWorker } from './lsp/worker.ts';
import type { EngineWasm } from './workspace/engine.ts';

export function runWorker(wasm: EngineWasm): void {
  serveWorker(version, wasm);
}
