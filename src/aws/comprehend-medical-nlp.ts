/**
 * Reads clinical text by Amazon Comprehend Medical (https://docs.aws.amazon.com/comprehend-medical/latest/api/API_Operations.html).
 * What the service says of an error may quote the text: only the error's name goes further.
 */
import {
  DetectEntitiesV2Command, DetectPHICommand, InferICD10CMCommand, InferRxNormCommand, InferSNOMEDCTCommand,
} from '@aws-sdk/client-comprehendmedical';
import type { ComprehendMedicalClient } from '@aws-sdk/client-comprehendmedical';
import { maxChunkBytes } from '../clinical-text/chunks.ts';
import { NlpUnavailable } from '../ports/clinical-nlp.ts';
import type { ClinicalNlp, Entities, Entity, EntityAttribute } from '../ports/clinical-nlp.ts';
import { defaultBackoff } from './dynamo-retry.ts';
import type { Backoff } from './dynamo-retry.ts';

/** Sendings of one question; with the delays below some 15 s at the most, half of what a gateway waits for an answer. */
export const maxNlpAttempts = 6;
export const firstNlpDelayMs = 500;
export const maxNlpDelayMs = 8_000;

/** `ClinicalNlp.engine`. The service tells the versions of its models with its answers alone. */
export const medicalEngine = 'Amazon Comprehend Medical';

export interface ComprehendMedicalOptions {
  /** With a single attempt of its own: the attempts are counted here. */
  readonly client: Pick<ComprehendMedicalClient, 'send'>;
  readonly backoff?: Backoff;
}

/**
 * The port over the service. Throttling, faults and broken connections are tried again; what lasts is `NlpUnavailable`, as is
 * whatever else the text has no part in, as a role that may not ask. Where the service refuses the text itself: an Error.
 */
export function comprehendMedicalNlp({ client, backoff = defaultBackoff }: ComprehendMedicalOptions): ClinicalNlp {
  const asking = <Found extends Entity>(maxBytes: number, send: (Text: string) => Promise<Answer>) => async (text: string): Promise<Entities<Found>> => {
    if (Buffer.byteLength(text) > maxBytes) throw new RangeError(`A text for this operation of Amazon Comprehend Medical has at most ${maxBytes} bytes.`);
    return entitiesOf<Found>(await answered(() => send(text), backoff), text);
  };
  const { detect, inferIcd10CmOrRxNorm, inferSnomedCt } = maxChunkBytes;
  return {
    engine: medicalEngine,
    detectEntities: asking(detect, (Text) => client.send(new DetectEntitiesV2Command({ Text }))),
    inferIcd10Cm: asking(inferIcd10CmOrRxNorm, (Text) => client.send(new InferICD10CMCommand({ Text }))),
    inferRxNorm: asking(inferIcd10CmOrRxNorm, (Text) => client.send(new InferRxNormCommand({ Text }))),
    inferSnomedCt: asking(inferSnomedCt, (Text) => client.send(new InferSNOMEDCTCommand({ Text }))),
    detectPhi: asking(detect, (Text) => client.send(new DetectPHICommand({ Text }))),
  };
}

/** What the SDK's types leave open of every answer. */
interface Answer {
  readonly Entities: readonly object[] | undefined;
  readonly ModelVersion?: string | undefined;
}

type Told<Found> = { readonly [Element in keyof Found]?: Found[Element] };

interface ToldConcept {
  readonly Code?: string;
  readonly Description?: string;
  readonly Score?: number;
}

const conceptLists = ['ICD10CMConcepts', 'RxNormConcepts', 'SNOMEDCTConcepts'] as const;
type ToldEntity = Told<Entity> & { readonly [List in (typeof conceptLists)[number]]?: readonly ToldConcept[] };

/**
 * What has nothing of a kind may be sent without its list; an answer's page token and unmapped attributes are not used.
 *
 * @throws Error where an entity has no place in the text
 */
function entitiesOf<Found extends Entity>({ Entities = [], ModelVersion = '' }: Answer, text: string): Entities<Found> {
  const length = [...text].length;
  const found = (Entities as readonly ToldEntity[]).map((entity) => {
    const { Traits = [], Attributes = [] } = entity;
    if (![entity, ...Attributes].every((each) => hasPlace(each, length))) throw new Error('Amazon Comprehend Medical has found something that has no place in the text.');
    return { ...entity, ...conceptsOf(entity), Traits, Attributes: (Attributes as readonly Told<EntityAttribute>[]).map(attributeOf) } as unknown as Found;
  });
  return { Entities: found, ModelVersion };
}

