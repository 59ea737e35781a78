// References, marks in a file, and symbols.
import { expect, test } from 'vitest';
import { highlights, references } from '../../server/src/editor/navigate/references.ts';
import type { NamedSymbol } from '../../server/src/editor/shown/symbols.ts';
import { documentSymbols, workspaceSymbols } from '../../server/src/editor/shown/symbols.ts';
import { exampleFiles, inExample, textAt } from './support.ts';

const MODULE = `{ config, ... }:
{
  clan.core.vars.generators.ca = {
    files."ca.key".deploy = false;
    prompts.pass.type = "hidden";
    script = ''
      openssl genrsa -passout "file:$prompts/pass" -out "$out/ca.key"
    '';
  };
  clan.core.vars.generators.leaf = {
    dependencies = [ "ca" ];
    files.leaf = { };
    script = ''
      sign "$in/ca/ca.key" > "$out"/leaf
      cat $in/"ca"/ca.key\${config.x}more
    '';
  };
  services.web.key = config.clan.core.vars.generators.leaf.files.leaf.path;
  services.web.ca = config.clan.core.vars.generators.ca.files."ca.key".path;
}
`;
const FILE = 'modules/hosts/lea/ca.nix';
const at = (before: string) => inExample(FILE, before, { [FILE]: MODULE });

/** Lines and texts of places, from 1. */
function shown({ snapshot, file, offset }: ReturnType<typeof at>, declarations = true): string[] | undefined {
  return references(snapshot, file, offset, declarations)?.map(place => {
    const line = MODULE.slice(0, place.start).split('\n').length;
    return `${line} ${textAt(snapshot, place).slice(FILE.length + 2)}`;
  });
}

test('a generator is found in dependencies, in uses and in the words of scripts', () => {
  expect(shown(at('generators.c'))).toEqual(['3 ca', '11 "ca"', '14 ca', '15 ca', '19 ca']);
  expect(shown(at('generators.c'), false)).toEqual(['11 "ca"', '14 ca', '15 ca', '19 ca']);
});

test('a file is found from within another script', () => {
  const everywhere = ['4 "ca.key"', '7 ca.key', '14 ca.key', '19 "ca.key"'];
  expect(shown(at('$in/ca/ca'))).toEqual(everywhere);
  expect(shown(at('$out/ca.k'))).toEqual(everywhere);
});

test('a prompt is found in its script', () => {
  expect(shown(at('prompts.pa'))).toEqual(['5 pass', '7 pass']);
});

test('a word next to what is not known is no name', () => {
  expect(shown(at('ca.key'))).not.toContain('15 ca.key');
});

test('places in one file are marked as writing and as reading', () => {
  const { snapshot, file, offset } = at('"$in/ca/ca');
  expect(highlights(snapshot, file, offset).map(({ role }) => role)).toEqual([
    'declaration',
    'use',
    'use',
    'use',
    'field',
  ]);
});

function outline(symbols: readonly NamedSymbol[], depth = 0): string[] {
  return symbols.flatMap(({ name, kind, children }) => [
    `${'  '.repeat(depth)}${kind} ${name}`,
    ...outline(children, depth + 1),
  ]);
}

test('the outline of a file has files, prompts and scripts below their generators', () => {
  const { snapshot, file } = at('ca');
  expect(outline(documentSymbols(snapshot, file))).toEqual([
    'generator ca',
    '  file ca.key',
    '  prompt pass',
    '  script script',
    'generator leaf',
    '  file leaf',
    '  script script',
  ]);
});

test('parts of an outline lie inside of what they are parts of', () => {
  const { snapshot, file } = at('ca');
  for (const { whole, at: name, children } of documentSymbols(snapshot, file))
    for (const inner of [name, ...children.map(child => child.whole)]) {
      expect(whole.start).toBeLessThanOrEqual(inner.start);
      expect(whole.end).toBeGreaterThanOrEqual(inner.end);
    }
});

test('symbols of the fleet are found by their letters', () => {
  const { snapshot } = at('ca');
  const names = (query: string) =>
    workspaceSymbols(snapshot, query).map(({ name, kind }) => `${kind} ${name}`);
  expect(names('lef')).toEqual(['generator leaf', 'file leaf']);
  expect(names('tove')).toContain('machine tove');
  expect(names('zzz')).toEqual([]);
});

test('the outline has a key and its generator of the same name once', () => {
  const file = 'lib/secret-registry.nix';
  const entry = `
  twin = {
    generator = "twin";
    envVar = "TWIN";
    domain = "ai";
    kind = "api-key";
    fileAttr = "key";
    files.key = { };
  };
}
`;
  const text = (exampleFiles()[file] ?? '').replace(/\n}\s*$/, `\n${entry}`);
  const matrix = 'lib/machine-env-matrix.nix';
  const rows = (exampleFiles()[matrix] ?? '').replace('"deepseek"', '"deepseek"\n    "twin"');
  const { snapshot } = inExample(file, '', { [file]: text, [matrix]: rows });
  const outline = documentSymbols(snapshot, file);
  expect(outline.filter(({ name }) => name === 'twin').map(({ kind }) => kind)).toEqual(['key']);
  // Another name is another thing.
  expect(outline.map(({ name }) => name)).toEqual(expect.arrayContaining(['anthropic', 'anthropic-api-key']));
});
