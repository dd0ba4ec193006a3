/** Closed lists for finding identifiers: months, streets, states, labels. */

export const months: ReadonlySet<string> = new Set([
  'january', 'february', 'march', 'april', 'may', 'june', 'july', 'august', 'september', 'october', 'november', 'december',
  'jan', 'feb', 'mar', 'apr', 'jun', 'jul', 'aug', 'sep', 'sept', 'oct', 'nov', 'dec',
]);

export const titles: ReadonlySet<string> = new Set([
  'dr', 'mr', 'mrs', 'ms', 'miss', 'prof', 'professor', 'doctor', 'rev', 'nurse',
]);

/** What comes behind the name of somebody who treats. */
export const degrees: ReadonlySet<string> = new Set(['MD', 'DO', 'RN', 'NP', 'PA', 'PhD', 'DDS', 'DPM', 'PharmD', 'FNP', 'LPN']);

/** Words in capitals that are no part of a name, wherever they stand. */
export const notNames: ReadonlySet<string> = new Set([
  'The', 'Patient', 'Pt', 'He', 'She', 'They', 'This', 'That', 'His', 'Her', 'A', 'An', 'I', 'We', 'No', 'Not', 'Is', 'Was',
  'Has', 'Reports', 'Denies',
  'Today', 'In', 'On', 'At', 'For', 'With', 'Will', 'And', 'Or', 'Our', 'My', 'Your', 'Their', 'Age', 'Date', 'Sex', 'Male',
  'Female', 'DOB', 'MRN',
]);

/** In front of a colon: what follows is somebody's name. */
export const nameLabels: readonly string[] = [
  'name', 'patient name', 'patient', 'provider', 'physician', 'attending', 'attending physician', 'referring physician',
  'pcp', 'primary care physician',
  'surgeon', 'signed by', 'electronically signed by', 'dictated by', 'author', 'emergency contact', 'next of kin', 'seen by',
  'referred by', 'contact',
];

/** In front of a number or code that stands for somebody. */
export const idLabels: readonly string[] = [
  'mrn', 'medical record number', 'medical record', 'record number', 'account number', 'account', 'acct', 'patient id', 'id',
  'ssn', 'social security number',
  'member id', 'policy number', 'insurance id', 'health plan number', 'license number', 'driver license', 'visit number',
  'encounter number', 'case number',
  'csn', 'fin', 'npi', 'dea', 'serial number', 'device id', 'certificate number', 'medicare number', 'medicaid number',
  'accession number',
];

export const phoneLabels: readonly string[] = [
  'phone', 'tel', 'telephone', 'fax', 'cell', 'mobile', 'pager', 'home phone', 'work phone', 'call',
];

export const streets: ReadonlySet<string> = new Set([
  'street', 'st', 'avenue', 'ave', 'road', 'rd', 'boulevard', 'blvd', 'drive', 'dr', 'lane', 'ln', 'court', 'ct', 'place',
  'pl', 'way', 'terrace', 'parkway',
  'pkwy', 'circle', 'cir', 'highway', 'hwy', 'square', 'trail',
]);

export const states: ReadonlySet<string> = new Set([
  'AL', 'AK', 'AZ', 'AR', 'CA', 'CO', 'CT', 'DE', 'DC', 'FL', 'GA', 'HI', 'ID', 'IL', 'IN', 'IA', 'KS', 'KY', 'LA', 'ME',
  'MD', 'MA',
  'MI', 'MN', 'MS', 'MO', 'MT', 'NE', 'NV', 'NH', 'NJ', 'NM', 'NY', 'NC', 'ND', 'OH', 'OK', 'OR', 'PA', 'RI', 'SC', 'SD',
  'TN', 'TX',
  'UT', 'VT', 'VA', 'WA', 'WV', 'WI', 'WY',
]);
