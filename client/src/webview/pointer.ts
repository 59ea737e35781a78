/** Handles the mouse on the picture: dragging moves it, the wheel zooms, and clicks are reported. */
import type { View } from './view.ts';

/** The distance in screen points up to which a movement counts as a click. */
const STILL = 4;

export function followPointer(
  canvas: HTMLElement,
  view: View,
  clicked: (target: EventTarget | null) => void,
): void {
  let dragged: { readonly x: number; readonly y: number; moved: boolean } | null = null;

  canvas.addEventListener('pointerdown', event => {
    if (event.button === 0) dragged = { x: event.clientX, y: event.clientY, moved: false };
  });
  window.addEventListener('pointermove', event => {
    if (dragged === null) return;
    const right = event.clientX - dragged.x;
    const down = event.clientY - dragged.y;
    if (!dragged.moved && Math.hypot(right, down) < STILL) return;
    dragged = { x: event.clientX, y: event.clientY, moved: true };
    canvas.classList.add('dragging');
    view.pan(right, down);
  });
  window.addEventListener('pointerup', event => {
    const isClick = dragged?.moved === false;
    dragged = null;
    canvas.classList.remove('dragging');
    if (isClick) clicked(event.target);
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
}
