/**
 * The server in Neovim and Emacs, over standard input and output: nothing of VS Code is there to make up for what the
 * server forgets. Registered where they are installed.
 */
import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { brokenFleet } from '../cli/fleets.ts';

interface Editor {
  readonly editor: string;
  readonly program: string;
  /** Ends with 0 if the editor is there, with what its driver needs. */
  readonly probe: readonly string[];
  /** Without anybody's configuration. */
  readonly drive: (driver: string) => readonly string[];
  readonly driver: string;
  /** What it sees beside what both see. */
  readonly more: () => Readonly<Record<string, unknown>>;
}

const EDITORS: readonly Editor[] = [
  {
    editor: 'Neovim',
    program: 'nvim',
    probe: ['--version'],
    drive: driver => ['--clean', '--headless', '-n', '-i', 'NONE', '-c', `luafile ${driver}`],
    driver: 'neovim.lua',
    more: () => ({ filetype: 'nix', hover: expect.stringContaining('**github-token**') }),
  },
  {
    editor: 'Emacs',
    program: 'emacs',
    probe: ['--batch', '-l', 'eglot'],
    drive: driver => ['--batch', '--no-init-file', '-l', driver],
    driver: 'emacs.el',
    // Without markdown-mode it asks for plain text.
    more: () => ({ references: 3, hover: expect.stringMatching(/^github-token · registry key/) }),
  },
];

const installed = EDITORS.filter(({ program, probe }) => spawnSync(program, probe).status === 0);

describe.each(installed)('$editor', editor => {
  let bundle: string;
  beforeAll(() => {
    bundle = mkdtempSync(join(tmpdir(), 'varsmith-editor-'));
    const build = join(__dirname, '../../scripts/build.mjs');
    execFileSync(process.execPath, [build, '--outdir', bundle, '--only', 'cli'], { stdio: 'ignore' });
  });
  afterAll(() => rmSync(bundle, { recursive: true }));

  test('finds, tells, completes, renames and fixes', async () => {
    const root = brokenFleet();
    const seen = await driven(editor, root, [process.execPath, join(bundle, 'cli.js'), 'lsp']);
    expect(seen).toEqual({
      found: true,
      definition: join(root, 'lib/secret-registry.nix'),
      completion: expect.arrayContaining(['anthropic', 'github-token']),
      renamed: '    "gh-token"',
      renamed_elsewhere: true,
      actions: expect.arrayContaining(['Replace with "anthropic"', 'Ignore registry/unknown-key here']),
      fixed: '    "anthropic" # broken: registry/unknown-key',
      gone: true,
      across: true,
      server_alive: true,
      ...editor.more(),
    });
  }, 120_000);
});

test('the pages start the server as the test does', () => {
  const page = (name: string) => readFileSync(join(__dirname, `../../docs/editors/${name}.md`), 'utf8');
  expect(page('neovim')).toContain("cmd = { 'varsmith', 'lsp' }");
  expect(page('helix')).toContain('command = "varsmith"\nargs = ["lsp"]');
  expect(page('emacs')).toContain('("varsmith" "lsp")');
});

/** Resolves with what the driver saw. */
function driven(
  { program, drive, driver }: Editor,
  root: string,
  command: readonly string[],
): Promise<unknown> {
  const options = { cwd: root, env: { ...process.env, VARSMITH_COMMAND: JSON.stringify(command) } };
  return new Promise((resolve, reject) => {
    const args = drive(join(__dirname, driver));
    execFile(program, args, { ...options, timeout: 110_000 }, (error, stdout, stderr) => {
      if (error) reject(new Error(`${error.message}\n${stdout}\n${stderr}`));
      else resolve(JSON.parse(stdout));
    });
  });
}
