/** Standard input of a process, as commands read it. */
import type { ReadStream } from 'node:tty';
import type { Input } from './io.ts';

export function standardInput(stream: NodeJS.ReadStream): Input {
  let readers = 0;
  return {
    isTTY: stream.isTTY === true,
    async read() {
      const chunks: Buffer[] = [];
      for await (const chunk of stream) chunks.push(Buffer.from(chunk));
      return Buffer.concat(chunks);
    },
    keys(onKeys) {
      const terminal = stream as ReadStream;
      const listener = (chunk: Buffer) => onKeys(chunk);
      readers++;
      terminal.setRawMode(true);
      terminal.on('data', listener);
      terminal.resume();
      return () => {
        terminal.off('data', listener);
        readers--;
        // Between two questions the terminal would show what is typed ahead: the second may be hidden.
        setImmediate(() => {
          if (readers > 0) return;
          terminal.pause();
          terminal.setRawMode(false);
        });
      };
    },
  };
}
