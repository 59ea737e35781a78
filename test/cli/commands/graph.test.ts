// `varsmith graph`: the same graph in each format.
import { expect, test } from 'vitest';
import { folder } from '../../workspace/support.ts';
import { varsmith } from '../support.ts';

const FILES = {
  'flake.nix': '{ }',
  'a.nix':
    '{\n  clan.core.vars.generators.ca.files.key = { };\n  clan.core.vars.generators.leaf = {\n    dependencies = [ "ca" ];\n    files.key = { };\n  };\n}\n',
};

test.each([
  ['svg', 'data-from="ca" data-to="leaf"'],
  ['dot', '"ca" -> "leaf";'],
  ['mermaid', 'g0 --> g1'],
])('%s', async (format, expected) => {
  const { code, stdout, stderr } = await varsmith(['graph', folder(FILES), '--format', format]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toContain(expected);
});

test('a picture on a terminal is said to be for a file, and of nothing that there is nothing', async () => {
  const shown = await varsmith(['graph', folder(FILES)], { terminal: true });
  expect(shown.stderr).toContain('varsmith graph > graph.svg');
  const { stderr } = await varsmith(['graph', folder({ 'flake.nix': '{ }' })]);
  expect(stderr).toBe('varsmith: No generator is declared here.\n');
});

test('json says where things stand', async () => {
  const { stdout } = await varsmith(['graph', folder(FILES), '--format', 'json']);
  const { nodes, edges } = JSON.parse(stdout);
  expect(nodes[1]).toMatchObject({ id: 'leaf', file: 'a.nix', line: 3, column: 29 });
  expect(edges).toEqual([{ from: 'ca', to: 'leaf', inCycle: false, file: 'a.nix', line: 4, column: 22 }]);
});

test('a generator or a machine that is not there is a mistake of usage', async () => {
  const { code, stderr } = await varsmith(['graph', folder(FILES), '-g', 'leef']);
  expect(code).toBe(2);
  expect(stderr).toContain('There is no generator "leef". Did you mean "leaf"?');
});
