/**
 * Locates the two wasm files: beside the bundled program, or in the source tree if it runs unbundled. Does not read
 * them.
 */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

/** Absolute paths of the tree-sitter runtime and of the Nix grammar. */
export interface WasmFiles {
  readonly runtime: string;
  readonly grammar: string;
}

/**
 * Finds the wasm files of this program.
 * @param folder the folder of the running code: that of the bundle, or `server/src/nix/parse`
 * @throws if the runtime is neither beside the code nor in an installed package
 */
export function defaultWasm(folder: string): WasmFiles {
  const bundled = join(folder, 'web-tree-sitter.wasm');
  if (existsSync(bundled)) return { runtime: bundled, grammar: join(folder, 'tree-sitter-nix.wasm') };
  const require = createRequire(join(folder, 'wasm.ts'));
  return {
    runtime: require.resolve('web-tree-sitter/web-tree-sitter.wasm'),
    grammar: join(folder, '..', '..', '..', 'grammar', 'tree-sitter-nix.wasm'),
  };
}
