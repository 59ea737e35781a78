/** The table of capabilities names tests that there are; and what is promised of the network holds. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const TESTS = join(__dirname, '..');
const ROOT = join(TESTS, '..');

interface Row {
  readonly capability: string;
  readonly file: string;
  readonly title: string;
}

const rows: readonly Row[] = [
  ...readFileSync(join(__dirname, 'README.md'), 'utf8').matchAll(
    /^\| ([^|]+?) \| (?:must|should) \| (\S+) \| (.+?) \|$/gm,
  ),
].map(([, capability = '', file = '', title = '']) => ({ capability, file, title }));

test('every row names a test that there is', () => {
  expect(rows.length).toBeGreaterThan(40);
  const missing = rows.filter(({ file, title }) => {
    const path = join(TESTS, file);
    if (!existsSync(path)) return true;
    const text = readFileSync(path, 'utf8');
    return ![`'${title}'`, `"${title}"`, `\`${title}\``].some(quoted => text.includes(quoted));
  });
  expect(missing).toEqual([]);
});

test('every capability has one row', () => {
  const names = rows.map(({ capability }) => capability);
  expect(new Set(names).size).toBe(names.length);
});

test('nothing of the editor or the server speaks to a network', () => {
  const network =
    /from '(node:)?(https?|http2|net|tls|dgram|dns)'|\bfetch\(|\bWebSocket\b|\bXMLHttpRequest\b|TelemetryLogger/;
  const speaking = ['server/src', 'client/src'].flatMap(folder =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter(file => file.endsWith('.ts'))
      .map(file => `${folder}/${file}`)
      .filter(file => network.test(readFileSync(join(ROOT, file), 'utf8'))),
  );
  expect(speaking).toEqual([]);
});
