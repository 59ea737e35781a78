/**
 * The page of the dependency graph: shows the picture that the server draws, and says what was chosen in it and in the
 * toolbar. Runs in a webview; it knows neither files nor the server.
 */
import { showLegend } from './legend.ts';
import type { Choice, ExportFormat, FromPage, Kept, PageTexts, Seen, ToPage } from './messages.ts';
import { createMinimap } from './minimap.ts';
import { createParts, type Direction, keyOf, type Parts } from './parts.ts';
import { followPointer } from './pointer.ts';
import { pngOf } from './raster.ts';
import { createView } from './view.ts';

declare function acquireVsCodeApi(): {
  postMessage(message: FromPage): void;
  getState(): Kept | undefined;
  setState(state: Kept): void;
};

const host = acquireVsCodeApi();
const texts = JSON.parse(document.body.dataset.texts ?? '{}') as PageTexts;
const canvas = element('canvas');
const sheet = element('sheet');
const search = element<HTMLInputElement>('search');
const machines = element<HTMLSelectElement>('machines');
const kinds = element<HTMLSelectElement>('kinds');
const conditions = element<HTMLSelectElement>('conditions');
const groupings = element<HTMLSelectElement>('groupings');
const unfold = element<HTMLButtonElement>('unfold');
const focus = element<HTMLButtonElement>('focus');
const count = element('count');
const legend = element('legend');
const note = element('note');

let parts: Parts | null = null;
let shown: (ToPage & { type: 'graph' }) | null = null;
let choice: Choice = {
  ...{ machine: null, generator: null, kind: null, condition: null },
  ...{ grouping: 'auto', open: null },
};
/** A group that was opened or folded: it stays where it is on the screen. */
let anchor: { readonly key: string; readonly at: DOMRect } | null = null;
let seen: Seen | undefined = host.getState()?.seen;
const view = createView(canvas, sheet, seen, keep, () => minimap.moved());
const minimap = createMinimap(element('minimap'), () => view);

function element<Kind extends HTMLElement = HTMLElement>(id: string): Kind {
  return document.getElementById(id) as Kind;
}

/** For a window that is opened anew. */
function keep(fresh = seen): void {
  seen = fresh;
  if (seen && shown) host.setState({ seen, choice, root: shown.root });
}

window.addEventListener('message', ({ data }: MessageEvent<ToPage>) => {
  if (data.type === 'rasterize')
    void pngOf(data.svg).then(png => host.postMessage({ type: 'png', data: png }));
  else if (data.type === 'empty') showNote(data);
  else if (data.type === 'graph') show(data);
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
    const { width, height } = svg.viewBox.baseVal;
    view.picture(width, height, anchor !== null);
    const anchored = anchor && parts.named(anchor.key);
    if (anchor && anchored) view.keepAt(anchored, anchor.at);
    anchor = null;
    minimap.picture(width, height, parts.boxes());
    const current = parts.current();
    if (hadFocus && current) parts.focus(current);
  }
  note.hidden = true;
  showLegend(legend, graph.legend);
  fill(graph);
  find();
  keep();
  if (isOther)
    requestAnimationFrame(() =>
      setTimeout(() => host.postMessage({ type: 'painted', milliseconds: performance.now() - began })),
    );
}

function showNote({ message, choice: chosen }: ToPage & { type: 'empty' }): void {
  parts = null;
  shown = null;
  sheet.replaceChildren();
  minimap.clear();
  showLegend(legend, []);
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
    machines.replaceChildren(new Option(texts.allMachines, ''), ...names.map(name => new Option(name, name)));
  machines.hidden = names.length === 0;
  unfold.hidden = groups.length === 0;
  unfold.textContent = isUnfolded() ? texts.foldAll : texts.unfoldAll;
  fillChoice();
}

function fillChoice(): void {
  machines.value = choice.machine ?? '';
  kinds.value = choice.kind ?? '';
  conditions.value = choice.condition ?? '';
  groupings.value = choice.grouping ?? '';
  fillFocus();
}

