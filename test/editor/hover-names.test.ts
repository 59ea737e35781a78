// Hovers of names that are no keys themselves: lists that rows share, and functions that look keys up.
import { expect, test } from 'vitest';
import { hover } from '../../server/src/editor/hover/hover.ts';
import { inExample } from './support.ts';

const MATRIX = 'lib/machine-env-matrix.nix';
const SECRETS = 'lib/secrets.nix';
const LEA = 'modules/hosts/lea/default.nix';

function shown(file: string, before: string, others: Readonly<Record<string, string>> = {}): string | null {
  const { snapshot, offset } = inExample(file, before, others);
  return hover(snapshot, file, offset)?.markdown ?? null;
}

test('a list that rows share, where it is written', () => {
  expect(shown(MATRIX, 'sharedCo')).toMatchInlineSnapshot(`
    "**sharedCore** · list that rows share

    - 5 keys: \`cloudflare-account-id\`, \`github-token\`, \`hindsight\`, \`anthropic\`, \`openrouter\`
    - Rows that have it: emily, noa, tove

    Defined in \`lib/machine-env-matrix.nix:4\`"
  `);
});

test('a list that rows share, where a row takes it', () => {
  expect(shown(MATRIX, 'emily = shared')).toBe(shown(MATRIX, 'sharedCo'));
});

test('a list that is bound beside the rows and inherited', () => {
  const texts = {
    [MATRIX]:
      'let\n  basics = [ "anthropic" ];\nin\n{\n  inherit basics;\n  lea = basics ++ [ "gmail" ];\n  noa = basics;\n}\n',
  };
  const card = shown(MATRIX, 'basi', texts);
  expect(card).toContain(
    '**basics** · list that rows share\n\n- 1 key: `anthropic`\n- Rows that have it: lea, noa',
  );
  expect(shown(MATRIX, 'inherit bas', texts)).toBe(card);
  expect(shown(MATRIX, 'noa = bas', texts)).toBe(card);
});

test('a row of a machine that another one builds on is still a machine', () => {
  const texts = { [MATRIX]: 'rec {\n  lea = [ "anthropic" ];\n  noa = lea ++ [ "gmail" ];\n}\n' };
  expect(shown(MATRIX, '  le', texts)).toContain('**lea** · machine');
});

test('a list that no row takes says nothing', () => {
  const texts = { [MATRIX]: 'let\n  unused = [ "anthropic" ];\nin\n{\n  lea = [ "gmail" ];\n}\n' };
  expect(shown(MATRIX, 'unus', texts)).toBeNull();
});

test('an accessor where it is called: the key, what it makes, where the function stands', () => {
  expect(shown(LEA, 'secrets.mkPass')).toMatchInlineSnapshot(`
    "**mkPasswordCmd** · looks up a key of lib/secret-registry.nix · takes \`{ osConfig, key }\`

    For options that want a command which prints the password.

    - Key \`gmail\` → \`gmail-app-password\` / \`password\`, its \`path\`

    Defined in \`lib/secrets.nix:36\`"
  `);
});

test('an accessor where it is written: who calls it with which key', () => {
  expect(shown(SECRETS, '  getPa')).toMatchInlineSnapshot(`
    "**getPath** · looks up a key of lib/secret-registry.nix · takes \`{ osConfig, key }\`

    The deployed file. Asks the machine's configuration, so it belongs into modules that are evaluated for that machine.

    4 calls:

    - Key \`icloud\` → \`icloud-app-password\` / \`password\`, its \`path\` (modules/hosts/noa/default.nix)
    - Key \`gmail\` → \`gmail-app-password\` / \`password\`, its \`path\` (modules/hosts/emily/default.nix)
    - Key \`icloud\` → \`icloud-app-password\` / \`password\`, its \`path\` (modules/hosts/emily/default.nix)
    - Key \`gmail\` → \`gmail-app-password\` / \`password\`, its \`path\` (modules/hosts/lea/default.nix)"
  `);
  expect(shown(SECRETS, '  mkPasswordC')).toMatchInlineSnapshot(`
    "**mkPasswordCmd** · looks up a key of lib/secret-registry.nix · takes \`{ osConfig, key }\`

    For options that want a command which prints the password.

    3 calls:

    - Key \`gmail\` → \`gmail-app-password\` / \`password\`, its \`path\` (modules/hosts/emily/default.nix)
    - Key \`icloud\` → \`icloud-app-password\` / \`password\`, its \`path\` (modules/hosts/emily/default.nix)
    - Key \`gmail\` → \`gmail-app-password\` / \`password\`, its \`path\` (modules/hosts/lea/default.nix)"
  `);
});

test('a function that only others of its file call has the calls of those', () => {
  expect(shown(SECRETS, '  entryO')).toMatch(/^\*\*entryOf\*\* · looks up a key[\s\S]*5 calls:/);
});

test('functions that look nothing up have no card', () => {
  expect(shown(SECRETS, '  ca')).toBeNull();
  expect(shown(LEA, '  secre')).toBeNull();
});

test('a key that the registry does not have is said to be missing', () => {
  const { snapshot } = inExample(LEA, 'secrets');
  const text = snapshot.files.text(LEA)?.replace('key = "gmail"', 'key = "gmial"') ?? '';
  expect(shown(LEA, 'secrets.mkPass', { [LEA]: text })).toContain('which the registry does not have');
});
