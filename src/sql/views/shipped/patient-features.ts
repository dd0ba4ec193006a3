/**
 * One row of features for each patient, for models of risk: what a patient is, has, had lately and was last measured. SQL over the
 * other views, for it joins resources of several types. "Lately" is the year before the day on which it is asked.
 */
import type { Query, SqlType } from '../../ast.ts';
import type { KnownColumn } from '../../check.ts';
import { parseQuery } from '../../parse.ts';
import { bigint, boolean, date, double, timestamp, varchar } from '../../types.ts';

/** Conditions by the codes of SNOMED CT and the beginnings of those of ICD-10-CM. */
const diseases: readonly { readonly name: string; readonly snomed: readonly string[]; readonly icd10: readonly string[] }[] = [
  { name: 'diabetes', snomed: ['44054006', '46635009', '73211009'], icd10: ['E10', 'E11', 'E13'] },
  { name: 'hypertension', snomed: ['38341003', '59621000'], icd10: ['I10', 'I11', 'I12', 'I13'] },
  { name: 'heart_failure', snomed: ['42343007', '84114007', '88805009'], icd10: ['I50'] },
  { name: 'coronary_disease', snomed: ['22298006', '53741008', '414545008'], icd10: ['I20', 'I21', 'I25'] },
  { name: 'atrial_fibrillation', snomed: ['49436004'], icd10: ['I48'] },
  { name: 'stroke', snomed: ['230690007', '422504002'], icd10: ['I63', 'I64'] },
  { name: 'copd', snomed: ['13645005', '185086009', '87433001'], icd10: ['J43', 'J44'] },
  { name: 'asthma', snomed: ['195967001', '233678006'], icd10: ['J45'] },
  { name: 'kidney_disease', snomed: ['709044004', '431855005', '431856006', '433144002', '431857002', '46177005'], icd10: ['N18'] },
  { name: 'depression', snomed: ['35489007', '36923009', '370143000'], icd10: ['F32', 'F33'] },
];

/** Last values of laboratory results and vital signs by their LOINC codes, each in the unit that these codes have. */
const measurements: readonly { readonly name: string; readonly loinc: readonly string[] }[] = [
  { name: 'body_mass_index', loinc: ['39156-5'] },
  { name: 'systolic_pressure', loinc: ['8480-6'] },
  { name: 'diastolic_pressure', loinc: ['8462-4'] },
  { name: 'hba1c', loinc: ['4548-4', '17856-6'] },
  { name: 'glucose', loinc: ['2339-0', '2345-7'] },
  { name: 'creatinine', loinc: ['2160-0', '38483-4'] },
  { name: 'egfr', loinc: ['33914-3', '48642-3', '62238-1', '98979-8'] },
  { name: 'total_cholesterol', loinc: ['2093-3'] },
  { name: 'ldl_cholesterol', loinc: ['13457-7', '18262-6'] },
  { name: 'hdl_cholesterol', loinc: ['2085-9'] },
  { name: 'hemoglobin', loinc: ['718-7'] },
];

const list = (codes: readonly string[]) => codes.map((code) => `'${code}'`).join(', ');

const diseaseFlags = diseases.map(({ name, snomed, icd10 }) =>
  `count(*) FILTER (WHERE snomed_code IN (${list(snomed)}) OR substr(icd10_code, 1, 3) IN (${list(icd10)})) > 0 AS has_${name}`);

const lastValues = measurements.map(({ name, loinc }) => {
  const condition = `code IN (${list(loinc)})`;
  return `max_by(value, effective_at) FILTER (WHERE ${condition}) AS last_${name}`;
});

const lately = (moment: string) => `${moment} >= CAST(current_date - INTERVAL '365' DAY AS timestamp)`;

