// What settings mean, and how wrong ones are told.

import { describe, expect, test } from 'vitest';
import { readJson } from '../../server/src/workspace/settings/json.ts';
import { checkSettings } from '../../server/src/workspace/settings/rule-settings.ts';
import { DEFAULT_SETTINGS, readSettings } from '../../server/src/workspace/settings/settings.ts';
import { createSettingsReader } from '../../server/src/workspace/settings/settings-file.ts';

const RULES = ['registry/unknown-key', 'registry/unused-key', 'use/undefined-file'];

/** The settings of `varsmith.json` with this text, under those of the editor. */
function read(text: string, configuration: unknown = null) {
  const files = { kind: () => 'file', text: () => text };
  return createSettingsReader(RULES).read(files, configuration);
}

/** Severity by rule, after file and editor. */
function severities(file: object, editor: object | null = null) {
  const { settings, problems } = read(JSON.stringify({ rules: file }), editor && { rules: editor });
  expect(problems).toEqual([]);
  return checkSettings(settings.rules, RULES).severities;
}

describe('severities', () => {
  test('a rule keeps its own where nothing is said', () => {
    expect(severities({})).toEqual({});
  });
  test('a group counts for its rules, and a rule goes before its group', () => {
    expect(severities({ 'registry/unused-key': 'error', 'registry/*': 'off' })).toEqual({
      'registry/unknown-key': 'off',
      'registry/unused-key': 'error',
    });
  });
  test('the editor has the last word: for a rule, and with a group for all its rules', () => {
    const file = { 'registry/unknown-key': 'off', 'registry/unused-key': 'off' };
    expect(severities(file, { 'registry/unused-key': 'hint' })).toEqual({
      'registry/unknown-key': 'off',
      'registry/unused-key': 'hint',
    });
    expect(severities(file, { 'registry/*': 'warning' })).toEqual({
      'registry/unknown-key': 'warning',
      'registry/unused-key': 'warning',
    });
  });
  test('an optional rule is off until it is named; its group does not switch it on', () => {
    const of = (rules: Parameters<typeof checkSettings>[0]) =>
      checkSettings(rules, RULES, ['use/undefined-file']).severities['use/undefined-file'];
    expect(of({})).toBe('off');
    expect(of({ 'use/*': { severity: 'warning' } })).toBe('off');
    expect(of({ 'use/undefined-file': { severity: 'hint' } })).toBe('hint');
  });
  test('the long form says the same', () => {
    expect(severities({ 'use/*': { severity: 'info' } })).toEqual({ 'use/undefined-file': 'info' });
  });
});

describe('paths', () => {
  const excluded = (file: object, editor: object | null = null) => {
    const { settings } = read(JSON.stringify({ rules: file }), editor && { rules: editor });
    return checkSettings(settings.rules, RULES).isExcluded as (rule: string, path: string) => boolean;
  };
  test('those of a rule and of its group count together', () => {
    const isExcluded = excluded({
      'registry/*': { exclude: ['old/'] },
      'registry/unused-key': { exclude: ['lib/*.nix'] },
    });
    expect(isExcluded('registry/unused-key', 'lib/a.nix')).toBe(true);
    expect(isExcluded('registry/unused-key', 'old/a.nix')).toBe(true);
    expect(isExcluded('registry/unknown-key', 'lib/a.nix')).toBe(false);
    expect(isExcluded('use/undefined-file', 'old/a.nix')).toBe(false);
  });
  test("the editor's take the place of the file's; its severity leaves them alone", () => {
    const file = { 'use/undefined-file': { severity: 'hint', exclude: ['a.nix'] } };
    expect(excluded(file, { 'use/undefined-file': 'off' })('use/undefined-file', 'a.nix')).toBe(true);
    expect(excluded(file, { 'use/*': { exclude: [] } })('use/undefined-file', 'a.nix')).toBe(false);
  });
});

