-- day: add_months(opened, seats)
WITH `subject` AS (
  SELECT
    s.`id` AS `key`,
    s.`opened` AS `opened`,
    s.`seats` AS `seats`
  FROM `subjects` s
),
`step_1` AS (
  SELECT
    p.*,
    CASE WHEN (CAST(EXTRACT(YEAR FROM `opened`) * 12 + EXTRACT(MONTH FROM `opened`) AS BIGINT) - 1) + `seats` BETWEEN 12 AND 119999 THEN add_months(`opened`, CAST(`seats` AS INT)) END AS `call_1`
  FROM `subject` p
),
`step_2` AS (
  SELECT
    p.*,
    CASE WHEN `call_1` IS NOT NULL THEN 0 WHEN (`opened` IS NULL) OR (`seats` IS NULL) THEN 1 ELSE 4 END AS `call_status_1`
  FROM `step_1` p
)
SELECT
  `key` AS `id`,
  CASE WHEN `call_1` IS NOT NULL THEN 'known' WHEN `call_status_1` = 1 THEN 'absent' ELSE 'undefined' END AS `day_state`,
  `call_1` AS `day_value`,
  CASE WHEN `call_status_1` = 4 THEN 'a date outside the years 1 to 9999' ELSE CAST(NULL AS STRING) END AS `day_reason`
FROM `step_2`
