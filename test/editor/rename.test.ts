// Renaming: everything or nothing, and back again to the very same text.
import { expect, test } from 'vitest';
import { applyEdits, editsByFile } from '../../server/src/checks/engine/apply-fixes.ts';
import { prepareRename, rename } from '../../server/src/editor/rename/rename.ts';
import type { Renaming } from '../../server/src/editor/rename/renaming.ts';
import { type At, inExample, textAt } from './support.ts';

const REGISTRY = 'lib/secret-registry.nix';
const MATRIX = 'lib/machine-env-matrix.nix';
const FILE = 'modules/hosts/lea/ca.nix';
const MODULE = `{ config, ... }:
{
  clan.core.vars.generators.ca = {
    files."ca.key".deploy = false;
    prompts.pass = { type = "hidden"; persist = true; };
    script = ''
      openssl genrsa -passout "file:$prompts/pass" -out "$out/ca.key"
    '';
  };
  clan.core.vars.generators.leaf = {
    dependencies = [ "ca" ];
    files.leaf = { };
    script = "sign $in/ca/ca.key $in/ca/pass > $out/leaf";
  };
  services.web.ca = config.clan.core.vars.generators.ca.files."ca.key".path;
}
`;

function renamed(at: At, to: string): Renaming & { readonly texts: Readonly<Record<string, string>> } {
  const found = rename(at.snapshot, at.file, at.offset, to);
  if (found === null || 'refused' in found) throw new Error(found?.refused ?? 'nothing to rename');
  const texts = [...editsByFile([{ title: '', edits: found.edits, preferred: true }])].map(
    ([file, edits]): [string, string] => [file, applyEdits(at.snapshot.files.text(file) ?? '', edits)],
  );
  return { ...found, texts: Object.fromEntries(texts) };
}

function refusal({ snapshot, file, offset }: At, to: string): string | null {
  const found = rename(snapshot, file, offset, to);
  return found !== null && 'refused' in found ? found.refused : null;
}

const inModule = (before: string, more: Readonly<Record<string, string>> = {}) =>
  inExample(FILE, before, { [FILE]: MODULE, ...more });

test('a generator is renamed in its declaration, in dependencies, in uses and in scripts', () => {
  const { texts } = renamed(inModule('dependencies = [ "c'), 'house-ca');
  expect(texts[FILE]).toBe(
    MODULE.replace('generators.ca =', 'generators.house-ca =')
      .replace('"ca"', '"house-ca"')
      .replaceAll('$in/ca/', '$in/house-ca/')
      .replace('generators.ca.files', 'generators.house-ca.files'),
  );
});

test('a generator of a file that is no module is renamed there', () => {
  const generators = '{ token = { files.key = { }; script = "echo > $out/key"; }; }\n';
  const module = '{ clan.core.vars.generators = import ./generators.nix; }\n';
  const file = 'modules/hosts/lea/generators.nix';
  const more = { [file]: generators, [FILE]: module };
  const { texts } = renamed(inExample(file, 'tok', more), 'secret-token');
  expect(texts).toEqual({ [file]: generators.replace('token', 'secret-token') });
});

test('a file is renamed where it is declared, written, read and used', () => {
  const { texts } = renamed(inModule('$out/ca'), 'key');
  expect(texts[FILE]).toContain('files."key".deploy = false;');
  expect(texts[FILE]).toContain('-out "$out/key"');
  expect(texts[FILE]).toContain('sign $in/ca/key $in/ca/pass');
  expect(texts[FILE]).toContain('generators.ca.files."key".path;');
});

test('a persisted prompt takes its file along', () => {
  const { texts } = renamed(inModule('prompts.pa'), 'passphrase');
  expect(texts[FILE]).toContain('prompts.passphrase = {');
  expect(texts[FILE]).toContain('file:$prompts/passphrase"');
  expect(texts[FILE]).toContain('$in/ca/passphrase >');
});

test('what a persisted prompt has stored moves with it, and nothing moves over something else', () => {
  const stored = { 'vars/shared/ca/pass/secret': '{}' };
  expect(renamed(inModule('prompts.pa', stored), 'passphrase').moves).toEqual([
    { from: 'vars/shared/ca/pass', to: 'vars/shared/ca/passphrase' },
  ]);
  const taken = { ...stored, 'vars/shared/ca/passphrase/secret': '{}' };
  expect(() => renamed(inModule('prompts.pa', taken), 'passphrase')).toThrow('already exists');
});

