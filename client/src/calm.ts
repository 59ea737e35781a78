/** Waits until something that comes often has not come for a while: views need not follow every key. */
import type { Disposable } from 'vscode';

export interface Calm extends Disposable {
  /** It came again. */
  note(): void;
}

export function whenCalm(milliseconds: number, run: () => void): Calm {
  let timer: ReturnType<typeof setTimeout> | undefined;
  return {
    note() {
      clearTimeout(timer);
      timer = setTimeout(run, milliseconds);
    },
    dispose: () => clearTimeout(timer),
  };
}
