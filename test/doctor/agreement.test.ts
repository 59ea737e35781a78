// What the doctor says of a fleet and what a plan says of it come from one source: over fleets of every kind the two agree.
import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { IN_TERMINAL } from '../../server/src/doctor/actions.ts';
import { examine } from '../../server/src/doctor/examine.ts';
import type { Entry } from '../../server/src/doctor/report.ts';
import { backendOf } from '../../server/src/generate/backends/served-backend.ts';
import { declarationsOf } from '../../server/src/generate/plan/declarations.ts';
import { openQuestions } from '../../server/src/generate/plan/open-questions.ts';
import { planRun } from '../../server/src/generate/plan/planner.ts';
import { StoreFailure } from '../../server/src/store/store-failure.ts';
import { storedFilesIn, storedLookups } from '../../server/src/store/vars/stored-lookups.ts';
import { examinedIn } from '../../server/src/workspace/doctor-view.ts';
import { loadEngine } from '../../server/src/workspace/engine.ts';
import { createWorkspace } from '../../server/src/workspace/workspace.ts';

const engine = await loadEngine();
const ROOT = resolve(__dirname, '../..');

/** Folders of fleets; those of somebody's own are named by VARSMITH_FLEETS, a list of folders. */
const PLACES = ['examples', 'test/seeds/fleets', ...(process.env.VARSMITH_FLEETS ?? '').split(':')];

const FLEETS = PLACES.filter(place => place !== '' && existsSync(resolve(ROOT, place))).flatMap(place =>
  readdirSync(resolve(ROOT, place), { withFileTypes: true })
    .filter(one => one.isDirectory())
    .map(({ name }) => join(place, name)),
);

describe.each(FLEETS)('%s', fleet => {
  const workspace = createWorkspace({ root: resolve(ROOT, fleet), engine });
  const examined = examinedIn(workspace, []);
  const { files } = workspace;
  const declared = declarationsOf(examined.fleet, file => files.text(file));
  const plan = planRun(
    { ...declared, stored: storedLookups(storedFilesIn(files), examined.fleet.directory ?? '', 'sops') },
    { machines: [], generators: [], regenerate: false },
  );
  const asked = examine(examined, surroundings(), '1.2.3');
  const entryOf = async (name: string): Promise<Entry> =>
    (await asked).sections.flatMap(({ entries }) => entries).find(one => one.name === name) as Entry;

  test('the same machines, and as many as are known', async () => {
    const { text, standing } = await entryOf('machines');
    const count = declared.machines.length;
    expect(standing).toBe(count > 0 ? 'found' : declared.machinesComplete ? 'absent' : 'unknown');
    if (count > 0) expect(text.startsWith(`${count}: `)).toBe(true);
    expect(/may be more|can be determined/.test(text)).toBe(!declared.machinesComplete);
  });

  test('what a plan leaves to Nix, the doctor does not call understood', async () => {
    const { standing, details } = await entryOf('not analysable');
    const questions = openQuestions(declared);
    expect(questions).toEqual(
      expect.arrayContaining(plan.notes.filter(isGeneral).map(({ message }) => message)),
    );
    const isOpen = plan.notes.length > 0 || plan.problems.some(({ kind }) => kind === 'needs-nix');
    if (isOpen) expect(standing).toBe('unknown');
    if (standing === 'found') expect(questions).toEqual([]);
    expect(details).toEqual(expect.arrayContaining(questions.slice(0, 8)));
  });

  test('the same backend, or the same refusal', async () => {
    const { standing, text } = await entryOf('backend');
    const backend = servedBackend();
    expect(standing === 'problem').toBe(backend === null);
    if (standing === 'found' && backend !== 'custom') expect(text).toContain(backend);
  });

  test('no key is no problem', async () => {
    expect((await entryOf('your keys')).standing).not.toBe('problem');
  });

  function servedBackend(): string | null {
    try {
      return backendOf(examined.fleet, examined);
    } catch (error) {
      if (error instanceof StoreFailure) return null;
      throw error;
    }
  }
});

function isGeneral({ generator }: { readonly generator: string | null }): boolean {
  return generator === null;
}

function surroundings() {
  return { env: {}, home: ROOT, platform: 'linux', names: IN_TERMINAL, trusted: true };
}
