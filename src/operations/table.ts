/**
 * Every operation of the FHIR interface, as data: its routes, its actions, its permission.
 *
 * Names are FHIR's interaction codes (https://hl7.org/fhir/R4/valueset-restful-interaction.html); `process-bundle`
 * is batch and transaction, `transaction-status` polls one that runs asynchronously, `search-compartment` is a search
 * for which FHIR has no code; `conditional-update`, `-patch` and `-delete` are FHIR's update, patch and delete of what a
 * search finds; `start-reindex`, `reindex-status` and `cancel-reindex` are the life of a `$reindex`, and so
 * with `$enrich`, and with `$import` and `$export`, of which `exported-file` is a file that was made. `start-query`,
 * `query-result` and `cancel-query` are the life of a question in SQL, `saved-queries`, `save-query` and `remove-query` look after
 * those that are kept.
 * Routing, grants, the CapabilityStatement and the audit log's event names are made from this table and from nothing else.
 */

/** https://hl7.org/fhir/smart-app-launch/scopes-and-launch-context.html: create, read, update, delete, search. */
export type Permission = 'c' | 'r' | 'u' | 'd' | 's';

export type Method = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export interface Route {
  readonly method: Method;
  /** Below `/datastore/{datastoreId}/r4`. */
  readonly template: string;
  /** HealthLake's name: the IAM action behind `healthlake:`, and the audit log's event name. */
  readonly action: string;
  /** The types that have this route, where not all of its operation do. */
  readonly types?: readonly string[];
}

export interface OperationEntry {
  readonly routes: readonly Route[];
  /** The types that have it, where not all do. */
  readonly types?: readonly string[];
  /** What a SMART scope must grant on the type; absent where the operation is open, or asks for each entry. */
  readonly permission?: Permission;
  /** The most a request's body may hold; 0 where none is read. */
  readonly maxBodyBytes: number;
  /** It answers in formats of its own, and negotiates them itself. */
  readonly ownFormats?: true;
}

/** HealthLake's limit for one resource: what needs more is a Binary, and comes by bulk import. */
export const maxResourceBytes = 5 * 1024 * 1024;
/** Room for 4,500 entries of the size that synthetic records have (about 2 kB, the largest about 10 kB). */
export const maxBundleBytes = 64 * 1024 * 1024;
/** A search's parameters: ten times what fits in a URL. */
export const maxFormBytes = 128 * 1024;

/** A Parameters resource without parameters, with room for what its metadata may say. */
export const maxNoParametersBytes = 4 * 1024;

/** A thousand files with their addresses; what a job asks for lies in an item of a table, of 400 kB. */
export const maxImportBytes = 256 * 1024;

/** Four thousand references to patients; what a job asks for lies in an item of a table, of 400 kB. */
export const maxExportBytes = 512 * 1024;

/** The longest statement that is read is 256 kB; with values of parameters, and as JSON, it may be as much again, and more. */
export const maxSqlBytes = 1024 * 1024;

/** A ViewDefinition with everything around it, or ten of them. */
export const maxViewBytes = 1024 * 1024;

/** What has a note, for the operations on notes. The last is read by choice (src/operations/enrichment/note-document.ts). */
export const noteTypes = ['DocumentReference', 'DiagnosticReport', 'Composition'] as const;

function reading(template: string, action: string): readonly Route[] {
  return [
    { method: 'GET', template, action },
    { method: 'HEAD', template, action },
  ];
}

/** It begins a job, so that there is no HEAD of it. @param type where a level is of one type */
function exporting(template: string, type?: string): readonly Route[] {
  const types = type === undefined ? {} : { types: [type] };
  return [
    { method: 'GET', template, action: 'StartFHIRExportJobWithGet', ...types },
    { method: 'POST', template, action: 'StartFHIRExportJobWithPost', ...types },
  ];
}

/** At the three levels of an operation on ViewDefinitions. */
function onViews(methods: readonly Method[], name: string, action: string): readonly Route[] {
  return [`/${name}`, `/{type}/${name}`, `/{type}/{id}/${name}`].flatMap((template) => methods.map((method): Route => ({
    method, template, action, ...(template.includes('{type}') ? { types: ['ViewDefinition'] } : {}),
  })));
}

function searching(template: string, posted: string): readonly Route[] {
  return [...reading(template, 'SearchWithGet'), { method: 'POST', template: posted, action: 'SearchWithPost' }];
}

