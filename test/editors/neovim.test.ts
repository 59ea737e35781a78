/**
 * The server in Neovim, over standard input and output: nothing of VS Code is there to make up for what the server
 * forgets. Registered where Neovim is installed.
 */
import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { brokenFleet } from '../cli/fleets.ts';

const installed = spawnSync('nvim', ['--version']).status === 0;

const suites: readonly { readonly editor: string }[] = installed ? [{ editor: 'Neovim' }] : [];
describe.each(suites)('$editor', () => {
  let bundle: string;
  beforeAll(() => {
    bundle = mkdtempSync(join(tmpdir(), 'varsmith-neovim-'));
    const build = join(__dirname, '../../scripts/build.mjs');
    execFileSync(process.execPath, [build, '--outdir', bundle, '--only', 'cli'], { stdio: 'ignore' });
  });
  afterAll(() => rmSync(bundle, { recursive: true }));

  test('finds, tells, completes, renames and fixes', async () => {
    const root = brokenFleet();
    const seen = await neovim(root, [process.execPath, join(bundle, 'cli.js'), 'lsp']);
    expect(seen).toEqual({
      filetype: 'nix',
      found: true,
      hover: expect.stringContaining('**github-token**'),
      definition: join(root, 'lib/secret-registry.nix'),
      completion: expect.arrayContaining(['anthropic', 'github-token']),
      renamed: '    "gh-token"',
      renamed_elsewhere: true,
      actions: expect.arrayContaining(['Replace with "anthropic"', 'Ignore registry/unknown-key here']),
      fixed: '    "anthropic" # broken: registry/unknown-key',
      gone: true,
      across: true,
      client_alive: true,
    });
  }, 120_000);
});

test('the pages start the server as the test does', () => {
  const page = (name: string) => readFileSync(join(__dirname, `../../docs/editors/${name}.md`), 'utf8');
  expect(page('neovim')).toContain("cmd = { 'varsmith', 'lsp' }");
  expect(page('helix')).toContain('command = "varsmith"\nargs = ["lsp"]');
  expect(page('emacs')).toContain('("varsmith" "lsp")');
});

/** Runs the driver in a Neovim without anybody's configuration; resolves with what it saw. */
function neovim(root: string, command: readonly string[]): Promise<unknown> {
  const driver = join(__dirname, 'neovim.lua');
  const options = { cwd: root, env: { ...process.env, VARSMITH_COMMAND: JSON.stringify(command) } };
  return new Promise((resolve, reject) => {
    const args = ['--clean', '--headless', '-n', '-i', 'NONE', '-c', `luafile ${driver}`];
    execFile('nvim', args, { ...options, timeout: 110_000 }, (error, stdout, stderr) => {
      if (error) reject(new Error(`${error.message}\n${stdout}\n${stderr}`));
      else resolve(JSON.parse(stdout));
    });
  });
}
