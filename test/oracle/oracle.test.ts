/**
 * What `inspect` says of the small fleets of this repository is what real Nix says of them, with the real clan-core. Its answers
 * are kept in `truth/`, so that the comparison needs neither. After a change to a fleet: `npm run oracle -- --update` (README.md).
 */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type Inspection, inspection } from '../../server/src/cli/output/inspection.ts';
import { loadEngine } from '../../server/src/workspace/engine.ts';
import { createWorkspace } from '../../server/src/workspace/workspace.ts';
import type { Truth } from './ask.d.mts';
import { compare } from './compare.mjs';
import { type Fleet, knownWrong, ownFleets, truthFile } from './fleets.mjs';
import { counted, nameOf, type Row } from './rows.mjs';

const fleets = ownFleets();

async function inspect({ folder }: Fleet): Promise<Inspection> {
  const all = inspection(createWorkspace({ root: folder, engine: await loadEngine() }));
  // As JSON has it.
  return JSON.parse(JSON.stringify(all)) as Inspection;
}

function truthOf({ name }: Fleet): Truth | null {
  const file = truthFile(name);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Truth) : null;
}

const wrongIn = (rows: readonly Row[]) => rows.filter(({ verdict }) => verdict === 'wrong');

describe('what inspect says and what Nix says', () => {
  it.each(fleets)('$name', async fleet => {
    const truth = truthOf(fleet);
    // A fleet of sops-nix alone has no machines of clan, and no answer.
    if (truth === null) {
      expect(readFileSync(`${fleet.folder}/flake.nix`, 'utf8'), 'npm run oracle -- --update').not.toContain(
        'clan-core',
      );
      return;
    }
    const rows = compare(truth, await inspect(fleet));
    expect(counted(rows).equal, 'nothing was compared').toBeGreaterThan(0);
    const known = Object.keys(knownWrong()[fleet.name] ?? {});
    // A row too many is a new mistake; one too few is mended, and goes from known-wrong.json.
    expect([...new Set(wrongIn(rows).map(nameOf))].sort()).toEqual(known.sort());
  });
});

// A comparison that finds nothing proves little unless it is known to find something.
describe('the comparison', () => {
  const fleet = fleets.find(({ name }) => name === 'examples/fleet');
  if (fleet === undefined) throw new Error('the example fleet is not among the fleets');

  type Entry = Inspection['generators'][number];

  /** The wrong rows when a generator of the example fleet is said to be something else, on all of its machines. */
  async function wrongWhen(name: string, change: (entry: Entry) => object): Promise<string[]> {
    const inspected = await inspect(fleet as Fleet);
    const generators = inspected.generators.map(entry =>
      entry.name === name ? { ...entry, ...change(entry), perMachine: [] } : entry,
    );
    const rows = compare(truthOf(fleet as Fleet) as Truth, { ...inspected, generators } as Inspection);
    return wrongIn(rows).map(nameOf);
  }

  const first = <T>(list: readonly T[], change: object) => [{ ...list[0], ...change }, ...list.slice(1)];

  it.each<[string, (entry: Entry) => object, string]>([
    ['another placement', ({ share }) => ({ share: !share }), 'wireguard share wireguard'],
    ['a machine too many', () => ({ name: 'wireguard-2' }), 'wireguard-2 generator wireguard-2'],
    [
      'a secret that is public',
      ({ files }) => ({ files: first(files, { secret: false }) }),
      'wireguard file.secret private',
    ],
    ['a file too few', ({ files }) => ({ files: files.slice(1) }), 'wireguard file private'],
    [
      'a file of another name',
      ({ files }) => ({ files: first(files, { name: 'privat' }) }),
      'wireguard file privat',
    ],
    ['another package', () => ({ runtimeInputs: ['pkgs.openssh'] }), 'wireguard runtimeInput openssh'],
    [
      'a dependency that is not there',
      () => ({ dependencies: [{ name: 'root-ca', file: 'flake.nix', line: 1, column: 1 }] }),
      'wireguard dependency root-ca',
    ],
    [
      'another script',
      () => ({ script: { known: true, file: 'x', line: 1, column: 1, text: 'true', holes: [] } }),
      'wireguard script (whole) wireguard',
    ],
    [
      'a complete list of machines that is not',
      () => ({ machines: ['lea'], machinesComplete: true }),
      'wireguard on machine tove',
    ],
  ])('would show %s', async (_, change, name) => {
    expect(await wrongWhen('wireguard', change)).toContain(name);
  });

  it('finds nothing where nothing is changed', async () => {
    expect(await wrongWhen('wireguard', () => ({}))).toEqual([]);
  });
});
