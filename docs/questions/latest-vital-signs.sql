-- The newest value of each vital sign of each patient, with its unit, one row each.
SELECT patient_id, sign, max_by(value, at) AS value, max_by(unit, at) AS unit, max(at) AS at
FROM (
  SELECT
    subject.reference_id AS patient_id,
    coalesce(code.text, code.coding[1].display) AS sign,
    valuequantity.value AS value,
    valuequantity.unit AS unit,
    effectivedatetime_timestamp AS at
  FROM observation
  WHERE any_match(category, c -> any_match(c.coding, d -> d.code = 'vital-signs'))
    AND valuequantity.value IS NOT NULL
    AND effectivedatetime_timestamp IS NOT NULL
) AS signs
GROUP BY patient_id, sign
ORDER BY patient_id, sign
