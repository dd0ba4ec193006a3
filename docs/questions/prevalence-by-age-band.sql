-- How common is a condition in each age band? Living patients, counted once, by their age on :as_of.
-- Parameters: as_of, a date ('2019-06-30'); code, of SNOMED CT (38341003 is hypertension).
WITH people AS (
  SELECT id, date_diff('year', birthdate_date, CAST(:as_of AS date)) AS age
  FROM patient
  WHERE birthdate_date <= CAST(:as_of AS date)
    AND (deceaseddatetime_timestamp IS NULL OR deceaseddatetime_timestamp > CAST(:as_of AS timestamp))
    AND coalesce(deceasedboolean, false) = false
),
cases AS (
  SELECT DISTINCT subject.reference_id AS patient_id
  FROM condition
  WHERE any_match(code.coding, c -> c.system = 'http://snomed.info/sct' AND c.code = :code)
    AND onsetdatetime_timestamp <= CAST(:as_of AS timestamp)
    AND (abatementdatetime_timestamp IS NULL OR abatementdatetime_timestamp > CAST(:as_of AS timestamp))
)
SELECT
  (age / 10) * 10 AS age_from,
  (age / 10) * 10 + 9 AS age_to,
  count(*) AS patients,
  count(cases.patient_id) AS with_condition,
  round(100.0 * count(cases.patient_id) / count(*), 1) AS percent
FROM people
LEFT JOIN cases ON cases.patient_id = people.id
GROUP BY (age / 10) * 10
ORDER BY age_from
