-- One row for each patient who was alive on :as_of: what was known on that day, and whether a hospital stay began in the
-- :days days after it. Nothing that came later is among the features, so a model cannot learn from the outcome.
-- The outcome comes first, as SageMaker's built-in algorithms want it.
-- Parameters: as_of, a date ('2024-06-30'); days, a number.
WITH people AS (
  SELECT
    id AS patient_id,
    date_diff('year', birthdate_date, CAST(:as_of AS date)) AS age,
    CASE WHEN gender = 'male' THEN 1 ELSE 0 END AS is_male
  FROM patient
  WHERE birthdate_date < CAST(:as_of AS date)
    AND (deceaseddatetime_timestamp IS NULL OR deceaseddatetime_timestamp > CAST(:as_of AS timestamp))
    AND coalesce(deceasedboolean, false) = false
),
problems AS (
  SELECT
    subject.reference_id AS patient_id,
    count(DISTINCT code.coding[1].code) AS problems,
    count_if(any_match(code.coding, c -> c.code = '44054006')) AS diabetes,
    count_if(any_match(code.coding, c -> c.code = '59621000')) AS hypertension,
    count_if(any_match(code.coding, c -> c.code = '13645005')) AS lung_disease,
    count_if(any_match(code.coding, c -> c.code = '84114007')) AS heart_failure,
    count_if(any_match(code.coding, c -> c.code = '433144002')) AS kidney_disease
  FROM condition
  WHERE onsetdatetime_timestamp <= CAST(:as_of AS timestamp)
    AND (abatementdatetime_timestamp IS NULL OR abatementdatetime_timestamp > CAST(:as_of AS timestamp))
    AND cardinality(code.coding) > 0
  GROUP BY subject.reference_id
),
visits AS (
  SELECT
    subject.reference_id AS patient_id,
    count_if(class.code = 'AMB') AS visits,
    count_if(class.code = 'EMER') AS emergencies,
    count_if(class.code = 'IMP') AS stays
  FROM encounter
  WHERE period.start_timestamp <= CAST(:as_of AS timestamp)
    AND period.start_timestamp > CAST(:as_of AS timestamp) - INTERVAL '2' YEAR
  GROUP BY subject.reference_id
),
measured AS (
  SELECT
    subject.reference_id AS patient_id,
    max_by(valuequantity.value, effectivedatetime_timestamp)
      FILTER (WHERE any_match(code.coding, c -> c.code = '4548-4')) AS hba1c,
    max_by(valuequantity.value, effectivedatetime_timestamp)
      FILTER (WHERE any_match(code.coding, c -> c.code = '2160-0')) AS creatinine,
    max_by(valuequantity.value, effectivedatetime_timestamp)
      FILTER (WHERE any_match(code.coding, c -> c.code = '39156-5')) AS bmi
  FROM observation
  WHERE effectivedatetime_timestamp <= CAST(:as_of AS timestamp)
    AND valuequantity.value IS NOT NULL
  GROUP BY subject.reference_id
),
outcomes AS (
  SELECT DISTINCT subject.reference_id AS patient_id
  FROM encounter
  WHERE class.code = 'IMP'
    AND period.start_timestamp > CAST(:as_of AS timestamp)
    AND period.start_timestamp <= date_add('day', :days, CAST(:as_of AS timestamp))
)
SELECT
  CASE WHEN outcomes.patient_id IS NULL THEN 0 ELSE 1 END AS outcome,
  people.patient_id,
  people.age,
  people.is_male,
  coalesce(problems.problems, 0) AS problems,
  coalesce(problems.diabetes, 0) AS diabetes,
  coalesce(problems.hypertension, 0) AS hypertension,
  coalesce(problems.lung_disease, 0) AS lung_disease,
  coalesce(problems.heart_failure, 0) AS heart_failure,
  coalesce(problems.kidney_disease, 0) AS kidney_disease,
  coalesce(visits.visits, 0) AS visits,
  coalesce(visits.emergencies, 0) AS emergencies,
  coalesce(visits.stays, 0) AS stays,
  measured.hba1c,
  measured.creatinine,
  measured.bmi
FROM people
LEFT JOIN problems ON problems.patient_id = people.patient_id
LEFT JOIN visits ON visits.patient_id = people.patient_id
LEFT JOIN measured ON measured.patient_id = people.patient_id
LEFT JOIN outcomes ON outcomes.patient_id = people.patient_id
ORDER BY people.patient_id
