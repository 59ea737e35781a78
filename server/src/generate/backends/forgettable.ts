/** Provides a value that is read on first use, and again after it has been forgotten. */

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
