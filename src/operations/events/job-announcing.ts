/** Tells the jobs of one data store to a bus: what `announcing` of a job's ports is, on either runtime. */
import type { EventBus } from '../../ports/event-bus.ts';
import type { Place } from '../control/control-operation.ts';
import type { JobAnnouncing } from '../jobs/announce-job.ts';
import { jobEvent } from './job-event.ts';

export interface JobAnnouncingOptions {
  readonly bus: EventBus;
  /** For ARNs. */
  readonly place: Place;
  readonly datastoreId: string;
  /** Told of what could not be published yet. */
  readonly report: (error: unknown) => void;
}

export function jobAnnouncing({ bus, place, datastoreId, report }: JobAnnouncingOptions): JobAnnouncing {
  return {
    async tell(job, { status, time }) {
      const event = jobEvent({ job: { ...job, status }, datastoreId, time }, place);
      if (event !== undefined) await bus.publish(event);
    },
    report,
    underway: new Set(),
  };
}
