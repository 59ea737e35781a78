/** The person's wish to stop, from the keyboard or from whatever started the program. */
import { once } from '../../std.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Returns a signal that such a wish aborts from now on, so that what is being written is brought to its end. A second
 * wish ends the program at once.
 */
export const interruption = once((): AbortSignal => {
  const controller = new AbortController();
  for (const name of SIGNALS)
    process.on(name, () => {
      if (controller.signal.aborted) process.exit(1);
      controller.abort();
    });
  return controller.signal;
});
