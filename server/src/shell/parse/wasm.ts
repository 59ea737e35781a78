/**
 * Where the wasm files for Bash are: beside the bundled program, or among the installed packages when it runs
 * unbundled. Knows of file places only.
 */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

/** The tree-sitter runtime and the Bash grammar: their bytes, or absolute paths. */
export interface ShellWasm<Source> {
  readonly runtime: Source;
  readonly grammar: Source;
}

/**
 * Finds the wasm files.
 * @param folder where the running code lies: the bundle's folder, or `server/src/shell/parse`
 * @throws if they are neither beside the code nor installed packages
 */
export function shellWasm(folder: string): ShellWasm<string> {
  const bundled = join(folder, 'tree-sitter-bash.wasm');
  if (existsSync(bundled)) return { runtime: join(folder, 'web-tree-sitter.wasm'), grammar: bundled };
  const require = createRequire(join(folder, 'wasm.ts'));
  return {
    runtime: require.resolve('web-tree-sitter/web-tree-sitter.wasm'),
    grammar: require.resolve('tree-sitter-bash/tree-sitter-bash.wasm'),
  };
}
