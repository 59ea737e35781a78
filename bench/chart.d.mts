/** Types of chart.mjs for the tests. */

export function growthChart(
  sizes: readonly { readonly machines: number; readonly p50: number; readonly peakMiB: number | null }[],
): string;
