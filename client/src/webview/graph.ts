/**
 * The page of the dependency graph: shows the picture that the server draws, and says what was chosen in it and in the
 * toolbar. Runs in a webview; it knows neither files nor the server.
 */
import type { Choice, ExportFormat, FromPage, ToPage } from './messages.ts';
import { createParts, type Direction, keyOf, type Parts } from './parts.ts';
import { pngOf } from './raster.ts';
import { createView, type Seen } from './view.ts';

declare function acquireVsCodeApi(): {
  postMessage(message: FromPage): void;
  getState(): Seen | undefined;
  setState(state: Seen): void;
};

const host = acquireVsCodeApi();
const canvas = element('canvas');
const sheet = element('sheet');
const search = element<HTMLInputElement>('search');
const machines = element<HTMLSelectElement>('machines');
const kinds = element<HTMLSelectElement>('kinds');
const conditions = element<HTMLSelectElement>('conditions');
const groupings = element<HTMLSelectElement>('groupings');
const unfold = element<HTMLButtonElement>('unfold');
const count = element('count');
const note = element('note');

const view = createView(canvas, sheet, host.getState(), seen => host.setState(seen));
let parts: Parts | null = null;
let shown: (ToPage & { type: 'graph' }) | null = null;
let choice: Choice = { machine: null, kind: null, condition: null, grouping: 'auto', open: null };

function element<Kind extends HTMLElement = HTMLElement>(id: string): Kind {
  return document.getElementById(id) as Kind;
}

window.addEventListener('message', ({ data }: MessageEvent<ToPage>) => {
  if (data.type === 'rasterize')
    void pngOf(data.svg).then(png => host.postMessage({ type: 'png', data: png }));
  else if (data.type === 'empty') showNote(data);
  else show(data);
});

function show(graph: ToPage & { type: 'graph' }): void {
  const began = performance.now();
  const isOther = graph.picture !== shown?.picture;
  if (graph.isOther) view.forget();
  shown = graph;
  if (isOther) {
    const before = parts?.current() ?? null;
    const hadFocus = before !== null && document.activeElement === before;
    const parsed = new DOMParser().parseFromString(graph.picture, 'image/svg+xml').documentElement;
    const svg = document.importNode(parsed, true) as unknown as SVGSVGElement;
    sheet.replaceChildren(svg);
    parts = createParts(svg, before === null ? null : keyOf(before));
    view.picture(svg.viewBox.baseVal.width, svg.viewBox.baseVal.height);
    const current = parts.current();
    if (hadFocus && current) parts.focus(current);
  }
  note.hidden = true;
  fill(graph);
  find();
  if (isOther)
    requestAnimationFrame(() =>
      setTimeout(() => host.postMessage({ type: 'painted', milliseconds: performance.now() - began })),
    );
}

function showNote({ message, choice: chosen }: ToPage & { type: 'empty' }): void {
  parts = null;
  shown = null;
  sheet.replaceChildren();
  note.textContent = message;
  note.hidden = false;
  count.textContent = '';
  choice = chosen;
  fillChoice();
}

function fill({ machines: names, choice: chosen, groups }: ToPage & { type: 'graph' }): void {
  choice = chosen;
  if (
    machines.length !== names.length + 1 ||
    names.some((name, at) => machines.options[at + 1]?.value !== name)
  )
    machines.replaceChildren(new Option('all machines', ''), ...names.map(name => new Option(name, name)));
  machines.hidden = names.length === 0;
  unfold.hidden = groups.length === 0;
  unfold.textContent = isUnfolded() ? 'Fold all' : 'Unfold all';
  fillChoice();
}

function fillChoice(): void {
  machines.value = choice.machine ?? '';
  kinds.value = choice.kind ?? '';
  conditions.value = choice.condition ?? '';
  groupings.value = choice.grouping ?? '';
}

function isUnfolded(): boolean {
  return choice.open === null || choice.open.length === (shown?.groups.length ?? 0);
}

function choose(some: Partial<Choice>, keepPlace = false): void {
  if (!keepPlace) view.forget();
  choice = { ...choice, ...some };
  host.postMessage({ type: 'choose', choice });
}

/** Opens a generator's declaration; opens or folds a group. */
function activate(part: SVGGElement | null): void {
  const { id, group } = part?.dataset ?? {};
  if (id !== undefined) host.postMessage({ type: 'open', id });
  else if (group !== undefined) {
    const open = choice.open ?? shown?.groups ?? [];
    choose({ open: open.includes(group) ? open.filter(one => one !== group) : [...open, group] }, true);
  }
}

function find(): readonly SVGGElement[] {
  const found = parts?.find(search.value) ?? [];
  const all = shown?.generators ?? 0;
  const noun = all === 1 ? 'generator' : 'generators';
  count.textContent =
    search.value.trim() === '' ? `${all} ${noun}` : `${found.length} of ${all} ${noun} found`;
  return found;
}

/** The next one that is found, from the one that was shown last. */
function findNext(step: 1 | -1): void {
  const found = find();
  const current = parts?.current();
  const at = current ? found.indexOf(current) : -1;
  const next = at === -1 ? found[0] : found[(at + step + found.length) % found.length];
  if (next) go(next, false);
}

