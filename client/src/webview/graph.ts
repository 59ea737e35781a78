/**
 * The page of the dependency graph: shows the picture that the server draws, moves and zooms it, finds names in it,
 * and says which node was chosen. Runs in a webview; it knows neither files nor the server.
 */
import type { ExportFormat, FromPage, ToPage } from './messages.ts';

declare function acquireVsCodeApi(): {
  postMessage(message: FromPage): void;
  getState(): ViewState | undefined;
  setState(state: ViewState): void;
};

/** What is seen of the picture, in its units; kept while the tab is hidden. */
interface ViewState {
  readonly x: number;
  readonly y: number;
  readonly scale: number;
}

const host = acquireVsCodeApi();
const canvas = element('canvas');
const search = element<HTMLInputElement>('search');
const machines = element<HTMLSelectElement>('machines');
const count = element('count');
const note = element('note');
let svg: SVGSVGElement | null = null;
/** The picture's own size; its `viewBox` is what is seen of it. */
let whole = { width: 1, height: 1 };
let view: ViewState = host.getState() ?? { x: 0, y: 0, scale: 0 };

function element<Kind extends HTMLElement = HTMLElement>(id: string): Kind {
  return document.getElementById(id) as Kind;
}

window.addEventListener('message', ({ data }: MessageEvent<ToPage>) => {
  if (data.type === 'rasterize') void rasterize(data.svg);
  else if (data.type === 'empty') showNote(data.message);
  else show(data);
});

function show({ picture, machines: names, machine, generators }: ToPage & { type: 'graph' }): void {
  const parsed = new DOMParser().parseFromString(picture, 'image/svg+xml').documentElement;
  svg = document.importNode(parsed, true) as unknown as SVGSVGElement;
  whole = { width: svg.viewBox.baseVal.width, height: svg.viewBox.baseVal.height };
  svg.removeAttribute('width');
  svg.removeAttribute('height');
  canvas.replaceChildren(svg);
  note.hidden = true;
  for (const node of nodes()) {
    node.setAttribute('tabindex', '0');
    node.setAttribute('role', 'button');
    node.setAttribute('aria-label', node.querySelector('title')?.textContent ?? '');
  }
  if (view.scale === 0) showWhole();
  else apply();
  fillMachines(names, machine);
  count.textContent = `${generators} ${generators === 1 ? 'generator' : 'generators'}`;
  find();
}

function showNote(message: string): void {
  svg = null;
  canvas.replaceChildren();
  note.textContent = message;
  note.hidden = false;
  count.textContent = '';
}

function fillMachines(names: readonly string[], chosen: string | null): void {
  const options = [new Option('all machines', ''), ...names.map(name => new Option(name, name))];
  machines.replaceChildren(...options);
  machines.value = chosen ?? '';
  machines.hidden = names.length === 0;
}

function nodes(): SVGGElement[] {
  return [...(svg?.querySelectorAll<SVGGElement>('.node') ?? [])];
}

function apply(): void {
  if (!svg) return;
  const { width, height } = canvas.getBoundingClientRect();
  svg.setAttribute('viewBox', `${view.x} ${view.y} ${width / view.scale} ${height / view.scale}`);
  host.setState(view);
}

function showWhole(): void {
  if (!svg) return;
  const { width, height } = canvas.getBoundingClientRect();
  const scale = Math.min(1.2, width / whole.width, height / whole.height) || 1;
  view = {
    scale,
    x: (whole.width - width / scale) / 2,
    y: (whole.height - height / scale) / 2,
  };
  apply();
}

/** Keeps the point under the cursor where it is. */
function zoom(factor: number, clientX?: number, clientY?: number): void {
  const box = canvas.getBoundingClientRect();
  const left = (clientX ?? box.left + box.width / 2) - box.left;
  const top = (clientY ?? box.top + box.height / 2) - box.top;
  const scale = Math.min(4, Math.max(0.05, view.scale * factor));
  view = {
    scale,
    x: view.x + left / view.scale - left / scale,
    y: view.y + top / view.scale - top / scale,
  };
  apply();
}

function pan(right: number, down: number): void {
  view = { ...view, x: view.x - right / view.scale, y: view.y - down / view.scale };
  apply();
}

function nodeOf(target: EventTarget | null): SVGGElement | null {
  return target instanceof Element ? target.closest<SVGGElement>('.node') : null;
}

function open(node: SVGGElement | null): void {
  const id = node?.dataset.id;
  if (id !== undefined) host.postMessage({ type: 'open', id });
}

