/**
 * The server in Neovim and Emacs, configured as their pages say: nothing of VS Code is there to make up for what the
 * server forgets. Registered for each version on the PATH.
 */
import { execFile } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Home, installed, MOVED, newHome, STORED, snippets, storedFleet } from './support.ts';

interface Editor {
  readonly editor: string;
  readonly version: string;
  readonly program: string;
  /** With the page's configuration, and nobody's beside. */
  readonly args: (configuration: string, driver: string) => readonly string[];
  readonly configuration: string;
  /** Name of the file that it is in: its ending says its language. */
  readonly start: string;
  readonly driver: string;
  readonly movesStored: boolean;
  /** What it sees beside what both see. */
  readonly more: Readonly<Record<string, unknown>>;
}

const NEOVIM_PAGE = snippets('neovim', 'lua');
const EMACS_PAGE = snippets('emacs', 'elisp');

/** The page has one for 0.11 and newer, one for 0.8 to 0.10, one for 0.7. */
function neovimSnippet(minor: number): string {
  return NEOVIM_PAGE[minor >= 11 ? 0 : minor >= 8 ? 1 : 2] ?? '';
}

function neovims(): Editor[] {
  return [...installed('nvim', ['--version'])].map(([version, program]) => {
    const minor = Number(version.split('.')[1]);
    return {
      editor: 'Neovim',
      version,
      program,
      args: (configuration, driver) => [
        '--headless',
        '-n',
        '-i',
        'NONE',
        '-u',
        configuration,
        '-c',
        `luafile ${driver}`,
      ],
      configuration: neovimSnippet(minor),
      start: 'init.lua',
      driver: 'neovim.lua',
      movesStored: minor >= 10,
      more: { filetype: 'nix', hover: expect.stringContaining('GitHub fine-grained token') },
    };
  });
}

const VERSION = ['--batch', '-l', 'eglot', '--eval', '(princ emacs-version)'];

function emacsen(): Editor[] {
  return [...installed('emacs', VERSION)].map(([version, program]) => ({
    editor: 'Emacs',
    version,
    program,
    args: (configuration, driver) => ['--batch', '--no-init-file', '-l', configuration, '-l', driver],
    configuration: EMACS_PAGE[0] ?? '',
    start: 'init.el',
    driver: 'emacs.el',
    movesStored: false,
    // Without markdown-mode it asks for plain text.
    more: { references: 3, hover: expect.stringMatching(/^github-token · registry key/) },
  }));
}

describe.each([...neovims(), ...emacsen()])('$editor $version', editor => {
  let home: Home;
  let root: string;
  let seen: Readonly<Record<string, unknown>>;
  beforeAll(async () => {
    home = newHome();
    root = storedFleet(home);
    seen = await driven(editor, root, home);
  });
  afterAll(() => rmSync(home.folder, { recursive: true }));

  test('finds, tells, completes, renames and fixes', () => {
    const { stored: _, ...rest } = seen;
    expect(rest).toEqual({
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
      ...editor.more,
    });
  });

  test('leaves no value behind under the old name of a generator', () => {
    expect([existsSync(join(root, STORED)), existsSync(join(root, MOVED))]).toEqual(
      editor.movesStored ? [false, true] : [true, false],
    );
    const command = 'varsmith rename generator gmail-app-password gmail-password';
    expect(seen.stored).toEqual(editor.movesStored ? 'moved' : expect.stringContaining(command));
  });
});

test('each page has the configurations that are tried', () => {
  expect(
    NEOVIM_PAGE.slice(0, 3).map(code => code.includes("cmd = { 'varsmith', 'lsp', '--stdio' }")),
  ).toEqual([true, true, true]);
  expect(EMACS_PAGE[0]).toContain('("varsmith" "lsp" "--stdio")');
});

/** Resolves with what the driver saw. */
function driven(
  { program, args, start, configuration, driver }: Editor,
  root: string,
  { folder, env }: Home,
): Promise<Readonly<Record<string, unknown>>> {
  const file = join(folder, start);
  writeFileSync(file, configuration);
  return new Promise((resolve, reject) => {
    const options = { cwd: root, env, timeout: 280_000 };
    execFile(program, args(file, join(__dirname, driver)), options, (error, stdout, stderr) => {
      if (error) reject(new Error(`${error.message}\n${stdout}\n${stderr}`));
      else resolve(JSON.parse(stdout));
    });
  });
}
