-- Of the stays that ended, how many were followed by another stay within 30 days? By year of discharge.
-- A stay is a finished encounter of class IMP, ACUTE or NONAC; the next one counts, whatever its reason.
WITH stays AS (
  SELECT
    subject.reference_id AS patient_id,
    id,
    period.start_timestamp AS admitted,
    period.end_timestamp AS discharged
  FROM encounter
  WHERE class.code IN ('IMP', 'ACUTE', 'NONAC')
    AND status = 'finished'
    AND period.end_timestamp IS NOT NULL
),
followed AS (
  SELECT
    discharged,
    lead(admitted) OVER (PARTITION BY patient_id ORDER BY admitted, id) AS next_admitted
  FROM stays
)
SELECT
  year(discharged) AS discharged_in,
  count(*) AS stays,
  count_if(next_admitted <= discharged + INTERVAL '30' DAY) AS readmitted,
  round(100.0 * count_if(next_admitted <= discharged + INTERVAL '30' DAY) / count(*), 1) AS percent
FROM followed
GROUP BY year(discharged)
ORDER BY discharged_in
