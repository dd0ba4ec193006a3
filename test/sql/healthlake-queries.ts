/** What HealthLake's documentation does in SQL, and what it answers over the resources of `healthlake-queries.test.ts`. */
export const healthLakeQueries: readonly { readonly what: string; readonly statement: string; readonly rows: readonly unknown[] }[] = [
  {
    what: 'takes elements of arrays by places and fields by dots',
    statement: 'SELECT name[1].given AS FirstName, name[1].family AS LastName, maritalstatus.text FROM Patient ORDER BY LastName',
    rows: [{ firstname: ['Ada'], lastname: 'Hill', text: null }, { firstname: ['Noel', 'A'], lastname: 'Wolf', text: 'Never Married' }],
  },
  {
    what: 'reads extensions as JSON texts, joins texts, and names the database',
    statement: `SELECT id, CONCAT(name[1].family, ' ', name[1].given[1]) AS fullName, json_extract(extension[1], '$.valueString') AS maidenName,
      json_extract(extension[2], '$.valueAddress.city') AS birthPlace, address[1].line[1] AS addressLine
      FROM database.patient ORDER BY id;`,
    rows: [
      { id: 'p1', fullname: 'Wolf Noel', maidenname: '"Kerry"', birthplace: '"Hamburg"', addressline: '1 Main St' },
      { id: 'p2', fullname: 'Hill Ada', maidenname: null, birthplace: null, addressline: null },
    ],
  },
  {
    what: 'counts ages in calendar years, and compares dates that are texts',
    statement: `SELECT id, (year(DATE '2024-01-01') - year(date(birthdate))) AS age FROM patient
      -- the element is a text
      WHERE CAST(birthdate AS DATE) < CAST('2019-01-01' AS DATE) AND gender = 'male'`,
    rows: [{ id: 'p1', age: 34 }],
  },
  { what: 'filters by a field', statement: "SELECT id FROM Location WHERE address.city='ATTLEBORO' LIMIT 10;", rows: [{ id: 'l1' }] },
  { what: 'leaves out what notes were read into', statement: 'SELECT id FROM condition WHERE meta.tag[1] is NULL', rows: [{ id: 'c2' }] },
  {
    what: 'finds what was read from one note',
    statement: `SELECT meta.tag[1].display AS SystemGenerated, json_extract(modifierextension[2], '$.valueReference.reference') AS source FROM condition
      WHERE meta.tag[1].display = 'SYSTEM_GENERATED' AND CAST(json_extract(modifierextension[2], '$.valueReference.reference') as VARCHAR) LIKE '%DocumentReference/d1%'`,
    rows: [{ systemgenerated: 'SYSTEM_GENERATED', source: '"DocumentReference/d1"' }],
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