test('a registry key is renamed in the registry, in the matrix and where accessors are given it', () => {
  const { texts } = renamed(inExample(MATRIX, '"anthr'), 'claude');
  expect(Object.keys(texts)).toEqual(expect.arrayContaining([REGISTRY, MATRIX]));
  expect(Object.values(texts).join('\n')).not.toMatch(/"anthropic"|^ {2}anthropic =/m);
});

test('what is stored moves with the name', () => {
  const stored = {
    'vars/per-machine/lea/ca/ca.key/secret': '{}',
    'vars/per-machine/lea/ca/pass/secret': '{}',
    'vars/per-machine/lea/other/ca.key/secret': '{}',
    'secrets/clan-vars/per-machine/tove/ca/ca.key/ca.key.age': '',
  };
  expect(renamed(inModule('generators.c', stored), 'root').moves).toEqual([
    { from: 'vars/per-machine/lea/ca', to: 'vars/per-machine/lea/root' },
    { from: 'secrets/clan-vars/per-machine/tove/ca', to: 'secrets/clan-vars/per-machine/tove/root' },
  ]);
  expect(renamed(inModule('$out/ca', stored), 'key').moves).toEqual([
    { from: 'vars/per-machine/lea/ca/ca.key', to: 'vars/per-machine/lea/ca/key' },
    {
      from: 'secrets/clan-vars/per-machine/tove/ca/ca.key/ca.key.age',
      to: 'secrets/clan-vars/per-machine/tove/ca/key/key.age',
    },
  ]);
});

test.each([
  ['is taken', () => inModule('generators.c'), 'leaf', 'A generator "leaf" already exists.'],
  [
    'is a file of the generator',
    () => inModule('$out/ca'),
    'pass',
    'The generator "ca" already has a "pass".',
  ],
  ['is empty', () => inModule('generators.c'), '', 'A name cannot be empty.'],
  ['cannot be a path', () => inModule('generators.c'), 'a/b', '"a/b" cannot be a name here'],
  [
    'is also something else',
    () => inExample('flake.nix', 'tove'),
    'x',
    '"tove" also appears at modules/hosts/tove/default.nix:18',
  ],
])('a name that %s is refused', (_, at, to, message) => {
  expect(refusal(at(), to)).toContain(message);
});

test('a key is renamed in the steps of sessions too', () => {
  const { snapshot, file, offset } = inExample('lib/secret-registry.nix', '  deepsee');
  const found = rename(snapshot, file, offset, 'deep');
  const edited = found && 'edits' in found ? found.edits.map(edit => edit.file) : [];
  expect([...new Set(edited)].sort()).toEqual([
    'lib/machine-env-matrix.nix',
    'lib/secret-registry.nix',
    'lib/session-vars-spec.nix',
  ]);
});

test('a name that is put together is refused as a whole, with the place', () => {
  const text = `let
  name = prefix: "\${prefix}-key";
in
{
  clan.core.vars.generators.\${name "web"}.files.a = { };
  clan.core.vars.generators.b = {
    dependencies = [ "web-key" ];
    files.c = { };
    script = "cp $in/web-key/a $out/c";
  };
}
`;
  const at = inExample(FILE, '[ "web', { [FILE]: text });
  expect(refusal(at, 'x')).toMatch(/^"web-key" is not written out at modules\/hosts\/lea\/ca\.nix:\d/);
});

test('the name is offered without its quotes', () => {
  const at = inModule('[ "c');
  const prepared = prepareRename(at.snapshot, at.file, at.offset);
  expect(prepared).toMatchObject({ name: 'ca' });
  expect(prepared && 'at' in prepared && textAt(at.snapshot, prepared.at)).toBe(`${FILE}: ca`);
});

test.each([
  ['generator', 'generators.c', 'ca'],
  ['file', '$out/ca', 'ca.key'],
  ['prompt', 'prompts.pa', 'pass'],
])('renaming a %s and back gives the very same text', (_, before, old) => {
  const once = renamed(inModule(before), 'other-name').texts[FILE] as string;
  const again = inExample(FILE, 'other-name', { [FILE]: once });
  expect(renamed(again, old).texts[FILE]).toBe(MODULE);
});
