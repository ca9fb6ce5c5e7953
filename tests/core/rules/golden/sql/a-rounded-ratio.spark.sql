-- amount: ROUND(rent / seats, 0)
WITH `subject` AS (
  SELECT
    s.`id` AS `key`,
    s.`rent` AS `rent`,
    s.`seats` AS `seats`
  FROM `subjects` s
),
`step_1` AS (
  SELECT
    p.*,
    CASE WHEN `seats` = 0 THEN 4 WHEN `seats` IS NULL THEN 1 WHEN `rent` IS NULL THEN 1 ELSE 0 END AS `quotient_status_1`,
    `seats` * 100 AS `below_1`
  FROM `subject` p
),
`step_2` AS (
  SELECT
    p.*,
    CASE WHEN `below_1` < 0 THEN -`rent` ELSE `rent` END AS `part_1`,
    NULLIF(abs(`below_1`), 0) AS `size_1`
  FROM `step_1` p
),
`step_3` AS (
  SELECT
    p.*,
    ((abs(`part_1`)) * 2) + `size_1` AS `above_1`,
    `size_1` * 2 AS `below_2`
  FROM `step_2` p
),
`step_4` AS (
  SELECT
    p.*,
    (CASE WHEN `part_1` < 0 THEN -(`above_1` div `below_2`) ELSE `above_1` div `below_2` END) * 100 AS `round_1`
  FROM `step_3` p
),
`step_5` AS (
  SELECT
    p.*,
    CASE WHEN `round_1` IS NOT NULL THEN 0 WHEN `quotient_status_1` = 4 THEN 4 ELSE 1 END AS `round_status_1`
  FROM `step_4` p
)
SELECT
  `key` AS `id`,
  CASE WHEN `round_1` IS NOT NULL THEN 'known' WHEN `round_status_1` = 1 THEN 'absent' ELSE 'undefined' END AS `amount_state`,
  CAST(`round_1` AS BIGINT) AS `amount_value`,
  CASE WHEN `round_status_1` = 4 THEN 'division by zero' ELSE CAST(NULL AS STRING) END AS `amount_reason`
FROM `step_5`
