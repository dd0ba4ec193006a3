-- What do encounters cost and how long do they take, by class? Costs as claimed (Claim.total, by currency).
WITH durations AS (
  SELECT
    id,
    class.code AS class,
    date_diff('minute', period.start_timestamp, period.end_timestamp) / 60.0 AS hours
  FROM encounter
  WHERE period.end_timestamp >= period.start_timestamp
),
claims AS (
  SELECT
    total.currency AS currency,
    total.value AS amount,
    array_distinct(transform(filter(flatten(transform(item, i -> i.encounter)), r -> r.reference_id IS NOT NULL), r -> r.reference_id)) AS encounter_ids
  FROM claim
  WHERE total.value IS NOT NULL AND status = 'active'
),
claimed AS (
  SELECT e.encounter_id, claims.currency, sum(claims.amount) AS amount
  FROM claims
  CROSS JOIN UNNEST(claims.encounter_ids) AS e (encounter_id)
  GROUP BY e.encounter_id, claims.currency
)
SELECT
  durations.class,
  count(DISTINCT durations.id) AS encounters,
  round(avg(durations.hours), 1) AS mean_hours,
  claimed.currency,
  round(sum(claimed.amount), 2) AS claimed,
  round(avg(claimed.amount), 2) AS mean_claimed
FROM durations
LEFT JOIN claimed ON claimed.encounter_id = durations.id
GROUP BY durations.class, claimed.currency
ORDER BY encounters DESC, class, currency
