/** Encounters, and the visit that other resources are attached to (https://hl7.org/fhir/R4/encounter.html). */

import type { JsonObject } from '../../json.ts';
import { dateTimeText, momentAt, type Day, type Moment, type Zone } from '../calendar.ts';
import type { Chart } from '../chart.ts';
import { administrative, encounterClasses, encounterTypes } from '../codes/care.ts';
import type { Coding, Concept } from '../codes/coding.ts';
import { sites, type Reference, type Site, type Specialty } from '../facilities.ts';

/** An encounter in the making. Diagnoses and services are gathered until `bill` closes it. */
export interface Visit {
  readonly reference: Reference;
  readonly clinician: Reference;
  readonly day: Day;
  readonly start: Moment;
  readonly end: Moment;
  readonly zone: Zone;
  readonly site: number;
  readonly type: Concept;
  readonly inpatient: boolean;
  readonly diagnoses: Reference[];
  readonly procedures: { readonly code: Concept; readonly reference: Reference }[];
}

export interface VisitDetails {
  readonly day: Day;
  readonly type?: Concept;
  readonly class?: Coding;
  readonly specialty?: Specialty;
  readonly reason?: Concept;
  readonly reasonReference?: Reference;
  /** Twenty minutes, unless said otherwise; a hospital stay lasts days. */
  readonly minutes?: number;
  /** What differs from the usual encounter, for instance another period. */
  readonly elements?: JsonObject;
}

const hospitalSite = 0;

/** Opens a visit with its encounter. Hospital stays and emergencies are at the hospital, the rest at the patient's own site. */
export function visit(chart: Chart, details: VisitDetails): Visit {
  const visitClass = details.class ?? encounterClasses.ambulatory;
  const inHospital = visitClass === encounterClasses.inpatient || visitClass === encounterClasses.emergency;
  const site = inHospital ? hospitalSite : chart.person.site;
  const { zone } = sites[site] as Site;
  const start = momentAt(details.day, chart.random.integer(8 * 60, 17 * 60), zone);
  const end = start + (details.minutes ?? 20);
  const { facilities } = chart.world;
  const clinician = facilities.practitioner(facilities.clinicianFor(details.specialty ?? 'family', site));
  const type = details.type ?? encounterTypes.checkUp;
  const diagnoses: Reference[] = [];
  if (details.reasonReference) diagnoses.push(details.reasonReference);
  const reference = chart.add({
    resourceType: 'Encounter',
    status: 'finished',
    class: visitClass,
    type: [type],
    subject: chart.patient,
    participant: [{ type: [administrative.primaryPerformer], individual: clinician }],
    period: { start: dateTimeText(start, zone), end: dateTimeText(end, zone) },
    reasonCode: details.reason ? [details.reason] : undefined,
    reasonReference: details.reasonReference ? [details.reasonReference] : undefined,
    location: [{ location: facilities.location(site) }],
    serviceProvider: facilities.organization(site),
    ...details.elements,
  });
  const inpatient = visitClass === encounterClasses.inpatient;
  return { reference, clinician, day: details.day, start, end, zone, site, type, inpatient, diagnoses, procedures: [] };
}
