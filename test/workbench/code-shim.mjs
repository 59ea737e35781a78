#!/usr/bin/env node
// Stands in for the VS Code desktop executable. It takes the arguments that @vscode/test-electron passes to `code`, runs the
// same workbench and a real Node extension host (code-server and headless Chromium), prints the extension host's console and
// exits with the tests' exit code: 0 passed, 1 failed, 2 could not run (or hung), 3 no test summary was seen.
//
//   code-shim.mjs FOLDER --extensionDevelopmentPath=DIR [--extensionDevelopmentPath=DIR]… --extensionTestsPath=FILE
//
// In a browser only one extension can be under development: further ones are packed and installed.
//
// Environment: VSC_WHICH and the paths of env.mjs; VSC_TIMEOUT seconds (600); VSC_VERBOSE=1; VSC_KEEP=1 keeps the profile.

import * as fs from 'node:fs';
import * as path from 'node:path';
import { format } from 'node:util';
import { openBrowser, workbenchShown } from './browser.mjs';
import { startCodeServer, windowAddress } from './code-server.mjs';
import { CODE_SERVER } from './env.mjs';
import { packed } from './pack.mjs';
import { listenTo, seen } from './ui-seen.mjs';

const VERBOSE = Boolean(process.env.VSC_VERBOSE);
const LIMIT_SECONDS = Number(process.env.VSC_TIMEOUT ?? 600);

// The workbench's own log comes through the same hook as the tests' console.
const NOISE =
  /^(%c)?\s*(INFO\b|Resolv(ing|ed) connection token|Creating a socket|Started local extension host|Updating additional builtin|Ignoring fetching additional|Settings Sync|\[(reconnection-grace-time|Service Worker|AgentHost|AccountPolicyGate|perf)\b)/;

function isNoise(args) {
  return NOISE.test(String(args[0])) || args.some(arg => String(arg?.stack ?? arg).includes('/workbench.js'));
}

/** `--name=value`, `--name` and the rest, as `code` takes them. */
function parse(argv) {
  const options = new Map();
  const positional = [];
  for (const word of argv) {
    const [, name, value = ''] = /^--([^=]+)(?:=(.*))?$/s.exec(word) ?? [];
    if (name === undefined) positional.push(word);
    else options.set(name, [...(options.get(name) ?? []), value]);
  }
  return { options, positional };
}

/** Newer code-servers run tests only with this switch and otherwise open silently; old ones lack it and need none. */
function smokeTestSwitch() {
  const cli = fs.readFileSync(path.join(CODE_SERVER, 'out/node/cli.js'), 'utf8');
  return cli.includes('vscode-option') ? ['--vscode-option', 'enable-smoke-test-driver'] : [];
}

/** Loads the window with the tests and resolves with their exit code. */
function testsEnd(page, address) {
  let passed;
  return new Promise((resolve, reject) => {
    const limit = setTimeout(
      () => reject(new Error(`no test result in ${LIMIT_SECONDS} s`)),
      LIMIT_SECONDS * 1000,
    );
    const finish = code => {
      clearTimeout(limit);
      // An extension host that dies under the tests is reported as 0 too: 0 counts only with the summary seen.
      if (code === 0 && !passed) {
        console.log(
          passed === 0 ? 'no test was run' : 'the extension host ended without a summary of its tests',
        );
        resolve(3);
      } else resolve(code);
    };
    const log = (type, args) => {
      const count = /^\s*(\d+) passed\b/.exec(format(...args))?.[1];
      if (count !== undefined) passed = Number(count);
      if (!VERBOSE && isNoise(args)) return;
      (type === 'error' || type === 'warn' ? console.error : console.log)(...args);
    };
    const load = async () => {
      // The two functions the web workbench calls on its window while an extensionTestsPath runs.
      await page.exposeFunction('codeAutomationLog', log);
      await page.exposeFunction('codeAutomationExit', finish);
      if (VERBOSE) page.on('console', message => console.error('[page]', message.text()));
      page.on('crash', () => reject(new Error('the page of the workbench crashed')));
      await page.goto(address);
      await workbenchShown(page);
    };
    load().catch(reject);
  });
}

const { options, positional } = parse(process.argv.slice(2));
const [development, ...others] = options.get('extensionDevelopmentPath') ?? [];
const tests = options.get('extensionTestsPath')?.[0];
if (!development || !tests) {
  console.error('usage: code-shim.mjs FOLDER --extensionDevelopmentPath=DIR --extensionTestsPath=FILE');
  process.exit(2);
}

let server;
let browser;
let page;
let said = [];
let cleaned;
const cleanUp = () => (cleaned ??= closeAll());
async function closeAll() {
  await browser?.close();
  await server?.stop();
  if (server && process.env.VSC_KEEP) console.error(`profile kept: ${server.home}`);
}
for (const signal of ['SIGINT', 'SIGTERM'])
  process.once(signal, () => cleanUp().then(() => process.exit(130)));

let exitCode;
try {
  const vsix = others.map(packed);
  server = await startCodeServer({ vsix, args: smokeTestSwitch(), keep: Boolean(process.env.VSC_KEEP) });
  ({ browser, page } = await openBrowser(server.url));
  said = listenTo(page);
  const address = windowAddress(server.url, {
    ...(positional[0] ? { folder: path.resolve(positional[0]) } : {}),
    development: [path.resolve(development)],
    tests: path.resolve(tests),
  });
  exitCode = await testsEnd(page, address);
} catch (error) {
  // To standard output, as what follows: the record of a run may keep nothing else.
  console.log(error.stack);
  exitCode = 2;
}
if (exitCode !== 0) for (const line of await seen({ page, said, server })) console.log(`  ${line}`);
await cleanUp();
process.exit(exitCode);
