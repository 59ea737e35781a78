import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  changesSince,
  firstRevision,
  isOnlyMoved,
  nextRevision,
  type Revision,
} from '../../server/src/nix/edit-log.ts';
import { LivePlace, withOffsetsRead } from '../../server/src/nix/live-places.ts';
import { placeIdentity, placeKey } from '../../server/src/nix/places.ts';
import { runs } from '../support/runs.ts';

/** Each letter of the first text is another one, so that it can be found again. */
const FIRST = 'abcdefghijklmnopqrstuvwxyz';

const edits = fc.array(
  fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    removed: fc.nat(3),
    inserted: fc.constantFrom('', '.', '..', '-----'),
  }),
  { maxLength: 12 },
);

function edited(steps: ReadonlyArray<{ at: number; removed: number; inserted: string }>, from: Revision) {
  let [text, revision] = [FIRST, from];
  const texts = [FIRST];
  for (const { at, removed, inserted } of steps) {
    const start = Math.round(at * text.length);
    const next = text.slice(0, start) + inserted + text.slice(start + removed);
    revision = nextRevision(revision, text, next);
    text = next;
    texts.push(text);
  }
  return { texts, revision };
}

describe('the edits of a text', () => {
  it('lead from each earlier text to the last one', () => {
    fc.assert(
      fc.property(edits, steps => {
        const { log } = firstRevision('x.nix');
        const { texts } = edited(steps, { log, number: 0 });
        const last = texts.at(-1) as string;
        for (const [number, text] of texts.entries()) {
          const changes = changesSince(log, number);
          let rebuilt = '';
          let [from, shift] = [0, 0];
          for (const { at, removed, inserted } of changes) {
            expect(at).toBeGreaterThanOrEqual(from);
            rebuilt += text.slice(from, at) + last.slice(at + shift, at + shift + inserted);
            from = at + removed;
            shift += inserted - removed;
          }
          expect(rebuilt + text.slice(from)).toBe(last);
        }
      }),
      { numRuns: runs(300) },
    );
  });

  it('move a range that they do not touch to where its text is, whether it is asked after each edit or at the end', () => {
    fc.assert(
      fc.property(edits, fc.nat(25), fc.nat(5), (steps, start, length) => {
        const range = { start, end: Math.min(start + length + 1, FIRST.length) };
        const { log } = firstRevision('x.nix');
        const place = new LivePlace({ log, number: 0 }, range.start, range.end);
        const asked = new LivePlace({ log, number: 0 }, range.start, range.end);
        let [text, revision]: [string, Revision] = [FIRST, { log, number: 0 }];
        for (const step of steps) {
          const at = Math.round(step.at * text.length);
          const next = text.slice(0, at) + step.inserted + text.slice(at + step.removed);
          revision = nextRevision(revision, text, next);
          text = next;
          expect(asked.start).toBeLessThanOrEqual(asked.end);
        }
        expect([asked.start, asked.end]).toEqual([place.start, place.end]);
        const isMoved = isOnlyMoved(range, changesSince(log, 0), place);
        if (isMoved) expect(text.slice(place.start, place.end)).toBe(FIRST.slice(range.start, range.end));
        // Each letter occurs once, so a text that is still there was not touched, but for an edit that was undone.
        else if (!text.includes(FIRST.slice(range.start, range.end)))
          expect(text.slice(place.start, place.end)).not.toBe(FIRST.slice(range.start, range.end));
      }),
      { numRuns: runs(500) },
    );
  });

  it('are few, however much is typed at two places', () => {
    const { log } = firstRevision('x.nix');
    let [text, revision]: [string, Revision] = [FIRST, { log, number: 0 }];
    for (let at = 0; at < 200; at++) {
      const offset = text.indexOf(at % 2 === 0 ? 'g' : 't');
      const next = `${text.slice(0, offset)}.${text.slice(offset)}`;
      revision = nextRevision(revision, text, next);
      text = next;
    }
    expect(changesSince(log, 0)).toEqual([
      { at: 6, removed: 0, inserted: 100 },
      { at: 19, removed: 0, inserted: 100 },
    ]);
  });
});

describe('the identity of a place', () => {
  it('is that of an equal place that was read from another text, and asking for it is no read of offsets', () => {
    const { log } = firstRevision('x.nix');
    const first = { log, number: 0 };
    const earlier = new LivePlace(first, 10, 14);
    const other = new LivePlace(first, 10, 13);
    const { revision } = edited([{ at: 0, removed: 0, inserted: '..' }], first);
    const later = new LivePlace(revision, 12, 16);
    const { value, read } = withOffsetsRead(() => [earlier, later, other].map(placeIdentity));
    expect(value[0]).toBe(value[1]);
    expect(value[2]).not.toBe(value[0]);
    expect(read).toBeNull();
    expect(withOffsetsRead(() => placeKey(earlier)).read).not.toBeNull();
  });

  it('is its key if nobody edits the file', () => {
    const place = { file: 'x.nix', start: 1, end: 2 };
    expect(placeIdentity(place)).toBe(placeKey(place));
  });
});
