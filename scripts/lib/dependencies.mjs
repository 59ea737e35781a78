// Brings node_modules in step with package-lock.json, and does nothing where it is already.

import * as fs from 'node:fs';
import * as path from 'node:path';
import { npm } from './process.mjs';
import { ROOT } from './root.mjs';

function packagesOf(lock) {
  const { '': _root, ...packages } = JSON.parse(fs.readFileSync(lock, 'utf8')).packages;
  return packages;
}

/** Why node_modules cannot be used as it is, or undefined. npm keeps what it installed in a lockfile of its own there. */
function outdated() {
  const installed = path.join(ROOT, 'node_modules/.package-lock.json');
  if (!fs.existsSync(installed)) return 'node_modules is missing';
  const present = packagesOf(installed);
  for (const [name, wanted] of Object.entries(packagesOf(path.join(ROOT, 'package-lock.json')))) {
    const have = present[name];
    // An optional package may be for another platform.
    if (!have && (wanted.optional || wanted.devOptional)) continue;
    if (have?.version !== wanted.version) return `${name} is not ${wanted.version}`;
  }
  return undefined;
}

/**
 * Installs the npm packages where needed, with npm's progress shown.
 * @returns {Promise<boolean>} false when npm failed
 */
export async function installDependencies() {
  const reason = outdated();
  if (!reason) return true;
  console.log(`Installing npm packages: ${reason}`);
  return (await npm(['ci', '--no-audit', '--no-fund', '--progress=true'])) === 0;
}
