// Packs the extension of a folder, as it has to be to be installed. Knows nothing of which one.

import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';

const VSCE = path.join(import.meta.dirname, '../../node_modules/@vscode/vsce/vsce');

/**
 * Returns the path of the .vsix, which is removed when this process exits.
 * @param {string} folder
 */
export function packed(folder) {
  const out = fs.mkdtempSync(path.join(os.tmpdir(), 'varsmith-vsix-'));
  process.once('exit', () => fs.rmSync(out, { recursive: true, force: true }));
  const file = path.join(out, 'extension.vsix');
  const options = ['--no-dependencies', '--skip-license', '--allow-missing-repository', '--out', file];
  const stdio = ['ignore', 'ignore', 'inherit'];
  execFileSync(process.execPath, [VSCE, 'package', ...options], { cwd: path.resolve(folder), stdio });
  return file;
}
