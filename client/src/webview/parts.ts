/**
 * The boxes and lines of the shown picture: focus, neighbours, and search. Tab reaches one part, and arrow keys lead
 * to the others. Knows no messages.
 */

import type { Area } from './visible.ts';

export interface Parts {
  /** Returns the boxes of all parts, in units of the picture. */
  boxes(): readonly Area[];
  /** Returns the generator or group at the target of an event, or `null` if there is none. */
  at(target: EventTarget | null): SVGGElement | null;
  named(key: string): SVGGElement | null;
  /** Returns the part that Tab reaches. */
  current(): SVGGElement | null;
  focus(part: SVGGElement): void;
  /** Returns the next part in a direction: along a line if there is one, else by position. */
  next(from: SVGGElement, direction: Direction): SVGGElement | null;
  /** Highlights the lines of a part, and the parts at their other ends. */
  mark(part: SVGGElement | null): void;
  /** Marks the parts whose names contain the text, and returns them in the order of the picture; none for ''. */
  find(text: string): readonly SVGGElement[];
}

export type Direction = 'left' | 'right' | 'up' | 'down';

interface Placed {
  readonly part: SVGGElement;
  readonly key: string;
  readonly x: number;
  readonly y: number;
}

interface Picture {
  readonly parts: readonly Placed[];
  readonly byKey: ReadonlyMap<string, Placed>;
  /** Lines by the keys of their ends. */
  readonly linesOf: ReadonlyMap<string, readonly SVGPathElement[]>;
  current: SVGGElement | null;
  marked: readonly Element[];
  markedKey: string | null;
}

const LIES: Readonly<Record<Direction, (part: Placed, from: Placed) => boolean>> = {
  left: (part, from) => part.x < from.x - 1,
  right: (part, from) => part.x > from.x + 1,
  up: (part, from) => part.y < from.y - 1,
  down: (part, from) => part.y > from.y + 1,
};

/**
 * Creates the parts of a picture.
 * @param focused the key of the part that had the focus in the previous picture
 */
export function createParts(svg: SVGSVGElement, focused: string | null): Parts {
  const parts = [...svg.querySelectorAll<SVGGElement>('.node, .group')].map(placedPart);
  const byKey = new Map(parts.map(placed => [placed.key, placed]));
  const current = (byKey.get(focused ?? '') ?? parts[0])?.part ?? null;
  current?.setAttribute('tabindex', '0');
  const linesOf = linesByEnd(svg);
  const picture: Picture = { parts, byKey, linesOf, current, marked: [], markedKey: null };
  return {
    boxes: () => parts.flatMap(boxOf),
    at: target => (target instanceof Element ? target.closest<SVGGElement>('.node, .group') : null),
    named: key => byKey.get(key)?.part ?? null,
    current: () => picture.current,
    focus(part) {
      picture.current?.setAttribute('tabindex', '-1');
      picture.current = part;
      part.setAttribute('tabindex', '0');
      part.focus({ preventScroll: true });
    },
    next: (from, direction) => nextPart(picture, from, direction),
    mark(part) {
      const key = part === null ? null : keyOf(part);
      if (key === picture.markedKey) return;
      picture.markedKey = key;
      for (const element of picture.marked) element.classList.remove('marked', 'near');
      picture.marked = part === null || key === null ? [] : markAround(picture, part, key);
    },
    find(text) {
      const wanted = text.trim().toLowerCase();
      return parts
        .map(({ part }) => part)
        .filter(part => {
          const isHit = wanted !== '' && nameOf(part).toLowerCase().includes(wanted);
          part.classList.toggle('found', isHit);
          return isHit;
        });
    },
  };
}

function placedPart(part: SVGGElement): Placed {
  const [, x = '0', y = '0'] = /translate\((\S+) (\S+)\)/.exec(part.getAttribute('transform') ?? '') ?? [];
  return { part, key: keyOf(part), x: Number(x), y: Number(y) };
}

function linesByEnd(svg: SVGSVGElement): Map<string, SVGPathElement[]> {
  const linesOf = new Map<string, SVGPathElement[]>();
  for (const line of svg.querySelectorAll<SVGPathElement>('.edge'))
    for (const end of new Set([line.dataset.from, line.dataset.to])) {
      const lines = linesOf.get(end ?? '');
      if (lines) lines.push(line);
      else linesOf.set(end ?? '', [line]);
    }
  return linesOf;
}

function boxOf({ part, x, y }: Placed): readonly Area[] {
  const box = part.querySelector('rect:not(.behind)');
  if (box === null || part.classList.contains('open')) return [];
  const size = (name: string) => Number(box.getAttribute(name));
  return [{ x, y, width: size('width'), height: size('height') }];
}

function nextPart(picture: Picture, from: SVGGElement, direction: Direction): SVGGElement | null {
  const here = picture.byKey.get(keyOf(from));
  if (!here) return null;
  const isLevel = direction === 'left' || direction === 'right';
  const lined = isLevel ? alongLines(picture, here.key, direction) : [];
  const candidates = lined.length > 0 ? lined : beside(picture, here, direction);
  // Distance across the direction weighs more, so that a column is traversed before the next one.
  const distance = ({ x, y }: Placed) =>
    Math.abs(x - here.x) * (isLevel ? 1 : 4) + Math.abs(y - here.y) * (isLevel ? 4 : 1);
  const nearest = candidates.reduce<Placed | null>(
    (best, candidate) => (best && distance(best) <= distance(candidate) ? best : candidate),
    null,
  );
  return nearest?.part ?? null;
}

function alongLines({ linesOf, byKey }: Picture, key: string, direction: Direction): Placed[] {
  const isForward = direction === 'right';
  return (linesOf.get(key) ?? []).flatMap(({ dataset: { from, to } }) => {
    const other = byKey.get((isForward ? to : from) ?? '');
    return (isForward ? from : to) === key && other ? [other] : [];
  });
}

function beside({ parts }: Picture, here: Placed, direction: Direction): Placed[] {
  return parts.filter(other => other !== here && LIES[direction](other, here));
}

/** Marks a part, its lines and the parts at their other ends, and returns all of them. */
function markAround({ linesOf, byKey }: Picture, part: SVGGElement, key: string): readonly Element[] {
  const lines = linesOf.get(key) ?? [];
  const near = [part];
  for (const line of lines) {
    line.classList.add('marked');
    const other = byKey.get((line.dataset.from === key ? line.dataset.to : line.dataset.from) ?? '');
    if (other) near.push(other.part);
  }
  for (const element of near) element.classList.add('near');
  return [...lines, ...near];
}

/** Returns the key of a part in the data of lines: a generator's name, or the id of a group. */
export function keyOf({ dataset }: SVGGElement): string {
  return dataset.id ?? dataset.group ?? '';
}

function nameOf(part: SVGGElement): string {
  return part.querySelector('text')?.textContent ?? '';
}
