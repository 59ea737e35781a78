/** The server in Helix, configured as its page says, driven by keys. Registered for each version on the PATH, where tmux is. */
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MATRIX, textOf } from '../cli/fleets.ts';
import { type Home, installed, MOVED, newHome, STORED, snippets, storedFleet } from './support.ts';
import { hasTerminal, type Terminal, terminal } from './terminal.ts';

const PAGE = snippets('helix', 'toml');
const REGISTRY = 'lib/secret-registry.nix';
const versions = hasTerminal() ? [...installed('hx', ['--version'])] : [];
if (!hasTerminal()) console.warn('helix.test.ts: tmux is not installed, so Helix is not tried.');

describe.each(versions)('Helix %s', (_, program) => {
  let home: Home;
  let root: string;
  let helix: Terminal;
  beforeAll(() => {
    home = newHome();
    root = storedFleet(home);
    mkdirSync(join(home.folder, '.config/helix'), { recursive: true });
    writeFileSync(join(home.folder, '.config/helix/languages.toml'), PAGE.join('\n'));
    helix = terminal(basename(home.folder), `${program} ${MATRIX}`, { cwd: root, env: home.env });
  });
  afterAll(() => {
    helix?.end();
    rmSync(home.folder, { recursive: true });
  });

  /** Puts the cursor into the first string of a line. */
  const toStringOn = async (line: number) => {
    helix.keys(`:${line}`, 'Enter', 'gs', 'f"', 'l');
    await helix.shows(new RegExp(` ${line}:\\d+\\s*$`, 'm'));
  };

  test('shows findings and settings reach the server', async () => {
    await helix.shows(/^●\s+24 /m);
    helix.keys(' D');
    expect(await helix.shows(/use\/undefined-generator/)).not.toContain('registry/unused-key');
    await helix.leave(/severity +code/);
  });

  test('tells of what is under the cursor, and fixes it', async () => {
    await toStringOn(24);
    helix.keys(' k');
    await helix.shows(/A key that the registry does not have/);
    // The hover goes away by itself.
    helix.keys(' a');
    await helix.shows(/Replace with "anthropic"/);
    helix.keys('Enter');
    await helix.shows(/^\s+24\s+"anthropic" # broken/m);
  });

  test('goes to a definition', async () => {
    await toStringOn(6);
    helix.keys('gd');
    await helix.shows(/lib\/secret-registry\.nix\s.*\s92:\d+\s*$/m);
    helix.keys(':buffer-close', 'Enter');
    await helix.shows(/lib\/machine-env-matrix\.nix/);
  });

  test('completes a key', async () => {
    helix.keys(':5', 'Enter', 'o', '"');
    await helix.shows(/ gmail\s+constant/);
    await helix.leave(/^ INS /m);
    helix.keys('u');
    await helix.shows(/^\s+6\s+"github-token"/m);
  });

  test('renames in all files, and moves what is stored', async () => {
    await toStringOn(6);
    helix.keys(' r');
    await helix.shows(/rename-to:github-token/);
    helix.keys('C-u', 'gh-token', 'Enter');
    await helix.shows(/^\s+6\s+"gh-token"/m);
    helix.keys(`:open ${REGISTRY}`, 'Enter');
    await helix.shows(/lib\/secret-registry\.nix/);
    await toStringOn(102);
    helix.keys(' r');
    await helix.shows(/rename-to:gmail-app-password/);
    helix.keys('C-u', 'gmail-password', 'Enter');
    await helix.shows(/^\D*102\s+generator = "gmail-password"/m);
    helix.keys(':write-all', 'Enter');
    await helix.shows(/lib\/secret-registry\.nix {2}/);
    expect([existsSync(join(root, STORED)), existsSync(join(root, MOVED))]).toEqual([false, true]);
    helix.keys(':quit-all', 'Enter');
    await helix.ended();
    expect(textOf(root, REGISTRY)).toMatch(/^ {2}gh-token = /m);
    expect(textOf(root, MATRIX)).toContain('"gh-token"');
  });
});

test('the page has the configuration that is tried', () => {
  expect(PAGE[0]).toContain('command = "varsmith"\nargs = ["lsp", "--stdio"]');
  expect(PAGE[1]).toContain('"registry/unused-key" = "off"');
});
