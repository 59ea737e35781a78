/** Shows the meaning of the marks, borders and lines of the picture in a row below it. */
import type { ToPage } from './messages.ts';

type Entries = (ToPage & { type: 'graph' })['legend'];

const HEIGHT = 14;

export function showLegend(holder: HTMLElement, entries: Entries): void {
  holder.hidden = entries.length === 0;
  holder.replaceChildren(
    ...entries.map(({ sample, sampleWidth, text }) => {
      const entry = document.createElement('li');
      entry.append(sampleOf(sample, sampleWidth), text);
      return entry;
    }),
  );
}

function sampleOf(sample: string, width: number): Node {
  const box = `${-width / 2} ${-HEIGHT / 2} ${width} ${HEIGHT}`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${box}" width="${width}" height="${HEIGHT}" aria-hidden="true">${sample}</svg>`;
  return document.importNode(new DOMParser().parseFromString(svg, 'image/svg+xml').documentElement, true);
}
