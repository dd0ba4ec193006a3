/** `caldera fhir put|create|delete|patch|bundle`: writing, over the FHIR interface (https://hl7.org/fhir/R4/http.html). */
import { finished, statusPath } from '../asynchronous.ts';
import type { Call, Command, Option } from '../command.ts';
import { Failed, WrongUse } from '../failure.ts';
import { fhirPath, withQuery } from '../fhir-path.ts';
import { readFileOrInput } from '../input.ts';
import { printJson } from '../printed.ts';
import type { Request } from '../send.ts';

const fhirJson = 'application/fhir+json';
const jsonPatch = 'application/json-patch+json';

const ifMatch: Option = { value: 'VERSION', says: 'only if this is the current version' };

/** Prints what the server made of it, and tells the person where it is. */
async function written(call: Call, request: Request): Promise<void> {
  const answer = await (await call.fhir()).ask(request);
  await printJson(await answer.text(), call.terminal);
  const location = answer.headers.get('location');
  if (answer.status === 201 && location !== null) call.terminal.tell(`Created ${location.split('/r4/').pop()}`);
}

function matching({ options }: Call): Record<string, string> {
  const version = options.text('if-match');
  return version === undefined ? {} : { 'if-match': `W/"${version}"` };
}

/** What of a resource decides where it goes.
 * @throws Failed when the text is no resource */
function identity(body: Uint8Array): { readonly type: string; readonly id?: string } {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(body).toString('utf8'));
  } catch {
    throw new Failed('What was read is not JSON.');
  }
  const { resourceType, id } = (value ?? {}) as { resourceType?: unknown; id?: unknown };
  if (typeof resourceType !== 'string') throw new Failed('What was read is no resource: it has no resourceType.');
  return { type: resourceType, ...(typeof id === 'string' ? { id } : {}) };
}

const put: Command = {
  name: 'fhir put',
  words: 'FILE [Type/id]',
  count: [1, 2],
  says: 'Write a resource under its id, as a new one or the next version.',
  options: { 'if-match': ifMatch },
  details: 'FILE is - for standard input. Where it goes is in the resource, or named: Type/id, or Type?criteria for a conditional update.',
  examples: ['fhir put patient.json', 'fhir put patient.json --if-match 1', "fhir put patient.json 'Patient?identifier=http://example.org/mrn|123'"],
  async run(call) {
    const [file = '', place] = call.words;
    const body = await readFileOrInput(file, call.terminal);
    const { type, id } = identity(body);
    if (place === undefined && id === undefined) throw new WrongUse('The resource has no id: name the place, as Patient/ana, or use caldera fhir create.');
    const { path, query } = fhirPath(place ?? `${type}/${id}`);
    await written(call, { method: 'PUT', path: withQuery(path, query), headers: { 'content-type': fhirJson, ...matching(call) }, body });
  },
};

const create: Command = {
  name: 'fhir create',
  words: 'FILE',
  count: [1, 1],
  says: 'Write a new resource; the server gives it its id.',
  options: { 'if-none-exist': { value: 'CRITERIA', says: 'only if this search finds nothing' } },
  details: 'FILE is - for standard input.',
  examples: ['fhir create patient.json', "fhir create patient.json --if-none-exist 'identifier=http://example.org/mrn|123'"],
  async run(call) {
    const body = await readFileOrInput(call.words[0] ?? '', call.terminal);
    const criteria = call.options.text('if-none-exist');
    const headers = { 'content-type': fhirJson, ...(criteria === undefined ? {} : { 'if-none-exist': criteria }) };
    await written(call, { method: 'POST', path: fhirPath(identity(body).type).path, headers, body });
  },
};

const remove: Command = {
  name: 'fhir delete',
  words: 'Type/id',
  count: [1, 1],
  says: 'Delete a resource; its history stays.',
  options: { 'if-match': ifMatch },
  examples: ['fhir delete Patient/ana', 'fhir delete Patient/ana --if-match 2', "fhir delete 'Patient?identifier=http://example.org/mrn|123'"],
  async run(call) {
    const { path, query } = fhirPath(call.words[0] ?? '');
    if (!path.includes('/', 1) && query.size === 0) throw new WrongUse('Name one resource, as Patient/ana, or criteria, as Patient?identifier=123.');
    await written(call, { method: 'DELETE', path: withQuery(path, query), headers: matching(call) });
  },
};

const patch: Command = {
  name: 'fhir patch',
  words: 'Type/id FILE',
  count: [2, 2],
  says: 'Change parts of a resource, by JSON Patch (an array) or FHIRPath Patch (Parameters).',
  options: { 'if-match': ifMatch },
  details: 'FILE is - for standard input.',
  examples: ['fhir patch Patient/ana patch.json', 'fhir patch Patient/ana patch.json --if-match 2'],
  async run(call) {
    const [place = '', file = ''] = call.words;
    const body = await readFileOrInput(file, call.terminal);
    const { path, query } = fhirPath(place);
    const type = /^\s*\[/.test(Buffer.from(body).toString('utf8')) ? jsonPatch : fhirJson;
    await written(call, { method: 'PATCH', path: withQuery(path, query), headers: { 'content-type': type, ...matching(call) }, body });
  },
};

const bundle: Command = {
  name: 'fhir bundle',
  words: 'FILE',
  count: [1, 1],
  says: 'Carry out a batch or transaction.',
  options: { async: { says: 'let the server work on it, and wait for its answer: for large bundles' } },
  details: 'FILE is - for standard input.',
  examples: ['fhir bundle transaction.json', 'fhir bundle large.json --async > answer.json'],
  async run(call) {
    const body = await readFileOrInput(call.words[0] ?? '', call.terminal);
    const headers = { 'content-type': fhirJson };
    if (!call.options.flag('async')) return await written(call, { method: 'POST', path: '', headers, body });
    const fhir = await call.fhir();
    const accepted = await fhir.ask({ method: 'POST', path: '', headers: { ...headers, prefer: 'respond-async' }, body });
    const path = statusPath(accepted);
    call.progress.say('The bundle is accepted');
    await printJson(await (await finished(path, fhir, call.progress)).text(), call.terminal);
  },
};

export const fhirWriteCommands: readonly Command[] = [put, create, remove, patch, bundle];
