/** What the editor does with words and lines of Nix before any server answers. */
import { expect, test } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import configuration from '../../syntaxes/language-configuration.json' with { type: 'json' };

function words(text: string): string[] {
  return text.match(new RegExp(configuration.wordPattern, 'g')) ?? [];
}

const increases = (line: string) =>
  new RegExp(configuration.indentationRules.increaseIndentPattern).test(line);
const decreases = (line: string) =>
  new RegExp(configuration.indentationRules.decreaseIndentPattern).test(line);

test('a word is a Nix identifier, with its dashes and primes', () => {
  expect(words("lib.mk-if foldl' x_1")).toEqual(['lib', 'mk-if', "foldl'", 'x_1']);
});

test('the quotes of an indented string are no part of a word', () => {
  expect(words("''openssl rand''")).toEqual(['openssl', 'rand']);
});

test.each([
  'clan.core.vars.generators.x = {',
  'script = pkgs.writeText "x" \'\'',
  "script = ''",
  'runtimeInputs = [',
  'mkIf (',
  'let',
  'if a then # why',
  'value =',
])('the line after %j is indented', line => {
  expect(increases(line)).toBe(true);
});

test.each(['x = 1;', 'in', '}: lib', "'';", '# a list [', 'inherit (lib) mkIf;'])(
  'the line after %j keeps its indentation',
  line => {
    expect(increases(line)).toBe(false);
  },
);

test.each(['};', '  ]', ')', 'in {', "'';", "'')", 'else'])('%j moves back', line => {
  expect(decreases(line)).toBe(true);
});

test.each(["''text", 'inherit x;', 'elsewhere = 1;', 'in-house = 1;'])('%j stays where it is', line => {
  expect(decreases(line)).toBe(false);
});

// The editor asks after each key, and does not indent again what it has moved back.
test.each(['inherit (lib) mkIf;', 'install -m 600 key "$out/key"', 'files.key = { };', "''${HOME}/bin/make"])(
  '%j stays where it is while it is typed',
  line => {
    const typed = Array.from(line, (_, index) => line.slice(0, index + 1));
    expect(typed.filter(decreases)).toEqual([]);
  },
);

// Whoever types a script types its end too; the editor cannot type over what a new line has moved away.
test("quotes of a script are not closed by themselves, and a prime in a name isn't either", () => {
  const opened = configuration.autoClosingPairs.map(({ open }) => open);
  expect(opened.filter(open => open.startsWith("'"))).toEqual([]);
});

test('in a script, the keys do what they do in Nix', () => {
  const { grammars } = manifest.contributes;
  const languages = grammars.flatMap(grammar => Object.values<string>(grammar.embeddedLanguages));
  // Another language has no rule for the quotes that end the script, which would stay indented.
  expect(new Set(languages)).toEqual(new Set(['nix']));
});