/** @param focus false where the focus should stay, as in the search field */
function go(part: SVGGElement, focus = true): void {
  if (focus) parts?.focus(part);
  else setCurrent(part);
  parts?.mark(part);
  view.bringIn(part, !focus);
}

function setCurrent(part: SVGGElement): void {
  parts?.current()?.setAttribute('tabindex', '-1');
  const field = document.activeElement;
  parts?.focus(part);
  if (field instanceof HTMLElement) field.focus();
}

/** What the editor's own menu is told of the part under it. */
function tellMenu(part: SVGGElement | null): void {
  const id = part?.dataset.id;
  if (!part || id === undefined || part.dataset.vscodeContext !== undefined || !shown) return;
  part.dataset.vscodeContext = JSON.stringify({
    webviewSection: 'generator',
    preventDefaultContextMenuItems: true,
    kind: 'generator',
    root: shown.root,
    machine: choice.machine ?? shown.owners[id] ?? null,
    generator: { name: id },
  });
}

let dragged: { readonly x: number; readonly y: number; moved: boolean } | null = null;

canvas.addEventListener('pointerdown', event => {
  if (event.button === 0) dragged = { x: event.clientX, y: event.clientY, moved: false };
});
window.addEventListener('pointermove', event => {
  if (dragged === null) return;
  const right = event.clientX - dragged.x;
  const down = event.clientY - dragged.y;
  if (!dragged.moved && Math.hypot(right, down) < 4) return;
  dragged = { x: event.clientX, y: event.clientY, moved: true };
  canvas.classList.add('dragging');
  view.pan(right, down);
});
window.addEventListener('pointerup', event => {
  const isClick = dragged?.moved === false;
  dragged = null;
  canvas.classList.remove('dragging');
  const part = isClick ? (parts?.at(event.target) ?? null) : null;
  if (part) {
    parts?.focus(part);
    activate(part);
  }
});
canvas.addEventListener('pointerover', event => {
  const part = parts?.at(event.target) ?? null;
  tellMenu(part);
  if (dragged === null) parts?.mark(part);
});
canvas.addEventListener(
  'wheel',
  event => {
    event.preventDefault();
    if (event.shiftKey && !event.ctrlKey && !event.metaKey) view.pan(-event.deltaY, 0);
    else view.zoom(Math.exp(-event.deltaY / 400), event.clientX, event.clientY);
  },
  { passive: false },
);
canvas.addEventListener('focusin', event => {
  const part = parts?.at(event.target) ?? null;
  tellMenu(part);
  parts?.mark(part);
  if (part) {
    parts?.focus(part);
    view.bringIn(part);
  }
});
canvas.addEventListener('focusout', () => parts?.mark(null));

const ZOOMS: Readonly<Record<string, () => void>> = {
  '+': () => view.zoom(1.25),
  '=': () => view.zoom(1.25),
  '-': () => view.zoom(0.8),
  '0': () => view.showWhole(),
  '/': () => search.focus(),
};
const ARROWS: Readonly<Record<string, readonly [Direction, right: number, down: number]>> = {
  ArrowLeft: ['left', 60, 0],
  ArrowRight: ['right', -60, 0],
  ArrowUp: ['up', 0, 60],
  ArrowDown: ['down', 0, -60],
};

canvas.addEventListener('keydown', event => {
  if (event.ctrlKey || event.metaKey) return;
  const part = parts?.at(event.target) ?? null;
  const arrow = ARROWS[event.key];
  if (arrow) {
    const [direction, right, down] = arrow;
    // Shift moves the picture; without it, the focus goes on.
    if (event.shiftKey || part === null) view.pan(right, down);
    else {
      const next = parts?.next(part, direction);
      if (next) go(next);
    }
  } else if (event.key === 'Enter' || event.key === ' ') activate(part);
  else if (event.key === 'Escape') search.focus();
  else if (ZOOMS[event.key]) ZOOMS[event.key]?.();
  else return;
  event.preventDefault();
});

search.addEventListener('input', find);
search.addEventListener('keydown', event => {
  if (event.key === 'Escape') {
    search.value = '';
    find();
  } else if (event.key === 'Enter') findNext(event.shiftKey ? -1 : 1);
  else if (event.key === 'ArrowDown') {
    const current = parts?.current();
    if (current) go(current);
  } else return;
  event.preventDefault();
});

/** The empty value stands for everything. */
function chosen<Value extends string>(select: HTMLSelectElement): Value | null {
  return select.value === '' ? null : (select.value as Value);
}

machines.addEventListener('change', () => choose({ machine: chosen(machines) }));
kinds.addEventListener('change', () => choose({ kind: chosen(kinds) }));
conditions.addEventListener('change', () => choose({ condition: chosen(conditions) }));
groupings.addEventListener('change', () => choose({ grouping: chosen(groupings), open: null }));
unfold.addEventListener('click', () => choose({ open: isUnfolded() ? [] : (shown?.groups ?? null) }));
element('in').addEventListener('click', () => view.zoom(1.25));
element('out').addEventListener('click', () => view.zoom(0.8));
element('fit').addEventListener('click', () => view.showWhole());
const formats = element<HTMLSelectElement>('export');
formats.addEventListener('change', () => {
  host.postMessage({ type: 'export', format: formats.value as ExportFormat });
  formats.value = '';
});
host.postMessage({ type: 'ready' });