const statement = `
  SELECT
    p.patient_id, p.gender, p.birth_date,
    CASE WHEN NOT p.deceased THEN date_diff('year', p.birth_date, current_date)
      ELSE date_diff('year', p.birth_date, CAST(p.deceased_at AS date)) END AS age_years,
    p.deceased, p.deceased_at, p.marital_status, p.race, p.ethnicity,
    coalesce(c.conditions, 0) AS conditions, coalesce(c.active_conditions, 0) AS active_conditions,
    ${diseases.map(({ name }) => `coalesce(c.has_${name}, FALSE) AS has_${name}`).join(', ')},
    coalesce(e.encounters, 0) AS encounters, coalesce(e.encounters_last_year, 0) AS encounters_last_year,
    coalesce(e.inpatient_last_year, 0) AS inpatient_last_year, coalesce(e.emergency_last_year, 0) AS emergency_last_year,
    e.last_encounter_at,
    coalesce(m.medications, 0) AS medications, coalesce(m.active_medications, 0) AS active_medications,
    coalesce(r.procedures, 0) AS procedures, coalesce(r.procedures_last_year, 0) AS procedures_last_year,
    coalesce(i.immunizations, 0) AS immunizations, coalesce(a.allergies, 0) AS allergies,
    ${measurements.map(({ name }) => `o.last_${name}`).join(', ')}
  FROM patient_demographics p
  LEFT JOIN (
    SELECT patient_id, count(DISTINCT code) AS conditions, count(DISTINCT code) FILTER (WHERE clinical_status IN ('active', 'recurrence', 'relapse')) AS active_conditions,
      ${diseaseFlags.join(', ')}
    FROM conditions WHERE verification_status IS NULL OR verification_status NOT IN ('refuted', 'entered-in-error') GROUP BY patient_id
  ) c ON c.patient_id = p.patient_id
  LEFT JOIN (
    SELECT patient_id, count(*) AS encounters, count(*) FILTER (WHERE ${lately('started_at')}) AS encounters_last_year,
      count(*) FILTER (WHERE class IN ('IMP', 'ACUTE', 'NONAC') AND ${lately('started_at')}) AS inpatient_last_year,
      count(*) FILTER (WHERE class = 'EMER' AND ${lately('started_at')}) AS emergency_last_year,
      max(started_at) AS last_encounter_at
    FROM encounters WHERE status <> 'entered-in-error' GROUP BY patient_id
  ) e ON e.patient_id = p.patient_id
  LEFT JOIN (
    SELECT patient_id, count(DISTINCT coalesce(code, medication_id)) AS medications,
      count(DISTINCT coalesce(code, medication_id)) FILTER (WHERE status = 'active') AS active_medications
    FROM medications WHERE status <> 'entered-in-error' GROUP BY patient_id
  ) m ON m.patient_id = p.patient_id
  LEFT JOIN (
    SELECT patient_id, count(*) AS procedures, count(*) FILTER (WHERE ${lately('performed_at')}) AS procedures_last_year
    FROM procedures WHERE status = 'completed' GROUP BY patient_id
  ) r ON r.patient_id = p.patient_id
  LEFT JOIN (SELECT patient_id, count(*) AS immunizations FROM immunizations WHERE status = 'completed' GROUP BY patient_id) i ON i.patient_id = p.patient_id
  LEFT JOIN (SELECT patient_id, count(DISTINCT code) AS allergies FROM allergies WHERE clinical_status IS NULL OR clinical_status = 'active' GROUP BY patient_id) a ON a.patient_id = p.patient_id
  LEFT JOIN (
    SELECT patient_id, ${lastValues.join(', ')}
    FROM observations WHERE value IS NOT NULL AND status IN ('final', 'amended', 'corrected') GROUP BY patient_id
  ) o ON o.patient_id = p.patient_id`;

const of = (type: SqlType, ...names: readonly string[]): KnownColumn[] => names.map((name) => ({ name, type }));

export const featureColumns: readonly KnownColumn[] = [
  ...of(varchar, 'patient_id', 'gender'), ...of(date, 'birth_date'), ...of(bigint, 'age_years'), ...of(boolean, 'deceased'), ...of(timestamp, 'deceased_at'),
  ...of(varchar, 'marital_status', 'race', 'ethnicity'),
  ...of(bigint, 'conditions', 'active_conditions'), ...of(boolean, ...diseases.map(({ name }) => `has_${name}`)),
  ...of(bigint, 'encounters', 'encounters_last_year', 'inpatient_last_year', 'emergency_last_year'), ...of(timestamp, 'last_encounter_at'),
  ...of(bigint, 'medications', 'active_medications', 'procedures', 'procedures_last_year', 'immunizations', 'allergies'),
  ...of(double, ...measurements.map(({ name }) => `last_${name}`)),
];

/** The views that it is made of. */
const featureSources = ['patient_demographics', 'conditions', 'encounters', 'medications', 'procedures', 'immunizations', 'allergies', 'observations'] as const;

/** @param queryOf of each view that it is made of */
export function patientFeatures(queryOf: (view: string) => Query): Query {
  const query = parseQuery(statement);
  return { ...query, with: featureSources.map((name) => ({ name, query: queryOf(name) })) };
}
