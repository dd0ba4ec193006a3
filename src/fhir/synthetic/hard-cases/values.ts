/**
 * Observations with each type that a value may have, and values that are cut off, bare, exact or absent
 * (https://hl7.org/fhir/R4/observation-definitions.html#Observation.value_x_).
 */

import { parseJson, type RawNumber } from '../../json.ts';
import { dateTimeText, dateText } from '../calendar.ts';
import { bodySites } from '../codes/care.ts';
import { coding, concept, hl7, loinc, systems, ucum } from '../codes/coding.ts';
import { cultures } from '../codes/names.ts';
import { bloodPressurePanel, filtrationRate, labs, normalizedRatio, vitals } from '../codes/measurements.ts';
import { decimal } from '../decimal.ts';
import { quantity, observe } from '../resources/observation.ts';
import { spoken, type HardCase } from './hard-case.ts';

const complaints = {
  'en-US': "Can't sleep; “tired” — café visits don't help 😴",
  'nl-NL': "Pijn in de knie sinds 's ochtends, geëvalueerd",
  es: 'Dolor de cabeza desde el an\u0303o pasado',
  vi: 'Đau bụng âm ỉ về đêm',
  zh: '头痛三天，伴有恶心',
  ar: 'ألم في الصدر منذ يومين (BP 140/90)',
  hi: 'दो दिन से बुखार और खाँसी',
  el: 'Πόνος στη μέση από χθες',
} as const;
const unknown = hl7('data-absent-reason', 'unknown', 'Unknown');
const notPerformed = hl7('data-absent-reason', 'not-performed', 'Not Performed');
const escherichia = concept(
  'E. coli',
  coding(systems.snomed, '112283007', 'Escherichia coli'),
  coding('https://laboratory.example/organisms', 'ECOLI', 'E. coli (local code)'),
);
const leadOne = concept('Lead I', coding('urn:oid:2.16.840.1.113883.6.24', '131329', 'MDC_ECG_ELEC_POTL_I'));
const electrocardiogram = concept('ECG', coding('urn:oid:2.16.840.1.113883.6.24', '131328', 'MDC_ECG_ELEC_POTL'));

/**
 * Samples of one heart beat; `L` says below the range, `U` above, `E` an error
 * (https://hl7.org/fhir/R4/datatypes.html#SampledData).
 */
const heartBeat = '2041 2043 2037 2047 2060 2062 2051 2023 2014 2027 2034 2033 2040 U L E 2047 2047 2053 2058 2064 2059 2063';

export const valueCases: Readonly<Record<string, HardCase>> = {
  belowDetection: (chart, visit) =>
    observe(chart, visit, {
      code: labs.troponin.code, valueQuantity: { ...quantity(labs.troponin, 0.1), comparator: '<' },
    }),
  aboveRange: (chart, visit) =>
    observe(chart, visit, { code: filtrationRate.code, valueQuantity: { ...quantity(filtrationRate, 90), comparator: '>' } }),
  noUnit: (chart, visit) => observe(chart, visit, { code: normalizedRatio, valueQuantity: { value: decimal(1.1, 2) } }),
  arbitraryUnit: (chart, visit) =>
    observe(chart, visit, { code: labs.immunoglobulinE.code, valueQuantity: quantity(labs.immunoglobulinE, 87) }),
  unitInWordsOnly: (chart, visit) =>
    observe(chart, visit, {
      code: spoken('Weight as told'), category: 'vital-signs', valueQuantity: { value: decimal(11, 1), unit: 'stone' },
    }),
  otherUnit: (chart, visit) =>
    observe(chart, visit, {
      code: labs.glucose.code, valueQuantity: ucum(decimal(5.5, 2), 'mmol/L'), method: { text: 'Point of care' },
    }),
  exponent: (chart, visit) =>
    observe(chart, visit, { code: spoken('Colony count'), valueQuantity: ucum(parseJson('1.0E+5') as RawNumber, '[CFU]/mL', 'CFU/mL') }),
  ratio: (chart, visit) =>
    observe(chart, visit, {
      code: loinc('5048-4', 'Nuclear Ab [Titer] in Serum by Immunofluorescence'),
      valueRatio: { numerator: { value: 1 }, denominator: { value: 80 } },
    }),
  range: (chart, visit) =>
    observe(chart, visit, {
      code: loinc('93832-4', 'Sleep duration'), category: 'survey',
      valueRange: { low: ucum(6, 'h'), high: ucum(decimal(7.5, 2), 'h') },
    }),
  openRange: (chart, visit) =>
    observe(chart, visit, { code: spoken('Minutes walked a day'), category: 'survey', valueRange: { low: ucum(30, 'min') } }),
  codedTwice: (chart, visit) =>
    observe(chart, visit, { code: loinc('630-4', 'Bacteria identified in Urine by Culture'), valueCodeableConcept: escherichia }),
  words: (chart, visit) => {
    const { language } = cultures[chart.person.culture];
    observe(chart, visit, {
      code: loinc('8661-1', 'Chief complaint Narrative - Reported'), category: 'survey', valueString: complaints[language],
      note: [{ text: `${complaints.ar}\n${complaints.zh}`, time: dateTimeText(visit.start, visit.zone) }],
    });
  },
  wholeNumber: (chart, visit) =>
    observe(chart, visit, {
      code: loinc('63512-8', 'How many people are living or staying at this address [#]'), category: 'social-history',
      valueInteger: 3,
    }),
  yesOrNo: (chart, visit) =>
    observe(chart, visit, { code: spoken('Lives alone'), category: 'social-history', valueBoolean: false }),
  timeOfDay: (chart, visit) =>
    observe(chart, visit, { code: spoken('Usual bedtime'), category: 'survey', valueTime: '22:30:00' }),
  partialDate: (chart, visit) =>
    observe(chart, visit, {
      code: spoken('Last dental visit'), category: 'survey', valueDateTime: dateText(visit.day - 400).slice(0, 7),
    }),
  period: (chart, visit) =>
    observe(chart, visit, {
      code: spoken('Fasting'), category: 'exam',
      valuePeriod: { start: dateTimeText(visit.start - 600, visit.zone), end: dateTimeText(visit.start - 15, visit.zone) },
    }),
  samples: (chart, visit) =>
    observe(chart, visit, {
      code: electrocardiogram, category: 'procedure',
      component: [{
        code: leadOne,
        valueSampledData: {
          origin: { value: 2048 }, period: 10, factor: decimal(1.612, 4), lowerLimit: -3300, upperLimit: 3300, dimensions: 1,
          data: heartBeat,
        },
      }],
    }),
  absent: (chart, visit) => observe(chart, visit, { code: labs.potassium.code, dataAbsentReason: notPerformed }),
  absentComponent: (chart, visit) =>
    observe(chart, visit, {
      code: bloodPressurePanel, category: 'vital-signs',
      component: [
        { code: vitals.systolic.code, valueQuantity: quantity(vitals.systolic, 128) },
        { code: vitals.diastolic.code, dataAbsentReason: unknown },
      ],
    }),
  enteredInError: (chart, visit) =>
    observe(chart, visit, { status: 'entered-in-error', code: labs.sodium.code, valueQuantity: quantity(labs.sodium, 1400) }),
  bodySiteAndMembers: (chart, visit) => {
    const member = observe(chart, visit, { code: labs.calcium.code, valueQuantity: quantity(labs.calcium, 9.5) });
    observe(chart, visit, { code: spoken('Bone profile'), bodySite: bodySites.forearm, hasMember: [member] });
  },
};
