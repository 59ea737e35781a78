/** Order statistics of a handful of measurements. */

/** The nearest-rank quantile; null of nothing. */
export function quantile(values, p) {
  const sorted = values.filter(value => value != null).sort((a, b) => a - b);
  if (sorted.length === 0) return null;
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(p * sorted.length) - 1))];
}

/** `n`, `min`, `p50`, `p95`, `max`, `mean`; null of nothing. */
export function statistics(values) {
  if (values.length === 0) return null;
  return {
    n: values.length,
    min: Math.min(...values),
    p50: quantile(values, 0.5),
    p95: quantile(values, 0.95),
    max: Math.max(...values),
    mean: values.reduce((sum, value) => sum + value, 0) / values.length,
  };
}
