// The scene both editor suites play in: a throw-away copy of the broken example fleet, and the places in it that matter.
// The places come from the command line, so the suites also show that the editor and `varsmith check` agree.

import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';

const EXAMPLE = 'examples/broken-fleet';

/** Runs `varsmith …` and reads its JSON. Findings make it exit 1, which is what the example is for. */
function varsmith(root, args) {
  const cli = path.join(root, 'dist/cli.js');
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...args], { encoding: 'utf8' });
  if (status !== 0 && status !== 1) throw new Error(`varsmith ${args[0]} ended with ${status}\n${stderr}`);
  return JSON.parse(stdout);
}

/** Where `text` first stands in a file of `folder`; line and column are 1-based, columns count UTF-16 units. */
function placeOf(folder, file, text) {
  const lines = fs.readFileSync(path.join(folder, file), 'utf8').split('\n');
  const line = lines.findIndex(each => each.includes(text));
  return line < 0 ? undefined : { file, line: line + 1, column: lines[line].indexOf(text) + 1 };
}

/** The first finding of an unknown key that offers a replacement. */
function findUnknownKey(root, folder) {
  const { findings } = varsmith(root, ['check', folder, '--format', 'json']);
  for (const { rule, message, file, line, column, fixes } of findings) {
    if (rule !== 'registry/unknown-key') continue;
    const replacement = fixes.map(fix => /^Replace with "(.+)"/.exec(fix.title)?.[1]).find(Boolean);
    if (replacement) return { file, line, column, message, replacement };
  }
  throw new Error(`${EXAMPLE} has no unknown key with a replacement`);
}

/** A key that the registry declares in plain words and the matrix (`matrixFile`) selects. */
function findSelectedKey(root, folder, matrixFile) {
  const { registry } = varsmith(root, ['inspect', folder, '--format', 'json']);
  for (const { key, generator, machines, file, line, column } of registry?.keys ?? []) {
    const text = fs.readFileSync(path.join(folder, file), 'utf8').split('\n')[line - 1];
    const selection = placeOf(folder, matrixFile, `"${key}"`);
    if (machines.length > 0 && text.startsWith(`${key} `, column - 1) && selection)
      return { key, generator, machine: machines[0], entry: { file, line, column }, selection };
  }
  throw new Error(`${EXAMPLE} has no plain registry key that the matrix selects`);
}

/**
 * Copies the example to a temporary folder, which is removed when this process exits. All places are relative to the folder,
 * lines and columns 1-based.
 * @param {string} root the project's root
 */
export function makeScene(root) {
  const parent = fs.mkdtempSync(path.join(fs.realpathSync(os.tmpdir()), 'varsmith-fleet-'));
  process.once('exit', () => fs.rmSync(parent, { recursive: true, force: true }));
  const folder = path.join(parent, path.basename(EXAMPLE)); // the window's title, also in the pictures
  fs.cpSync(path.join(root, EXAMPLE), folder, { recursive: true });
  // What an example shows at first would come in between: the walk of a new person has it.
  fs.rmSync(path.join(folder, '.varsmith-example.json'));
  const unknownKey = findUnknownKey(root, folder);
  const selectedKey = findSelectedKey(root, folder, unknownKey.file);
  const script = placeOf(folder, selectedKey.entry.file, '$out/');
  if (!script) throw new Error(`${EXAMPLE} has no script that writes to $out`);
  // Within the word, where the editor asks what colours it.
  const out = { ...script, column: script.column + 2 };
  /** What is found in a file of the folder as it is now, by rule. */
  const findingsIn = file =>
    varsmith(root, ['check', folder, '--format', 'json'])
      .findings.filter(finding => finding.file === file)
      .map(({ rule }) => rule);
  return { folder, unknownKey, selectedKey, out, findingsIn };
}
