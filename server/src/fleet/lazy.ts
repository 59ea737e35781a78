/** What is computed when it is first asked for, and then kept. */

/** Returns a function that computes once. One that throws computes again when it is called again. */
export function once<T>(compute: () => T): () => T {
  let answer: { readonly value: T } | null = null;
  return () => {
    answer ??= { value: compute() };
    return answer.value;
  };
}

/** Returns an object with further properties, each of which is computed when it is first read. */
export function withLazy<Data extends object, Lazy extends object>(
  data: Data,
  computed: { readonly [Name in keyof Lazy]: () => Lazy[Name] },
): Data & Lazy {
  for (const name of Object.keys(computed) as (keyof Lazy)[])
    Object.defineProperty(data, name, { enumerable: true, get: once(computed[name]) });
  return data as Data & Lazy;
}
