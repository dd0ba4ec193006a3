/**
 * HealthLake's own API as the handler of a Lambda function behind API Gateway, at `POST /`. The function reads and writes
 * the records of data stores and starts the workflow; what makes and deletes their resources are the workflow's steps.
 */
import { randomBytes } from 'node:crypto';
import { randomIds } from '../machine/random-ids.ts';
import { systemClock } from '../machine/system-clock.ts';
import type { ControlDependencies, Place } from '../operations/control/control-operation.ts';
import { healthlake, maxControlBodyBytes, refusal } from '../operations/control/healthlake.ts';
import type { ControlAnswer } from '../operations/control/healthlake.ts';
import { maxDatastores, syntheaPopulation } from '../operations/control/platform-defaults.ts';
import { platformSecret } from '../operations/control/platform-secret.ts';
import type { DatastoreRecord } from '../operations/datastore/datastore-record.ts';
import { startExport } from '../operations/export/start-export.ts';
import type { JobPorts } from '../operations/jobs/submit-job.ts';
import type { ServeDependencies } from '../operations/serve.ts';
import { announcedControlRecords, readersGraceMs } from './announced-control.ts';
import { announcingOf } from './announcing.ts';
import { dynamoClient } from './clients.ts';
import { sfnClient } from './control-clients.ts';
import { dynamoTableAdministration } from './dynamo-table-administration.ts';
import { dynamoTable } from './dynamo-table.ts';
import { environmentVariable } from './env.ts';
import { exportRuns } from './export-runs.ts';
import { logFault } from './fault-log.ts';
import { bodyOf, callerOf, endpointOf, headersOf } from './gateway-event.ts';
import type { GatewayEvent } from './gateway-event.ts';
import { importStarter } from './import-runs.ts';
import { notesRefusal } from './medical-region.ts';
import { controlTableName, environment, storeTableName } from './names.ts';
import { stepFunctionsWorkflow } from './step-functions-workflow.ts';
import { tableBackups } from './table-backups.ts';

/** The key of an HMAC-SHA-256, of its full strength. */
const secretBytes = 32;

interface Invocation {
  readonly awsRequestId: string;
  readonly invokedFunctionArn: string;
}

/** In the form of a buffered answer. */
interface WiredAnswer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

type ControlPlane = ReturnType<typeof healthlake>;

/** Called by Lambda's runtime. */
export type ControlHandler = (event: GatewayEvent, invocation: Invocation) => Promise<WiredAnswer>;

export function serveControl(): ControlHandler {
  const deployment = environmentVariable(environment.deployment);
  const stateMachineArn = environmentVariable(environment.workflowArn);
  const regionOfNotes = environmentVariable(environment.medicalRegion);
  const control = dynamoTable({ client: dynamoClient(), tableName: controlTableName(deployment) });
  const newSecret = (): Uint8Array => randomBytes(secretBytes);
  const jobsOf: ControlDependencies['jobsOf'] = ({ id }) => dynamoTable({ client: dynamoClient(), tableName: storeTableName(deployment, id, 'jobs') });
  const jobPortsOf = (store: DatastoreRecord): JobPorts => ({ jobs: jobsOf(store), clock: systemClock, announcing: announcingOf(store.id) });
  const runExport = exportRuns();
  const dependencies: Omit<ControlDependencies, 'place' | 'records'> = {
    workflow: stepFunctionsWorkflow({ client: sfnClient(), stateMachineArn }),
    clock: systemClock,
    ids: randomIds,
    newSecret,
    secret: platformSecret(control, newSecret),
    jobsOf,
    startImport: importStarter(jobPortsOf),
    startExport: startExport({ ids: randomIds, jobPortsOf, wake: ({ id }, jobId) => runExport(id, jobId) }),
    population: syntheaPopulation,
    maxDatastores,
    backups: tableBackups(dynamoTableAdministration({ client: dynamoClient(), deployment })),
  };
  return async (event, { awsRequestId, invokedFunctionArn }) => {
    const serving: ServeDependencies = { ids: randomIds, report: (fault) => logFault(fault, awsRequestId) };
    const place = placeOf(invokedFunctionArn);
    const refusalOfNotes = notesRefusal(place.region, regionOfNotes);
    const handlerAt = (endpoint: string): ControlPlane => healthlake({ ...dependencies, ...serving, place, ...(refusalOfNotes !== undefined && { notesRefusal: refusalOfNotes }), records: announcedControlRecords({ endpoint, graceMs: readersGraceMs }) });
    const answer = await answered(event, handlerAt)
      .catch((error: unknown) => refusal(error, serving));
    return { statusCode: answer.status, headers: answer.headers, body: answer.json };
  };
}

/** @throws FhirError for a body that cannot be read, or a caller that nobody knows */
async function answered(event: GatewayEvent, handlerAt: (endpoint: string) => ControlPlane): Promise<ControlAnswer> {
  const headers = headersOf(event);
  const caller = callerOf(event);
  const body = (await bodyOf(event, headers, maxControlBodyBytes)) ?? '';
  const endpoint = endpointOf(event, headers);
  return handlerAt(endpoint)({ target: headers['x-amz-target'], body, endpoint, caller });
}

/** `arn:{partition}:lambda:{region}:{account}:function:{name}` */
function placeOf(functionArn: string): Place {
  const [, partition = '', , region = '', account = ''] = functionArn.split(':');
  return { partition, region, account };
}
