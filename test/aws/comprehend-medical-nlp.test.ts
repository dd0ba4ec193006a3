/** Amazon Comprehend Medical by a client in memory, which answers as the API's model says. */
import { beforeEach, describe, expect, test } from '@jest/globals';
import { comprehendMedicalNlp, firstNlpDelayMs, maxNlpAttempts, maxNlpDelayMs } from '../../src/aws/comprehend-medical-nlp.ts';
import { clinicalNlpContract } from '../contracts/clinical-nlp.contract.ts';

interface Command {
  readonly constructor: { readonly name: string };
  readonly input: { readonly Text: string };
}

/** Failures to come, one a sending. */
let failures: Error[] = [];
let sent: string[] = [];
let sleeps: number[] = [];

/** Words with their place, in code points as the service counts. */
function span(text: string, words: string): object {
  const before = text.slice(0, text.indexOf(words));
  const BeginOffset = [...before].length;
  return { BeginOffset, EndOffset: BeginOffset + [...words].length, Text: words, Score: 0.97 };
}

const trait = (Name: string) => ({ Name, Score: 0.9 });

function conditions(text: string, concepts: (words: string) => object): object[] {
  const condition = { Category: 'MEDICAL_CONDITION', Type: 'DX_NAME' };
  return [
    { ...span(text, 'chest pain'), ...condition, Id: 1, Traits: [trait('SYMPTOM'), trait('NEGATION')], Attributes: [], ...concepts('chest pain') },
    // Lists with nothing in them are left out by the service here and there.
    { ...span(text, 'hypertension'), ...condition, Id: 2, Traits: [trait('DIAGNOSIS')], ...concepts('hypertension') },
  ];
}

function drug(text: string, changes: object, ofAttribute: object): object {
  const attribute = (words: string, Type: string, Id: number) => ({ ...span(text, words), Type, Id, RelationshipScore: 0.99, Traits: [], ...ofAttribute });
  const Attributes = [attribute('20 mg', 'DOSAGE', 8), attribute('once daily', 'FREQUENCY', 9)];
  return { ...span(text, 'lisinopril'), Id: 3, Category: 'MEDICATION', Type: 'GENERIC_NAME', Traits: [], Attributes, ...changes };
}

const concept = (Code: string, Description: string) => ({ Code, Description, Score: 0.8 });

const entitiesOf: Readonly<Record<string, (text: string) => object[]>> = {
  DetectEntitiesV2: (text) => [...conditions(text, () => ({})), drug(text, {}, { Category: 'MEDICATION', RelationshipType: 'DOSAGE' })],
  InferICD10CM: (text) => conditions(text, (words) => ({ ICD10CMConcepts: words === 'hypertension' ? [concept('I10', 'Essential (primary) hypertension')] : [concept('R07.9', 'Chest pain, unspecified')] })),
  InferRxNorm: (text) => [drug(text, { RxNormConcepts: [concept('314077', 'lisinopril 20 MG Oral Tablet')] }, {})],
  InferSNOMEDCT: (text) => conditions(text, (words) => ({ SNOMEDCTConcepts: words === 'hypertension' ? [concept('38341003', 'Hypertensive disorder')] : [concept('29857009', 'Chest pain')] })),
  DetectPHI: (text) => [
    { ...span(text, 'John Smith'), Id: 1, Category: 'PROTECTED_HEALTH_INFORMATION', Type: 'NAME', Traits: [], Attributes: [] },
    { ...span(text, '03/22/2021'), Id: 2, Category: 'PROTECTED_HEALTH_INFORMATION', Type: 'DATE', Traits: [] },
  ],
};

const nlp = comprehendMedicalNlp({
  client: {
    send: (async (command: Command) => {
      const operation = command.constructor.name.replace(/Command$/, '');
      sent.push(operation);
      const failure = failures.shift();
      if (failure !== undefined) throw failure;
      const { Text } = command.input;
      return { Entities: Text === '.' ? [] : entitiesOf[operation]!(Text), UnmappedAttributes: [], ModelVersion: '2.7.1' };
    }) as never,
  },
  backoff: { sleep: async (ms) => void sleeps.push(ms), random: () => 0.999 },
});

const failing = (name: string, further: object = {}) => Object.assign(new Error('Text denies chest pain is not right'), { name }, further);

beforeEach(() => {
  [failures, sent, sleeps] = [[], [], []];
});

clinicalNlpContract('Amazon Comprehend Medical', nlp);

