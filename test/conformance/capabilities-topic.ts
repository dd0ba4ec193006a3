/** https://hl7.org/fhir/R4/http.html#capabilities */
import { expect, test } from '@jest/globals';
import { refusal } from './client.ts';
import type { Body } from './client.ts';
import type { Topic } from './topic.ts';

export const capabilitiesTopic: Topic = (http) => {
  test('GET metadata returns the CapabilityStatement of this instance', async () => {
    const { status, body } = await http().get('/metadata');
    expect(status).toBe(200);
    expect(body).toMatchObject({
      resourceType: 'CapabilityStatement',
      status: 'active',
      kind: 'instance',
      fhirVersion: '4.0.1',
      implementation: { url: http().baseUrl },
    });
    expect(body.format).toContain('application/fhir+json');
    expect(body.software.version).toMatch(/^\d+\.\d+\.\d+$/);
  });

  test('every resource type of R4 is there, with what can be done', async () => {
    const [rest] = (await http().get('/metadata')).body.rest;
    expect(rest.resource).toHaveLength(145);
    for (const { interaction, versioning, readHistory, updateCreate } of rest.resource) {
      expect(interaction.map(({ code }: Body) => code).sort()).toEqual([
        'create', 'delete', 'history-instance', 'history-type', 'patch', 'read', 'search-type', 'update', 'vread',
      ]);
      expect({ versioning, readHistory, updateCreate }).toEqual({ versioning: 'versioned', readHistory: true, updateCreate: true });
    }
    for (const { conditionalCreate, conditionalRead, conditionalUpdate, conditionalDelete } of rest.resource) {
      expect({ conditionalCreate, conditionalRead, conditionalUpdate, conditionalDelete }).toEqual({
        conditionalCreate: true, conditionalRead: 'full-support', conditionalUpdate: true, conditionalDelete: 'single',
      });
    }
    expect(rest.interaction.map(({ code }: Body) => code).sort()).toEqual(['batch', 'history-system', 'search-system', 'transaction']);
  });

  test('search parameters of all kinds are listed, with their modifiers and prefixes', async () => {
    const [rest] = (await http().get('/metadata')).body.rest;
    const of = (type: string) => new Map<string, Body>(
      rest.resource.find((resource: Body) => resource.type === type).searchParam.map((parameter: Body) => [parameter.name, parameter]),
    );
    const observation = of('Observation');
    const kinds = Object.entries({
      code: 'token', patient: 'reference', date: 'date', _id: 'token', _lastUpdated: 'date', 'value-quantity': 'quantity',
      'code-value-quantity': 'composite', _content: 'string', _filter: 'special', _list: 'special',
    });
    for (const [name, type] of kinds) expect([name, observation.get(name)?.type]).toEqual([name, type]);
    expect(observation.get('code').documentation).toContain(':of-type');
    expect(observation.get('subject').documentation).toContain(':identifier');
    expect(observation.get('value-quantity').documentation).toContain('ap');
    expect(of('Location').get('near').type).toBe('special');
    expect(of('RiskAssessment').get('probability').type).toBe('number');
    expect(observation.has('_query')).toBe(false);
  });

  test('the search parameters for searching all resources are listed', async () => {
    const [rest] = (await http().get('/metadata')).body.rest;
    expect(rest.searchParam.map(({ name }: Body) => name).sort()).toEqual([
      '_content', '_filter', '_id', '_lastUpdated', '_list', '_profile', '_security', '_source', '_tag',
    ]);
  });

  test('the metadata can be summarised', async () => {
    const { body } = await http().get('/metadata?_elements=fhirVersion');
    expect(body.fhirVersion).toBe('4.0.1');
    expect(body.software).toBeUndefined();
  });

  test('HEAD metadata has no body', async () => {
    const head = await http().send('HEAD', '/metadata');
    expect(head.status).toBe(200);
    expect(head.text).toBe('');
  });

  test('other modes are 400', async () => {
    expect(refusal(await http().get('/metadata?mode=terminology'))).toEqual({ status: 400, code: 'not-supported' });
  });
};
