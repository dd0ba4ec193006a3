/** `PUT [base]/sql/queries/{name}`: keeps a query under a name, for all who may ask the data store (docs/sql.md). */
import { badRequest, payloadTooLarge, tooCostly } from '../fhir/outcome.ts';
import type { Clock } from '../ports/clock.ts';
import type { Operation } from './operation.ts';
import { pathSegment } from './path-segment.ts';
import { compiledQuestion } from './sql/compiled-question.ts';
import { maxSavedBytes, maxSavedQueries } from './sql/limits.ts';
import { saveRequest } from './sql/query-request.ts';
import { isFull, readSavedQuery, writeSavedQuery } from './sql/saved-query.ts';
import type { SavedQuery, SavedQueryPorts } from './sql/saved-query.ts';
import { savedAnswer } from './sql/saved-answer.ts';
import { parametersOf } from './sql/statement-parameters.ts';

export interface SaveQueryDependencies extends SavedQueryPorts {
  readonly clock: Pick<Clock, 'now'>;
}

/** Answers 201, or 200 in place of one of the name. @throws FhirError 400 with position and reason for what is no query */
export function saveQuery(dependencies: SaveQueryDependencies): Operation {
  return async (request) => {
    const name = pathSegment(request, 'name');
    // Clients leave `.` and `..` out of a path, and would not find it again.
    if (/^\.+$/.test(name)) throw badRequest('The name of a query is not of dots alone.');
    const wanted = saveRequest(request);
    if (Buffer.byteLength(JSON.stringify(wanted)) > maxSavedBytes) throw payloadTooLarge(`A saved query has at most ${maxSavedBytes} bytes.`);
    const unset = Object.fromEntries(parametersOf(wanted.query).map((parameter) => [parameter, null]));
    compiledQuestion(wanted.query, { ...unset, ...wanted.defaults });
    const query: SavedQuery = { name, ...wanted, saved: dependencies.clock.now(), savedBy: request.caller };
    await requireRoom(name, dependencies);
    const isNew = await writeSavedQuery(query, dependencies);
    return savedAnswer(isNew ? 201 : 200, query);
  };
}

/** Held about: two who save at the same moment may both find the last place. */
async function requireRoom(name: string, ports: SavedQueryPorts): Promise<void> {
  if ((await readSavedQuery(name, ports)) !== undefined || !(await isFull(ports))) return;
  throw tooCostly(`A data store keeps ${maxSavedQueries} queries. Remove one with DELETE [base]/sql/queries/[name].`);
}