/** The lists that every entity has in our types; a concept without a code says nothing. */
function conceptsOf(entity: ToldEntity): object {
  return Object.fromEntries(conceptLists.map((name) => {
    const coded = (entity[name] ?? []).filter(({ Code }) => Code !== undefined && Code !== '');
    return [name, coded.map((concept) => ({ Description: '', Score: 0, ...concept }))];
  }));
}

/** @param length of the text, in characters */
function hasPlace({ BeginOffset: begin, EndOffset: end }: Pick<Told<Entity>, 'BeginOffset' | 'EndOffset'>, length: number): boolean {
  return begin !== undefined && end !== undefined && Number.isInteger(begin) && Number.isInteger(end) && begin >= 0 && begin < end && end <= length;
}

/** InferRxNorm tells the type of an attribute, and not that of its relationship, which is the same. */
function attributeOf(attribute: Told<EntityAttribute>): EntityAttribute {
  const { Type, RelationshipType = Type, RelationshipScore = 0, Traits = [] } = attribute;
  return { ...attribute, RelationshipType, RelationshipScore, Traits } as EntityAttribute;
}

/** @throws NlpUnavailable, or an Error where the service refuses the text */
async function answered<Output>(send: () => Promise<Output>, { sleep, random }: Backoff): Promise<Output> {
  for (let attempt = 1; ; attempt += 1) {
    const sent = await send().then((answer) => ({ answer }), (error: unknown) => ({ failure: nameOf(error), passes: isPassing(error), isOfTheText: isOfTheText(error) }));
    if ('answer' in sent) return sent.answer;
    // Nothing else of the error goes on, not even as a cause: it may have words of the text.
    if (sent.isOfTheText) throw new Error(`Amazon Comprehend Medical refused a text: ${sent.failure}.`);
    if (!sent.passes || attempt === maxNlpAttempts) throw new NlpUnavailable(`Amazon Comprehend Medical does not answer: ${sent.failure}, after ${attempt} attempts.`);
    // A random part of a delay that doubles: those who were refused together do not come back together.
    await sleep(Math.ceil(random() * Math.min(maxNlpDelayMs, firstNlpDelayMs * 2 ** (attempt - 1))));
  }
}

/**
 * Of the text alone (https://docs.aws.amazon.com/comprehend-medical/latest/api/API_DetectEntitiesV2.html#API_DetectEntitiesV2_Errors):
 * the service refuses it, for whatever reason, or its answer cannot be read.
 */
function isOfTheText(error: unknown): boolean {
  if (isPassing(error) || ofTheCaller.has(nameOf(error))) return false;
  if (['SyntaxError', 'TypeError', 'RangeError'].includes(nameOf(error))) return true;
  const status = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode ?? 0;
  return refusals.has(nameOf(error)) || (status >= 400 && status < 500 && status !== 401 && status !== 403);
}

const refusals: ReadonlySet<string> = new Set(['InvalidEncodingException', 'InvalidRequestException', 'TextSizeLimitExceededException', 'ValidationException']);

/** Of whoever asks, whatever the text (https://docs.aws.amazon.com/comprehend-medical/latest/api/CommonErrors.html). */
const ofTheCaller: ReadonlySet<string> = new Set([
  'AccessDeniedException', 'ExpiredToken', 'ExpiredTokenException', 'IncompleteSignature', 'InvalidClientTokenId', 'InvalidSignatureException',
  'MissingAuthenticationToken', 'NotAuthorized', 'OptInRequired', 'RequestExpired', 'SignatureDoesNotMatch', 'SubscriptionRequiredException',
  'UnknownOperationException', 'UnrecognizedClientException',
]);

const throttling: ReadonlySet<string> = new Set(['TooManyRequestsException', 'ThrottlingException', 'ThrottledException', 'RequestLimitExceeded']);

function isPassing(error: unknown): boolean {
  const { code, $metadata } = error as { code?: unknown; $metadata?: { httpStatusCode?: number } };
  const status = $metadata?.httpStatusCode ?? 0;
  if (throttling.has(nameOf(error)) || status === 429 || status >= 500) return true;
  // No answer: a time-out, a connection that breaks or is refused.
  return ['TimeoutError', 'AbortError', 'InternalServerException', 'ServiceUnavailableException'].includes(nameOf(error))
    || (typeof code === 'string' && /^E[A-Z_]+$/.test(code));
}

/** Names of errors are the service's or the SDK's own; what is none is not repeated. */
function nameOf(error: unknown): string {
  const { name } = Object(error) as { name?: unknown };
  return typeof name === 'string' && /^[A-Za-z0-9]{1,64}$/.test(name) ? name : 'Error';
}
