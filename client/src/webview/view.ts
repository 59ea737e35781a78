/**
 * The view of the picture, which is moved and zoomed as a whole. It moves only on the person's request, or as far as
 * needed to show a part.
 */
import type { Seen } from './messages.ts';
import {
  type Area,
  apply,
  areaOf,
  centre,
  followSize,
  move,
  scrollIntoView,
  showWhole,
  sizeOf,
  UNSEEN,
  type Visible,
  visibleArea,
  wholeScale,
} from './visible.ts';

export interface View {
  /**
   * Shows another picture of this size. The view does not move unless the whole picture was visible.
   * @param stays true to stay even then
   */
  picture(width: number, height: number, stays?: boolean): void;
  /** Moves a part to another part's position on the screen, or as close to it as possible while staying visible. */
  keepAt(part: Element, at: { readonly left: number; readonly top: number }): void;
  showWhole(): void;
  /** Zooms around a point of the screen, by default the centre. */
  zoom(factor: number, clientX?: number, clientY?: number): void;
  /** Moves the picture, in points of the screen. */
  pan(right: number, down: number): void;
  /** Moves as little as needed to show a part. */
  scrollIntoView(part: Element): void;
  /** Shows a part like `scrollIntoView`, and zooms until its text is legible. */
  reveal(part: Element): void;
  /** Moves a point of the picture to the centre. */
  centre(x: number, y: number): void;
  /** Returns the visible area in units of the picture. */
  area(): Area;
  /** Makes the next picture appear as a whole. */
  forget(): void;
}

/** The scale from which names are easy to read. */
const LEGIBLE = 0.8;
const LARGEST = 4;

/**
 * Creates the view.
 * @param onMove called whenever the visible area changes
 */
export function createView(
  canvas: HTMLElement,
  sheet: HTMLElement,
  first: Seen | undefined,
  keep: (seen: Seen) => void,
  onMove: () => void,
): View {
  const visible: Visible = {
    ...{ canvas, sheet, keep, onMove, seen: first ?? UNSEEN, whole: { width: 1, height: 1 } },
    ...{ size: sizeOf(canvas), frame: 0, rest: undefined, held: null },
  };
  new ResizeObserver(() => followSize(visible)).observe(canvas);
  // The browser scrolls to a focused element; here the view does that.
  canvas.addEventListener('scroll', () => canvas.scrollTo(0, 0));

  return {
    picture(width, height, stays = false) {
      visible.whole = { width, height };
      visible.size = sizeOf(canvas);
      const { scale, isWhole } = visible.seen;
      if (scale === 0 || (isWhole && !stays)) showWhole(visible);
      else apply(visible);
    },
    keepAt(part, { left, top }) {
      const now = part.getBoundingClientRect();
      moveBy(visible, now.left - left, now.top - top);
      scrollIntoView(visible, part);
    },
    showWhole() {
      visible.held = null;
      showWhole(visible);
    },
    zoom(factor, clientX, clientY) {
      visible.held = null;
      zoomAt(visible, factor, clientX, clientY);
    },
    pan(right, down) {
      visible.held = null;
      moveBy(visible, -right, -down);
    },
    scrollIntoView: part => scrollIntoView(visible, part),
    reveal(part) {
      if (visible.seen.scale >= LEGIBLE) return scrollIntoView(visible, part);
      const { x, y, width, height } = areaOf(visible, part);
      centre(visible, x + width / 2, y + height / 2, 1);
      visible.held = part;
    },
    centre(x, y) {
      visible.held = null;
      centre(visible, x, y);
    },
    area: () => visibleArea(visible),
    forget() {
      visible.seen = UNSEEN;
    },
  };
}

/** Moves the view over the picture, in points of the screen. */
function moveBy(visible: Visible, right: number, down: number): void {
  const { seen } = visible;
  move(visible, { ...seen, x: seen.x + right / seen.scale, y: seen.y + down / seen.scale });
}

/** Zooms around a point of the screen, by default the centre. */
function zoomAt(visible: Visible, factor: number, clientX?: number, clientY?: number): void {
  const { canvas, seen } = visible;
  const box = canvas.getBoundingClientRect();
  const left = (clientX ?? box.left + box.width / 2) - box.left;
  const top = (clientY ?? box.top + box.height / 2) - box.top;
  const scale = Math.min(LARGEST, Math.max(Math.min(0.05, wholeScale(visible)), seen.scale * factor));
  move(visible, {
    scale,
    x: seen.x + left / seen.scale - left / scale,
    y: seen.y + top / seen.scale - top / scale,
  });
}
