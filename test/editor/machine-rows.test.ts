// Rows of the matrix that no machine has are counted nowhere as machines.
import { expect, test } from 'vitest';
import { environmentMachines } from '../../server/src/editor/environment/environment-keys.ts';
import { indexOf } from '../../server/src/editor/names/fleet-index.ts';
import { loadEngine } from '../../server/src/workspace/engine.ts';
import { createWorkspace } from '../../server/src/workspace/workspace.ts';
import { varsmith } from '../cli/support.ts';
import { folder } from '../workspace/support.ts';
import { exampleFiles } from './support.ts';

const engine = await loadEngine();
const REGISTRY = 'lib/secret-registry.nix';
const MATRIX = 'lib/machine-env-matrix.nix';

const snapshotOf = (files: Readonly<Record<string, string>>) =>
  createWorkspace({ root: folder(files), engine }).snapshot();
const machinesOf = (files: Readonly<Record<string, string>>, key: string) =>
  indexOf(snapshotOf(files)).machinesOfKey(REGISTRY, key);

const BROKEN = exampleFiles('broken-fleet');

test('a row of a machine that does not exist is none', () => {
  expect(machinesOf(BROKEN, 'deepseek')).toEqual(['emily']);
  expect(machinesOf(BROKEN, 'gmail')).toEqual(['lea']);
  expect(environmentMachines(snapshotOf(BROKEN).fleet)).toEqual(['emily', 'lea', 'lea2', 'noa', 'tove']);
});

test('inspect counts the same', async () => {
  const { stdout } = await varsmith(['inspect', folder(BROKEN), '--format', 'json']);
  const { keys } = JSON.parse(stdout).registry as { keys: { key: string; machines: string[] }[] };
  expect(keys.find(({ key }) => key === 'deepseek')?.machines).toEqual(['emily']);
});

test("where there may be further machines, each row may be one's", () => {
  const flake = (BROKEN['flake.nix'] ?? '').replace(
    'machines = {\n          emily.imp',
    'machines = (import <more>) // {\n          emily.imp',
  );
  expect(flake).not.toBe(BROKEN['flake.nix']);
  expect(machinesOf({ ...BROKEN, 'flake.nix': flake }, 'deepseek')).toEqual(['emily', 'otto']);
});

test('a matrix that names no machine at all is about something else', () => {
  const matrix = '{\n  ada = [ "deepseek" ];\n  ben = [ "gmail" ];\n}\n';
  expect(machinesOf({ ...BROKEN, [MATRIX]: matrix }, 'deepseek')).toEqual(['ada']);
});
