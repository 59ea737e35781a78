#!/usr/bin/env node
// `npm start`: installs, builds and shows Varsmith at work on a copy of the example fleet with mistakes.
//   npm start                   desktop VS Code where `code` is on PATH, otherwise VS Code in a browser (address printed)
//   npm start -- --port 8100    the port of the latter; a free one is taken otherwise
//   npm start -- --headless     no editor: `varsmith check` and `inspect` on the examples (also in CI without a display)
//   npm start -- --verbose      with all that the programs say which it starts

import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { parseArgs } from 'node:util';
import { installDependencies } from './lib/dependencies.mjs';
import { endOnInterrupt, interruption, node, run, which } from './lib/process.mjs';
import { steps } from './lib/progress.mjs';
import { ROOT } from './lib/root.mjs';

const FLEET = 'examples/fleet';
const BROKEN_FLEET = 'examples/broken-fleet';
/** What the window opens with; the extension selects the mistake in it, and shows the problems and the first steps. */
const FIRST_FILE = 'lib/machine-env-matrix.nix';

function hasDisplay() {
  if (process.platform === 'darwin' || process.platform === 'win32') return true;
  return Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);
}

/** The command line on the examples. The broken one has findings, so there 1 is the right answer. */
async function headless() {
  const varsmith = async (...args) => {
    console.log(`\n$ varsmith ${args.join(' ')}`);
    return await node(['dist/cli.js', ...args]);
  };
  const clean = await varsmith('check', FLEET);
  const inspected = await varsmith('inspect', FLEET);
  const broken = await varsmith('check', BROKEN_FLEET);
  if (broken !== 1) console.error(`check of ${BROKEN_FLEET} ended with ${broken} instead of 1`);
  return clean || inspected || (broken === 1 ? 0 : 1);
}

/** A copy to play with: what is changed or generated in it is nothing that this repository has. */
function copyExample() {
  const folder = path.join(
    fs.mkdtempSync(path.join(os.tmpdir(), 'varsmith-example-')),
    path.basename(BROKEN_FLEET),
  );
  fs.cpSync(path.join(ROOT, BROKEN_FLEET), folder, { recursive: true });
  return folder;
}

async function desktop(code, step) {
  const built = await step('Building', options => node(['scripts/build.mjs'], options));
  if (built !== 0) return built;
  const folder = copyExample();
  const opened = await step('Opening VS Code', options =>
    run(code, [`--extensionDevelopmentPath=${ROOT}`, folder, path.join(folder, FIRST_FILE)], options),
  );
  if (opened === 0) console.log(`The example lies in ${folder}`);
  return opened;
}

/** VS Code served to a browser, with the packed extension in a profile of its own, until Ctrl-C. */
async function inBrowser(port, step) {
  const installed = await step('Getting VS Code from npm (once: some minutes)', options =>
    run('bash', ['test/workbench/install-vscode.sh', 'latest'], options),
  );
  if (installed !== 0) return installed;
  const packed = await step('Building and packing the extension', options =>
    node(['scripts/package.mjs'], options),
  );
  if (packed !== 0) return packed;
  const { startCodeServer, windowAddress } = await import('../test/workbench/code-server.mjs');
  let server;
  await step('Starting VS Code', async () => {
    server = await startCodeServer({ vsix: [path.join(ROOT, 'out/varsmith.vsix')], port });
    return 0;
  });
  const ended = interruption();
  const folder = copyExample();
  const address = windowAddress(server.url, { folder, openFile: path.join(folder, FIRST_FILE) });
  console.log(`\nOpen this address in a browser, Ctrl-C ends it:\n\n  ${address}\n`);
  await ended;
  await server.stop();
  fs.rmSync(path.dirname(folder), { recursive: true, force: true });
  return 0;
}

async function main() {
  const { values } = parseArgs({
    options: {
      headless: { type: 'boolean', default: false },
      port: { type: 'string', default: '0' },
      verbose: { type: 'boolean', default: false },
    },
  });
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    console.error(`--port: "${values.port}" is not a port`);
    return 2;
  }
  if (!(await installDependencies())) return 1;
  const step = steps(values.verbose);
  const onCommandLine = async () =>
    (await step('Building', options => node(['scripts/build.mjs'], options))) || (await headless());

  if (values.headless || (!hasDisplay() && process.env.CI === 'true')) return await onCommandLine();
  // The desktop VS Code refuses to run as root.
  const code = process.getuid?.() === 0 ? undefined : which('code');
  if (code && hasDisplay()) return await desktop(code, step);
  if (process.platform === 'linux') return await inBrowser(port, step);
  console.log('No `code` command on PATH; showing the command line instead.');
  return await onCommandLine();
}

endOnInterrupt();
process.exitCode = await main();
