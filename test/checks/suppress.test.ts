// Comments silence findings: on their line, on the next, in the file; and a fix writes them.

import { describe, expect, it } from 'vitest';
import { silenceFixes, withoutSilenced } from '../../server/src/checks/engine/suppress.ts';
import type { Sources } from '../../server/src/edits/text-edit.ts';
import { memoryFiles } from '../nix/support.ts';
import { applyFix } from './harness.ts';

const RULE = 'registry/unknown-key';

/** Is a finding at `‹` silenced? */
function silenced(marked: string, rule = RULE): boolean {
  const at = { file: 'a.nix', start: marked.indexOf('‹'), end: marked.indexOf('‹') + 1 };
  const sources: Sources = memoryFiles({ 'a.nix': marked.replace('‹', '') });
  return withoutSilenced(sources.parse('a.nix'), [{ rule, at }]).length === 0;
}

describe('a comment silences', () => {
  it.each([
    ['its own line', '[\n  ‹"a" # varsmith: ignore registry/unknown-key it comes tomorrow\n]'],
    ['the next line', '[\n  # varsmith: ignore registry/unknown-key it comes tomorrow\n  ‹"a"\n]'],
    ['without a reason', '[\n  # varsmith: ignore registry/unknown-key\n  ‹"a"\n]'],
    [
      'through further comments',
      '[\n  # varsmith: ignore registry/unknown-key\n  # the first key\n  ‹"a"\n]',
    ],
    ['in a block', '[\n  /* varsmith: ignore registry/unknown-key */ ‹"a"\n]'],
    ['the whole file, from anywhere', '[\n  ‹"a"\n]\n# varsmith: ignore-file registry/unknown-key'],
    [
      'the text that begins below it',
      `{\n  # varsmith: ignore registry/unknown-key\n  a = ''\n    one\n    \${‹b}\n  '';\n}`,
    ],
  ])('%s', (_, text) => {
    expect(silenced(text)).toBe(true);
  });
});

describe('a comment does not silence', () => {
  it.each([
    ['another rule', '[\n  # varsmith: ignore registry/unused-key\n  ‹"a"\n]'],
    ['a rule whose name begins alike', '[\n  # varsmith: ignore registry/unknown-key-too\n  ‹"a"\n]'],
    ['the line after the next', '[\n  # varsmith: ignore registry/unknown-key\n  "a"\n  ‹"b"\n]'],
    ['the next line from behind code', '[\n  "a" # varsmith: ignore registry/unknown-key\n  ‹"b"\n]'],
    ['as part of a sentence', '[\n  # see varsmith: ignore registry/unknown-key\n  ‹"a"\n]'],
    ['inside a string', "[\n  ''\n    # varsmith: ignore registry/unknown-key\n  ''\n  ‹\"a\"\n]"],
  ])('%s', (_, text) => {
    expect(silenced(text)).toBe(false);
  });
});

describe('the fixes that silence', () => {
  const text = `{\n  a = [\n    "b"\n  ];\n  c = ''\n    one\n    \${d}\n  '';\n}\n`;
  const sources = memoryFiles({ 'a.nix': text });
  const findingAt = (start: number) => ({ rule: RULE, at: { file: 'a.nix', start, end: start + 1 } });
  const withFix = (start: number, index: number): string => {
    const fix = silenceFixes(findingAt(start), sources)[index];
    return applyFix({ 'a.nix': text }, fix as NonNullable<typeof fix>)['a.nix'] as string;
  };

  it('writes above the line, as far in as the line', () => {
    expect(withFix(text.indexOf('"b"'), 0)).toContain(`  a = [\n    # varsmith: ignore ${RULE}\n    "b"\n`);
  });

  it('writes above a text of several lines, not into it', () => {
    expect(withFix(text.indexOf('d}'), 0)).toContain(`  ];\n  # varsmith: ignore ${RULE}\n  c = ''\n`);
  });

  it('writes at the top of the file', () => {
    expect(withFix(text.indexOf('"b"'), 1)).toBe(`# varsmith: ignore-file ${RULE}\n${text}`);
  });

  it.each([0, 1])('silences what it was made for (%i)', index => {
    for (const what of ['"b"', 'd}']) {
      const start = text.indexOf(what);
      const changed = withFix(start, index);
      const file = memoryFiles({ 'a.nix': changed }).parse('a.nix');
      expect(withoutSilenced(file, [findingAt(changed.indexOf(what))])).toEqual([]);
    }
  });

  it.each([0, 1])('writes behind a byte order mark (%i)', index => {
    const marked = memoryFiles({ 'a.nix': '\ufeff[ "b" ]\n' });
    const at = { file: 'a.nix', start: 3, end: 6 };
    expect(silenceFixes({ rule: RULE, at }, marked)[index]?.edits[0]).toMatchObject({ start: 1, end: 1 });
  });

  it('offers nothing for a file that is not there', () => {
    expect(silenceFixes({ rule: RULE, at: { file: 'b.nix', start: 0, end: 1 } }, sources)).toEqual([]);
  });
});
