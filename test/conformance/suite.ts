/**
 * The one suite of the HTTP interface, sentence by sentence after R4's http page (https://hl7.org/fhir/R4/http.html).
 * It speaks plain HTTP and brings all data it needs, so that it can be aimed at any server, whatever lies in it.
 */
import { describe } from '@jest/globals';
import { binaryTopic } from './binary-topic.ts';
import { bundleTopic } from './bundle-topic.ts';
import { capabilitiesTopic } from './capabilities-topic.ts';
import { client } from './client.ts';
import { conditionalBundleTopic } from './conditional-bundle-topic.ts';
import { conditionalTopic } from './conditional-topic.ts';
import { createTopic } from './create-topic.ts';
import { deleteTopic } from './delete-topic.ts';
import { enrichmentTopic } from './enrichment-topic.ts';
import { everythingTopic } from './everything-topic.ts';
import { exportTopic } from './export-topic.ts';
import { formatTopic } from './format-topic.ts';
import { historyTopic } from './history-topic.ts';
import { importTopic } from './import-topic.ts';
import { patchTopic } from './patch-topic.ts';
import { readTopic } from './read-topic.ts';
import { routingTopic } from './routing-topic.ts';
import { searchChainsTopic } from './search-chains-topic.ts';
import { searchCompartmentTopic } from './search-compartment-topic.ts';
import { searchIncludeTopic } from './search-include-topic.ts';
import { searchParametersTopic } from './search-parameters-topic.ts';
import { searchResultsTopic } from './search-results-topic.ts';
import { searchSystemTopic } from './search-system-topic.ts';
import { searchTopic } from './search-topic.ts';
import { searchValuesTopic } from './search-values-topic.ts';
import { sqlTopic } from './sql-topic.ts';
import type { Topic } from './topic.ts';
import { updateTopic } from './update-topic.ts';
import { validationTopic } from './validation-topic.ts';
import { viewsTopic } from './views-topic.ts';

export interface Target {
  /** `http://host/datastore/{datastoreId}/r4`, known when the first test begins. */
  readonly baseUrl: () => string;
}

const topics: readonly (readonly [name: string, topic: Topic])[] = [
  ['capabilities', capabilitiesTopic],
  ['create', createTopic],
  ['read and vread', readTopic],
  ['update', updateTopic],
  ['patch', patchTopic],
  ['delete', deleteTopic],
  ['conditional interactions', conditionalTopic],
  ['binary', binaryTopic],
  ['history', historyTopic],
  ['search', searchTopic],
  ['search by value', searchValuesTopic],
  ['search results', searchResultsTopic],
  ['includes', searchIncludeTopic],
  ['search across types', searchSystemTopic],
  ['chains and _has', searchChainsTopic],
  ['search in compartments', searchCompartmentTopic],
  ['everything', everythingTopic],
  ['batch and transaction', bundleTopic],
  ['criteria in bundles', conditionalBundleTopic],
  ['formats and headers', formatTopic],
  ['paths and methods', routingTopic],
  ['validation', validationTopic],
  ['search parameters of the store', searchParametersTopic],
  ['clinical notes', enrichmentTopic],
  ['bulk import', importTopic],
  ['bulk export', exportTopic],
  ['questions in SQL', sqlTopic],
  ['views', viewsTopic],
];

export function conformance(name: string, { baseUrl }: Target): void {
  describe(`${name}: the FHIR interface`, () => {
    describe.each(topics)('%s', (_title, topic) => {
      topic(() => client(baseUrl()));
    });
  });
}
