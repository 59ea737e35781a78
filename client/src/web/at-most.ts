/** Limits the number of concurrent tasks. */
export function atMost(count: number): <Result>(work: () => PromiseLike<Result>) => Promise<Result> {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async work => {
    if (running >= count) await new Promise<void>(resolve => waiting.push(resolve));
    else running++;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else running--;
    }
  };
}
