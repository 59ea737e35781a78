/** The section on public fleets can be written anew by itself, and stays where a run has no checkouts. */
import { expect, test } from 'vitest';
import fleets from '../../bench/fleets.json' with { type: 'json' };
import { keptFleets, publicSection, withFleets } from '../../bench/page.mjs';

const PAGE = '# Speed\n\n## Growth\n\nGrows.\n\n## To run it again\n\nRun.\n';

test('a section is put in, kept and replaced', () => {
  const first = publicSection(
    [{ name: 'a/b', machines: 1, commit: 'c0', missing: 'no checkout' }],
    '2026-01-01',
  );
  const second = publicSection(
    [{ name: 'a/b', machines: 1, commit: 'c0', missing: 'changed' }],
    '2026-01-02',
  );
  expect(keptFleets(PAGE)).toBe('');
  const written = withFleets(PAGE, first);
  expect(written).toBe(PAGE.replace('## To run', `${first}## To run`));
  expect(keptFleets(written)).toBe(first);
  expect(withFleets(written, second)).toBe(withFleets(PAGE, second));
});

test('fleets are pinned by commit, and each says where it is edited', () => {
  expect(fleets.fleets.length).toBeGreaterThanOrEqual(8);
  expect(new Set(fleets.fleets.map(({ declares }) => declares))).toEqual(new Set(['clan', 'sops', 'age']));
  for (const { name, commit, file, at, string } of fleets.fleets) {
    expect(name).toMatch(/^[\w-]+\/[\w.-]+$/);
    expect(commit).toMatch(/^[0-9a-f]{40}$/);
    expect(file).toMatch(/\.nix$/);
    expect(Math.min(at, string)).toBeGreaterThan(0);
  }
});
