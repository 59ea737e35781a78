/**
 * The data of the rooms: each file in a folder `data` names a schema beside it and is what the schema says.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import Ajv from 'ajv/dist/2020';
import { expect, it } from 'vitest';
import { CLAN_CORE_COMMIT } from '../server/src/fleet/catalogue/catalogue-data.ts';

const ROOT = join(__dirname, '..');
const SERVER = join(ROOT, 'server/src');

const files = readdirSync(SERVER, { recursive: true, withFileTypes: true })
  .filter(entry => entry.isFile() && entry.name.endsWith('.json') && basename(entry.parentPath) === 'data')
  .map(entry => join(entry.parentPath, entry.name));
const [schemas, tables] = [true, false].map(isSchema =>
  files.filter(file => file.endsWith('.schema.json') === isSchema),
) as [string[], string[]];

function read(file: string): Record<string, unknown> {
  return JSON.parse(readFileSync(file, 'utf8'));
}

const ajv = new Ajv({ allErrors: true, strict: true, allowUnionTypes: true });
for (const file of schemas) ajv.addSchema(read(file), pathToFileURL(file).href);

/** The schema that a table names. */
const schemaOf = (file: string) => join(dirname(file), String(read(file).$schema));

it.each(tables.map(file => [relative(SERVER, file), file]))('%s is what its schema says', (_, file) => {
  const validate = ajv.getSchema(pathToFileURL(schemaOf(file)).href);
  validate?.(read(file));
  expect(validate?.errors).toBeNull();
  expect(validate?.({ ...read(file), unheard: true })).toBe(false);
});

it('every schema has its data', () => {
  expect([...new Set(tables.map(schemaOf))].sort()).toEqual([...schemas].sort());
});

it('what describes clan-core describes one commit of it', () => {
  const commits = tables.flatMap(file => {
    const { commit } = read(file);
    return commit === undefined ? [] : [[relative(SERVER, file), commit]];
  });
  expect(commits.filter(([, commit]) => commit !== CLAN_CORE_COMMIT)).toEqual([]);
  expect(commits.length).toBeGreaterThan(1);
});
