/**
 * What is seen of the picture: it is moved and zoomed as a whole, by the compositor while it moves, and painted anew
 * when it has come to rest. It moves only where somebody moves it, or as far as a part needs to be seen. Knows nothing of
 * what is in it.
 */
import type { Seen } from './messages.ts';

export interface View {
  /**
   * There is another picture, of this size. What is seen stays where it is, unless all was to be seen.
   * @param stays also then
   */
  picture(width: number, height: number, stays?: boolean): void;
  /** Puts a part where another was on the screen, or as near to it as it can be seen. */
  keepAt(part: Element, at: { readonly left: number; readonly top: number }): void;
  showWhole(): void;
  /** Keeps the point of the screen where it is; the middle without one. */
  zoom(factor: number, clientX?: number, clientY?: number): void;
  /** In points of the screen. */
  pan(right: number, down: number): void;
  /** Moves no further than is needed to see a part; not at all if it is seen. */
  bringIn(part: Element): void;
  /** The same, and so large that its text can be read. */
  reveal(part: Element): void;
  /** A place of the picture comes to the middle. */
  centre(x: number, y: number): void;
  /** What is seen, in units of the picture. */
  area(): Area;
  /** The next picture is shown whole. */
  forget(): void;
}

export interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Milliseconds without a movement before it is painted sharply. */
const REST = 140;
/** Below these scales smaller and all text is left out: it cannot be read, and costs most of the painting. */
const FAR = 0.6;
const VERY_FAR = 0.35;
/** From here on, names are easy to read. */
const LEGIBLE = 0.8;
/** Between the border and a part that was brought in, in points of the screen. */
const MARGIN = 24;
const LARGEST = 4;

/** @param moved is told whenever something else is seen */
export function createView(
  canvas: HTMLElement,
  sheet: HTMLElement,
  first: Seen | undefined,
  keep: (seen: Seen) => void,
  moved: () => void,
): View {
  let seen: Seen = first ?? { x: 0, y: 0, scale: 0, isWhole: true };
  let whole = { width: 1, height: 1 };
  let frame = 0;
  let rest: ReturnType<typeof setTimeout> | undefined;
  let size = { width: canvas.clientWidth, height: canvas.clientHeight };
  /** What was brought in last, as long as nobody has moved the picture since. */
  let held: Element | null = null;

  function apply(): void {
    sheet.style.transform = `scale(${seen.scale}) translate(${-seen.x}px, ${-seen.y}px)`;
    sheet.classList.toggle('far', seen.scale < FAR);
    sheet.classList.toggle('very-far', seen.scale < VERY_FAR);
    moved();
  }

  function move(to: Omit<Seen, 'isWhole'>): void {
    seen = { ...to, isWhole: false };
    sheet.classList.add('moving');
    clearTimeout(rest);
    rest = setTimeout(() => {
      sheet.classList.remove('moving');
      keep(seen);
    }, REST);
    if (frame === 0)
      frame = requestAnimationFrame(() => {
        frame = 0;
        apply();
      });
  }

  function wholeScale(): number {
    return Math.min(1.2, size.width / whole.width, size.height / whole.height) || 1;
  }

  function showWhole(): void {
    const scale = wholeScale();
    const { width, height } = size;
    seen = {
      ...{ scale, isWhole: true },
      x: (whole.width - width / scale) / 2,
      y: (whole.height - height / scale) / 2,
    };
    apply();
    keep(seen);
  }

  function area(): Area {
    return { x: seen.x, y: seen.y, width: size.width / seen.scale, height: size.height / seen.scale };
  }

  /** Where a part is in the picture, also while a movement waits for its frame. */
  function areaOf(part: Element): Area {
    const around = sheet.getBoundingClientRect();
    const scale = around.width / whole.width || 1;
    const { left, top, width, height } = part.getBoundingClientRect();
    return {
      ...{ x: (left - around.left) / scale, y: (top - around.top) / scale },
      ...{ width: width / scale, height: height / scale },
    };
  }

  function bringIn(part: Element): void {
    held = part;
    const [here, box] = [area(), areaOf(part)];
    const x = nearest(here.x, here.width, box.x, box.width, MARGIN / seen.scale);
    const y = nearest(here.y, here.height, box.y, box.height, MARGIN / seen.scale);
    if (x !== here.x || y !== here.y) move({ scale: seen.scale, x, y });
  }

  function centre(x: number, y: number, scale = seen.scale): void {
    move({ scale, x: x - size.width / scale / 2, y: y - size.height / scale / 2 });
  }

  const resized = new ResizeObserver(() => {
    const before = size;
    size = { width: canvas.clientWidth, height: canvas.clientHeight };
    if (size.width === 0 || seen.scale === 0) return;
    if (seen.isWhole) return showWhole();
    if (size.width === before.width && size.height === before.height) return;
    // What was in the middle stays there, and what somebody was about to look at stays in view.
    const [right, down] = [size.width - before.width, size.height - before.height];
    move({ ...seen, x: seen.x - right / 2 / seen.scale, y: seen.y - down / 2 / seen.scale });
    if (held?.isConnected) bringIn(held);
  });
  resized.observe(canvas);
  // The browser scrolls to what gets the focus; here the view does.
  canvas.addEventListener('scroll', () => canvas.scrollTo(0, 0));

  return {
    picture(width, height, stays = false) {
      whole = { width, height };
      size = { width: canvas.clientWidth, height: canvas.clientHeight };
      if (seen.scale === 0 || (seen.isWhole && !stays)) showWhole();
      else apply();
    },
    keepAt(part, { left, top }) {
      const now = part.getBoundingClientRect();
      move({ ...seen, x: seen.x + (now.left - left) / seen.scale, y: seen.y + (now.top - top) / seen.scale });
      bringIn(part);
    },
    showWhole() {
      held = null;
      showWhole();
    },
    zoom(factor, clientX, clientY) {
      held = null;
      const box = canvas.getBoundingClientRect();
      const left = (clientX ?? box.left + box.width / 2) - box.left;
      const top = (clientY ?? box.top + box.height / 2) - box.top;
      const scale = Math.min(LARGEST, Math.max(Math.min(0.05, wholeScale()), seen.scale * factor));
      move({
        scale,
        x: seen.x + left / seen.scale - left / scale,
        y: seen.y + top / seen.scale - top / scale,
      });
    },
    pan(right, down) {
      held = null;
      move({ ...seen, x: seen.x - right / seen.scale, y: seen.y - down / seen.scale });
    },
    bringIn,
    reveal(part) {
      if (seen.scale >= LEGIBLE) return bringIn(part);
      const { x, y, width, height } = areaOf(part);
      centre(x + width / 2, y + height / 2, 1);
      held = part;
    },
    centre(x, y) {
      held = null;
      centre(x, y);
    },
    area,
    forget() {
      seen = { x: 0, y: 0, scale: 0, isWhole: true };
    },
  };
}

/**
 * Where the window has to begin for a part to be seen: where it is if the part is in it, else the least further on. The
 * margin is as large as there is room.
 */
function nearest(start: number, size: number, part: number, partSize: number, margin: number): number {
  if (part >= start && part + partSize <= start + size) return start;
  const room = Math.min(margin, Math.max(0, (size - partSize) / 2));
  return part < start || partSize > size ? part - room : part + partSize + room - size;
}
