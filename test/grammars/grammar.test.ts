/**
 * Runs the annotated `.nix` files of this folder through the TextMate engine of VS Code. A line such as
 * `#  ^^^ scope` states the scopes of the characters above it.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');
const tool = join(root, 'node_modules/vscode-tmgrammar-test/dist/unit.js');
const grammar = join(root, 'syntaxes/nix.tmLanguage.json');
const fixtures = readdirSync(import.meta.dirname).filter(name => name.endsWith('.nix'));

interface Outcome {
  readonly failed: boolean;
  readonly output: string;
}

function runTool(file: string): Promise<Outcome> {
  return new Promise(resolve => {
    execFile(process.execPath, [tool, '--grammar', grammar, file], { cwd: root }, (error, stdout, stderr) =>
      resolve({ failed: error !== null, output: stdout + stderr }),
    );
  });
}

test.each(fixtures)('%s has the scopes it states', async name => {
  const { failed, output } = await runTool(join(import.meta.dirname, name));
  expect(failed, output).toBe(false);
  expect(output).toContain(name);
});

test('a wrong statement is reported, so that the tests above can fail', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'varsmith-grammar-'));
  const file = join(folder, 'wrong.nix');
  writeFileSync(file, '# SYNTAX TEST "source.nix"\nlet\n# <--- comment.line.number-sign.nix\n');
  const { failed, output } = await runTool(file);
  rmSync(folder, { recursive: true });
  expect(failed).toBe(true);
  expect(output).toContain('keyword.other.let.nix');
});
