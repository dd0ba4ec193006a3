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
    expect(rest.resource).toHaveLength(144);
    for (const { interaction, versioning, readHistory, updateCreate } of rest.resource) {
      expect(interaction.map(({ code }: Body) => code).sort()).toEqual([
        'create', 'delete', 'history-instance', 'history-type', 'read', 'search-type', 'update', 'vread',
      ]);
      expect({ versioning, readHistory, updateCreate }).toEqual({ versioning: 'versioned', readHistory: true, updateCreate: true });
    }
    expect(rest.interaction.map(({ code }: Body) => code).sort()).toEqual(['batch', 'history-system', 'transaction']);
  });

  test('search parameters of the kinds that are built are listed, and no others', async () => {
    const [rest] = (await http().get('/metadata')).body.rest;
    const observation = rest.resource.find(({ type }: Body) => type === 'Observation');
    const types = new Map(observation.searchParam.map(({ name, type }: Body) => [name, type]));
    expect(types.get('code')).toBe('token');
    expect(types.get('patient')).toBe('reference');
    expect(types.get('date')).toBe('date');
    expect(types.get('_id')).toBe('token');
    expect(types.get('_lastUpdated')).toBe('date');
    expect(types.has('value-quantity')).toBe(false);
    expect(types.has('code-value-quantity')).toBe(false);
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
