/** Answers that are kept wherever they are computed, with what they were computed from. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createRecorder,
  isStale,
  isValid,
  type Leaf,
  laterPart,
  newLeaf,
  newReads,
  type Recorder,
  readAnswer,
  readLeaf,
  recordingReads,
  remembered,
  staleLeaf,
  unowned,
} from '../../server/src/query/reads.ts';
import { runs } from '../support/runs.ts';

function recording(): Recorder {
  return { ...createRecorder(), isOn: true };
}

function change(recorder: Recorder, leaf: Leaf): void {
  recorder.revision += 1;
  leaf.changedAt = recorder.revision;
}

describe('an answer', () => {
  it('is stale once something that it read has changed, and says what', () => {
    const recorder = recording();
    const [read, other] = [newLeaf('read'), newLeaf('other')];
    const answer = remembered(recorder, () => readLeaf(recorder, read));
    change(recorder, other);
    expect(isValid(recorder, answer)).toBe(true);
    change(recorder, read);
    expect(isValid(recorder, answer)).toBe(false);
    expect(staleLeaf(recorder, answer.reads)?.name).toBe('read');
  });

  it('that was computed after the change is not', () => {
    const recorder = recording();
    const leaf = newLeaf('leaf');
    change(recorder, leaf);
    const answer = remembered(recorder, () => readLeaf(recorder, leaf));
    expect(isValid(recorder, answer)).toBe(true);
  });

  it('that used a stale one is stale', () => {
    const recorder = recording();
    const leaf = newLeaf('leaf');
    const inner = remembered(recorder, () => readLeaf(recorder, leaf));
    const outer = remembered(recorder, () => isValid(recorder, inner));
    change(recorder, leaf);
    expect(isStale(recorder, outer.reads)).toBe(true);
  });

  it('keeps what it read although it failed', () => {
    const recorder = recording();
    const leaf = newLeaf('leaf');
    const outer = newReads();
    const failing = () =>
      remembered(recorder, () => {
        readLeaf(recorder, leaf);
        throw new Error('no');
      });
    expect(() => recordingReads(recorder, outer, failing)).toThrow('no');
    change(recorder, leaf);
    expect(isStale(recorder, outer)).toBe(true);
  });

  it('records nothing before something can change', () => {
    const recorder = createRecorder();
    const leaf = newLeaf('leaf');
    expect(remembered(recorder, () => readLeaf(recorder, leaf)).reads).toBeNull();
    expect(recorder.unowned).toEqual(newReads());
  });

  it('of which nobody records the reads adds them to those of unowned answers', () => {
    const recorder = recording();
    const [outside, shared] = [newLeaf('outside'), newLeaf('shared')];
    readLeaf(recorder, outside);
    remembered(recorder, () => unowned(recorder, () => readLeaf(recorder, shared)));
    expect([...(recorder.unowned.leaves?.keys() ?? [])]).toEqual([outside, shared]);
  });
});

describe('a part that is computed later', () => {
  it('belongs to the answer in which it was made', () => {
    const recorder = recording();
    const leaf = newLeaf('leaf');
    const answer = recordingReads(recorder, newReads(), () =>
      remembered(recorder, () => laterPart(recorder, () => readLeaf(recorder, leaf))),
    );
    change(recorder, leaf);
    expect(isStale(recorder, answer.reads)).toBe(false);
    answer.value();
    expect(isStale(recorder, answer.reads)).toBe(false);
    change(recorder, leaf);
    expect(isStale(recorder, answer.reads)).toBe(true);
    expect(isStale(recorder, recorder.unowned)).toBe(false);
  });

  it('belongs to all answers that use it, also when it is computed already', () => {
    const recorder = recording();
    const leaf = newLeaf('leaf');
    const owner = remembered(recorder, () => laterPart(recorder, () => readLeaf(recorder, leaf)));
    owner.value();
    const user = remembered(recorder, () => owner.value());
    change(recorder, leaf);
    expect(isStale(recorder, user.reads)).toBe(true);
  });

  it('is computed once until it is stale', () => {
    const recorder = recording();
    const leaf = newLeaf('leaf');
    let count = 0;
    const { value: part } = remembered(recorder, () =>
      laterPart(recorder, () => {
        readLeaf(recorder, leaf);
        count += 1;
        return count;
      }),
    );
    expect([part(), part()]).toEqual([1, 1]);
    change(recorder, leaf);
    expect([part(), part()]).toEqual([2, 2]);
  });
});

it('what is stale is what a leaf that has changed can be reached from, in any graph', () => {
  const edges = fc.array(fc.tuple(fc.nat(9), fc.nat(9)), { maxLength: 25 });
  const asked = fc.array(fc.nat(9), { maxLength: 10 });
  fc.assert(
    fc.property(edges, fc.array(fc.nat(9), { maxLength: 3 }), asked, (links, changed, order) => {
      const recorder = recording();
      const leaves = Array.from({ length: 10 }, (_, index) => newLeaf(String(index)));
      const reads = leaves.map(leaf => {
        const own = newReads();
        recordingReads(recorder, own, () => readLeaf(recorder, leaf));
        return own;
      });
      for (const [from, to] of links)
        recordingReads(recorder, reads[from] ?? null, () => readAnswer(recorder, reads[to] ?? null));
      recorder.revision += 1;
      for (const index of changed) (leaves[index] as Leaf).changedAt = recorder.revision;
      const expected = new Set(changed);
      for (const node of expected) for (const [from, to] of links) if (to === node) expected.add(from);
      // In any order, since what is found fresh is remembered.
      for (const index of order) expect(isStale(recorder, reads[index] ?? null)).toBe(expected.has(index));
    }),
    { numRuns: runs(2000) },
  );
});
