/** What is posted to `$export`, in the standard's form and in HealthLake's. */
import { describe, expect, test } from '@jest/globals';
import { FhirError } from '../../../src/fhir/outcome.ts';
import { postedExport } from '../../../src/operations/export/posted-export.ts';

const datastoreId = '0123456789abcdef0123456789abcdef';
const headers = { 'content-type': 'application/fhir+json' };
const posted = (body: object) => postedExport({ method: 'POST', headers, body: JSON.stringify(body) }, datastoreId);
const parameters = (...parameter: object[]) => posted({ resourceType: 'Parameters', parameter });

const bucket = {
  DataAccessRoleArn: 'arn:aws:iam::123456789012:role/export',
  JobName: 'nightly',
  OutputDataConfig: { S3Configuration: { S3Uri: 's3://bucket/folder', KmsKeyId: 'arn:aws:kms:us-east-1:123456789012:key/5a1f' } },
};

describe('what is posted to $export', () => {
  test('a Parameters resource has a value of any primitive type, or a reference, under each name', () => {
    expect(parameters(
      { name: '_type', valueString: 'Patient,Observation' },
      { name: '_since', valueInstant: '2024-01-31T10:00:00Z' },
      { name: 'allowPartialManifests', valueBoolean: true },
      { name: 'patient', valueReference: { reference: 'Patient/1' } },
    )).toEqual({ parameters: [['_type', 'Patient,Observation'], ['_since', '2024-01-31T10:00:00Z'], ['allowPartialManifests', 'true'], ['patient', 'Patient/1']] });
  });

  test('there need not be a body', () => {
    expect(postedExport({ method: 'POST', headers: {} }, datastoreId)).toEqual({ parameters: [] });
    expect(postedExport({ method: 'GET', headers: {} }, datastoreId)).toEqual({ parameters: [] });
  });

  test.each([
    { name: '_type' }, { valueString: 'Patient' }, { name: 'patient', valueReference: {} }, { name: '_type', valueString: 'a', valueCode: 'b' },
    { name: '_type', valueCoding: { code: 'Patient' } }, { name: '_type', valueString: null },
  ])('a parameter as %j is refused', (parameter) => {
    expect(() => parameters(parameter)).toThrow('Each parameter');
    expect(() => parameters(parameter)).toThrow(FhirError);
  });

  test('HealthLake’s form names a bucket, a key and a role', () => {
    const { JobName: name, ...told } = bucket;
    expect(posted(bucket)).toEqual({ parameters: [], bucket: { name, told } });
  });

  test.each([
    [{ ...bucket, DataAccessRoleArn: undefined }, 'dataAccessRoleArn'],
    [{ ...bucket, OutputDataConfig: { S3Configuration: { S3Uri: 'folder', KmsKeyId: 'a' } } }, 's3Uri'],
    [{ ...bucket, OutputDataConfig: {} }, 'outputDataConfig'],
    [{ ...bucket, JobName: '' }, 'jobName'],
    [{ resourceType: 'Bundle' }, 'neither a Parameters resource'],
    [{ JobName: 'nightly' }, 'neither a Parameters resource'],
  ])('another body as %j is refused with what is wrong', (body, words) => {
    expect(() => posted(body)).toThrow(words);
    expect(() => posted(body)).toThrow(FhirError);
  });

  test('a body has to be declared as JSON', () => {
    expect(() => postedExport({ method: 'POST', headers: { 'content-type': 'text/plain' }, body: '{}' }, datastoreId)).toThrow('Content-Type');
  });
});
