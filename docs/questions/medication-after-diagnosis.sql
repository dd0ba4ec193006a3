-- What is prescribed within :days days of a first diagnosis, and to how many of those who have it?
-- Parameters: code, of SNOMED CT; days, a number.
WITH diagnosed AS (
  SELECT subject.reference_id AS patient_id, min(onsetdatetime_timestamp) AS since
  FROM condition
  WHERE any_match(code.coding, c -> c.system = 'http://snomed.info/sct' AND c.code = :code)
    AND onsetdatetime_timestamp IS NOT NULL
  GROUP BY subject.reference_id
),
prescribed AS (
  SELECT
    diagnosed.patient_id,
    coalesce(medicationcodeableconcept.text, medicationcodeableconcept.coding[1].display) AS medication,
    date_diff('day', diagnosed.since, medicationrequest.authoredon_timestamp) AS after_days
  FROM diagnosed
  JOIN medicationrequest ON medicationrequest.subject.reference_id = diagnosed.patient_id
  WHERE medicationrequest.medicationcodeableconcept IS NOT NULL
    AND medicationrequest.authoredon_timestamp >= diagnosed.since
    AND medicationrequest.authoredon_timestamp < date_add('day', :days, diagnosed.since)
)
SELECT
  medication,
  count(DISTINCT patient_id) AS patients,
  round(100.0 * count(DISTINCT patient_id) / (SELECT count(*) FROM diagnosed), 1) AS percent_of_diagnosed,
  min(after_days) AS earliest_day,
  round(avg(after_days), 1) AS mean_day
FROM prescribed
GROUP BY medication
ORDER BY patients DESC, medication
