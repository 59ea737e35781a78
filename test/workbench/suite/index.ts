// The entry that VS Code loads in the extension host (extensionTestsPath). It runs the *.test.js files beside it under mocha
// and writes their counts to the file named by VARSMITH_REPORT. code-shim.mjs trusts a run only after the line "N passed".

import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Test } from 'mocha';
import { varsmith } from './support.ts';

/** Called by VS Code. Rejects when a test failed. */
export async function run(): Promise<void> {
  const { default: Mocha } = await import('mocha');
  const grep = process.env.TEST_GREP;
  const mocha = new Mocha({
    ui: 'tdd',
    color: false,
    timeout: 300_000, // several waits, each with a limit of its own
    reporter: 'spec',
    ...(grep ? { grep } : {}),
  });
  for (const name of fs.readdirSync(__dirname)) {
    if (name.endsWith('.test.js')) mocha.addFile(path.join(__dirname, name));
  }
  const failures: string[] = [];
  const stats = await new Promise<Mocha.Stats | undefined>(resolve => {
    const runner = mocha.run(() => resolve(runner.stats));
    runner.on('fail', (test: Test, error: Error) => failures.push(`${test.fullTitle()}: ${error.message}`));
  });
  const { passes = 0, pending = 0 } = stats ?? {};
  const failed = failures.length;
  const report = process.env.VARSMITH_REPORT;
  if (report) {
    const counts = { passed: passes, failed, skipped: pending, failures };
    const activationMilliseconds = varsmith().exports?.activationMilliseconds ?? null;
    fs.writeFileSync(report, JSON.stringify({ ...counts, activationMilliseconds }, null, 2));
  }
  console.log(`${passes} passed, ${failed} failed, ${pending} skipped`);
  if (failed > 0) throw new Error(`${failed} tests failed`);
}
