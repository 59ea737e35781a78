/** Provides a process's standard input to commands. */
import { StringDecoder } from 'node:string_decoder';
import { isatty, type ReadStream } from 'node:tty';
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
    lines(onLine, onEnd) {
      const decoder = new StringDecoder('utf8');
      let pending = '';
      const take = (chunk: Buffer) => {
        const lines = (pending + decoder.write(chunk)).split('\n');
        pending = lines.pop() ?? '';
        for (const line of lines) onLine(line);
      };
      stream.on('data', take).on('end', onEnd);
      return () => {
        stream.off('data', take).off('end', onEnd);
        // Otherwise the program would wait for more input.
        stream.destroy();
      };
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
        // Delayed, because between two questions the terminal would echo what is typed ahead, and the second may be
        // hidden.
        setImmediate(() => {
          if (readers > 0) return;
          terminal.pause();
          // Not if it is closed meanwhile.
          if (isatty(0)) terminal.setRawMode(false);
        });
      };
    },
  };
}
