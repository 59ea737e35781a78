/**
 * After any edits a workspace says what one says that reads the same files for the first time: findings, model, `inspect`, explorer,
 * graph, hovers, completions, with every place. `npm run fuzz` tries more.
 */
import fc from 'fast-check';
import { describe, it } from 'vitest';
import { type Engine, loadEngine } from '../../../server/src/workspace/engine.ts';
import { createWorkspace, type Workspace } from '../../../server/src/workspace/workspace.ts';
import { spot } from '../mutations.ts';
import type { World } from '../worlds.ts';
import { answersOf, type Cursor, differenceOf } from './answers.ts';
import { editedWorlds } from './edited-worlds.ts';
import { createRepository, discard, type Repository } from './repository.ts';
import { type Step, stepIn } from './steps.ts';

const RUNS = Number(process.env.VARSMITH_FUZZ_RUNS ?? 120);

/** What is looked at after a step: what was looked at is kept, so that it can be out of date. */
type Look = 'nothing' | 'fleet' | 'findings' | 'everything';

interface Edit {
  readonly step: Step;
  readonly look: Look;
}

interface Case {
  readonly world: World;
  readonly followsEdits: boolean;
  readonly cursors: readonly Cursor[];
  readonly edits: readonly Edit[];
}

const look = fc.constantFrom<Look>('nothing', 'fleet', 'findings', 'findings', 'everything', 'everything');

const cases: fc.Arbitrary<Case> = editedWorlds.chain(world =>
  fc.record({
    world: fc.constant(world),
    /** Whether places follow the edits of all files, as in the editor, or only of those that were opened. */
    followsEdits: fc.boolean(),
    cursors: fc.array(fc.record({ file: spot, offset: spot }), { minLength: 1, maxLength: 3 }),
    edits: fc.array(fc.record({ step: stepIn(world.files), look }), { minLength: 1, maxLength: 5 }),
  }),
);

const engine = await loadEngine();

function workspaceOf({ root, documents, configuration }: Repository, followsEdits: boolean): Workspace {
  // A rule that fails says so: no finding may be lost in silence.
  const log = (line: string) => {
    throw new Error(line);
  };
  const workspace = createWorkspace({ root, engine: engine as Engine, configuration, log, followsEdits });
  for (const [path, text] of documents) workspace.open(path, text);
  return workspace;
}

/** Applies the edits and compares after those that are looked at, and at the end. Throws where two answers differ. */
function compare({ world, followsEdits, cursors, edits }: Case): void {
  const repository = createRepository(world);
  const done: string[] = [`in ${world.title}`];
  try {
    const workspace = workspaceOf(repository, followsEdits);
    const touched = new Set<string>();
    const compareNow = () => {
      const fresh = answersOf(workspaceOf(repository, false), cursors, touched);
      const difference = differenceOf(answersOf(workspace, cursors, touched), fresh);
      if (difference !== null) throw new Error(difference);
    };
    workspace.snapshot();
    answersOf(workspace, cursors, touched);
    for (const [index, { step, look }] of edits.entries()) {
      done.push(step.apply(repository, workspace, touched));
      if (look === 'everything' || index === edits.length - 1) compareNow();
      else if (look === 'fleet') workspace.fleet();
      else if (look === 'findings') workspace.snapshot();
    }
  } catch (error) {
    const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
    throw new Error(`${done.join('\n')}\n${what}`, { cause: error });
  } finally {
    discard(repository);
  }
}

describe('after any edits', () => {
  it(
    'all that is said is what a fresh workspace says',
    () => {
      fc.assert(fc.property(cases, compare), { numRuns: RUNS });
    },
    Math.max(600_000, RUNS * 1000),
  );
});
