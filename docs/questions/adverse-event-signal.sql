-- Which conditions are recorded more often than elsewhere in the :days days after a medication was first prescribed?
-- The proportional reporting ratio: the condition's share among what follows this medication, by its share among what
-- follows any other. A signal asks for a closer look; it is no proof. Parameters: days, a number; least, the fewest patients.
WITH first_use AS (
  SELECT
    subject.reference_id AS patient_id,
    medicationcodeableconcept.coding[1].code AS medication,
    min(medicationcodeableconcept.coding[1].display) AS medication_name,
    min(authoredon_timestamp) AS since
  FROM medicationrequest
  WHERE cardinality(medicationcodeableconcept.coding) > 0 AND authoredon_timestamp IS NOT NULL
  GROUP BY subject.reference_id, medicationcodeableconcept.coding[1].code
),
onsets AS (
  SELECT
    subject.reference_id AS patient_id,
    code.coding[1].code AS condition,
    min(code.coding[1].display) AS condition_name,
    min(onsetdatetime_timestamp) AS began
  FROM condition
  WHERE cardinality(code.coding) > 0 AND onsetdatetime_timestamp IS NOT NULL
  GROUP BY subject.reference_id, code.coding[1].code
),
pairs AS (
  SELECT medication, condition, min(medication_name) AS medication_name, min(condition_name) AS condition_name, count(*) AS patients
  FROM first_use
  JOIN onsets ON onsets.patient_id = first_use.patient_id
  WHERE began > since AND began <= date_add('day', :days, since)
  GROUP BY medication, condition
),
totals AS (
  SELECT
    medication_name,
    condition_name,
    patients,
    sum(patients) OVER (PARTITION BY medication) AS of_medication,
    sum(patients) OVER (PARTITION BY condition) AS of_condition,
    sum(patients) OVER () AS of_all
  FROM pairs
)
SELECT
  medication_name,
  condition_name,
  patients,
  round((CAST(patients AS double) / of_medication) / (CAST(of_condition - patients AS double) / (of_all - of_medication)), 2) AS reporting_ratio
FROM totals
WHERE patients >= :least AND of_condition > patients AND of_all > of_medication
ORDER BY reporting_ratio DESC, patients DESC, medication_name, condition_name
LIMIT 50