describe('problems', () => {
  /** `«characters» sentence` of each. */
  const problems = (text: string) =>
    read(text).problems.map(({ at, message }) => `«${at ? text.slice(at.start, at.end) : ''}» ${message}`);

  test('of any number of unknown names, the first are named and the others counted', () => {
    const rules = Object.fromEntries(Array.from({ length: 50_000 }, (_, i) => [`x/r${i}`, 'off']));
    const found = problems(JSON.stringify({ rules }));
    expect(found).toHaveLength(101);
    expect(found[99]).toBe('«"x/r99"» There is no rule "x/r99". `varsmith rules` lists them.');
    expect(found[100]).toBe('«"x/r100"» "x/r100" does not exist either, nor do 49899 more names here.');
    const names = Object.fromEntries(Array.from({ length: 102 }, (_, i) => [`name ${i}`, 1]));
    expect(problems(JSON.stringify(names)).at(-1)).toBe(
      '«"name 100"» "name 100" does not exist either, nor does one more name here.',
    );
    expect(problems(JSON.stringify({ limits: names }))).toHaveLength(101);
  });

  test.each([
    [
      '{ "rules": { "registry/unkown-key": "off" } }',
      '«"registry/unkown-key"» There is no rule "registry/unkown-key". Did you mean "registry/unknown-key"? `varsmith rules` lists them.',
    ],
    [
      '{ "rules": { "undefined-file": "off" } }',
      '«"undefined-file"» There is no rule "undefined-file". Did you mean "use/undefined-file"? `varsmith rules` lists them.',
    ],
    [
      '{ "rules": { "regstry/*": "off" } }',
      '«"regstry/*"» There is no rule "regstry/*". Did you mean "registry/*"? `varsmith rules` lists them.',
    ],
    [
      '{ "rules": { "registry": "off" } }',
      '«"registry"» There is no rule "registry". Did you mean "registry/*"? `varsmith rules` lists them.',
    ],
    ['{ "rules": { "use/*": "loud" } }', '«"loud"» "use/*" must be off, error, warning, info or hint.'],
    [
      '{ "rules": { "use/*": 3 } }',
      '«3» "use/*" must be off, error, warning, info or hint, or an object with "severity" and "exclude".',
    ],
    [
      '{ "rules": { "use/*": { "severity": true } } }',
      '«true» "use/*" must be off, error, warning, info or hint.',
    ],
    [
      '{ "rules": { "use/*": { "exclude": "a" } } }',
      '«"a"» "exclude" of "use/*" must be a list of path patterns.',
    ],
    [
      '{ "rules": { "use/*": { "level": "off" } } }',
      '«"level"» A rule has no setting "level"; it has "severity" and "exclude".',
    ],
    ['{ "rules": [] }', '«[]» "rules" must be an object of rule ids and severities.'],
    ['{ "exlude": [] }', '«"exlude"» There is no setting "exlude". Did you mean "exclude"?'],
    ['{ "exclude": [1] }', '«[1]» "exclude" must be a list of path patterns.'],
    ['{ "enable": "no" }', '«"no"» "enable" must be true or false.'],
    ['[]', '«[]» Settings must be an object.'],
    ['{ "enable": tru }', '«t» varsmith.json is not JSON: a value is missing.'],
  ])('%s', (text, problem) => {
    expect(problems(text)).toEqual([problem]);
  });

  test('come in the order of the file', () => {
    expect(
      read('{ "zoo": 1, "rules": { "a/b": "off" }, "enable": 1 }').problems.map(({ at }) => at?.start),
    ).toEqual([2, 23, 49]);
  });

  test('the schema may be named, and null means nothing', () => {
    expect(problems('{ "$schema": "./schema.json", "exclude": null, "rules": null }')).toEqual([]);
  });

  test('a file that is there but is no text is told', () => {
    const files = { kind: () => 'file', text: () => null };
    expect(createSettingsReader(RULES).read(files, null).problems).toMatchObject([
      { message: 'varsmith.json cannot be read as text.', at: null },
    ]);
  });

  test('the settings of the editor have no place; names that only the editor knows are none of ours', () => {
    const { problems: found } = read('{ }', { trace: { server: 'off' }, rules: { 'a/b': 'off' } });
    expect(found).toMatchObject([
      { message: expect.stringMatching(/^Settings: There is no rule "a\/b"/), at: null },
    ]);
  });
});

test('a setting that is wrong costs none of the others', () => {
  const text = '{ "enable": "no", "rules": { "a/b": "off", "use/*": "off" }, "exclude": ["old"] }';
  const found = readJson(text);
  if (!('root' in found)) throw new Error('not JSON');
  const { settings } = readSettings(
    [{ from: 'varsmith.json', value: JSON.parse(text), node: found.root }],
    RULES,
  );
  expect(settings).toEqual({
    ...DEFAULT_SETTINGS,
    rules: { 'use/*': { severity: 'off' } },
    exclude: ['old'],
  });
});

test('limits of scripts are numbers by name', () => {
  const text = '{ "limits": { "memoryMiB": 8192, "proceses": 9, "fileMiB": 0, "openFiles": "many" } }';
  const { settings, problems } = read(text);
  expect(settings.limits).toEqual({ memoryMiB: 8192 });
  expect(problems.map(({ message, at }) => [text.slice(at?.start, at?.end), message])).toEqual([
    [
      '"proceses"',
      expect.stringMatching(
        /^There is no limit "proceses". Did you mean "processes"\? There are memoryMiB, /,
      ),
    ],
    ['0', '"fileMiB" must be a whole number from 1 to 1024.'],
    ['"many"', '"openFiles" must be a whole number from 1 to 1000000.'],
  ]);
  expect(read('{ "limits": 7 }').problems[0]?.message).toMatch(/^"limits" must be an object of numbers/);
});

test.each([
  ['{ "command": ["./store", "x"] }', { command: ['./store', 'x'], backend: null }],
  ['{ "backend": "age" }', { command: null, backend: 'age' }],
])('a store is a command of your own or one of clan: %s', (store, expected) => {
  const { settings, problems } = read(`{ "store": ${store} }`);
  expect([settings.store, problems]).toEqual([expected, []]);
});

test.each(['{ "backend": "vm" }', '{ "command": [] }', '{ "backend": "sops", "command": ["x"] }', '"sops"'])(
  'a store is none of these: %s',
  store => {
    const { settings, problems } = read(`{ "store": ${store} }`);
    expect(settings.store).toBeNull();
    expect(problems.map(({ message }) => message)).toEqual([
      expect.stringContaining('or { "backend": "sops" }'),
    ]);
  },
);
