/** A wish to stop, from the keyboard or from whoever started the program. */

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

let controller: AbortController | null = null;

/**
 * From now on such a wish aborts the signal, so that what is being written is brought to its end. Said a second time, it
 * ends the program at once.
 */
export function interruption(): AbortSignal {
  if (controller !== null) return controller.signal;
  const made = new AbortController();
  controller = made;
  for (const name of SIGNALS)
    process.on(name, () => {
      if (made.signal.aborted) process.exit(1);
      made.abort();
    });
  return made.signal;
}
