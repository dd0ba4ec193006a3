-- How well are patients with type 2 diabetes controlled? By their last HbA1c (LOINC 4548-4) before :as_of.
-- Parameters: as_of, a date.
WITH diabetics AS (
  SELECT DISTINCT subject.reference_id AS patient_id
  FROM condition
  WHERE any_match(code.coding, c -> c.system = 'http://snomed.info/sct' AND c.code = '44054006')
    AND onsetdatetime_timestamp <= CAST(:as_of AS timestamp)
),
last_values AS (
  SELECT
    subject.reference_id AS patient_id,
    max_by(valuequantity.value, effectivedatetime_timestamp) AS hba1c
  FROM observation
  WHERE any_match(code.coding, c -> c.system = 'http://loinc.org' AND c.code = '4548-4')
    AND valuequantity.unit = '%'
    AND status IN ('final', 'amended', 'corrected')
    AND effectivedatetime_timestamp <= CAST(:as_of AS timestamp)
  GROUP BY subject.reference_id
)
SELECT
  CASE
    WHEN hba1c IS NULL THEN 'never measured'
    WHEN hba1c < 7 THEN 'below 7 %'
    WHEN hba1c < 9 THEN '7 to 9 %'
    ELSE '9 % or more'
  END AS control,
  count(*) AS patients,
  round(avg(hba1c), 1) AS mean_hba1c
FROM diabetics
LEFT JOIN last_values ON last_values.patient_id = diabetics.patient_id
GROUP BY 1
ORDER BY control
