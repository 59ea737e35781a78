// Starts one isolated code-server (VS Code served to a browser) on a loopback port, with a profile of its own, and stops
// only what it started. Knows nothing of Varsmith.

import { execFileSync, spawn } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { CODE_SERVER, NODE } from './env.mjs';

const ENTRY = path.join(CODE_SERVER, 'out/node/entry.js');
const START_LIMIT_MS = 120_000;
const STOP_LIMIT_MS = 5_000;

/** No prompt, no welcome page, nothing asked of other hosts. */
const SETTINGS = {
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'workbench.enableExperiments': false,
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.reduceMotion': 'on',
  // A page in a tab takes the focus whenever it is ready, which would close what a walk is answering.
  'workbench.quickOpen.closeOnFocusLost': false,
  'workbench.welcomePage.walkthroughs.openOnInstall': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.colorTheme': 'Default Dark Modern',
  'security.workspace.trust.enabled': false,
  'chat.disableAIFeatures': true,
  'chat.commandCenter.enabled': false,
  'git.enabled': false,
  'git.autoRepositoryDetection': false,
  'typescript.disableAutomaticTypeAcquisition': true,
  'editor.minimap.enabled': false,
  'editor.accessibilitySupport': 'off',
  'files.autoSave': 'off',
  'files.simpleDialog.enable': true,
};

/** Restricted Mode at once, without asking. */
const RESTRICTED = {
  'security.workspace.trust.enabled': true,
  'security.workspace.trust.startupPrompt': 'never',
  'security.workspace.trust.banner': 'never',
};

// A code-server started from a terminal of VS Code would otherwise open a window of the running instance.
// VSCODE_TEST_* stays: @vscode/test-cli passes its options there.
const INHERITED =
  /^(VSCODE_(IPC|PID|CWD|NLS|PARENT|PROXY|GIT|INJECTION|HANDLES|AMD|ESM|CRASH|CODE_CACHE|L10N|RECONN)|ELECTRON_|CODE_SERVER_|NODE_OPTIONS$)/;

function isolatedEnvironment(home) {
  const kept = Object.entries(process.env).filter(([name]) => !INHERITED.test(name));
  return {
    ...Object.fromEntries(kept),
    HOME: home,
    XDG_CONFIG_HOME: path.join(home, '.config'),
    XDG_DATA_HOME: path.join(home, '.local/share'),
    XDG_CACHE_HOME: path.join(home, '.cache'),
    XDG_RUNTIME_DIR: home,
    EXTENSIONS_GALLERY: '{"serviceUrl":""}',
  };
}

/** Resolves with the address code-server prints, rejects when it ends or stays silent. */
function listening(child, output) {
  return new Promise((resolve, reject) => {
    const limit = setTimeout(
      () => reject(new Error(`code-server did not start in ${START_LIMIT_MS / 1000} s\n${output()}`)),
      START_LIMIT_MS,
    );
    const look = () => {
      const address = /HTTP server listening on (http:\/\/127\.0\.0\.1:\d+)/.exec(output())?.[1];
      if (!address) return;
      clearTimeout(limit);
      resolve(address);
    };
    child.stdout.on('data', look);
    child.stderr.on('data', look);
    child.on('error', reject);
    child.on('exit', code => {
      clearTimeout(limit);
      reject(new Error(`code-server ended with ${code}\n${output()}`));
    });
  });
}

/**
 * Starts code-server in a temporary home folder. `vsix`: packed extensions to install first; `port`: 0 takes a free one;
 * `restricted`: folders are not trusted; `settings`: further ones; `args`: further arguments of code-server; `env`: further variables. The caller calls `stop()`, which also removes the home folder unless `keep`.
 * @param {{ vsix?: readonly string[], port?: number, restricted?: boolean, settings?: object, args?: readonly string[], env?: Record<string, string>, keep?: boolean }} options
 */
export async function startCodeServer(options = {}) {
  const {
    vsix = [],
    port = 0,
    restricted = false,
    settings = {},
    args = [],
    env: more = {},
    keep = false,
  } = options;
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'varsmith-vscode-'));
  const userData = path.join(home, 'user-data');
  const extensions = path.join(home, 'extensions');
  const config = path.join(home, 'config.yaml');
  const remove = () => {
    try {
      fs.rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    } catch (error) {
      // A process of the editor that has not quite ended may still write there; the walk itself is over.
      process.stderr.write(`${home} is left: ${error instanceof Error ? error.message : error}\n`);
    }
  };
  fs.mkdirSync(path.join(userData, 'User'), { recursive: true });
  fs.mkdirSync(extensions);
  fs.writeFileSync(
    path.join(userData, 'User/settings.json'),
    JSON.stringify({ ...SETTINGS, ...(restricted ? RESTRICTED : {}), ...settings }),
  );
  fs.writeFileSync(config, 'auth: none\ncert: false\n');

  const env = { ...isolatedEnvironment(home), ...more };
  const base = ['--config', config, '--user-data-dir', userData, '--extensions-dir', extensions];
  let child;
  let text = '';
  // code-server leads a group of its own, so whatever ends this process must end that group too.
  const abandoned = () => {
    if (child) signalGroup(child, 'SIGKILL');
    if (!keep) remove();
  };
  const stop = async () => {
    process.off('exit', abandoned);
    if (child && child.exitCode === null && child.signalCode === null) await endGroup(child);
    if (!keep) remove();
  };
  process.once('exit', abandoned);
  try {
    for (const file of vsix) {
      const installed = execFileSync(NODE, [ENTRY, ...base, '--install-extension', file, '--force'], {
        env,
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      if (!/successfully installed/.test(installed))
        throw new Error(`${file} was not installed:\n${installed}`);
    }
    child = spawn(
      NODE,
      [
        ENTRY,
        ...base,
        ...['--bind-addr', `127.0.0.1:${port}`, '--auth', 'none'],
        ...['--disable-telemetry', '--disable-update-check'],
        ...(restricted ? [] : ['--disable-workspace-trust']),
        ...['--disable-getting-started-override', '--disable-proxy'],
        ...args,
      ],
      { env, stdio: ['ignore', 'pipe', 'pipe'], detached: true },
    );
    const collect = chunk => {
      text += chunk;
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    return { url: await listening(child, () => text), home, output: () => text, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function signalGroup(child, name) {
  try {
    process.kill(-child.pid, name);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error; // gone already
  }
}

/** Ends a process group started by us: politely, then by force. */
async function endGroup(child) {
  const gone = new Promise(resolve => child.once('exit', resolve));
  signalGroup(child, 'SIGTERM');
  const force = setTimeout(() => signalGroup(child, 'SIGKILL'), STOP_LIMIT_MS);
  await gone;
  clearTimeout(force);
  signalGroup(child, 'SIGKILL'); // its children may outlive it and write into the folder that is removed next
}

/**
 * The address of a window: folder, file to open, extensions under development, test entry (absolute paths).
 * @param {string} url
 * @param {{ folder?: string, openFile?: string, development?: readonly string[], tests?: string }} window
 */
export function windowAddress(url, { folder, openFile, development = [], tests }) {
  const remote = file => `vscode-remote://${new URL(url).host}${file}`;
  const payload = development.map(file => ['extensionDevelopmentPath', remote(file)]);
  if (tests) payload.push(['extensionTestsPath', remote(tests)]);
  if (openFile) payload.push(['openFile', remote(openFile)]);
  const query = new URLSearchParams();
  if (folder) query.set('folder', folder);
  if (payload.length > 0) query.set('payload', JSON.stringify(payload));
  return `${url}/?${query}`;
}
