/**
 * The searches of one seed against the embedded server, or the server that CALDERA_BASE_URL names; `run.ts` asks more of them.
 * Every difference is the server's fault or the evaluator's: the specification decides.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startServerProcess } from '../../bench/server-process.ts';
import type { ServerProcess } from '../../bench/server-process.ts';
import { describeDifferences } from './describe.ts';
import { broughtMakers } from './generation/brought.ts';
import { joinedMakers } from './generation/joined.ts';
import { plainMakers } from './generation/scenarios.ts';
import { wholeRecordMakers } from './generation/whole-records.ts';
import { askCells, askOwnValues, askScenarios, prepare, type OracleOptions } from './oracle.ts';
import type { Oracle } from './searched.ts';

// An empty variable is as good as none.
const given = process.env['CALDERA_BASE_URL']?.replace(/\/$/, '') || undefined;
const print = (text: string): void => void process.stdout.write(`${text}\n`);

/** What two minutes of a machine with two cores allow. */
const amount = { seed: 1, patients: 6, bundles: 2, definitionsShare: 20, each: 2, scenarios: 600, joined: 500, ownValuesShare: 3 };

let server: ServerProcess | undefined;
let dataDirectory: string | undefined;
let options: OracleOptions;
let oracle: Oracle;

beforeAll(async () => {
  if (given === undefined) {
    dataDirectory = await mkdtemp(join(tmpdir(), 'caldera-oracle-'));
    server = await startServerProcess({ dataDirectory });
  }
  options = { ...amount, baseUrl: given ?? server?.baseUrl ?? '', shared: given !== undefined };
  oracle = await prepare(options);
  for (const line of oracle.skipped) print(`skipped ${line}`);
});

afterAll(async () => {
  await server?.stop();
  if (dataDirectory !== undefined) await rm(dataDirectory, { recursive: true, force: true });
  expect(server?.complaints() ?? '').not.toContain('Fault');
});

/** Official examples that break rules of R4, each with the rule; the definitions among them are a sample. */
const refusals: Readonly<Record<string, RegExp>> = {
  'ActivityDefinition/blood-tubes-supply': /div must hold some text/,
  'ActivityDefinition/heart-valve-replacement': /div must hold some text/,
  'Bundle/dataelements': /larger than the 5 MB/,
  'Bundle/resources': /larger than the 5 MB/,
  'Bundle/v3-valuesets': /larger than the 5 MB/,
  'Bundle/valueset-expansions': /larger than the 5 MB/,
  'Bundle/valuesets': /larger than the 5 MB/,
  'DeviceMetric/example': /parent must refer to one of Device/,
  'DeviceUseStatement/example': /reasonReference must refer to one of/,
  'EventDefinition/example': /div must hold some text/,
  'ImplementationGuide/fhir': /A reference must be/,
  'MedicationRequest/medrx0301': /performer must refer to one of Organization/,
  'Observation/clinical-gender': /performer must refer to one of/,
  'OperationOutcome/101': /never stored/,
  'OperationOutcome/allok': /never stored/,
  'OperationOutcome/break-the-glass': /never stored/,
  'OperationOutcome/exception': /never stored/,
  'OperationOutcome/searchfail': /never stored/,
  'OperationOutcome/validationfail': /never stored/,
  'Questionnaire/qs1': /linkId is required/,
  'Questionnaire/zika-virus-exposure-assessment': /div must hold some text/,
  // It selects an extension, where it means the extension's value.
  'SearchParameter/patient-extensions-Patient-mothersMaidenName': /selects nothing .* that has a value of the type string/,
};

describe('A search finds exactly the resources that R4 says it finds', () => {
  test('everything but the examples that break a rule is stored', () => {
    const expected = oracle.examples.size === 0 ? [] : Object.keys(refusals);
    expect(oracle.refused.map(({ reference }) => reference)).toEqual(expected);
    for (const { reference, reason } of oracle.refused) expect(reason).toMatch(refusals[reference]!);
  });

  test('by every kind, prefix and modifier on every data type, with hits and near misses', async () => {
    const { matrix, asked, differences } = await askCells(oracle, options);
    print(`${asked} searches of ${oracle.population.resources.length} resources\n${matrix.text()}`);
    expect(describeDifferences(differences)).toBe('0 differences');
    // Without the official examples some cells have no element.
    expect(oracle.examples.size > 0 ? matrix.holes() : []).toEqual([]);
  });

  test('joined, negated, filtered, sorted, paged and counted; in compartments, lists, narratives and containers', async () => {
    const { asked, differences } = await askScenarios(oracle, { makers: plainMakers, count: options.scenarios });
    print(`topic found/asked: ${[...asked].map(([topic, { all, found }]) => `${topic} ${found}/${all}`).join('  ')}`);
    expect(describeDifferences(differences)).toBe('0 differences');
    // Each topic finds something and finds nothing, but counts, which have no matches to show.
    expect([...asked].filter(([, { all, found }]) => found === 0 || all < 10).map(([topic]) => topic)).toEqual([]);
  });

  test.each([
    ['by what it refers to and by what refers to it', joinedMakers, 0.5],
    ['with all that the matches of a page bring along, each once', broughtMakers, 0.25],
    ['as the whole record of a patient or an encounter, or as a whole compartment', wholeRecordMakers, 0.25],
  ])('%s', async (_title, makers, share) => {
    const count = options.joined * share;
    const { asked, differences, refused } = await askScenarios(oracle, { makers, count });
    print(`topic found/asked: ${[...asked].map(([topic, { all, found }]) => `${topic} ${found}/${all}`).join('  ')}; refused ${refused}`);
    expect(describeDifferences(differences)).toBe('0 differences');
    expect([...asked].filter(([, { all, found }]) => found === 0 || all < 10).map(([topic]) => topic)).toEqual([]);
    // Chains without types may end where one type refuses what another takes; most do not.
    expect(refused).toBeLessThan(count / 10);
  });

  test('every official example by each of its own values', async () => {
    const { asked, differences } = await askOwnValues(oracle, options);
    print(`${asked} searches by the official examples' own values`);
    expect(describeDifferences(differences)).toBe('0 differences');
  });
});
