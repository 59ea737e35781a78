/**
 * The page's state and its elements, shared by the toolbar, the picture and the selection, which have files of their
 * own.
 */
import type { Choice, FromPage, Kept, PageTexts, Seen, ToPage } from './messages.ts';
import { createMinimap, type Minimap } from './minimap.ts';
import type { Parts } from './parts.ts';
import { createView, type View } from './view.ts';

export interface Host {
  postMessage(message: FromPage): void;
  getState(): Kept | undefined;
  setState(state: Kept): void;
}

export type Graph = ToPage & { type: 'graph' };

export interface Page {
  readonly host: Host;
  readonly texts: PageTexts;
  readonly elements: Elements;
  readonly view: View;
  readonly minimap: Minimap;
  /** `null` while no picture is shown. */
  parts: Parts | null;
  shown: Graph | null;
  choice: Choice;
  /** A group that was just unfolded or folded, which keeps its position on the screen. */
  anchor: { readonly key: string; readonly at: DOMRect } | null;
  seen: Seen | undefined;
}

type Elements = ReturnType<typeof findElements>;

export function createPage(host: Host): Page {
  const elements = findElements();
  const seen = host.getState()?.seen;
  const page: Page = {
    ...{ host, elements, seen, parts: null, shown: null, anchor: null },
    texts: JSON.parse(document.body.dataset.texts ?? '{}') as PageTexts,
    choice: {
      ...{ machine: null, generator: null, kind: null, condition: null },
      ...{ grouping: 'auto', open: null },
    },
    view: createView(
      elements.canvas,
      elements.sheet,
      seen,
      fresh => keep(page, fresh),
      () => page.minimap.moved(),
    ),
    minimap: createMinimap(elements.minimap, () => page.view),
  };
  return page;
}

function findElements() {
  return {
    canvas: element('canvas'),
    sheet: element('sheet'),
    search: element<HTMLInputElement>('search'),
    machines: element<HTMLSelectElement>('machines'),
    kinds: element<HTMLSelectElement>('kinds'),
    conditions: element<HTMLSelectElement>('conditions'),
    groupings: element<HTMLSelectElement>('groupings'),
    unfold: element<HTMLButtonElement>('unfold'),
    focus: element<HTMLButtonElement>('focus'),
    count: element('count'),
    legend: element('legend'),
    note: element('note'),
    minimap: element('minimap'),
    zoomIn: element('in'),
    zoomOut: element('out'),
    fit: element('fit'),
    formats: element<HTMLSelectElement>('export'),
  };
}

function element<Kind extends HTMLElement = HTMLElement>(id: string): Kind {
  return document.getElementById(id) as Kind;
}

/** Saves the view and the choice, to be restored with the window. */
export function keep(page: Page, seen = page.seen): void {
  page.seen = seen;
  if (seen && page.shown) page.host.setState({ seen, choice: page.choice, root: page.shown.root });
}

/**
 * Requests the picture of another choice.
 * @param keepPlace true if the view should not move
 */
export function choose(page: Page, change: Partial<Choice>, keepPlace = false): void {
  if (!keepPlace) page.view.forget();
  page.choice = { ...page.choice, ...change };
  page.host.postMessage({ type: 'choose', choice: page.choice });
}
