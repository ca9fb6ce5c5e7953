-- amount: ROUND(rent * share, 2)
WITH `subject` AS (
  SELECT
    s.`id` AS `key`,
    s.`rent` AS `rent`
  FROM `subjects` s
),
`step_1` AS (
  SELECT
    p.*,
    `rent` * 30 AS `part_1`
  FROM `subject` p
),
`step_2` AS (
  SELECT
    p.*,
    (abs(`part_1`)) + 50 AS `above_1`
  FROM `step_1` p
),
`step_3` AS (
  SELECT
    p.*,
    CASE WHEN `part_1` < 0 THEN -(`above_1` div 100) ELSE `above_1` div 100 END AS `value_1`
  FROM `step_2` p
)
SELECT
  `key` AS `id`,
  CASE WHEN `value_1` IS NOT NULL THEN 'known' ELSE 'absent' END AS `amount_state`,
  CAST(`value_1` AS BIGINT) AS `amount_value`,
  CAST(NULL AS STRING) AS `amount_reason`
FROM `step_3`
