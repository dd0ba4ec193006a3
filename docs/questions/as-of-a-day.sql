-- The register as it was: patients by gender as the store had them on :as_of. Every version is in the history tables,
-- with the time from and to which it was the current one. Parameters: as_of, a date.
SELECT gender, count(*) AS patients
FROM patient_history
WHERE valid_from <= CAST(:as_of AS timestamp)
  AND (valid_to IS NULL OR valid_to > CAST(:as_of AS timestamp))
  AND NOT resource_deleted
GROUP BY gender
ORDER BY gender
