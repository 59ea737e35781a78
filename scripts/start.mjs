#!/usr/bin/env node
// `npm start`: installs, builds and shows Varsmith at work on the example fleet.
//   npm start                   desktop VS Code where `code` is on PATH, otherwise VS Code in a browser (address printed)
//   npm start -- --port 8100    the port of the latter; a free one is taken otherwise
//   npm start -- --headless     no editor: `varsmith check` and `inspect` on the examples (also in CI without a display)

import * as path from 'node:path';
import { parseArgs } from 'node:util';
import { installDependencies } from './lib/dependencies.mjs';
import { endOnInterrupt, interruption, node, run, which } from './lib/process.mjs';
import { ROOT } from './lib/root.mjs';

const FLEET = 'examples/fleet';
const BROKEN_FLEET = 'examples/broken-fleet';

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

async function desktop(code) {
  console.log(`Opening ${FLEET} in VS Code with Varsmith loaded`);
  return await run(code, [`--extensionDevelopmentPath=${ROOT}`, path.join(ROOT, FLEET)]);
}

/** VS Code served to a browser, with the packed extension in a profile of its own, until Ctrl-C. */
async function inBrowser(port) {
  const installed = await run('bash', ['test/workbench/install-vscode.sh', 'latest']);
  if (installed !== 0) return installed;
  const packed = await node(['scripts/package.mjs']);
  if (packed !== 0) return packed;
  const { startCodeServer, windowAddress } = await import('../test/workbench/code-server.mjs');
  const server = await startCodeServer({ vsix: [path.join(ROOT, 'out/varsmith.vsix')], port });
  const ended = interruption();
  console.log(
    `\nVS Code with Varsmith shows ${FLEET} at\n\n  ${windowAddress(server.url, { folder: path.join(ROOT, FLEET) })}\n`,
  );
  console.log('Ctrl-C ends it.');
  await ended;
  await server.stop();
  return 0;
}

async function main() {
  const { values } = parseArgs({
    options: { headless: { type: 'boolean', default: false }, port: { type: 'string', default: '0' } },
  });
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    console.error(`--port: "${values.port}" is not a port`);
    return 2;
  }
  if (!(await installDependencies())) return 1;
  const built = await node(['scripts/build.mjs']);
  if (built !== 0) return built;

  if (values.headless || (!hasDisplay() && process.env.CI === 'true')) return await headless();
  // The desktop VS Code refuses to run as root.
  const code = process.getuid?.() === 0 ? undefined : which('code');
  if (code && hasDisplay()) return await desktop(code);
  if (process.platform === 'linux') return await inBrowser(port);
  console.log('No `code` command on PATH; showing the command line instead.');
  return await headless();
}

endOnInterrupt();
process.exitCode = await main();
