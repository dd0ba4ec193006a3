import type { OperationRequest } from './operation.ts';

/** A named segment of the route. Its absence is a defect of whoever routed the request, not of the client. */
export function pathSegment(request: Pick<OperationRequest, 'path'>, name: 'type' | 'id' | 'versionId' | 'memberType' | 'folder' | 'file' | 'name'): string {
  const value = request.path[name];
  if (value === undefined) throw new Error(`The route has no segment ${name}.`);
  return value;
}
