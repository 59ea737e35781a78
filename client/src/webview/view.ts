/**
 * What is seen of the picture: it is moved and zoomed as a whole, by the compositor while it moves, and painted anew
 * when it has come to rest. Knows nothing of what is in it.
 */

/** The left upper corner that is seen, in units of the picture, and screen points for each. Scale 0: nothing chosen yet. */
export interface Seen {
  readonly x: number;
  readonly y: number;
  readonly scale: number;
}

export interface View {
  /** There is another picture, of this size; what is seen stays where it is unless nothing was chosen yet. */
  picture(width: number, height: number): void;
  showWhole(): void;
  /** Keeps the point of the screen where it is; the middle without one. */
  zoom(factor: number, clientX?: number, clientY?: number): void;
  /** In points of the screen. */
  pan(right: number, down: number): void;
  /** Moves no further than is needed to see a part; to the middle if it has to. */
  bringIn(part: Element, always?: boolean): void;
  /** The next picture is shown whole. */
  forget(): void;
}

/** Milliseconds without a movement before it is painted sharply. */
const REST = 140;
/** Below these scales smaller and all text is left out: it cannot be read, and costs most of the painting. */
const FAR = 0.45;
const VERY_FAR = 0.22;
const MARGIN = 24;

export function createView(
  canvas: HTMLElement,
  sheet: HTMLElement,
  first: Seen | undefined,
  keep: (seen: Seen) => void,
): View {
  let seen: Seen = first ?? { x: 0, y: 0, scale: 0 };
  let whole = { width: 1, height: 1 };
  let frame = 0;
  let rest: ReturnType<typeof setTimeout> | undefined;

  function apply(): void {
    sheet.style.transform = `scale(${seen.scale}) translate(${-seen.x}px, ${-seen.y}px)`;
    sheet.classList.toggle('far', seen.scale < FAR);
    sheet.classList.toggle('very-far', seen.scale < VERY_FAR);
  }

  function move(to: Seen): void {
    seen = to;
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
    const { width, height } = canvas.getBoundingClientRect();
    return Math.min(1.2, width / whole.width, height / whole.height) || 1;
  }

  function showWhole(): void {
    const { width, height } = canvas.getBoundingClientRect();
    const scale = wholeScale();
    seen = { scale, x: (whole.width - width / scale) / 2, y: (whole.height - height / scale) / 2 };
    apply();
    keep(seen);
  }

  const view: View = {
    picture(width, height) {
      whole = { width, height };
      if (seen.scale === 0) showWhole();
      else apply();
    },
    showWhole,
    zoom(factor, clientX, clientY) {
      const box = canvas.getBoundingClientRect();
      const left = (clientX ?? box.left + box.width / 2) - box.left;
      const top = (clientY ?? box.top + box.height / 2) - box.top;
      const scale = Math.min(4, Math.max(Math.min(0.05, wholeScale()), seen.scale * factor));
      move({
        scale,
        x: seen.x + left / seen.scale - left / scale,
        y: seen.y + top / seen.scale - top / scale,
      });
    },
    pan: (right, down) => move({ ...seen, x: seen.x - right / seen.scale, y: seen.y - down / seen.scale }),
    bringIn(part, always = false) {
      const box = part.getBoundingClientRect();
      const around = canvas.getBoundingClientRect();
      const isIn =
        box.left >= around.left + MARGIN &&
        box.right <= around.right - MARGIN &&
        box.top >= around.top + MARGIN &&
        box.bottom <= around.bottom - MARGIN;
      if (isIn && !always) return;
      view.pan(
        around.left + around.width / 2 - (box.left + box.width / 2),
        around.top + around.height / 2 - (box.top + box.height / 2),
      );
    },
    forget() {
      seen = { x: 0, y: 0, scale: 0 };
    },
  };
  // The browser scrolls to what gets the focus; here the view does.
  canvas.addEventListener('scroll', () => canvas.scrollTo(0, 0));
  return view;
}
