/** How some durations are distributed, in milliseconds. */
export interface Summary {
  count: number;
  p50: number;
  p95: number;
  p99: number;
  max: number;
}

/** The nearest-rank percentiles; null when there is nothing to describe. */
export function summarise(values: readonly number[]): Summary | null {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
  const [p50, p95, p99, max] = [at(0.5), at(0.95), at(0.99), sorted.at(-1)];
  if (p50 === undefined || p95 === undefined || p99 === undefined || max === undefined) return null;
  return {
    count: sorted.length,
    p50: round(p50),
    p95: round(p95),
    p99: round(p99),
    max: round(max),
  };
}

/** Rounds to this many decimal places: more would be noise. */
export function round(value: number, digits = 1): number {
  return Number(value.toFixed(digits));
}
