/** The command line as a program. */
import { join } from 'node:path';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { version } from '../../package.json';
import { standardInput } from './cli/input.ts';
import { main } from './cli/main.ts';
import { interruptionBy } from './cli/reporter/interruption.ts';
import { doInThread } from './cli/thread.ts';
import { dumpNoMemory, endWith, openTerminals } from './host/programs/ending.ts';

/** Runs the command that the arguments name; in a thread, the job that it was given. */
export function runCli(): void {
  dumpNoMemory();
  // A reader that has seen enough (`| head`) closes the pipe; that is no failure.
  process.stdout.on('error', error => {
    if ((error as NodeJS.ErrnoException).code === 'EPIPE') process.exit();
    if (!isOfClosedTerminal(error)) throw error;
  });

  // An editor runs this with its own binary; the programs that are started from here are not to be taken for Node.
  delete process.env.ELECTRON_RUN_AS_NODE;

  if (isMainThread) run();
  else parentPort?.postMessage(doInThread(workerData));
}

/** Returns whether a terminal is gone, after which a run still completes or undoes what it has begun. */
function isOfClosedTerminal(error: Error): boolean {
  return (error as NodeJS.ErrnoException).code === 'EIO';
}

const output = (stream: NodeJS.WriteStream) => ({
  write: (text: string | Uint8Array) => void stream.write(text),
  drained: () =>
    stream.writableNeedDrain
      ? new Promise<void>(resolve => stream.once('drain', resolve))
      : Promise.resolve(),
  isTTY: stream.isTTY === true,
});

/** The same program, as another thread. */
function inThread(job: unknown): Promise<unknown> {
  return new Promise(resolve => {
    const worker = new Worker(join(__dirname, 'cli.js'), { workerData: job, argv: process.argv.slice(2) });
    worker.once('message', resolve);
    for (const end of ['error', 'exit']) worker.once(end, () => resolve(null));
  });
}

function run(): void {
  const terminals = openTerminals();
  for (const stream of [process.stdin, process.stderr])
    stream.on('error', error => {
      if (!isOfClosedTerminal(error)) throw error;
    });
  main(process.argv.slice(2), {
    stdout: output(process.stdout),
    stderr: output(process.stderr),
    env: process.env,
    cwd: process.cwd(),
    version,
    stdin: standardInput(process.stdin),
    interruption: interruptionBy(() => endWith(1, terminals)),
    inThread,
    async serveStdio(options) {
      const { serveStdio } = await import('./lsp/connection.ts');
      serveStdio(version, options);
      return new Promise<never>(() => undefined);
    },
  }).then(code => {
    // Not `exit`, which would cut off what a pipe has not taken yet.
    process.exitCode = code;
    if (openTerminals().length < terminals.length) endWith(code, terminals);
  });
}
