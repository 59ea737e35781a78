// The schema of varsmith.json is made from the rules, is current, ships, and says what the settings reader says.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv from 'ajv';
import { describe, expect, test } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { rules } from '../../server/src/checks/rules/index.ts';
import { createSettingsReader } from '../../server/src/workspace/settings/settings-file.ts';
import { settingsSchemaText } from '../../server/src/workspace/settings/settings-schema.ts';

const ROOT = join(__dirname, '../..');
const PATH = 'docs/schemas/varsmith.schema.json';
const text = readFileSync(join(ROOT, PATH), 'utf8');

test('it is current: npm run docs writes it', () => {
  expect(text).toBe(settingsSchemaText(rules));
});

test('it is contributed to the editor, and packed', () => {
  expect(manifest.contributes.jsonValidation).toEqual([{ fileMatch: 'varsmith.json', url: `./${PATH}` }]);
  expect(readFileSync(join(ROOT, '.vscodeignore'), 'utf8').split('\n')).toContain(`!${PATH}`);
});

describe('it agrees with the reader', () => {
  // The words that only editors know say nothing about what is valid.
  const ajv = new Ajv({ allowUnionTypes: true, strictSchema: true });
  for (const word of ['markdownDescription', 'enumDescriptions']) ajv.addKeyword(word);
  const validate = ajv.compile(JSON.parse(text));
  const reader = createSettingsReader(rules.map(({ id }) => id));
  test.each([
    [{}, true],
    [{ $schema: 'x', enable: false, exclude: ['a'], registryFiles: [], matrixFiles: [] }, true],
    [{ rules: { 'registry/unknown-key': 'off', 'use/*': 'hint' } }, true],
    [{ rules: { 'registry/*': { severity: 'info', exclude: ['old/**'] } } }, true],
    [{ rules: { 'registry/unkown-key': 'off' } }, false],
    [{ rules: { 'registry/*': 'loud' } }, false],
    [{ rules: { 'registry/*': { level: 'off' } } }, false],
    [{ exlude: [] }, false],
    [{ exclude: 'a' }, false],
  ])('%j: %s', (settings, valid) => {
    expect(validate(settings)).toBe(valid);
    const files = { kind: () => 'file', text: () => JSON.stringify(settings) };
    expect(reader.read(files, null).problems.length === 0).toBe(valid);
  });
});
