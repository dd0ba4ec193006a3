/** Diagnostic reports and imaging studies (https://hl7.org/fhir/R4/diagnosticreport.html, imagingstudy.html). */

import type { JsonObject } from '../../json.ts';
import { dateTimeText, instantText } from '../calendar.ts';
import type { Chart } from '../chart.ts';
import { coding, concept, systems, type Coding, type Concept } from '../codes/coding.ts';
import { panels } from '../codes/measurements.ts';
import type { Reference } from '../facilities.ts';
import { hashWords } from '../random.ts';
import type { Visit } from './encounter.ts';

const serviceSystem = 'http://terminology.hl7.org/CodeSystem/v2-0074';
export const reportCategories = {
  laboratory: concept('Laboratory', coding(serviceSystem, 'LAB', 'Laboratory')),
  radiology: concept('Radiology', coding(serviceSystem, 'RAD', 'Radiology')),
} as const;

export const modalities = {
  radiography: coding(systems.dicom, 'DX', 'Digital Radiography'),
  mammography: coding(systems.dicom, 'MG', 'Mammography'),
  ultrasound: coding(systems.dicom, 'US', 'Ultrasound'),
} as const;

/** A report on the results of one visit. */
export function report(
  chart: Chart,
  visit: Visit,
  details: { code: Concept; results?: readonly Reference[]; category?: Concept; study?: Reference; elements?: JsonObject },
): Reference {
  return chart.add({
    resourceType: 'DiagnosticReport',
    status: 'final',
    category: [details.category ?? reportCategories.laboratory],
    code: details.code,
    subject: chart.patient,
    encounter: visit.reference,
    effectiveDateTime: dateTimeText(visit.start + 10, visit.zone),
    issued: instantText(visit.start + 60),
    performer: [chart.world.facilities.organization(visit.site)],
    result: details.results ? [...details.results] : undefined,
    imagingStudy: details.study ? [details.study] : undefined,
    ...details.elements,
  });
}

/** A DICOM unique id from a hash: numbers under the arc 2.25 need no registration. */
function dicomUid(role: string): string {
  const [first, second, third] = hashWords(role);
  return `2.25.${first + 1}${second}${third}`;
}

export interface Imaging {
  readonly modality: Coding;
  readonly bodySite: Concept;
  readonly description: string;
  readonly conclusion: string;
  readonly procedure: Reference;
}

/** An imaging study of one series, and the radiologist's report on it. */
export function image(chart: Chart, visit: Visit, imaging: Imaging): Reference {
  const role = `${chart.world.seed}:${chart.person.number}:${chart.resources.length}`;
  const { facilities } = chart.world;
  const radiologist = facilities.practitioner(facilities.clinicianFor('radiology', visit.site));
  const study = chart.add({
    resourceType: 'ImagingStudy',
    status: 'available',
    identifier: [{ use: 'official', system: 'urn:dicom:uid', value: `urn:oid:${dicomUid(role)}` }],
    subject: chart.patient,
    encounter: visit.reference,
    started: dateTimeText(visit.start + 12, visit.zone),
    modality: [imaging.modality],
    numberOfSeries: 1,
    numberOfInstances: 1,
    procedureReference: imaging.procedure,
    location: facilities.location(visit.site),
    description: imaging.description,
    series: [{
      uid: dicomUid(`${role}:series`), number: 1, modality: imaging.modality, numberOfInstances: 1,
      bodySite: imaging.bodySite.coding?.[0], started: dateTimeText(visit.start + 12, visit.zone),
      performer: [{ actor: radiologist }],
      instance: [{
        uid: dicomUid(`${role}:instance`), number: 1, title: imaging.description,
        sopClass: { system: 'urn:ietf:rfc:3986', code: 'urn:oid:1.2.840.10008.5.1.4.1.1.7' },
      }],
    }],
  });
  report(chart, visit, {
    code: panels.imaging, category: reportCategories.radiology, study,
    elements: { conclusion: imaging.conclusion, resultsInterpreter: [radiologist] },
  });
  return study;
}
