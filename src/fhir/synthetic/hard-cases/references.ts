/** References of every kind: contained, logical, absolute, by display alone (https://hl7.org/fhir/R4/references.html). */

import { hl7, systems } from '../codes/coding.ts';
import { labs } from '../codes/measurements.ts';
import { procedures } from '../codes/care.ts';
import { medications } from '../codes/medications.ts';
import { perform } from '../resources/clinical.ts';
import { prescribe } from '../resources/medication.ts';
import { observe, quantity } from '../resources/observation.ts';
import type { HardCase } from './hard-case.ts';

const licence = hl7('v2-0203', 'MD', 'Medical License number');

export const referenceCases: Readonly<Record<string, HardCase>> = {
  containedMedication: (chart, visit) => {
    prescribe(chart, visit, {
      medication: medications.warfarin, timesDaily: 1,
      elements: {
        contained: [{ resourceType: 'Medication', id: 'medication', code: medications.warfarin, status: 'active' }],
        medicationReference: { reference: '#medication' },
      },
    });
  },
  containedPractitioner: (chart, visit) => {
    perform(chart, visit, {
      code: procedures.electrocardiography,
      elements: {
        contained: [{
          resourceType: 'Practitioner', id: 'locum',
          name: [{ family: 'van Zonneveldt', given: ['Tessa'], prefix: ['drs.'] }],
        }],
        performer: [{ actor: { reference: '#locum' } }],
      },
    });
  },
  logicalReference: (chart, visit) => {
    prescribe(chart, visit, {
      medication: medications.ibuprofen,
      elements: {
        requester: {
          type: 'Practitioner',
          identifier: { use: 'official', type: licence, system: 'https://licences.example/md', value: 'MD-40117' },
        },
      },
    });
  },
  absoluteReference: (chart, visit) => {
    observe(chart, visit, {
      code: labs.creatinine.code, valueQuantity: quantity(labs.creatinine, 0.9),
      performer: [{ reference: 'https://fhir.elsewhere.example/r4/Practitioner/dr-8842', display: 'Outside laboratory' }],
    });
  },
  displayOnly: (chart, visit) => {
    observe(chart, visit, {
      code: labs.sodium.code, valueQuantity: quantity(labs.sodium, 139), performer: [{ display: 'The patient’s daughter' }],
    });
  },
  logicalWithReference: (chart, visit) => {
    observe(chart, visit, {
      code: labs.chloride.code, valueQuantity: quantity(labs.chloride, 102),
      subject: {
        ...chart.patient, type: 'Patient',
        identifier: { system: 'https://larkspur.example/mrn', value: `MRN${1_000_000 + chart.person.number}` },
      },
      meta: { tag: [{ system: systems.actReason, code: 'HTEST' }] },
    });
  },
};
