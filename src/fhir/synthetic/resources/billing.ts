/**
 * Claims and what the insurer answers
 * (https://hl7.org/fhir/R4/claim.html, https://hl7.org/fhir/R4/explanationofbenefit.html).
 */

import type { JsonObject } from '../../json.ts';
import { dateTimeText } from '../calendar.ts';
import type { Chart } from '../chart.ts';
import { administrative } from '../codes/care.ts';
import type { Concept } from '../codes/coding.ts';
import { dollars } from '../decimal.ts';
import type { Reference } from '../facilities.ts';
import type { Visit } from './encounter.ts';

interface Item {
  readonly service: Concept;
  readonly cents: number;
  readonly procedure?: Reference;
}

function coverageOf(chart: Chart, payer: Reference): JsonObject {
  return {
    resourceType: 'Coverage', id: 'coverage', status: 'active', beneficiary: chart.patient, payor: [payer],
    type: { text: payer.display },
  };
}

function itemsOf(chart: Chart, visit: Visit): Item[] {
  const consultation = { service: visit.type, cents: visit.inpatient ? chart.random.integer(400_000, 2_200_000) : 8555 };
  const performed = visit.procedures.map(({ code, reference }) => ({
    service: code, cents: chart.random.integer(900, 90_000) * 10, procedure: reference,
  }));
  return [consultation, ...performed];
}

function claimItem(item: Item, index: number, visit: Visit): JsonObject {
  return {
    sequence: index + 1,
    procedureSequence: item.procedure ? [index] : undefined,
    productOrService: item.service,
    net: dollars(item.cents),
    encounter: [visit.reference],
  };
}

function withoutUndefined(item: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(item).filter(([, value]) => value !== undefined));
}

function adjudication(cents: number): JsonObject[] {
  return [
    { category: administrative.submitted, amount: dollars(cents) },
    { category: administrative.benefit, amount: dollars(Math.floor(cents * 0.8)) },
    { category: administrative.copay, amount: dollars(cents - Math.floor(cents * 0.8)) },
  ];
}

/** Closes a visit: one claim for its services, and the insurer's explanation of benefit for that claim. */
export function bill(chart: Chart, visit: Visit): void {
  const { facilities } = chart.world;
  const payer = facilities.payer(chart.person.number % 2);
  const items = itemsOf(chart, visit);
  const total = items.reduce((sum, item) => sum + item.cents, 0);
  const created = dateTimeText(visit.end, visit.zone);
  const common = {
    status: 'active',
    contained: [coverageOf(chart, payer)],
    type: visit.inpatient ? administrative.claimInstitutional : administrative.claimProfessional,
    use: 'claim',
    patient: chart.patient,
    billablePeriod: { start: dateTimeText(visit.start, visit.zone), end: created },
    created,
    insurer: payer,
    provider: facilities.organization(visit.site),
    facility: facilities.location(visit.site),
  };
  const insurance = { focal: true, coverage: { reference: '#coverage', display: payer.display } };
  const diagnosis = visit.diagnoses.map((reference, index) => ({ sequence: index + 1, diagnosisReference: reference }));
  const claim = chart.add({
    resourceType: 'Claim',
    ...common,
    priority: administrative.priorityNormal,
    diagnosis: diagnosis.length > 0 ? diagnosis : undefined,
    procedure: visit.procedures.length > 0
      ? visit.procedures.map(({ reference }, index) => ({ sequence: index + 1, procedureReference: reference }))
      : undefined,
    insurance: [{ sequence: 1, ...insurance }],
    item: items.map((item, index) => withoutUndefined(claimItem(item, index, visit))),
    total: dollars(total),
  });
  chart.add({
    resourceType: 'ExplanationOfBenefit',
    ...common,
    claim,
    outcome: 'complete',
    diagnosis: diagnosis.length > 0 ? diagnosis : undefined,
    insurance: [insurance],
    item: items.map((item, index) => ({
      sequence: index + 1, productOrService: item.service, encounter: [visit.reference],
      servicedPeriod: common.billablePeriod, adjudication: adjudication(item.cents),
    })),
    total: [{ category: administrative.submitted, amount: dollars(total) }],
    payment: { amount: dollars(Math.floor(total * 0.8)) },
  });
}
