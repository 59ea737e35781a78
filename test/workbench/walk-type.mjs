// The part of the walk that types: a whole generator with its script, key by key, and the file is what was typed.

import * as fs from 'node:fs';
import * as path from 'node:path';
import { equal, until } from './expect.mjs';

const FILE = 'modules/typed.nix';

/** The cursor is to be on the empty line. */
const BEFORE = `{ ... }:
{
  networking.domain = "example.org";
  
}
`;

/** The lines as a person types them, without their indentation: that is the editor's. */
const LINES = [
  'clan.core.vars.generators.typed = {',
  'prompts.token.type = "hidden";',
  'files.key = { };',
  "script = ''",
  `printf '%s' "$(cat "$prompts/token")" > "$out/key"`,
  "'';",
];

const AFTER = `{ ... }:
{
  networking.domain = "example.org";
  clan.core.vars.generators.typed = {
    prompts.token.type = "hidden";
    files.key = { };
    script = ''
      printf '%s' "$(cat "$prompts/token")" > "$out/key"
    '';
  };
}
`;

const unindented = text => text.replaceAll(/^ +/gm, '');

/** Puts the file that is typed into into a scene. */
export function writeTypedFile(folder) {
  fs.writeFileSync(path.join(folder, FILE), BEFORE);
}

/** @param {ReturnType<typeof import('./scene.mjs').makeScene>} scene */
export function typeSteps({ folder, findingsIn }) {
  return [
    [
      'a generator that is typed key by key is the one that was meant, and nothing is found in it',
      async ui => {
        const { keyboard } = ui.page;
        await ui.open(FILE, 4, 3);
        for (const line of LINES) {
          if (line !== LINES[0]) await keyboard.press('Enter');
          for (const key of line) await keyboard.type(key);
        }
        // The brace that the editor has closed is on the next line.
        await keyboard.press('ArrowDown');
        await keyboard.press('End');
        await keyboard.type(';');
        await ui.command('File: Save All');
        const file = path.join(folder, FILE);
        await until('the file is saved', () => fs.readFileSync(file, 'utf8') !== BEFORE);
        // The editor's own indentation of keys as fast as these is now and then another one, in either version.
        equal(unindented(fs.readFileSync(file, 'utf8')), unindented(AFTER));
        for (const kind of ['error', 'warning', 'info'])
          await ui.squiggle(kind).first().waitFor({ state: 'detached' });
        equal(findingsIn(FILE), []);
      },
    ],
  ];
}
