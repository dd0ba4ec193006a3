/**
 * What HealthLake's documentation does in SQL, sample by sample, and what it answers over the resources of `healthlake-queries.test.ts`.
 * Its resources are Synthea's, which have whole dates: a birth date of a year alone is no date to Trino's CAST either.
 */
export const healthLakeQueries: readonly { readonly what: string; readonly statement: string; readonly rows: readonly unknown[] }[] = [
  {
    what: 'takes elements of arrays by places and fields by dots',
    statement: 'SELECT name[1].given AS FirstName, name[1].family AS LastName, maritalstatus.text FROM Patient ORDER BY LastName',
    rows: [{ firstname: ['Ada'], lastname: 'Hill', text: null }, { firstname: ['Noel', 'A'], lastname: 'Wolf', text: 'Never Married' }],
  },
  {
    what: 'shows extensions as JSON texts',
    statement: "SELECT extension[1], json_extract(extension[1], '$.valueString') AS maidenName, extension[2] FROM patient WHERE gender = 'male'",
    rows: [{
      _col0: '{"url":"http://example.org/name","valueString":"Kerry"}', maidenname: '"Kerry"',
      _col2: '{"url":"http://example.org/place","valueAddress":{"city":"Hamburg"}}',
    }],
  },
  {
    what: 'reads extensions within extensions, joins texts, and names the database',
    statement: `SELECT id, CONCAT(name[1].family, ' ', name[1].given[1]) AS name, (year(DATE '2024-01-01') - year(date(birthdate))) AS age, gender AS gender,
      json_extract(extension[2], '$.valueAddress.city') AS birthPlace, maritalstatus.coding[1].display AS maritalstatus, address[1].line[1] AS addressLine,
      json_extract(address[1].extension[1], '$.extension[0].valueDecimal') AS latitude, telecom[1].value AS telNumber,
      deceasedboolean AS deceasedIndicator, deceaseddatetime FROM database.patient ORDER BY id;`,
    rows: [
      {
        id: 'p1', name: 'Wolf Noel', age: 34, gender: 'male', birthplace: '"Hamburg"', maritalstatus: 'Never Married', addressline: '1 Main St', latitude: '41.9',
        telnumber: '555-1', deceasedindicator: null, deceaseddatetime: null,
      },
      {
        id: 'p2', name: 'Hill Ada', age: 4, gender: 'female', birthplace: null, maritalstatus: null, addressline: null, latitude: null,
        telnumber: null, deceasedindicator: null, deceaseddatetime: '2023-02-03T04:05:06Z',
      },
    ],
  },
  {
    what: 'counts ages in calendar years',
    statement: "SELECT (year(DATE '2024-01-01') - year(date(birthdate))) AS age FROM patient ORDER BY age",
    rows: [{ age: 4 }, { age: 34 }],
  },
  {
    what: 'compares dates that are texts',
    statement: `SELECT birthdate FROM patient
      -- the element is a text
      WHERE CAST(birthdate AS DATE) < CAST('2019-01-01' AS DATE) AND gender = 'male'`,
    rows: [{ birthdate: '1990-05-06' }],
  },
  { what: 'filters by a field', statement: "SELECT id FROM Location WHERE address.city='ATTLEBORO' LIMIT 10;", rows: [{ id: 'l1' }] },
  { what: 'leaves out what notes were read into', statement: 'SELECT id FROM condition WHERE meta.tag[1] is NULL', rows: [{ id: 'c2' }] },
  {
    what: 'finds what was read from one note',
    statement: `SELECT meta.tag[1].display AS SystemGenerated, json_extract(modifierextension[2], '$.valueReference.reference') AS source FROM condition
      WHERE meta.tag[1].display = 'SYSTEM_GENERATED' AND CAST(json_extract(modifierextension[2], '$.valueReference.reference') as VARCHAR) LIKE '%DocumentReference/d1%'`,
    rows: [{ systemgenerated: 'SYSTEM_GENERATED', source: '"DocumentReference/d1"' }],
  },
  {
    what: 'shows all columns of what was read in the notes of one patient',
    statement: "SELECT * FROM medicationstatement WHERE meta.tag[1].display = 'SYSTEM_GENERATED' AND subject.reference = 'Patient/nobody';", rows: [],
  },
  {
    what: 'tells how sure a reading was',
    statement: `SELECT medicationcodeableconcept.coding[1].display AS medication, meta.tag[1].display, json_extract(modifierextension[1], '$.valueDecimal') AS score
      FROM medicationstatement;`,
    rows: [{ medication: 'Metformin', _col1: 'SYSTEM_GENERATED', score: '0.75' }],
  },
  { what: 'reads choices by their types', statement: "SELECT valueCodeableConcept.coding[1].code FROM Observation WHERE valueCodeableConcept.coding[1].code = '266919005'", rows: [{ _col0: '266919005' }] },
  {
    what: 'joins patients to their conditions by references',
    statement: `SELECT patient.id AS patientId, condition.id AS conditionId, CONCAT(name[1].family, ' ', name[1].given[1]) AS name, json_extract(condition.modifierextension[1], '$.valueDecimal') AS score,
      code.coding[1].code AS diagnosis, encounter.reference AS encounterId, encounter.type AS encounterType
      FROM database.patient, condition WHERE CONCAT('Patient/', patient.id) = condition.subject.reference ORDER BY name;`,
    rows: [
      { patientid: 'p2', conditionid: 'c2', name: 'Hill Ada', score: null, diagnosis: '195662009', encounterid: null, encountertype: null },
      { patientid: 'p1', conditionid: 'c1', name: 'Wolf Noel', score: '0.95', diagnosis: '44054006', encounterid: 'Encounter/e1', encountertype: 'Encounter' },
    ],
  },
  {
    what: 'joins patients to their procedures, whose table is named by a word of SQL',
    statement: `SELECT patient.id AS patientId, PROCEDURE.id AS procedureId, CONCAT(name[1].family, ' ', name[1].given[1]) AS name, status,
      category.coding[1].code AS categoryCode, code.coding[1].code AS procedureCode, performeddatetime, performer[1].actor.reference, encounter.reference AS encounterId
      FROM database.patient, procedure WHERE CONCAT('Patient/', patient.id) = procedure.subject.reference ORDER BY name;`,
    rows: [{
      patientid: 'p1', procedureid: 'r1', name: 'Wolf Noel', status: 'completed', categorycode: null, procedurecode: '430193006',
      performeddatetime: '2023-01-02', _col7: 'Practitioner/d1', encounterid: null,
    }],
  },
  {
    what: 'joins patients to their prescriptions, with two columns of one name',
    statement: `SELECT patient.id AS patientId, medicationrequest.id AS requestId, status, statusreason.coding[1].code AS categoryCode, category[1].coding[1].code AS categoryCode,
      priority, donotperform, medicationcodeableconcept.coding[1].code AS medicationCode, dosageinstruction[1].text AS dosage
      FROM database.patient, medicationrequest WHERE CONCAT('Patient/', patient.id ) = medicationrequest.subject.reference ORDER BY status`,
    rows: [{
      patientid: 'p1', requestid: 'm1', status: 'active', categorycode: 'community', priority: 'routine', donotperform: false, medicationcode: '860975', dosage: 'Twice a day',
    }],
  },
  {
    what: 'finds patients of a disease and their observations of any type',
    statement: `SELECT patient.id AS patientId, observation.id AS observationId,
      CASE WHEN valuequantity.value IS NOT NULL THEN CONCAT(CAST(valuequantity.value AS VARCHAR), ' ', valuequantity.unit)
        WHEN valueCodeableConcept.coding [ 1 ].code IS NOT NULL THEN CAST(valueCodeableConcept.coding [ 1 ].code AS VARCHAR)
        WHEN valueboolean IS NOT NULL THEN CAST(valueboolean AS VARCHAR) WHEN valueinteger IS NOT NULL THEN CAST(valueinteger AS VARCHAR)
        WHEN valueratio IS NOT NULL THEN CONCAT(CAST(valueratio.numerator.value AS VARCHAR), '/', CAST(valueratio.denominator.value AS VARCHAR))
        WHEN valueDateTime IS NOT NULL THEN valueDateTime WHEN valuePeriod IS NOT NULL THEN valuePeriod.start
        WHEN component[1] IS NOT NULL THEN CAST(component[2].valuequantity.unit AS VARCHAR) END AS observationValue,
      CASE WHEN condition.meta.tag [ 1 ].display = 'SYSTEM_GENERATED' THEN 'YES' WHEN condition.meta.tag [ 1 ].display IS NULL THEN 'NO' END AS isGenerated,
      CAST(json_extract(condition.modifierextension [ 1 ], '$.valueDecimal') AS int) AS score
      FROM database.patient, database.condition, database.observation
      WHERE CONCAT('Patient/', patient.id) = condition.subject.reference AND CONCAT('Patient/', patient.id) = observation.subject.reference
      AND (year(DATE '2024-01-01') - year(date(birthdate))) >= 18 AND condition.code.coding [ 1 ].display like ('%diabetes%') ORDER BY 2;`,
    rows: [
      { patientid: 'p1', observationid: 'o1', observationvalue: '7.25E1 kg', isgenerated: 'YES', score: 1 },
      { patientid: 'p1', observationid: 'o2', observationvalue: '266919005', isgenerated: 'YES', score: 1 },
    ],
  },
];

/** One sample of the documentation names columns that two of its tables have: no engine of the dialect reads it. */
export const ambiguousHealthLakeQuery = `SELECT patient.id AS patientId, observation.id AS observationId, meta.tag[1].display, json_extract(modifierextension[1], '$.valueDecimal') AS score
  FROM patient, observation WHERE CONCAT('Patient/', patient.id) = observation.subject.reference;`;
