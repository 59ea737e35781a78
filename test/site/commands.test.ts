// The page of commands is made from their table.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { commandsPage } from '../../scripts/lib/commands-page.mjs';
import { COMMAND_GROUPS, COMMANDS } from '../../server/src/cli/table/command-table.ts';

const page = commandsPage(COMMAND_GROUPS);

test('it is current: npm run docs writes it', () => {
  const file = join(import.meta.dirname, '..', '..', 'docs', 'commands.md');
  expect(readFileSync(file, 'utf8')).toBe(page);
});

test('it has every command with every option that is shown', () => {
  for (const { name, options } of COMMANDS) {
    const section = page.split(/^## /m).find(text => text.startsWith(`varsmith ${name}\n`)) ?? '';
    const rows = [...section.matchAll(/^\| `(?:-\w, )?--([\w-]+)/gm)].map(([, option]) => option);
    expect([name, rows]).toEqual([
      name,
      options.filter(({ hidden }) => hidden !== true).map(option => option.name),
    ]);
  }
});
