/** Renaming in a file that is being typed: what is rewritten is rewritten once, or the renaming is refused. */
import { expect, it } from 'vitest';
import { PIPELINE, REGISTRY } from '../../server/src/checks/examples/pipeline-examples.ts';
import { indexOf } from '../../server/src/editor/names/fleet-index.ts';
import { rename } from '../../server/src/editor/rename/rename.ts';
import { check } from '../checks/harness.ts';
import { snapshotOf } from '../fuzz/editor-claims.ts';

it('never has edits that overlap', () => {
  const file = 'lib/secret-registry.nix';
  const snapshot = snapshotOf(
    check({
      ...PIPELINE,
      [file]: REGISTRY.slice(1),
      'lib/machine-env-matrix.nix': '{ lea = [ "anthropic" ]; }\n',
    }),
  );
  const targets = indexOf(snapshot).targetsIn(file);
  expect(targets.length).toBeGreaterThan(0);
  for (const { at } of targets) {
    const renaming = rename(snapshot, file, at.end, 'other');
    const edits = renaming !== null && 'edits' in renaming ? renaming.edits : [];
    const overlapping = edits.filter(edit =>
      edits.some(
        one => one !== edit && one.file === edit.file && one.start < edit.end && edit.start < one.end,
      ),
    );
    expect(overlapping).toEqual([]);
  }
});
