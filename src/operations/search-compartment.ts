/**
 * search-compartment: the resources of a type, or of all, that belong to a patient, an encounter, a device, a practitioner or a
 * related person, by GET or by `POST _search` (https://hl7.org/fhir/R4/compartmentdefinition.html).
 */
import { notFound } from '../fhir/outcome.ts';
import { compartmentConditions, compartmentNames, isCompartmentType, type CompartmentType } from '../fhir/search/compartments.ts';
import { parseSearch } from '../fhir/search/parse.ts';
import type { Condition } from '../fhir/search/criteria.ts';
import type { Operation, OperationRequest, StoreOf } from './operation.ts';
import { pathSegment } from './path-segment.ts';
import { answerSearch, pageOf } from './search/answer-search.ts';
import type { IncludingParts } from './search/include-page.ts';
import { wholeCompartmentPage } from './search/whole-compartment.ts';

type Parts = IncludingParts & StoreOf<'searchCompartment'>;

/** A compartment of a resource that there is not is empty, as one to which nothing belongs. */
export function searchCompartment(parts: Parts): Operation {
  return async (request) => {
    const focus = pathSegment(request, 'type');
    const id = pathSegment(request, 'id');
    const type = pathSegment(request, 'memberType');
    if (!isCompartmentType(focus)) throw notFound(`${focus} has no compartment. Those that have are ${compartmentNames.join(', ')}.`);
    if (type === '*') return searchWhole(parts, request, { compartment: focus, id });
    const membership = membershipOf(focus, id, type);
    return answerSearch(request, {
      path: `${focus}/${id}/${type}`,
      async find(parameters, context, start) {
        const query = parseSearch(type, parameters, context);
        // What was asked includes the compartment: a cursor of one is of no use in another.
        const applied = [['_compartment', `${focus}/${id}`], ...query.applied] as const;
        const within = { ...query, applied, conditions: [...query.conditions, membership] };
        return { ...(await pageOf(parts, within, start)), applied: query.applied };
      },
    }, parts);
  };
}

function searchWhole(parts: Parts, request: OperationRequest, whole: { readonly compartment: CompartmentType; readonly id: string }) {
  return answerSearch(request, {
    path: `${whole.compartment}/${whole.id}/*`,
    find: (parameters, context, start) => wholeCompartmentPage({ ...whole, store: parts.store }, { parameters, context }, start),
  }, parts);
}

function membershipOf(focus: CompartmentType, id: string, type: string): Condition {
  const membership = compartmentConditions(focus, id, type);
  if (membership === undefined) throw notFound(`${type} resources belong to no compartment of a ${focus}. Search ${type} itself.`);
  return membership;
}
