/** Shows the picture that the extension sends, or a note why there is none. */
import { showLegend } from './legend.ts';
import type { ToPage } from './messages.ts';
import { type Graph, keep, type Page } from './page.ts';
import { createParts, keyOf } from './parts.ts';
import { fillChoice, fillToolbar, find } from './toolbar.ts';

export function showGraph(page: Page, graph: Graph): void {
  const began = performance.now();
  const isOther = graph.picture !== page.shown?.picture;
  if (graph.isOther) page.view.forget();
  page.shown = graph;
  if (isOther) replacePicture(page, graph.picture);
  page.elements.note.hidden = true;
  showLegend(page.elements.legend, graph.legend);
  fillToolbar(page, graph);
  find(page);
  keep(page);
  if (isOther)
    requestAnimationFrame(() =>
      setTimeout(() => page.host.postMessage({ type: 'painted', milliseconds: performance.now() - began })),
    );
}

/**
 * Replaces the picture. The focused part keeps the focus, and a group that was just unfolded or folded keeps its
 * position on the screen.
 */
function replacePicture(page: Page, picture: string): void {
  const { view, minimap, anchor } = page;
  const before = page.parts?.current() ?? null;
  const hadFocus = before !== null && document.activeElement === before;
  const parsed = new DOMParser().parseFromString(picture, 'image/svg+xml').documentElement;
  const svg = document.importNode(parsed, true) as unknown as SVGSVGElement;
  page.elements.sheet.replaceChildren(svg);
  const parts = createParts(svg, before === null ? null : keyOf(before));
  page.parts = parts;
  const { width, height } = svg.viewBox.baseVal;
  view.picture(width, height, anchor !== null);
  const anchored = anchor && parts.named(anchor.key);
  if (anchor && anchored) view.keepAt(anchored, anchor.at);
  page.anchor = null;
  minimap.picture(width, height, parts.boxes());
  const current = parts.current();
  if (hadFocus && current) parts.focus(current);
}

/** Shows a text in place of the picture. */
export function showNote(page: Page, { message, choice }: ToPage & { type: 'empty' }): void {
  const { sheet, legend, note, count } = page.elements;
  page.parts = null;
  page.shown = null;
  sheet.replaceChildren();
  page.minimap.clear();
  showLegend(legend, []);
  note.textContent = message;
  note.hidden = false;
  count.textContent = '';
  page.choice = choice;
  fillChoice(page);
}
