// The programs outside npm that the tests use: which are missing, and their installation where that is possible without
// asking (root on Debian). Elsewhere the suites that lack one are skipped with the reason.

import * as fs from 'node:fs';
import { run, which } from './process.mjs';

const BROWSERS = ['chromium', 'google-chrome', 'google-chrome-stable', 'chromium-browser'];
const FONTS = '/usr/share/fonts/truetype/dejavu';

/** Debian's package, and how to see that what it gives is there. */
const PACKAGES = [
  { name: 'chromium', present: () => Boolean(process.env.VSC_CHROMIUM) || BROWSERS.some(which) },
  { name: 'fonts-dejavu-core', present: () => process.platform !== 'linux' || fs.existsSync(FONTS) },
  { name: 'nix-bin', present: () => Boolean(which('nix-instantiate')) },
  { name: 'bubblewrap', present: () => Boolean(which('bwrap')) },
  { name: 'age', present: () => Boolean(which('age')) },
  { name: 'zsh', present: () => Boolean(which('zsh')) },
  { name: 'fish', present: () => Boolean(which('fish')) },
  { name: 'neovim', present: () => Boolean(which('nvim')) },
  { name: 'wireguard-tools', present: () => Boolean(which('wg')) },
  { name: 'whois', present: () => Boolean(which('mkpasswd')) },
  { name: 'python3', present: () => Boolean(which('python3')) },
  { name: 'make', present: () => Boolean(which('make')) },
  { name: 'g++', present: () => Boolean(which('g++')) },
];

/**
 * Installs what is missing of the packages named, through apt where that is possible. Returns what is still missing.
 * @param {ReadonlySet<string>} names
 * @returns {Promise<readonly string[]>}
 */
export async function installSystemPackages(names) {
  const missing = () =>
    PACKAGES.filter(({ name, present }) => names.has(name) && !present()).map(({ name }) => name);
  const wanted = missing();
  const canInstall = process.getuid?.() === 0 && Boolean(which('apt-get'));
  if (wanted.length === 0 || !canInstall) return wanted;
  console.log(`Installing system packages: ${wanted.join(', ')}`);
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  const updated = await run('apt-get', ['update', '-q'], { env, limitSeconds: 300 });
  if (updated !== 0) console.error('apt-get update failed; trying with the lists there are');
  await run('apt-get', ['install', '-y', '-q', '--no-install-recommends', ...wanted], {
    env,
    limitSeconds: 600,
  });
  return missing();
}
