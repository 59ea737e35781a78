#!/usr/bin/env node
// Runs the in-host suites through @vscode/test-electron, over a copy of the broken example fleet.
//   run-electron.mjs [--report FILE] [--beside]
// --beside loads a second extension that contributes the language nix, and the tests about that.
// VSCODE_EXECUTABLE=test/workbench/code-shim.mjs runs them in the VS Code of install-vscode.sh (VSC_WHICH=latest|floor);
// without it, on a developer's desktop, the official build is downloaded. TEST_GREP selects tests.
// Exit code: 0 passed, otherwise what code-shim.mjs says; 3 when no summary of tests was written.

import * as fs from 'node:fs';
import * as path from 'node:path';
import { parseArgs } from 'node:util';
import { runTests } from '@vscode/test-electron';
import { bundleSuite } from './build.mjs';
import { WHICH } from './env.mjs';
import { makeScene } from './scene.mjs';

const root = path.resolve(import.meta.dirname, '../..');
const out = path.join(root, 'out/workbench', WHICH);
const { values } = parseArgs({
  options: { report: { type: 'string' }, beside: { type: 'boolean', default: false } },
});
const report = path.resolve(values.report ?? path.join(out, 'host.json'));
fs.mkdirSync(path.dirname(report), { recursive: true });
fs.rmSync(report, { force: true });

const tests = await bundleSuite(path.join(out, 'suite'));
const scene = makeScene(root);
// runTests ends VS Code on SIGINT; staying alive until then lets VS Code and the scene be cleaned up.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => process.emit('SIGINT'));
try {
  await runTests({
    ...(process.env.VSCODE_EXECUTABLE
      ? { vscodeExecutablePath: path.resolve(process.env.VSCODE_EXECUTABLE) }
      : {}),
    extensionDevelopmentPath: values.beside ? [root, path.join(import.meta.dirname, 'other-nix')] : root,
    extensionTestsPath: tests,
    launchArgs: [scene.folder],
    extensionTestsEnv: {
      TEST_GREP: process.env.TEST_GREP,
      VARSMITH_REPORT: report,
      VARSMITH_SCENE: JSON.stringify(scene),
    },
  });
  // A host that dies quietly leaves no report, whatever its exit code says.
  const { passed, failed } = fs.existsSync(report)
    ? JSON.parse(fs.readFileSync(report, 'utf8'))
    : { passed: 0, failed: 0 };
  if (failed > 0) process.exitCode = 1;
  else if (passed === 0) {
    console.error('no summary of tests was written');
    process.exitCode = 3;
  }
} catch (error) {
  console.error(`in-host tests: ${error.message}`);
  process.exitCode = error.code || 1;
}
