/**
 * The visible part of the picture, and its movement: by the compositor during the movement, and repainted when it has
 * stopped. Knows nothing of the picture's content.
 */
import type { Seen } from './messages.ts';

export interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Visible {
  readonly canvas: HTMLElement;
  /** The element that contains the picture, and is moved as a whole. */
  readonly sheet: HTMLElement;
  readonly keep: (seen: Seen) => void;
  readonly onMove: () => void;
  seen: Seen;
  /** Size of the picture. */
  whole: Size;
  /** Size of the canvas in points of the screen. */
  size: Size;
  /** The pending animation frame, or 0 if there is none. */
  frame: number;
  rest: ReturnType<typeof setTimeout> | undefined;
  /** The part that was shown last, until the person moves the picture. */
  held: Element | null;
}

/** The view of a page without a picture, in which the next picture is shown as a whole. */
export const UNSEEN: Seen = { x: 0, y: 0, scale: 0, isWhole: true };

/** Milliseconds without movement until the picture is repainted sharply. */
const REST = 140;
/**
 * The scales below which small text, and then all text, is left out: it is illegible and takes most of the painting
 * time.
 */
const FAR = 0.6;
const VERY_FAR = 0.35;
/** The distance of a shown part to the border in screen points. */
const MARGIN = 24;

export function apply({ sheet, seen, onMove }: Visible): void {
  sheet.style.transform = `scale(${seen.scale}) translate(${-seen.x}px, ${-seen.y}px)`;
  sheet.classList.toggle('far', seen.scale < FAR);
  sheet.classList.toggle('very-far', seen.scale < VERY_FAR);
  onMove();
}

/** Moves in the next frame, combining all movements until then. */
export function move(visible: Visible, to: Omit<Seen, 'isWhole'>): void {
  const { sheet } = visible;
  visible.seen = { ...to, isWhole: false };
  sheet.classList.add('moving');
  clearTimeout(visible.rest);
  visible.rest = setTimeout(() => {
    sheet.classList.remove('moving');
    visible.keep(visible.seen);
  }, REST);
  if (visible.frame === 0)
    visible.frame = requestAnimationFrame(() => {
      visible.frame = 0;
      apply(visible);
    });
}

/** Returns the scale at which the whole picture is visible. */
export function wholeScale({ size, whole }: Visible): number {
  return Math.min(1.2, size.width / whole.width, size.height / whole.height) || 1;
}

export function showWhole(visible: Visible): void {
  const { whole, size } = visible;
  const scale = wholeScale(visible);
  visible.seen = {
    ...{ scale, isWhole: true },
    x: (whole.width - size.width / scale) / 2,
    y: (whole.height - size.height / scale) / 2,
  };
  apply(visible);
  visible.keep(visible.seen);
}

/** Returns the visible area in units of the picture. */
export function visibleArea({ seen, size }: Visible): Area {
  return { x: seen.x, y: seen.y, width: size.width / seen.scale, height: size.height / seen.scale };
}

/** Returns the area of a part in the picture, even while a movement is pending. */
export function areaOf({ sheet, whole }: Visible, part: Element): Area {
  const around = sheet.getBoundingClientRect();
  const scale = around.width / whole.width || 1;
  const { left, top, width, height } = part.getBoundingClientRect();
  return {
    ...{ x: (left - around.left) / scale, y: (top - around.top) / scale },
    ...{ width: width / scale, height: height / scale },
  };
}

/** Moves as little as needed to show a part. */
export function scrollIntoView(visible: Visible, part: Element): void {
  visible.held = part;
  const [here, box] = [visibleArea(visible), areaOf(visible, part)];
  const { scale } = visible.seen;
  const x = nearest(here.x, here.width, box.x, box.width, MARGIN / scale);
  const y = nearest(here.y, here.height, box.y, box.height, MARGIN / scale);
  if (x !== here.x || y !== here.y) move(visible, { scale, x, y });
}

/** Moves a point of the picture to the centre. */
export function centre(visible: Visible, x: number, y: number, scale = visible.seen.scale): void {
  const { width, height } = visible.size;
  move(visible, { scale, x: x - width / scale / 2, y: y - height / scale / 2 });
}

/** Adapts to the size of the canvas: the centre is preserved, and the part that was shown last stays visible. */
export function followSize(visible: Visible): void {
  const { canvas, size: before, seen } = visible;
  const size = sizeOf(canvas);
  visible.size = size;
  if (size.width === 0 || seen.scale === 0) return;
  if (seen.isWhole) {
    showWhole(visible);
    return;
  }
  if (size.width === before.width && size.height === before.height) return;
  const [right, down] = [size.width - before.width, size.height - before.height];
  move(visible, { ...seen, x: seen.x - right / 2 / seen.scale, y: seen.y - down / 2 / seen.scale });
  if (visible.held?.isConnected) scrollIntoView(visible, visible.held);
}

export function sizeOf(canvas: HTMLElement): Size {
  return { width: canvas.clientWidth, height: canvas.clientHeight };
}

/**
 * Returns the start of the window closest to the current one in which a part is visible, with the margin as far as
 * there is room.
 */
function nearest(start: number, size: number, part: number, partSize: number, margin: number): number {
  if (part >= start && part + partSize <= start + size) return start;
  const room = Math.min(margin, Math.max(0, (size - partSize) / 2));
  return part < start || partSize > size ? part - room : part + partSize + room - size;
}
