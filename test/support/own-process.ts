/** Runs code in a process of its own: the flags of V8, and its heap, are those of the whole process. */
import { execFileSync } from 'node:child_process';
import { buildSync } from 'esbuild';

/**
 * Returns what TypeScript code prints as JSON.
 * @param code may import from `directory`
 */
export function inOwnProcess(
  code: string,
  directory: string,
  nodeArguments: readonly string[] = [],
): unknown {
  const { outputFiles } = buildSync({
    stdin: { contents: code, resolveDir: directory, loader: 'ts' },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    write: false,
  });
  const env = { ...process.env, NODE_OPTIONS: '' };
  const bundle = outputFiles.map(({ text }) => text).join('');
  return JSON.parse(
    execFileSync(process.execPath, [...nodeArguments, '-e', bundle], { env, encoding: 'utf8' }),
  );
}
