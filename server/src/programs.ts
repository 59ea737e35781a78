/**
 * All programs in one bundle: nearly all of their code is the same, and is packed once. Each is loaded only when it is
 * started. What starts them is `start.ts`, and in a browser `start-worker.ts`, which name one of these functions.
 */
import type { EngineWasm } from './workspace/engine.ts';

export const server = async (): Promise<void> => (await import('./server.ts')).runServer();

export const cli = async (): Promise<void> => (await import('./cli.ts')).runCli();

export const worker = async (wasm: EngineWasm): Promise<void> =>
  (await import('./worker.ts')).runWorker(wasm);
