/**
 * After any edits a workspace says what one says that reads the same files for the first time: findings, model, `inspect`, explorer,
 * graph, hovers, completions, with every place. `npm run fuzz` tries more.
 */
import fc from 'fast-check';
import { describe, it } from 'vitest';
import type { Finding } from '../../../server/src/checks/rule.ts';
import { rules } from '../../../server/src/checks/rules/index.ts';
import type { Steps } from '../../../server/src/query/steps.ts';
import { type Engine, loadEngine } from '../../../server/src/workspace/engine.ts';
import { createWorkspace, type Workspace } from '../../../server/src/workspace/workspace.ts';
import { runs } from '../../support/runs.ts';
import { spot } from '../mutations.ts';
import type { World } from '../worlds.ts';
import { answersOf, type Cursor, differenceOf } from './answers.ts';
import { editedWorlds } from './edited-worlds.ts';
import { createRepository, discard, type Repository } from './repository.ts';
import { type Step, stepIn } from './steps.ts';

const RUNS = runs(120);

/** What is looked at after a step: what was looked at is kept, so that it can be out of date. */
type Look = 'nothing' | 'fleet' | 'some steps' | 'findings' | 'everything';

interface Edit {
  readonly step: Step;
  readonly look: Look;
  /** Whether the findings that are known at once are asked for before. */
  readonly early: boolean;
  /** After how many steps a check is given up. */
  readonly steps: number;
  /** Whether what is not in use is dropped before the edit. */
  readonly evicts: boolean;
}

interface Case {
  readonly world: World;
  readonly followsEdits: boolean;
  readonly cursors: readonly Cursor[];
  readonly edits: readonly Edit[];
}

const look = fc.constantFrom<Look>(
  'nothing',
  'fleet',
  'some steps',
  'some steps',
  'findings',
  'findings',
  'everything',
  'everything',
);

const cases: fc.Arbitrary<Case> = editedWorlds.chain(world =>
  fc.record({
    world: fc.constant(world),
    /** Whether places follow the edits of all files, as in the editor, or only of those that were opened. */
    followsEdits: fc.boolean(),
    cursors: fc.array(fc.record({ file: spot, offset: spot }), { minLength: 1, maxLength: 3 }),
    edits: fc.array(
      fc.record({
        step: stepIn(world.files),
        look,
        early: fc.boolean(),
        steps: fc.nat({ max: 200 }),
        evicts: fc.boolean(),
      }),
      { minLength: 1, maxLength: 5 },
    ),
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

const EARLY: ReadonlySet<string> = new Set(
  rules.flatMap(({ id, isEarly }) => (isEarly === true ? [id] : [])),
);

/**
 * Asks for the findings that are known at once. Returns a function that throws if one of an early rule is neither among the
 * last findings nor among those of a whole check.
 */
function askEarly(workspace: Workspace, last: readonly Finding[]): () => void {
  const early = [...(workspace.earlyFindings()?.values() ?? [])].flat().filter(({ rule }) => EARLY.has(rule));
  const added = early.filter(finding => !last.includes(finding)).map(shown);
  return () => {
    if (added.length === 0) return;
    const all = new Set(findingsOf(workspace).map(shown));
    for (const text of added) if (!all.has(text)) throw new Error(`Found too early: ${text}`);
  };
}

function takeSteps(steps: Steps<unknown>, count: number): void {
  for (let taken = 0; taken < count && steps.next().done !== true; taken++);
}

const findingsOf = (workspace: Workspace) => [...workspace.snapshot().findings.values()].flat();

const shown = ({ rule, at, message }: Finding) => `${rule} ${at.file}:${at.start}-${at.end} ${message}`;

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
    for (const [index, { step, look, early, steps, evicts }] of edits.entries()) {
      if (evicts) workspace.evict();
      const last = workspace.isStale() ? null : findingsOf(workspace);
      done.push(step.apply(repository, workspace, touched));
      const compareEarly = early && last !== null ? askEarly(workspace, last) : null;
      if (look === 'everything' || index === edits.length - 1) compareNow();
      else if (look === 'fleet') workspace.fleet();
      else if (look === 'some steps') takeSteps(workspace.snapshotInSteps(), steps);
      else if (look === 'findings') workspace.snapshot();
      if (look === 'findings' || look === 'everything') compareEarly?.();
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