function fillFocus(): void {
  const { generator } = choice;
  focus.textContent = generator === null ? texts.focus : filled(texts.only, generator);
  focus.setAttribute('aria-pressed', String(generator !== null));
  focus.disabled = generator === null && parts?.current()?.dataset.id === undefined;
}

/** Shows only what leads to the generator that was chosen last and what comes of it; or all again. */
function toggleFocus(): void {
  const id = parts?.current()?.dataset.id;
  if (choice.generator !== null) choose({ generator: null, open: null });
  else if (id !== undefined) choose({ generator: id, open: null });
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
  else if (part && group !== undefined) {
    anchor = { key: group, at: part.getBoundingClientRect() };
    const open = choice.open ?? shown?.groups ?? [];
    choose({ open: open.includes(group) ? open.filter(one => one !== group) : [...open, group] }, true);
  }
}

function find(): readonly SVGGElement[] {
  const found = parts?.find(search.value) ?? [];
  const all = shown?.generators ?? 0;
  const text =
    search.value.trim() === ''
      ? filled(all === 1 ? texts.generator : texts.generators, all)
      : filled(all === 1 ? texts.foundOfOne : texts.foundOf, found.length, all);
  count.textContent = text;
  return found;
}

/** A text with values in its holes. */
function filled(text: string, ...values: readonly (string | number)[]): string {
  return text.replaceAll(/\{(\d)\}/g, (hole, at: string) => String(values[Number(at)] ?? hole));
}

/** The next one that is found, from the one that was shown last. */
function findNext(step: 1 | -1): void {
  const found = find();
  const current = parts?.current();
  const at = current ? found.indexOf(current) : -1;
  const next = at === -1 ? found[0] : found[(at + step + found.length) % found.length];
  if (next) go(next, false);
}

/** @param hasFocus false where the focus should stay, as in the search field */
function go(part: SVGGElement, hasFocus = true): void {
  if (hasFocus) parts?.focus(part);
  else setCurrent(part);
  parts?.mark(part);
  fillFocus();
  if (hasFocus) view.bringIn(part);
  else view.reveal(part);
}

function setCurrent(part: SVGGElement): void {
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

followPointer(canvas, view, target => {
  const part = parts?.at(target) ?? null;
  if (!part) return;
  parts?.focus(part);
  view.bringIn(part);
  activate(part);
});
canvas.addEventListener('pointerover', event => {
  const part = parts?.at(event.target) ?? null;
  tellMenu(part);
  if (!canvas.classList.contains('dragging')) parts?.mark(part);
});
canvas.addEventListener('focusin', event => {
  const part = parts?.at(event.target) ?? null;
  tellMenu(part);
  parts?.mark(part);
  if (part) {
    parts?.focus(part);
    fillFocus();
    // A press of the mouse is where it is seen, and what moved under it would be another click.
    if (part.matches(':focus-visible')) view.bringIn(part);
  }
});
canvas.addEventListener('focusout', () => parts?.mark(null));

const ZOOMS: Readonly<Record<string, () => void>> = {
  '+': () => view.zoom(1.25),
  '=': () => view.zoom(1.25),
  '-': () => view.zoom(0.8),
  '0': () => view.showWhole(),
  '/': () => search.focus(),
  f: toggleFocus,
  Escape: () => (choice.generator === null ? search.focus() : toggleFocus()),
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
focus.addEventListener('click', toggleFocus);
element('in').addEventListener('click', () => view.zoom(1.25));
element('out').addEventListener('click', () => view.zoom(0.8));
element('fit').addEventListener('click', () => view.showWhole());
const formats = element<HTMLSelectElement>('export');
formats.addEventListener('change', () => {
  host.postMessage({ type: 'export', format: formats.value as ExportFormat });
  formats.value = '';
});
host.postMessage({ type: 'ready' });
