/** Wraps request handlers: each waits for the server's start, and its failures are contained. Knows no feature. */
import type { CancellationToken } from 'vscode-languageserver';
import type { Engine } from '../workspace/engine.ts';
import type { Analysis } from './analysis.ts';
import type { Client } from './client.ts';
import type { DisplaySettings } from './display-settings.ts';

/** The parts of a running server that handlers need. */
export interface HandlerContext {
  readonly analysis: Analysis;
  readonly client: Client;
  readonly engine: Engine;
  /** Returns the current settings for hints and lenses. */
  readonly display: () => DisplaySettings;
}

/** Makes a handler wait for the start and contains its failures. Answers `null` if the server could not start. */
export type RequestGuard<Running> = <Params, Result>(
  name: string,
  handle: (running: Running, params: Params, token: CancellationToken) => Promise<Result> | Result,
) => (params: Params, token: CancellationToken) => Promise<Result | null>;

/** Guards handlers that only need the analysis. */
export function analysed<Running extends HandlerContext>(request: RequestGuard<Running>) {
  return <Params, Result>(
    name: string,
    handle: (analysis: Analysis, params: Params, token: CancellationToken) => Promise<Result> | Result,
  ) => request<Params, Result>(name, ({ analysis }, ...asked) => handle(analysis, ...asked));
}

/** Guards handlers whose answer depends on the client's capabilities. */
export function clientBound<Running extends HandlerContext>(request: RequestGuard<Running>) {
  return <Params, Result>(
    name: string,
    handle: (
      analysis: Analysis,
      client: Client,
      params: Params,
      token: CancellationToken,
    ) => Promise<Result> | Result,
  ) => request<Params, Result>(name, ({ analysis, client }, ...asked) => handle(analysis, client, ...asked));
}
