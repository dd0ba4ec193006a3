/** https://hl7.org/fhir/R4/validation.html, at the level of structure; HealthLake's validation levels. */
import { expect, test } from '@jest/globals';
import { freshId, patient, refusal } from './client.ts';
import type { Body } from './client.ts';
import type { Topic } from './topic.ts';

const level = 'x-amzn-healthlake-fhir-validation-level';
const issueUrl = 'http://healthlake.amazonaws.com/fhir/StructureDefinition/validation-issue';

export const validationTopic: Topic = (http) => {
  test.each<[string, object, string]>([
    ['an unknown element', { favouriteColour: 'green' }, 'Patient.favouriteColour'],
    ['a wrong type', { active: 'yes' }, 'Patient.active'],
    ['a single value for a list', { name: { family: 'One' } }, 'Patient.name'],
    ['a list for a single value', { birthDate: ['1970'] }, 'Patient.birthDate'],
    ['a malformed date', { birthDate: '1970-13-01' }, 'Patient.birthDate'],
    ['a code outside of its value set', { gender: 'robot' }, 'Patient.gender'],
    ['two types of one choice', { deceasedBoolean: true, deceasedDateTime: '2020' }, 'Patient.deceased'],
    ['a null', { name: null }, 'Patient.name'],
    ['an unknown element within', { name: [{ family: 'a' }, { lastName: 'b' }] }, 'Patient.name[1].lastName'],
    ['a missing mandatory element', { link: [{ other: { reference: 'Patient/1' } }] }, 'Patient.link[0]'],
  ])('%s is 400 and names the element', async (_fault, changes, expression) => {
    const refused = await http().post('/Patient', patient(changes));
    expect(refused.status).toBe(400);
    const expressions = refused.body.issue.flatMap((issue: Body) => issue.expression ?? []);
    expect(expressions.some((each: string) => each.startsWith(expression))).toBe(true);
  });

  test('every fault is told, and no value is repeated', async () => {
    const refused = await http().post('/Patient', patient({ birthDate: 'Smith-1', gender: 'Smith-2', active: 'Smith-3' }));
    expect(refused.body.issue.length).toBeGreaterThanOrEqual(3);
    expect(refused.text).not.toContain('Smith');
  });

  test.each([
    ['a list', []],
    ['a resource without a type', { id: '1' }],
    ['a resource of no known type', { resourceType: 'Pacient' }],
    ['an id that is none', { resourceType: 'Patient', id: 'a b' }],
  ])('%s is 400', async (_what, body) => {
    expect((await http().post('/Patient', body)).status).toBe(400);
  });

  test.each(['strict', 'structure-only'])('at level %s the structure is checked', async (value) => {
    expect((await http().post('/Patient', patient({ gender: 'robot' }), { [level]: value })).status).toBe(400);
    expect((await http().post('/Patient', patient(), { [level]: value })).status).toBe(201);
  });

  test('at level minimal a faulty resource is stored, with its faults in an extension', async () => {
    const sent = patient({ gender: 'robot', favouriteColour: 'green' });
    const created = await http().post('/Patient', sent, { [level]: 'minimal' });
    expect(created.status).toBe(201);
    expect(created.headers.get('x-amzn-healthlake-validation-issues')).toBe('true');
    const { body } = await http().get(`/Patient/${created.body.id}`);
    expect(body).toMatchObject({ gender: 'robot', favouriteColour: 'green' });
    const [extension] = body.extension;
    expect(extension.url).toBe(issueUrl);
    expect(JSON.parse(extension.valueString)).toMatchObject({ resourceType: 'OperationOutcome' });
    const again = await http().put(`/Patient/${body.id}`, body, { [level]: 'minimal' });
    expect(again.status).toBe(200);
    expect(again.body.extension.filter(({ url }: Body) => url === issueUrl)).toHaveLength(1);
  });

  test('at level minimal a sound resource is stored as it is', async () => {
    const created = await http().post('/Patient', patient(), { [level]: 'minimal' });
    expect(created.headers.get('x-amzn-healthlake-validation-issues')).toBeNull();
    expect(created.body.extension).toBeUndefined();
  });

  test('even at level minimal the type and the id must be sound', async () => {
    expect((await http().post('/Patient', { resourceType: 'Person' }, { [level]: 'minimal' })).status).toBe(400);
    expect((await http().put(`/Patient/${freshId()}`, patient({ id: 'another' }), { [level]: 'minimal' })).status).toBe(400);
    expect((await http().post('/Patient', patient({ meta: 'none' }), { [level]: 'minimal' })).status).toBe(400);
  });

  test('another level is 400', async () => {
    expect(refusal(await http().post('/Patient', patient(), { [level]: 'loose' }))).toEqual({ status: 400, code: 'invalid' });
  });
};
