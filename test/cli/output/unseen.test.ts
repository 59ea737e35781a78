// Names that command a terminal, turn the text around them, or end a line: no format writes them raw.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { environmentText } from '../../../server/src/editor/environment/environment-text.ts';
import { write } from '../../workspace/support.ts';
import { varsmith } from '../support.ts';

const NAMES = [
  '\u001b]0;PWN\u0007',
  '\u001b[2J',
  '\u202eevil',
  '\u2066x\u2069',
  '\u2028',
  '\u009b31m',
  '\r\u001b[K',
  '\u007f',
  '\u200fx',
];

const RAW =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it is about
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/;

const FORMATS = [
  ['check', '--format text', '--format json', '--format sarif', '--format github', '--format lines'],
  [
    'graph',
    '--format svg',
    '--format dot',
    '--format mermaid',
    '--format json',
    '--group machine --format dot',
  ],
  ['inspect', '', '--format json'],
  ['env', '--machine m', '--machine m --shell nushell', '--machine m --json', '--machine m --all'],
  ['plan', '', '--json'],
  ['list', '', '--json'],
  ['verify', '', '--json'],
  ['doctor', '', '--format json'],
] as const;

let root: string;

function nix(text: string): string {
  return `"${text.replaceAll('\r', '\\r')}"`;
}

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'varsmith-test-'));
  write(
    root,
    'flake.nix',
    '{ outputs = { self, clan-core, ... }: let clan = clan-core.lib.clan { inherit self; meta.name = "x"; }; in { inherit (clan.config) nixosConfigurations; }; }',
  );
  const generators = NAMES.map(
    name =>
      `${nix(`g${name}`)} = { files.${nix(`f${name}`)} = { }; prompts.${nix(name)}.description = ${nix(name)}; dependencies = [ ${nix(`missing${name}`)} ]; script = "echo"; };`,
  );
  write(
    root,
    'machines/m/configuration.nix',
    `{ clan.core.vars.generators = {\n${generators.join('\n')}\n}; }\n`,
  );
  for (const name of NAMES) {
    mkdirSync(join(root, 'vars/shared', `g${name}`, 'f'), { recursive: true });
    writeFileSync(join(root, 'vars/shared', `g${name}`, 'f/value'), name);
    writeFileSync(join(root, `${name}.nix`), `{ x = (; ${name} }`);
  }
});

afterAll(() => rmSync(root, { recursive: true, force: true }));

describe.each(FORMATS)('varsmith %s', (command, ...options) => {
  it.each(options)('%s', async (option = '') => {
    const home = join(root, '..', 'nobody');
    const { stdout, stderr } = await varsmith(
      [command, root, ...option.split(' ').filter(word => word !== '')],
      { cwd: root, env: { HOME: home, PATH: process.env.PATH ?? '' } },
    );
    expect(stdout.replaceAll('\r\n', '\n')).not.toMatch(RAW);
    expect(stderr).not.toMatch(RAW);
    if (option.includes('json')) expect(typeof JSON.parse(stdout)).toBe('object');
  });
});

describe('what nobody would see', () => {
  it('has one door into JSON for people and programs', () => {
    const folder = join(__dirname, '../../../server/src/cli');
    const others = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
      name =>
        name.endsWith('.ts') &&
        !['output/json-text.ts', 'baseline.ts'].includes(name) &&
        /JSON\.stringify\([^;]*null, 2/.test(readFileSync(join(folder, name), 'utf8')),
    );
    expect(others).toEqual([]);
  });

  it('is the same text again for a reader of JSON', async () => {
    const { stdout } = await varsmith(['inspect', root, '--format', 'json'], { cwd: root });
    const names = JSON.parse(stdout).generators.map(({ name }: { name: string }) => name);
    expect(names).toEqual(expect.arrayContaining(NAMES.map(name => `g${name}`)));
  });

  it('is the same value again for bash', () => {
    for (const value of [...NAMES.map(name => `/run/${name}'\\x41/secret`), "it's", '\ttab\nline']) {
      const text = environmentText(
        { machine: 'm', notes: [], steps: [], session: null, variables: [{ name: 'V', value }] } as never,
        'bash',
      );
      expect(text).not.toMatch(RAW);
      expect(execFileSync('bash', ['-c', `${text}printf %s "$V"`], { encoding: 'utf8' })).toBe(value);
    }
  });
});