/** Marks what a node is made from and what is made from it. */
function mark(node: SVGGElement | null): void {
  const id = node?.dataset.id;
  const beside = new Set([id]);
  for (const edge of svg?.querySelectorAll<SVGPathElement>('.edge') ?? []) {
    const { from, to } = edge.dataset;
    const isOwn = id !== undefined && (from === id || to === id);
    edge.classList.toggle('marked', isOwn);
    if (isOwn) beside.add(from === id ? to : from);
  }
  for (const one of nodes()) one.classList.toggle('aside', id !== undefined && !beside.has(one.dataset.id));
}

function find(): SVGGElement[] {
  const wanted = search.value.trim().toLowerCase();
  const found = nodes().filter(node => node.dataset.id?.toLowerCase().includes(wanted));
  const hit = new Set(wanted === '' ? [] : found);
  for (const node of nodes()) {
    node.classList.toggle('found', hit.has(node));
    node.classList.toggle('dimmed', wanted !== '' && !hit.has(node));
  }
  return wanted === '' ? [] : found;
}

function bringToMiddle(node: SVGGElement): void {
  const box = node.getBoundingClientRect();
  const around = canvas.getBoundingClientRect();
  pan(
    around.left + around.width / 2 - (box.left + box.width / 2),
    around.top + around.height / 2 - (box.top + box.height / 2),
  );
}

/** Draws at twice the size, for screens with many points. */
async function rasterize(text: string): Promise<void> {
  const image = new Image();
  image.src = `data:image/svg+xml;base64,${btoa(String.fromCharCode(...new TextEncoder().encode(text)))}`;
  await image.decode();
  const sheet = document.createElement('canvas');
  sheet.width = image.width * 2;
  sheet.height = image.height * 2;
  sheet.getContext('2d')?.drawImage(image, 0, 0, sheet.width, sheet.height);
  host.postMessage({ type: 'png', data: sheet.toDataURL('image/png').split(',')[1] ?? '' });
}

let dragged: { readonly x: number; readonly y: number; moved: boolean } | null = null;

canvas.addEventListener('pointerdown', event => {
  dragged = { x: event.clientX, y: event.clientY, moved: false };
});
window.addEventListener('pointermove', event => {
  if (dragged === null) {
    mark(nodeOf(event.target));
    return;
  }
  const right = event.clientX - dragged.x;
  const down = event.clientY - dragged.y;
  if (!dragged.moved && Math.hypot(right, down) < 4) return;
  dragged = { x: event.clientX, y: event.clientY, moved: true };
  canvas.classList.add('dragging');
  pan(right, down);
});
window.addEventListener('pointerup', event => {
  const wasMoved = dragged?.moved === true;
  const began = dragged !== null;
  dragged = null;
  canvas.classList.remove('dragging');
  if (began && !wasMoved) open(nodeOf(event.target));
});
canvas.addEventListener(
  'wheel',
  event => {
    event.preventDefault();
    if (event.ctrlKey || event.metaKey || !event.shiftKey)
      zoom(Math.exp(-event.deltaY / 400), event.clientX, event.clientY);
    else pan(-event.deltaY, 0);
  },
  { passive: false },
);
canvas.addEventListener('focusin', event => mark(nodeOf(event.target)));

const KEYS: Readonly<Record<string, () => void>> = {
  '+': () => zoom(1.25),
  '=': () => zoom(1.25),
  '-': () => zoom(0.8),
  '0': showWhole,
  ArrowLeft: () => pan(60, 0),
  ArrowRight: () => pan(-60, 0),
  ArrowUp: () => pan(0, 60),
  ArrowDown: () => pan(0, -60),
};

canvas.addEventListener('keydown', event => {
  if (event.key === 'Enter' || event.key === ' ') open(nodeOf(event.target));
  else if (KEYS[event.key] === undefined || event.ctrlKey || event.metaKey) return;
  else KEYS[event.key]?.();
  event.preventDefault();
});
search.addEventListener('input', find);
search.addEventListener('keydown', event => {
  if (event.key === 'Escape') {
    search.value = '';
    find();
  } else if (event.key === 'Enter') {
    const [first] = find();
    if (!first) return;
    bringToMiddle(first);
    first.focus();
  }
});
machines.addEventListener('change', () => {
  view = { ...view, scale: 0 };
  host.postMessage({ type: 'machine', machine: machines.value === '' ? null : machines.value });
});
element('in').addEventListener('click', () => zoom(1.25));
element('out').addEventListener('click', () => zoom(0.8));
element('fit').addEventListener('click', showWhole);
const formats = element<HTMLSelectElement>('export');
formats.addEventListener('change', () => {
  host.postMessage({ type: 'export', format: formats.value as ExportFormat });
  formats.value = '';
});
window.addEventListener('resize', apply);
host.postMessage({ type: 'ready' });
