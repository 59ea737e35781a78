/** One figure of the table: what was measured, or why it was not. */

/** Of statistics in milliseconds; nothing measured is said so, and so are answers that never came. */
export function timed(statistics, otherwise = 'no finding came') {
  if (!statistics?.n) return missing(otherwise);
  const { p50, p95, n, lost } = statistics;
  return { p50, p95, n, ...(lost > 0 ? { lost } : {}) };
}

export function single(value, otherwise = 'not known here') {
  return value == null ? missing(otherwise) : { value };
}

export function missing(reason) {
  return { missing: reason };
}
