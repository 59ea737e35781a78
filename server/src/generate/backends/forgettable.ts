/** A value that is read when it is first asked for, and again after it was forgotten. */

export interface Forgettable<T> {
  get(): T;
  forget(): void;
}

export function forgettable<T extends object>(read: () => T): Forgettable<T> {
  let value: T | null = null;
  return {
    get() {
      value ??= read();
      return value;
    },
    forget() {
      value = null;
    },
  };
}
