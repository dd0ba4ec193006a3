/** The workflow that reads a note, as it is drawn; test/deployment/enrichment.deployment.ts runs it. */
import { expect, test } from '@jest/globals';
import { enrichmentDefinition, enrichmentSteps, noteCalls } from '../../../lib/enrichment/definition.ts';
import { enrichmentFunctions, notesAtOnce } from '../../../src/aws/enrichment-functions.ts';
import { noteCalls as callsOfText } from '../../../src/operations/enrichment/read-text.ts';

const drawn = enrichmentDefinition({ 'extract-note': 'extract', 'read-note': 'read', 'settle-note': 'settle' });
const named = (name: string) => enrichmentFunctions.find((spec) => spec.name === name)!;

test('asks the operations that a text is read by', () => {
  expect(noteCalls).toEqual(callsOfText);
});

test('ends within the five minutes of its kind, and whoever waits for it waits longer', () => {
  expect(drawn.TimeoutSeconds).toBeLessThan(300);
  expect(named('enrich-notes').timeoutSeconds).toBeGreaterThan(300);
  expect(enrichmentSteps.every((step) => named(step).timeoutSeconds < drawn.TimeoutSeconds!)).toBe(true);
  expect(named('enrich-notes').consumes).toMatchObject({ batchSize: 1, maxConcurrency: notesAtOnce });
});

test('hands on no error’s own words, nor anything else of a step than its answer', () => {
  const text = JSON.stringify(drawn);
  const catches = text.match(/"ErrorEquals":[^{}]*"Next"/g)!;
  expect(catches.length).toBe(2 * (3 + noteCalls.length));
  expect(catches.filter((each) => !each.includes('"ResultPath":null'))).toEqual([]);
});
