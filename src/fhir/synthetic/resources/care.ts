/**
 * Care plans with their teams, devices and provenance
 * (https://hl7.org/fhir/R4/careplan.html, careteam.html, device.html, provenance.html).
 */

import { dateText, dateTimeText, instantText, type Day } from '../calendar.ts';
import type { Chart } from '../chart.ts';
import { administrative } from '../codes/care.ts';
import type { Concept } from '../codes/coding.ts';
import type { Reference } from '../facilities.ts';
import { hashWords } from '../random.ts';
import type { Visit } from './encounter.ts';

export interface Plan {
  readonly category: Concept;
  readonly condition: Reference;
  readonly activities: readonly Concept[];
  /** The day it ended; without one the plan is still followed. */
  readonly ended?: Day;
}

/** A plan of care for a condition and the team that follows it. */
export function planCare(chart: Chart, visit: Visit, plan: Plan): Reference {
  const ended = plan.ended !== undefined && plan.ended <= chart.lastDay ? plan.ended : undefined;
  const period = { start: dateText(visit.day), ...(ended !== undefined && { end: dateText(ended) }) };
  const { facilities } = chart.world;
  const organization = facilities.organization(visit.site);
  const team = chart.add({
    resourceType: 'CareTeam',
    status: ended === undefined ? 'active' : 'inactive',
    name: `${plan.category.text} team`,
    subject: chart.patient,
    encounter: visit.reference,
    period,
    participant: [{ member: chart.patient }, { member: visit.clinician }, { member: organization }],
    reasonReference: [plan.condition],
    managingOrganization: [organization],
  });
  return chart.add({
    resourceType: 'CarePlan',
    text: {
      status: 'generated', div: `<div xmlns="http://www.w3.org/1999/xhtml">Care plan: ${plan.category.text}</div>`,
    },
    status: ended === undefined ? 'active' : 'completed',
    intent: 'order',
    category: [plan.category],
    subject: chart.patient,
    encounter: visit.reference,
    period,
    careTeam: [team],
    addresses: [plan.condition],
    activity: plan.activities.map((code) => ({
      detail: { code, status: ended === undefined ? 'in-progress' : 'completed', location: facilities.location(visit.site) },
    })),
  });
}

export function addDevice(chart: Chart, visit: Visit, type: Concept): Reference {
  const serial = String(hashWords(`${chart.world.seed}:${chart.person.number}:${type.text}`)[0]);
  return chart.add({
    resourceType: 'Device',
    status: 'active',
    manufactureDate: dateTimeText(visit.start - 43_200, visit.zone),
    expirationDate: dateText(visit.day + 9000),
    lotNumber: serial.slice(0, 6),
    serialNumber: serial,
    deviceName: [{ name: type.text, type: 'user-friendly-name' }],
    type,
    patient: chart.patient,
  });
}

/** Who wrote the patient's record: names the exact version of the patient that it is about. */
export function addProvenance(chart: Chart, visit: Visit): Reference {
  return chart.add({
    resourceType: 'Provenance',
    target: [{ reference: `${chart.patient.reference}/_history/1` }, visit.reference],
    recorded: instantText(visit.end),
    agent: [{
      type: administrative.author, who: visit.clinician, onBehalfOf: chart.world.facilities.organization(visit.site),
    }],
  });
}
