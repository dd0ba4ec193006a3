/**
 * List prices in us-east-1, in US dollars without taxes, as known in November 2026. Verify them before quoting:
 * https://aws.amazon.com/pricing/. Free allowances are not taken off, unless where the page says so.
 */

export const pricesAsOf = 'November 2026';
export const region = 'us-east-1';

const million = 1_000_000;

/** On-demand tables of the standard class (https://aws.amazon.com/dynamodb/pricing/on-demand/), as halved in November 2024. */
export const dynamodb = {
  perReadUnit: 0.125 / million,
  perWriteUnit: 0.625 / million,
  perStoredGbMonth: 0.25,
  /** Point-in-time recovery, by the size of the table. */
  perRecoverableGbMonth: 0.20,
} as const;

/** ARM, the first tier of use (https://aws.amazon.com/lambda/pricing/). Calls of a stream by a function are free. */
export const lambda = { perRequest: 0.20 / million, perGbSecond: 0.0000133334 } as const;

/** REST, the first tier (https://aws.amazon.com/api-gateway/pricing/). */
export const apiGateway = { perRequest: 3.50 / million } as const;

/** https://aws.amazon.com/kms/pricing/ */
export const kms = {
  perKeyMonth: 1,
  perCall: 0.03 / 10_000,
  /** Each of the first two yearly rotations costs as much as a key, later ones nothing. */
  chargedRotations: 2,
} as const;

/** https://aws.amazon.com/cloudwatch/pricing/ */
export const cloudWatch = {
  /** Of standard resolution, by each metric that it looks at. */
  perAlarmMetricMonth: 0.10,
  perDashboardMonth: 3,
  perLoggedGb: 0.50,
  /** The first tier; by the hours in which there is something to count. */
  perDetailedMetricMonth: 0.30,
} as const;

/** Standard queues (https://aws.amazon.com/sqs/pricing/). */
export const sqs = { perRequest: 0.40 / million } as const;

/** Transitions of the standard kind, runs of the express kind (https://aws.amazon.com/step-functions/pricing/). */
export const stepFunctions = { perTransition: 25 / million, perExpressRun: 1 / million, perExpressGbSecond: 0.00001667 } as const;

/** Units of 100 characters, from memory: the page could not be read (https://aws.amazon.com/comprehend/medical/pricing/). That of InferSNOMEDCT we do not know. */
export const comprehendMedical = { perDetectEntitiesUnit: 0.01, perInferIcd10CmUnit: 0.0005, perInferRxNormUnit: 0.00025 } as const;

/** https://aws.amazon.com/s3/pricing/ */
export const s3 = { perGbMonth: 0.023, perPut: 5 / million, perGet: 0.4 / million } as const;

/** What an account has free every month, for as long as it exists (https://aws.amazon.com/free/). */
export const alwaysFree = {
  alarmMetrics: 10,
  /** Of 50 metrics each. */
  dashboards: 3,
  sqsRequests: 1 * million,
  kmsCalls: 20_000,
  lambdaRequests: 1 * million,
  lambdaGbSeconds: 400_000,
  loggedGb: 5,
} as const;

/** The advanced tier, as AWS lists it (https://aws.amazon.com/healthlake/pricing/). */
export const healthLake = {
  perStoreHour: 0.27,
  includedGb: 10,
  includedQueriesPerHour: 3500,
  perFurtherGbMonth: 0.37,
  perFurtherQuery: 0.048 / 10_000,
} as const;

export const hoursPerMonth = 730;
export const bytesPerGb = 1024 ** 3;
