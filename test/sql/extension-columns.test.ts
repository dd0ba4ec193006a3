/** Extensions that have columns of their own (docs/sql.md#columns-of-extensions). */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { compiledQuestion } from '../../src/operations/sql/compiled-question.ts';
import { parseQuery } from '../../src/sql/parse.ts';
import { openViewLake, type ViewLake } from './views/view-lake.ts';

const usCore = 'http://hl7.org/fhir/us/core/StructureDefinition/';
let lake: ViewLake;
beforeAll(async () => {
  lake = await openViewLake();
  await lake.load([
    { resourceType: 'Patient', id: 'a', extension: [
      { url: `${usCore}us-core-birthsex`, valueCode: 'F' },
      { url: `${usCore}us-core-race`, extension: [{ url: 'text', valueString: 'White' }] },
    ] },
    { resourceType: 'Patient', id: 'b' },
  ]);
});
afterAll(() => lake.close());

test('a value is text as it is, what has extensions in its place is JSON of them, and null is what is not there', async () => {
  const { statement } = compiledQuestion(
    "SELECT id, extension_us_core_birthsex, json_extract_scalar(extension_us_core_race, '$[0].valueString') AS race FROM patient ORDER BY id", {});
  const { rows } = await lake.ask(parseQuery(statement), ['id', 'birthsex', 'race']);
  expect(rows).toEqual([{ id: 'a', birthsex: 'F', race: 'White' }, { id: 'b', birthsex: null, race: null }]);
});
