/**
 * The page of the dependency graph: shows the server's picture, and reports choices in it and in the toolbar. Runs in
 * a webview; knows neither files nor the server.
 */
import type { ToPage } from './messages.ts';
import { createPage, type Host, type Page } from './page.ts';
import type { Direction } from './parts.ts';
import { showGraph, showNote } from './picture.ts';
import { followPointer } from './pointer.ts';
import { pngOf } from './raster.ts';
import { activate, fillFocus, go, toggleFocus } from './selection.ts';
import { wireToolbar } from './toolbar.ts';

declare function acquireVsCodeApi(): Host;

const ARROWS: Readonly<Record<string, readonly [Direction, right: number, down: number]>> = {
  ArrowLeft: ['left', 60, 0],
  ArrowRight: ['right', -60, 0],
  ArrowUp: ['up', 0, 60],
  ArrowDown: ['down', 0, -60],
};

const KEYS: Readonly<Record<string, (page: Page) => void>> = {
  '+': ({ view }) => view.zoom(1.25),
  '=': ({ view }) => view.zoom(1.25),
  '-': ({ view }) => view.zoom(0.8),
  '0': ({ view }) => view.showWhole(),
  '/': ({ elements }) => elements.search.focus(),
  f: toggleFocus,
  Escape: page => (page.choice.generator === null ? page.elements.search.focus() : toggleFocus(page)),
};

start(createPage(acquireVsCodeApi()));

function start(page: Page): void {
  window.addEventListener('message', ({ data }: MessageEvent<ToPage>) => {
    if (data.type === 'rasterize')
      void pngOf(data.svg).then(png => page.host.postMessage({ type: 'png', data: png }));
    else if (data.type === 'empty') showNote(page, data);
    else if (data.type === 'graph') showGraph(page, data);
  });
  wirePicture(page);
  wireToolbar(page);
  followShape(page);
}

/** Milliseconds in which a canvas keeps its size before it counts. */
const CALM = 200;

/** Tells the extension the shape of the canvas, and again when it has become quite another one. */
function followShape(page: Page): void {
  const { host } = page;
  const { canvas } = page.elements;
  const aspectNow = () => canvas.clientWidth / Math.max(1, canvas.clientHeight);
  let told = aspectNow();
  host.postMessage({ type: 'ready', aspect: told });
  let calm: ReturnType<typeof setTimeout> | undefined;
  new ResizeObserver(() => {
    clearTimeout(calm);
    calm = setTimeout(() => {
      const aspect = aspectNow();
      // Who has gone near a part keeps it where it is.
      if (canvas.clientWidth === 0 || page.seen?.isWhole === false) return;
      if (Math.max(aspect / told, told / aspect) < 1.3) return;
      told = aspect;
      host.postMessage({ type: 'shaped', aspect });
    }, CALM);
  }).observe(canvas);
}

function wirePicture(page: Page): void {
  const { view } = page;
  const { canvas } = page.elements;
  const partAt = (target: EventTarget | null) => page.parts?.at(target) ?? null;
  followPointer(canvas, view, target => {
    const part = partAt(target);
    if (!part) return;
    page.parts?.focus(part);
    view.scrollIntoView(part);
    activate(page, part);
  });
  canvas.addEventListener('pointerover', event => {
    const part = partAt(event.target);
    fillMenuContext(page, part);
    if (!canvas.classList.contains('dragging')) page.parts?.mark(part);
  });
  canvas.addEventListener('focusin', event => {
    const part = partAt(event.target);
    fillMenuContext(page, part);
    page.parts?.mark(part);
    if (part) {
      page.parts?.focus(part);
      fillFocus(page);
      // A part that was pressed with the mouse is already visible, and moving it would turn the release into another
      // click.
      if (part.matches(':focus-visible')) view.scrollIntoView(part);
    }
  });
  canvas.addEventListener('focusout', () => page.parts?.mark(null));
  canvas.addEventListener('keydown', event => handleKey(page, event));
}

function handleKey(page: Page, event: KeyboardEvent): void {
  if (event.ctrlKey || event.metaKey) return;
  const part = page.parts?.at(event.target) ?? null;
  const arrow = ARROWS[event.key];
  if (arrow) {
    const [direction, right, down] = arrow;
    // Shift moves the picture; otherwise the focus moves.
    if (event.shiftKey || part === null) page.view.pan(right, down);
    else {
      const next = page.parts?.next(part, direction);
      if (next) go(page, next);
    }
  } else if (event.key === 'Enter' || event.key === ' ') activate(page, part);
  else if (KEYS[event.key]) KEYS[event.key]?.(page);
  else return;
  event.preventDefault();
}

/** Sets the context of the editor's own menu for a part. */
function fillMenuContext({ shown, choice }: Page, part: SVGGElement | null): void {
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
