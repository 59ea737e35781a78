/**
 * Runs the annotated `.nix` files of this folder through the TextMate engine of VS Code, with the grammars that the
 * manifest contributes. A line such as `#  ^^^ scope` states the scopes of the characters above it. Bash is a small
 * grammar of this folder, and VS Code's own as well where a VS Code has been installed for the other suites.
 */
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { SCRIPT_GRAMMARS } from '../../scripts/lib/script-grammars.mjs';

const root = join(import.meta.dirname, '../..');
const tool = join(root, 'node_modules/vscode-tmgrammar-test/dist/unit.js');
const stub = join(import.meta.dirname, 'shell/stub.tmLanguage.json');
const fixtures = readdirSync(import.meta.dirname).filter(name => name.endsWith('.nix'));

interface Outcome {
  readonly failed: boolean;
  readonly output: string;
}

/** VS Code's grammar of Bash, of each version that is here. */
const installed = ['latest', 'floor']
  .map(which => ({
    which,
    shell: join(
      process.env.VSC_HOME ?? join(homedir(), '.cache/varsmith/vscode'),
      which,
      'node_modules/code-server/lib/vscode/extensions/shellscript/syntaxes/shell-unix-bash.tmLanguage.json',
    ),
  }))
  .filter(({ shell }) => existsSync(shell));

function runTool(file: string, shell = stub, more: readonly string[] = []): Promise<Outcome> {
  return new Promise(resolve => {
    execFile(
      process.execPath,
      [tool, '--grammar', shell, ...more, file],
      { cwd: root },
      (error, stdout, stderr) => resolve({ failed: error !== null, output: stdout + stderr }),
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

test.each(installed)(
  'scripts have their scopes with the Bash of VS Code ($which), too',
  async ({ shell }) => {
    const { failed, output } = await runTool(join(import.meta.dirname, 'scripts.nix'), shell);
    expect(failed, output).toBe(false);
    expect(output).toContain('scripts.nix');
  },
);

test('scripts are coloured over the grammar of another Nix extension', async () => {
  const contributed = manifest.contributes.grammars.filter(({ scopeName }) => scopeName !== 'source.nix');
  const grammars = [
    { scopeName: 'source.nix', path: join(root, 'test/workbench/other-nix/nix.tmLanguage.json') },
    ...contributed.map(each => ({ ...each, path: join(root, each.path) })),
  ];
  const folder = mkdtempSync(join(tmpdir(), 'varsmith-grammar-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const config = join(folder, 'config.json');
  // The tool reads paths as relative to the file that names them.
  const relativeTo = grammars.map(each => ({ ...each, path: relative(folder, each.path) }));
  writeFileSync(config, JSON.stringify({ contributes: { grammars: relativeTo } }));
  const file = join(import.meta.dirname, 'foreign/scripts.nix');
  const { failed, output } = await runTool(file, stub, ['--config', config]);
  expect(failed, output).toBe(false);
  expect(output).toContain('scripts.nix');
});

test.each(Object.entries(SCRIPT_GRAMMARS))('%s is as `npm run grammars` writes it', (file, grammar) => {
  expect(JSON.parse(readFileSync(join(root, 'syntaxes', file), 'utf8'))).toEqual(grammar);
});
