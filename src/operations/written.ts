/** The answer to a write that made a version, in the form the client prefers (https://hl7.org/fhir/R4/http.html#ops). */
import { operationOutcome } from '../fhir/outcome.ts';
import type { ResourceVersion } from '../store/data-store.ts';
import type { OperationRequest, OperationResponse } from './operation.ts';
import { preferences } from './prefer.ts';
import type { Subset } from './subset.ts';
import { versionHeaders, versionPath } from './version-headers.ts';

export interface Written {
  readonly version: ResourceVersion;
  /** True for 201 with `Location`, false for 200. */
  readonly created: boolean;
  /** Headers besides those of the version. */
  readonly headers: Readonly<Record<string, string>>;
  /** The part of the resource that the client wants to see. */
  readonly shown: Subset;
}

export function written(request: OperationRequest, { version, created, headers, shown }: Written): OperationResponse {
  const all = { ...versionHeaders(version), ...headers };
  const response = created
    ? { status: 201, headers: { ...all, Location: `${request.baseUrl}/${versionPath(version)}` } }
    : { status: 200, headers: all };
  const json = answerBody(request, version, shown);
  return json === undefined ? response : { ...response, json };
}

function answerBody({ headers }: OperationRequest, { json, versionId }: ResourceVersion, shown: Subset): string | undefined {
  switch (preferences(headers['prefer']).return) {
    case 'minimal':
      return undefined;
    case 'OperationOutcome':
      return informed(`Version ${versionId} was written.`);
    case 'representation':
      return json === undefined ? undefined : shown(json);
  }
}

/** An OperationOutcome that tells of success. */
export function informed(diagnostics: string): string {
  return JSON.stringify(operationOutcome([{ severity: 'information', code: 'informational', diagnostics }]));
}
