/**
 * The boxes and lines of the picture that is shown: which one has the focus, what lies beside what, and which match a
 * text. One of them is reached by Tab, the others from there by arrows. Knows no messages.
 */

import type { Area } from './view.ts';

export interface Parts {
  /** Where all of them are, in units of the picture. */
  boxes(): readonly Area[];
  /** A generator or a group that an event happened on; null beside all of them. */
  at(target: EventTarget | null): SVGGElement | null;
  named(key: string): SVGGElement | null;
  /** The one that Tab comes to. */
  current(): SVGGElement | null;
  focus(part: SVGGElement): void;
  /** The next one in a direction: along a line where there is one, else by place. */
  next(from: SVGGElement, direction: Direction): SVGGElement | null;
  /** Highlights the lines of a part, and what is at their other ends. */
  mark(part: SVGGElement | null): void;
  /** Marks what has the text in its name; all for ''. In the order of the picture. */
  find(text: string): readonly SVGGElement[];
}

export type Direction = 'left' | 'right' | 'up' | 'down';

interface Placed {
  readonly part: SVGGElement;
  readonly key: string;
  readonly x: number;
  readonly y: number;
}

const LIES: Readonly<Record<Direction, (one: Placed, from: Placed) => boolean>> = {
  left: (one, from) => one.x < from.x - 1,
  right: (one, from) => one.x > from.x + 1,
  up: (one, from) => one.y < from.y - 1,
  down: (one, from) => one.y > from.y + 1,
};

/** @param focused the key of the part that had the focus in the picture before */
export function createParts(svg: SVGSVGElement, focused: string | null): Parts {
  const parts = [...svg.querySelectorAll<SVGGElement>('.node, .group')].map((part): Placed => {
    const [, x = '0', y = '0'] = /translate\((\S+) (\S+)\)/.exec(part.getAttribute('transform') ?? '') ?? [];
    return { part, key: keyOf(part), x: Number(x), y: Number(y) };
  });
  const byKey = new Map(parts.map(one => [one.key, one]));
  const linesOf = new Map<string, SVGPathElement[]>();
  for (const line of svg.querySelectorAll<SVGPathElement>('.edge'))
    for (const end of new Set([line.dataset.from, line.dataset.to])) {
      const list = linesOf.get(end ?? '');
      if (list) list.push(line);
      else linesOf.set(end ?? '', [line]);
    }
  let current = (byKey.get(focused ?? '') ?? parts[0])?.part ?? null;
  current?.setAttribute('tabindex', '0');
  let marked: Element[] = [];
  let markedKey: string | null = null;

  function along(key: string, direction: Direction): Placed[] {
    const forward = direction === 'right';
    return (linesOf.get(key) ?? []).flatMap(({ dataset: { from, to } }) => {
      const other = byKey.get((forward ? to : from) ?? '');
      return (forward ? from : to) === key && other ? [other] : [];
    });
  }

  function beside(here: Placed, direction: Direction): Placed[] {
    return parts.filter(other => other !== here && LIES[direction](other, here));
  }

  return {
    boxes: () =>
      parts.flatMap(({ part, x, y }) => {
        const box = part.querySelector('rect:not(.behind)');
        if (box === null || part.classList.contains('open')) return [];
        const size = (name: string) => Number(box.getAttribute(name));
        return [{ x, y, width: size('width'), height: size('height') }];
      }),
    at: target => (target instanceof Element ? target.closest<SVGGElement>('.node, .group') : null),
    named: key => byKey.get(key)?.part ?? null,
    current: () => current,
    focus(part) {
      current?.setAttribute('tabindex', '-1');
      current = part;
      part.setAttribute('tabindex', '0');
      part.focus({ preventScroll: true });
    },
    next(from, direction) {
      const here = byKey.get(keyOf(from));
      if (!here) return null;
      const level = direction === 'left' || direction === 'right';
      const lined = level ? along(here.key, direction) : [];
      const candidates = lined.length > 0 ? lined : beside(here, direction);
      // Across counts more than along, so that a column is walked down before the next one.
      const far = ({ x, y }: Placed) =>
        Math.abs(x - here.x) * (level ? 1 : 4) + Math.abs(y - here.y) * (level ? 4 : 1);
      return (
        candidates.reduce<Placed | null>((best, one) => (best && far(best) <= far(one) ? best : one), null)
          ?.part ?? null
      );
    },
    mark(part) {
      const key = part === null ? null : keyOf(part);
      if (key === markedKey) return;
      markedKey = key;
      for (const one of marked) one.classList.remove('marked', 'near');
      marked = [];
      if (part === null || key === null) return;
      const near = [part];
      for (const line of linesOf.get(key) ?? []) {
        line.classList.add('marked');
        marked.push(line);
        const other = byKey.get((line.dataset.from === key ? line.dataset.to : line.dataset.from) ?? '');
        if (other) near.push(other.part);
      }
      for (const one of near) one.classList.add('near');
      marked.push(...near);
    },
    find(text) {
      const wanted = text.trim().toLowerCase();
      const found: SVGGElement[] = [];
      for (const { part } of parts) {
        const isHit = wanted !== '' && nameOf(part).toLowerCase().includes(wanted);
        part.classList.toggle('found', isHit);
        if (isHit) found.push(part);
      }
      return found;
    },
  };
}

/** What a line's ends are called: a generator's name, or the id of a group. */
export function keyOf({ dataset }: SVGGElement): string {
  return dataset.id ?? dataset.group ?? '';
}

function nameOf(part: SVGGElement): string {
  return part.querySelector('text')?.textContent ?? '';
}