const entries = {
  capabilities: {
    routes: reading('/metadata', 'GetCapabilities'),
    maxBodyBytes: 0,
  },
  'process-bundle': {
    routes: [{ method: 'POST', template: '/', action: 'ProcessBundle' }],
    maxBodyBytes: maxBundleBytes,
  },
  'transaction-status': {
    routes: reading('/Transaction/{transactionId}', 'ReadResource'),
    permission: 'r',
    maxBodyBytes: 0,
  },
  'start-reindex': {
    routes: [{ method: 'POST', template: '/$reindex', action: 'StartFHIRReindexJob' }],
    permission: 'u',
    maxBodyBytes: maxNoParametersBytes,
  },
  'reindex-status': {
    routes: reading('/$reindex/{jobId}', 'DescribeFHIRReindexJob'),
    permission: 'r',
    maxBodyBytes: 0,
  },
  'cancel-reindex': {
    routes: [{ method: 'DELETE', template: '/$reindex/{jobId}', action: 'CancelFHIRReindexJob' }],
    permission: 'u',
    maxBodyBytes: 0,
  },
  'start-enrich': {
    routes: [
      { method: 'POST', template: '/$enrich', action: 'StartFHIREnrichmentJob' },
      { method: 'POST', template: '/{type}/$enrich', action: 'StartFHIREnrichmentJob', types: noteTypes },
    ],
    permission: 'u',
    maxBodyBytes: maxNoParametersBytes,
  },
  'enrich-status': {
    routes: reading('/$enrich/{jobId}', 'DescribeFHIREnrichmentJob'),
    permission: 'r',
    maxBodyBytes: 0,
  },
  'cancel-enrich': {
    routes: [{ method: 'DELETE', template: '/$enrich/{jobId}', action: 'CancelFHIREnrichmentJob' }],
    permission: 'u',
    maxBodyBytes: 0,
  },
  'de-identify': {
    routes: (['GET', 'HEAD', 'POST'] as const).map((method) => ({
      method, template: '/{type}/{id}/$de-identify', action: 'DeIdentifyResource', types: ['DocumentReference', 'DiagnosticReport'],
    })),
    permission: 'r',
    maxBodyBytes: maxNoParametersBytes,
  },
  'start-import': {
    routes: [{ method: 'POST', template: '/$import', action: 'StartFHIRImportJob' }],
    permission: 'u',
    maxBodyBytes: maxImportBytes,
  },
  'import-status': {
    routes: reading('/$import/{jobId}', 'DescribeFHIRImportJob'),
    permission: 'r',
    maxBodyBytes: 0,
  },
  'cancel-import': {
    routes: [{ method: 'DELETE', template: '/$import/{jobId}', action: 'CancelFHIRImportJob' }],
    permission: 'u',
    maxBodyBytes: 0,
  },
  'start-export': {
    routes: [...exporting('/$export'), ...exporting('/{type}/$export', 'Patient'), ...exporting('/{type}/{id}/$export', 'Group')],
    permission: 'r',
    maxBodyBytes: maxExportBytes,
  },
  'export-status': {
    routes: reading('/export/{jobId}', 'DescribeFHIRExportJobWithGet'),
    permission: 'r',
    maxBodyBytes: 0,
  },
  'cancel-export': {
    routes: [{ method: 'DELETE', template: '/export/{jobId}', action: 'CancelFHIRExportJobWithDelete' }],
    permission: 'r',
    maxBodyBytes: 0,
  },
  'exported-file': {
    routes: reading('/export/{jobId}/{folder}/{file}', 'GetExportedFile'),
    permission: 'r',
    maxBodyBytes: 0,
  },
  'start-query': {
    routes: [{ method: 'POST', template: '/sql', action: 'StartSQLQuery' }],
    permission: 'r',
    maxBodyBytes: maxSqlBytes,
    ownFormats: true,
  },
  'query-result': {
    routes: reading('/sql/{queryId}', 'GetSQLQueryResults'),
    permission: 'r',
    maxBodyBytes: 0,
    ownFormats: true,
  },
  'cancel-query': {
    routes: [{ method: 'DELETE', template: '/sql/{queryId}', action: 'CancelSQLQuery' }],
    permission: 'r',
    maxBodyBytes: 0,
  },
  'saved-queries': {
    routes: [...reading('/sql/queries', 'ListSavedSQLQueries'), ...reading('/sql/queries/{name}', 'GetSavedSQLQuery')],
    permission: 'r',
    maxBodyBytes: 0,
  },
  'save-query': {
    routes: [{ method: 'PUT', template: '/sql/queries/{name}', action: 'SaveSQLQuery' }],
    permission: 'u',
    maxBodyBytes: maxSqlBytes,
  },
  'remove-query': {
    routes: [{ method: 'DELETE', template: '/sql/queries/{name}', action: 'DeleteSavedSQLQuery' }],
    permission: 'd',
    maxBodyBytes: 0,
  },
  'run-view': {
    routes: [
      ...onViews(['GET', 'POST'], '$viewdefinition-run', 'RunView'),
      ...onViews(['GET', 'POST'], '$run', 'RunView').filter(({ types }) => types !== undefined),
    ],
    permission: 'r',
    maxBodyBytes: maxViewBytes,
    ownFormats: true,
  },
  'start-view-export': {
    routes: onViews(['POST'], '$viewdefinition-export', 'StartViewExport'),
    permission: 'r',
    maxBodyBytes: maxViewBytes,
  },
  'view-export-status': {
    routes: reading('/viewdefinition-export/{exportId}', 'DescribeViewExport'),
    permission: 'r',
    maxBodyBytes: 0,
  },
  'cancel-view-export': {
    routes: [{ method: 'DELETE', template: '/viewdefinition-export/{exportId}', action: 'CancelViewExport' }],
    permission: 'r',
    maxBodyBytes: 0,
  },
  'exported-view': {
    routes: reading('/viewdefinition-export/{exportId}/{file}', 'GetExportedView'),
    permission: 'r',
    maxBodyBytes: 0,
    ownFormats: true,
  },
  'history-system': {
    routes: reading('/_history', 'GetFullHistory'),
    permission: 's',
    maxBodyBytes: 0,
  },
  'search-type': {
    routes: searching('/{type}', '/{type}/_search'),
    permission: 's',
    maxBodyBytes: maxFormBytes,
  },
  'search-system': {
    routes: searching('/', '/_search'),
    permission: 's',
    maxBodyBytes: maxFormBytes,
  },
  'search-compartment': {
    routes: searching('/{type}/{id}/{memberType}', '/{type}/{id}/{memberType}/_search'),
    permission: 's',
    maxBodyBytes: maxFormBytes,
  },
  everything: {
    routes: [...reading('/{type}/{id}/$everything', 'SearchEverything'), { method: 'POST', template: '/{type}/{id}/$everything', action: 'SearchEverything' }],
    types: ['Patient', 'Encounter'],
    permission: 's',
    maxBodyBytes: maxFormBytes,
  },
  create: {
    routes: [{ method: 'POST', template: '/{type}', action: 'CreateResource' }],
    permission: 'c',
    maxBodyBytes: maxResourceBytes,
  },
  'conditional-update': {
    routes: [{ method: 'PUT', template: '/{type}', action: 'UpdateResource' }],
    permission: 'u',
    maxBodyBytes: maxResourceBytes,
  },
  'conditional-patch': {
    routes: [{ method: 'PATCH', template: '/{type}', action: 'PatchResource' }],
    permission: 'u',
    maxBodyBytes: maxResourceBytes,
  },
  'conditional-delete': {
    routes: [{ method: 'DELETE', template: '/{type}', action: 'DeleteResource' }],
    permission: 'd',
    maxBodyBytes: 0,
  },
  'history-type': {
    routes: reading('/{type}/_history', 'GetHistoryByResourceType'),
    permission: 's',
    maxBodyBytes: 0,
  },
  read: {
    routes: reading('/{type}/{id}', 'ReadResource'),
    permission: 'r',
    maxBodyBytes: 0,
  },
  update: {
    routes: [{ method: 'PUT', template: '/{type}/{id}', action: 'UpdateResource' }],
    permission: 'u',
    maxBodyBytes: maxResourceBytes,
  },
  patch: {
    routes: [{ method: 'PATCH', template: '/{type}/{id}', action: 'PatchResource' }],
    permission: 'u',
    maxBodyBytes: maxResourceBytes,
  },
  delete: {
    routes: [{ method: 'DELETE', template: '/{type}/{id}', action: 'DeleteResource' }],
    permission: 'd',
    maxBodyBytes: 0,
  },
  'history-instance': {
    routes: reading('/{type}/{id}/_history', 'GetHistoryByResourceId'),
    permission: 'r',
    maxBodyBytes: 0,
  },
  vread: {
    routes: reading('/{type}/{id}/_history/{versionId}', 'VersionReadResource'),
    permission: 'r',
    maxBodyBytes: 0,
  },
} as const satisfies Record<string, OperationEntry>;

export type OperationName = keyof typeof entries;

export const table: Readonly<Record<OperationName, OperationEntry>> = entries;

export const operationNames = Object.keys(entries) as readonly OperationName[];
