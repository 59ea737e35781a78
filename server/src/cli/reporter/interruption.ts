/** Handles requests to stop, from the keyboard or from the program that started this one. */
import { once } from '../../std.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Returns a function for the signal that such a request aborts from the first call on, so that pending writes are
 * completed.
 * @param end ends the program, at a second request
 */
export const interruptionBy = (end: () => void): (() => AbortSignal) =>
  once(() => {
    const controller = new AbortController();
    for (const name of SIGNALS)
      process.on(name, () => {
        if (controller.signal.aborted) end();
        controller.abort();
      });
    return controller.signal;
  });
