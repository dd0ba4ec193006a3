/** The time, in milliseconds since the epoch (UTC), and a way to wait. */
export interface Clock {
  now(): number;
  sleep(durationMs: number): Promise<void>;
}
