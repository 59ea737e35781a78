/**
 * A small overview of the whole picture with the visible area, shown if not everything is visible. A press moves the
 * view. For the mouse only: keys and screen readers use the parts themselves.
 */
import type { View } from './view.ts';
import type { Area } from './visible.ts';

export interface Minimap {
  /**
   * Shows another picture.
   * @param boxes the areas of all parts, in units of the picture
   */
  picture(width: number, height: number, boxes: readonly Area[]): void;
  /** Called when the visible area has changed. */
  moved(): void;
  clear(): void;
}

const LARGEST = { width: 190, height: 120 };

/**
 * Creates the overview.
 * @param view returns the view, which is created later and refers to the overview
 */
export function createMinimap(holder: HTMLElement, view: () => View): Minimap {
  const sheet = holder.querySelector('canvas') as HTMLCanvasElement;
  const frame = holder.querySelector('div') as HTMLElement;
  let whole = { width: 0, height: 0 };
  let boxes: readonly Area[] = [];
  let scale = 1;

  function draw(): void {
    const points = window.devicePixelRatio || 1;
    scale = Math.min(LARGEST.width / whole.width, LARGEST.height / whole.height);
    const [width, height] = [whole.width * scale, whole.height * scale];
    holder.style.width = `${width}px`;
    holder.style.height = `${height}px`;
    sheet.width = Math.round(width * points);
    sheet.height = Math.round(height * points);
    const pen = sheet.getContext('2d');
    if (pen === null) return;
    pen.scale(points * scale, points * scale);
    pen.fillStyle = getComputedStyle(frame).color;
    // At least one pixel each, so that nothing vanishes.
    const least = 1 / scale;
    for (const box of boxes)
      pen.fillRect(box.x, box.y, Math.max(least, box.width), Math.max(least, box.height));
  }

  function moved(): void {
    const { x, y, width, height } = view().area();
    const isAll = x <= 1 && y <= 1 && x + width >= whole.width - 1 && y + height >= whole.height - 1;
    holder.hidden = boxes.length === 0 || isAll;
    if (holder.hidden) return;
    frame.style.transform = `translate(${x * scale}px, ${y * scale}px)`;
    frame.style.width = `${width * scale}px`;
    frame.style.height = `${height * scale}px`;
  }

  function go(event: PointerEvent): void {
    const { left, top } = holder.getBoundingClientRect();
    view().centre((event.clientX - left) / scale, (event.clientY - top) / scale);
  }

  holder.addEventListener('pointerdown', event => {
    holder.setPointerCapture(event.pointerId);
    go(event);
    // A drag in the overview must not drag the picture below it.
    event.stopPropagation();
  });
  holder.addEventListener('pointermove', event => {
    if (holder.hasPointerCapture(event.pointerId)) go(event);
  });
  // Another theme has other colours.
  new MutationObserver(() => boxes.length > 0 && draw()).observe(document.body, {
    attributeFilter: ['class'],
  });

  return {
    picture(width, height, fresh) {
      whole = { width, height };
      boxes = fresh;
      draw();
      moved();
    },
    moved,
    clear() {
      boxes = [];
      holder.hidden = true;
    },
  };
}
