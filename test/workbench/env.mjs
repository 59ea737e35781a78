// Where the real VS Code, its Node and the browser are. install-vscode.sh puts the first two there.
// Every path can be set by an environment variable; this module starts nothing and looks at nothing but the file system.

import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';

/** Which VS Code: `latest` (1.139.1) or `floor` (1.93.1, the oldest that package.json admits). */
export const WHICH = process.env.VSC_WHICH || 'latest';

const home = path.join(process.env.VSC_HOME || path.join(os.homedir(), '.cache/varsmith/vscode'), WHICH);

/** The Node that runs code-server. */
export const NODE =
  process.env.VSC_NODE || path.join(home, `node/node_modules/node-linux-${process.arch}/bin/node`);

/** The folder of the code-server package. */
export const CODE_SERVER = process.env.VSC_CODE_SERVER || path.join(home, 'node_modules/code-server');

/** The file of axe-core, which looks for what keeps people out of a page. */
export const AXE =
  process.env.VSC_AXE ||
  path.join(
    process.env.VSC_HOME || path.join(os.homedir(), '.cache/varsmith/vscode'),
    'axe/node_modules/axe-core/axe.min.js',
  );

const BROWSERS = [
  '/usr/bin/chromium',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/usr/bin/chromium-browser',
];

/** A Chromium, or undefined where there is none. */
export const CHROMIUM = process.env.VSC_CHROMIUM || BROWSERS.find(file => fs.existsSync(file));

export const CHROMIUM_ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-dev-shm-usage',
];

/** How many times slower the page of the workbench is made than it is, to see what depends on its speed; 1 leaves it alone. */
export const SLOWDOWN = Number(process.env.VSC_SLOWDOWN || 1);
