-- Who is due? Patients with diabetes without an HbA1c in a year, and patients from 50 to 75 without a colonoscopy in ten.
-- Parameters: as_of, a date.
WITH people AS (
  SELECT id, date_diff('year', birthdate_date, CAST(:as_of AS date)) AS age
  FROM patient
  WHERE deceaseddatetime_timestamp IS NULL AND coalesce(deceasedboolean, false) = false
),
diabetics AS (
  SELECT DISTINCT subject.reference_id AS patient_id
  FROM condition
  WHERE any_match(code.coding, c -> c.code = '44054006')
    AND onsetdatetime_timestamp <= CAST(:as_of AS timestamp)
),
last_hba1c AS (
  SELECT subject.reference_id AS patient_id, max(effectivedatetime_timestamp) AS last_done
  FROM observation
  WHERE any_match(code.coding, c -> c.code = '4548-4') AND effectivedatetime_timestamp <= CAST(:as_of AS timestamp)
  GROUP BY subject.reference_id
),
last_colonoscopy AS (
  SELECT subject.reference_id AS patient_id, max(coalesce(performeddatetime_timestamp, performedperiod.start_timestamp)) AS last_done
  FROM procedure
  WHERE any_match(code.coding, c -> c.code = '73761001')
    AND coalesce(performeddatetime_timestamp, performedperiod.start_timestamp) <= CAST(:as_of AS timestamp)
  GROUP BY subject.reference_id
)
SELECT 'HbA1c within a year' AS care, people.id AS patient_id, people.age, last_hba1c.last_done
FROM people
JOIN diabetics ON diabetics.patient_id = people.id
LEFT JOIN last_hba1c ON last_hba1c.patient_id = people.id
WHERE last_hba1c.last_done IS NULL OR last_hba1c.last_done < CAST(:as_of AS timestamp) - INTERVAL '1' YEAR
UNION ALL
SELECT 'colonoscopy within ten years', people.id, people.age, last_colonoscopy.last_done
FROM people
LEFT JOIN last_colonoscopy ON last_colonoscopy.patient_id = people.id
WHERE people.age BETWEEN 50 AND 75
  AND (last_colonoscopy.last_done IS NULL OR last_colonoscopy.last_done < CAST(:as_of AS timestamp) - INTERVAL '10' YEAR)
ORDER BY care, patient_id
