/** The whole FHIR interface as one function: for runtimes that serve every operation from one process. */
import { capabilities } from './capabilities.ts';
import { conditionalDelete } from './conditional-delete.ts';
import { conditionalPatch } from './conditional-patch.ts';
import { conditionalUpdate } from './conditional-update.ts';
import { create } from './create.ts';
import { deleteResource } from './delete.ts';
import { everything } from './everything.ts';
import { historyInstance } from './history-instance.ts';
import { historySystem } from './history-system.ts';
import { historyType } from './history-type.ts';
import type { Dependencies, Operation, OperationRequest, OperationResponse } from './operation.ts';
import { patch } from './patch.ts';
import { read } from './read.ts';
import { route } from './route.ts';
import { searchCompartment } from './search-compartment.ts';
import { searchSystem } from './search-system.ts';
import { searchType } from './search-type.ts';
import { serve } from './serve.ts';
import type { ServeDependencies } from './serve.ts';
import type { OperationName } from './table.ts';
import { update } from './update.ts';
import { vread } from './vread.ts';

/** A request that has not been routed: its path is what stands behind `/datastore/{datastoreId}/r4`, still encoded. */
export type RestRequest = Omit<OperationRequest, 'path'> & { readonly path: string };

type Operations<Names extends OperationName> = Readonly<Pick<Record<OperationName, Operation>, Names>>;
export type BundleOperations = Operations<'process-bundle' | 'transaction-status'>;
export type ReindexOperations = Operations<'start-reindex' | 'reindex-status' | 'cancel-reindex'>;
export type NoteOperations = Operations<'start-enrich' | 'enrich-status' | 'cancel-enrich' | 'de-identify'>;
export type ViewOperations = Operations<'run-view' | 'start-view-export' | 'view-export-status' | 'cancel-view-export' | 'exported-view'>;
export type SqlOperations = Operations<'start-query' | 'query-result' | 'cancel-query' | 'saved-queries' | 'save-query' | 'remove-query'> & ViewOperations;
export type ImportOperations = Operations<'start-import' | 'import-status' | 'cancel-import'>;
export type ExportOperations = Operations<'start-export' | 'export-status' | 'cancel-export' | 'exported-file'>;

/**
 * @param withJobs those that have dependencies of their own, ready made
 * @returns a function that answers every request, and never throws
 */
export function rest(
  dependencies: Dependencies & ServeDependencies,
  withJobs: BundleOperations & ReindexOperations & ImportOperations & ExportOperations & NoteOperations & SqlOperations,
): (request: RestRequest) => Promise<OperationResponse> {
  const { store: { sealer }, uploads } = dependencies;
  const uploading = uploads === undefined ? undefined : { ...dependencies, uploads, sealer };
  const operations: Readonly<Record<OperationName, Operation>> = {
    ...withJobs,
    capabilities: capabilities(dependencies),
    'conditional-delete': conditionalDelete(dependencies),
    'conditional-patch': conditionalPatch(dependencies),
    'conditional-update': conditionalUpdate(dependencies),
    create: create({ ...dependencies, uploading }),
    delete: deleteResource(dependencies),
    everything: everything(dependencies),
    'history-instance': historyInstance(dependencies),
    'history-system': historySystem(dependencies),
    'history-type': historyType(dependencies),
    patch: patch(dependencies),
    read: read(dependencies),
    'search-compartment': searchCompartment(dependencies),
    'search-system': searchSystem(dependencies),
    'search-type': searchType(dependencies),
    update: update({ ...dependencies, uploading }),
    vread: vread(dependencies),
  };
  const routed = (request: RestRequest): Promise<OperationResponse> => {
    const { name, path } = route(request.method, request.path);
    return operations[name]({ ...request, path });
  };
  // What routing throws is rendered like what an operation throws.
  const withOwnFormats = { ...dependencies, ownFormats: true };
  return (request) => serve(async () => routed(request), hasOwnFormats(request.path) ? withOwnFormats : dependencies)({ ...request, path: contentPath(request.path) });
}

/** What `serve` has to know of a path: that its answer may be a content. */
function contentPath(path: string): OperationRequest['path'] {
  if (/^\/?Binary\//.test(path)) return { type: 'Binary' };
  return /^\/?export\/[^/]+\/[^/]/.test(path) ? { file: '' } : {};
}

/** As the table says it of the operations under this path. */
function hasOwnFormats(path: string): boolean {
  return /^\/?sql(?:\/|$)|\$(?:viewdefinition-)?run$|^\/?viewdefinition-export\/[^/]+\/./.test(path);
}
