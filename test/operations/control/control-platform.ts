/** The control plane over memory, with a workflow that ends when a test says so, through the steps that record it. */
import { ControlError } from '../../../src/operations/control/control-error.ts';
import type { ControlDependencies } from '../../../src/operations/control/control-operation.ts';
import { healthlake } from '../../../src/operations/control/healthlake.ts';
import { platformSecret } from '../../../src/operations/control/platform-secret.ts';
import { datastoreRecords } from '../../../src/operations/datastore/datastore-record.ts';
import { recordActive } from '../../../src/operations/datastore/record-active.ts';
import { recordDeleted } from '../../../src/operations/datastore/record-deleted.ts';
import { recordFailure } from '../../../src/operations/datastore/record-failure.ts';
import type { DatastoreRun } from '../../../src/ports/workflow.ts';
import { memoryTable } from '../../store/memory-table.ts';

export const place = { partition: 'aws', region: 'eu-central-1', account: '123456789012' };
export const endpoint = 'https://caldera.example';
export const startInstant = Date.UTC(2026, 10, 22, 12);

// eslint-disable-next-line typescript/no-explicit-any -- Answers are looked at member by member.
export type Answered = any;

export class ControlPlatform {
  now = startInstant;
  readonly control = memoryTable();
  readonly jobs = memoryTable();
  readonly records = datastoreRecords(this.control);
  readonly started: DatastoreRun[] = [];
  readonly running = new Map<string, DatastoreRun>();
  readonly faults: unknown[] = [];
  /** What the workflow's start does besides; throws where a test cuts it off. */
  beforeStart: () => void = () => {};
  #made = 0;
  readonly #handle: ReturnType<typeof healthlake>;

  constructor(more: Partial<ControlDependencies> = {}) {
    const newSecret = (): Uint8Array => new Uint8Array(32).fill((this.#made += 1));
    this.#handle = healthlake({
      records: this.records,
      workflow: {
        start: async (run) => {
          this.beforeStart();
          if (this.started.some((other) => other.run === run.run)) return;
          this.started.push(run);
          this.running.set(run.run, run);
        },
        isRunning: async (run) => this.running.has(run),
      },
      clock: { now: () => this.now, sleep: async () => {} },
      ids: { uuid: () => `00000000-0000-4000-8000-${String((this.#made += 1)).padStart(12, '0')}` },
      newSecret,
      secret: platformSecret(this.control, newSecret),
      place,
      jobsOf: () => this.jobs,
      population: { patients: 20, seed: 1 },
      maxDatastores: 20,
      report: ({ error }) => this.faults.push(error),
      ...more,
    });
  }

  /** @returns the members of the answer. @throws ControlError as the client is told */
  async call(operation: string, input: object = {}): Promise<Answered> {
    const { status, json } = await this.#handle({ target: `HealthLake.${operation}`, body: JSON.stringify(input), endpoint, caller: 'somebody' });
    const members: Answered = JSON.parse(json);
    if (status === 200) return members;
    throw new ControlError(members.__type.split('#')[1], members.Message);
  }

  /** As it goes over the wire. */
  wire(target: string | undefined, body: string): ReturnType<ReturnType<typeof healthlake>> {
    return this.#handle({ target, body, endpoint, caller: 'somebody' });
  }

  /** Ends the runs that are under way. */
  async settle(failed = false): Promise<void> {
    const clock = { now: () => this.now };
    for (const run of this.running.values()) {
      if (failed) await recordFailure(this)({ ...run, error: { Error: 'TimeoutError' } });
      else if (run.verb === 'delete') await recordDeleted({ records: this.records, clock })(run);
      else await recordActive(this)(run);
    }
    this.running.clear();
  }

  async made(input: object = {}): Promise<string> {
    const { DatastoreId } = await this.call('CreateFHIRDatastore', { DatastoreTypeVersion: 'R4', ...input });
    await this.settle();
    return DatastoreId;
  }

  arn(id: string): string {
    return `arn:aws:healthlake:${place.region}:${place.account}:datastore/fhir/${id}`;
  }
}
