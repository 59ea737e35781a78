/**
 * Connects to the server in a web worker. The worker is made from a bundle that is read as a file through the editor,
 * since a browser may not start a worker from another host's address.
 */
import { Uri, workspace } from 'vscode';
import { LanguageClient } from 'vscode-languageclient/browser';
import { type Connect, talk } from '../language/language-client.ts';
import { showRuleCommand } from '../protocol/documentation.ts';
import { provideFiles } from './files.ts';

/** Schemes of documents that are synchronised if no folder is open. */
const USUAL = ['file', 'vscode-vfs', 'vscode-remote'];

/**
 * Returns the function that starts the server in a worker.
 * @param dist the folder of the bundles
 */
export function connectWorker(dist: Uri): Connect {
  return async (log, showStatus, onChange) => {
    const worker = await startWorker(dist);
    const schemes = new Set(workspace.workspaceFolders?.map(({ uri }) => uri.scheme) ?? USUAL);
    let files: Awaited<ReturnType<typeof provideFiles>> | undefined;
    const connection = await talk(
      options => {
        const client = new LanguageClient('varsmith', 'Varsmith', worker, options);
        files = provideFiles(client, log);
        return client;
      },
      {
        ...{
          log,
          showStatus,
          onChange,
          startOptions: { clientCommands: ['varsmith.showGraph', showRuleCommand], mendsMoves: false },
        },
        schemes: [...schemes],
        middleware: {
          // Changes are sent together with their contents.
          didChangeWatchedFile: async () => undefined,
          didChangeWorkspaceFolders: async (event, next) => {
            await files?.open(event.added.map(({ uri }) => uri));
            await next(event);
          },
        },
      },
    );
    await files?.start();
    return {
      ...connection,
      async close() {
        files?.dispose();
        try {
          await connection.close();
        } finally {
          worker.terminate();
        }
      },
    };
  };
}

/** The parts of a browser's `Worker` that are used. */
interface WebWorker extends Worker {
  postMessage(message: unknown): void;
  terminate(): void;
}

const browser = globalThis as unknown as { readonly Worker: new (address: string) => WebWorker };

async function startWorker(dist: Uri): Promise<WebWorker> {
  const read = (name: string) => workspace.fs.readFile(Uri.joinPath(dist, name));
  const [programs, start, runtime, nix] = await Promise.all(
    ['programs.js', 'web-worker.js', 'web-tree-sitter.wasm', 'tree-sitter-nix.wasm'].map(read),
  );
  const code = new Blob(['self.varsmithPrograms = ', programs ?? '', ';\n', start ?? ''], {
    type: 'text/javascript',
  });
  const address = URL.createObjectURL(code);
  const worker = new browser.Worker(address);
  worker.postMessage({ runtime, nix });
  return worker;
}
