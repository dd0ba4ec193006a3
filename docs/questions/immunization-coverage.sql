-- Which share of each birth cohort has had a vaccine by :as_of? By decade of birth and vaccine (CVX).
-- Parameters: as_of, a date.
WITH cohorts AS (
  SELECT id, (year(birthdate_date) / 10) * 10 AS born_from
  FROM patient
  WHERE birthdate_date IS NOT NULL
),
sizes AS (
  SELECT born_from, count(*) AS patients FROM cohorts GROUP BY born_from
),
given AS (
  SELECT
    patient.reference_id AS patient_id,
    vaccinecode.coding[1].code AS vaccine,
    min(vaccinecode.coding[1].display) AS vaccine_name
  FROM immunization
  WHERE status = 'completed'
    AND cardinality(vaccinecode.coding) > 0
    AND occurrencedatetime_timestamp <= CAST(:as_of AS timestamp)
  GROUP BY patient.reference_id, vaccinecode.coding[1].code
)
SELECT
  cohorts.born_from,
  given.vaccine,
  min(given.vaccine_name) AS vaccine_name,
  count(*) AS vaccinated,
  min(sizes.patients) AS patients,
  round(100.0 * count(*) / min(sizes.patients), 1) AS percent
FROM given
JOIN cohorts ON cohorts.id = given.patient_id
JOIN sizes ON sizes.born_from = cohorts.born_from
GROUP BY cohorts.born_from, given.vaccine
ORDER BY cohorts.born_from, percent DESC, given.vaccine
