/** Latencies of one workload: every one is kept, so percentiles are exact. */

export interface Summary {
  readonly count: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

export class Latencies {
  private values = new Float64Array(4096);
  private count = 0;

  add(latencyMs: number): void {
    if (this.count === this.values.length) {
      const larger = new Float64Array(this.values.length * 2);
      larger.set(this.values);
      this.values = larger;
    }
    this.values[this.count] = latencyMs;
    this.count += 1;
  }

  /** Percentiles by nearest rank; zeros when nothing was measured. */
  summary(): Summary {
    const sorted = this.values.slice(0, this.count).sort();
    const rank = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
    return { count: this.count, p50Ms: rank(0.5), p95Ms: rank(0.95), p99Ms: rank(0.99), maxMs: rank(1) };
  }
}
