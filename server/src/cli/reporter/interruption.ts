/** Handles requests to stop, from the keyboard or from the program that started this one. */
import { endWith, openTerminals } from '../../host/programs/ending.ts';
import { once } from '../../std.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Returns a signal that such a request aborts from now on, so that pending writes are completed. A second request
 * ends the program at once.
 */
export const interruption = once((): AbortSignal => {
  const controller = new AbortController();
  const terminals = openTerminals();
  for (const name of SIGNALS)
    process.on(name, () => {
      if (controller.signal.aborted) endWith(1, terminals);
      controller.abort();
    });
  return controller.signal;
});
