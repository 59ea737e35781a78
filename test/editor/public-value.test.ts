// `getPublicValue` of clan-core: what it asks for is a use like any other.
import { expect, test } from 'vitest';
import { applyEdits, editsByFile } from '../../server/src/checks/engine/apply-fixes.ts';
import { hover } from '../../server/src/editor/hover/hover.ts';
import { definition } from '../../server/src/editor/navigate/definition.ts';
import { references } from '../../server/src/editor/navigate/references.ts';
import { rename } from '../../server/src/editor/rename/rename.ts';
import { inExample, textAt } from './support.ts';

const FILE = 'modules/hosts/lea/mesh.nix';
const MODULE = `{ clanLib, ... }:
{
  clan.core.vars.generators.mesh = {
    files."mesh-ip".secret = false;
    script = ''
      date > "$out/mesh-ip"
    '';
  };
  services.mesh.peer = clanLib.getPublicValue {
    flake = ./.;
    machine = "lea";
    generator = "mesh";
    file = "mesh-ip";
  };
}
`;
const at = (before: string) => inExample(FILE, before, { [FILE]: MODULE });

test('it is told about on hover and leads to what is declared', () => {
  for (const [before, declared] of [
    ['generator = "me', 'mesh'],
    ['file = "mesh', '"mesh-ip"'],
  ] as const) {
    const { snapshot, file, offset } = at(before);
    expect(hover(snapshot, file, offset)?.markdown).toContain('mesh');
    expect(definition(snapshot, file, offset)?.targets.map(target => textAt(snapshot, target))).toEqual([
      `${FILE}: ${declared}`,
    ]);
  }
});

test('its machine leads to where that is declared', () => {
  const { snapshot, file, offset } = at('machine = "le');
  expect(hover(snapshot, file, offset)?.markdown).toContain('lea');
  expect(definition(snapshot, file, offset)?.targets.length).toBeGreaterThan(0);
});

test('it is among the references, and is renamed with the generator and the file', () => {
  for (const before of ['generators.me', 'file = "mesh']) {
    const { snapshot, file, offset } = at(before);
    const lines = references(snapshot, file, offset, true)?.map(
      place => MODULE.slice(0, place.start).split('\n').length,
    );
    expect(lines).toContain(before.startsWith('file') ? 13 : 12);
    const renamed = rename(snapshot, file, offset, 'net');
    if (renamed === null || 'refused' in renamed) throw new Error(renamed?.refused ?? 'nothing to rename');
    const [[, edits] = ['', []]] = [...editsByFile([{ title: '', edits: renamed.edits, preferred: true }])];
    expect(applyEdits(MODULE, edits)).toContain(
      before.startsWith('file') ? 'file = "net";' : 'generator = "net";',
    );
  }
});