describe('what passes is tried again:', () => {
  test.each([
    ['throttling', failing('TooManyRequestsException', { $metadata: { httpStatusCode: 400 } })],
    ['a fault of the service', failing('InternalServerException', { $metadata: { httpStatusCode: 500 } })],
    ['a service that is not there', failing('ServiceUnavailableException')],
    ['a time-out', failing('TimeoutError')],
    ['a connection that breaks', failing('Error', { code: 'ECONNRESET' })],
  ])('%s', async (_, failure) => {
    failures = [failure, failure];
    expect((await nlp.detectEntities('.')).Entities).toEqual([]);
    expect(sent).toHaveLength(3);
  });

  test('after waits that double up to a bound, and a random part of each', async () => {
    failures = Array.from({ length: maxNlpAttempts }, () => failing('TooManyRequestsException'));
    await expect(nlp.inferRxNorm('.')).rejects.toMatchObject({ name: 'NlpUnavailable' });
    expect(sent).toHaveLength(maxNlpAttempts);
    expect(sleeps).toEqual([500, 1000, 2000, 4000, 8000].map((ms) => Math.ceil(Math.min(ms, maxNlpDelayMs) * 0.999)));
    expect(sleeps[0]).toBeLessThanOrEqual(firstNlpDelayMs);
  });
});

describe('what lasts', () => {
  test.each([['AccessDeniedException', 400], ['ExpiredTokenException', 400], ['UnrecognizedClientException', 400], ['Forbidden', 403]])('and is of whoever asks is asked again later, not at once: %s', async (name, httpStatusCode) => {
    failures = [failing(name, { $metadata: { httpStatusCode } })];
    await expect(nlp.detectPhi('.')).rejects.toMatchObject({ name: 'NlpUnavailable' });
    expect(sent).toEqual(['DetectPHI']);
  });

  test.each([
    ['InvalidRequestException', {}], ['TextSizeLimitExceededException', {}], ['InvalidEncodingException', {}], ['SyntaxError', {}], ['TypeError', {}],
    ['SerializationException', { $metadata: { httpStatusCode: 400 } }], ['RequestEntityTooLarge', { $metadata: { httpStatusCode: 413 } }],
  ])('and is of the text is no matter of waiting: %s', async (name, further) => {
    failures = [failing(name, further)];
    await expect(nlp.inferIcd10Cm('.')).rejects.toMatchObject({ name: 'Error', message: expect.stringContaining(name) });
    expect(sent).toHaveLength(1);
  });

  test.each(['InvalidRequestException', 'TooManyRequestsException', 'AccessDeniedException', 'chest pain'])('tells nothing of the text: %s', async (name) => {
    failures = Array.from({ length: maxNlpAttempts }, () => failing(name));
    const error = await nlp.detectEntities('denies chest pain').catch((caught: unknown) => caught as Error);
    const { message, stack, cause } = error as Error;
    expect([message, stack, cause].join()).not.toMatch(/chest pain/);
  });
});

test.each([['detectEntities', 19_999], ['detectPhi', 19_999], ['inferIcd10Cm', 10_000], ['inferRxNorm', 10_000], ['inferSnomedCt', 5_000]] as const)('%s sends no text of more than %i bytes', async (operation, most) => {
  await expect(nlp[operation](`${' '.repeat(most - 1)}é`)).rejects.toThrow(RangeError);
  expect(sent).toEqual([]);
});

describe('an answer', () => {
  const answering = (...Entities: object[]) => comprehendMedicalNlp({ client: { send: (async () => ({ Entities, ModelVersion: '2.7.1' })) as never } });
  const entity = { Id: 1, BeginOffset: 0, EndOffset: 4, Text: 'Gout', Score: 0.9, Category: 'MEDICAL_CONDITION', Type: 'DX_NAME' };

  test('may leave out lists of concepts, and of concepts what they are called', async () => {
    const { Entities } = await answering(entity, { ...entity, ICD10CMConcepts: [{ Code: 'M10.9' }, { Description: 'Gout' }] }).inferIcd10Cm('Gout.');
    expect(Entities.map(({ ICD10CMConcepts }) => ICD10CMConcepts)).toEqual([[], [{ Code: 'M10.9', Description: '', Score: 0 }]]);
  });

  test.each([[undefined, 4], [0, undefined], [4, 0], [0, 6], [0, 1e9]])('with a finding that has no place in the text cannot be used: from %s to %s', async (BeginOffset, EndOffset) => {
    await expect(answering({ ...entity, BeginOffset, EndOffset }).detectPhi('Gout.')).rejects.toThrow('no place in the text');
    await expect(answering({ ...entity, Attributes: [{ Type: 'ACUITY', BeginOffset, EndOffset }] }).detectEntities('Gout.')).rejects.toThrow('no place in the text');
  });
});
