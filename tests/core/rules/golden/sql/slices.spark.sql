-- amount: ROUND(slices(income, tax), 2)
WITH `subject` AS (
  SELECT
    s.`id` AS `key`,
    CASE WHEN s.`income_known` THEN s.`income` END AS `income`,
    CASE WHEN s.`income_known` AND s.`income` IS NOT NULL THEN 0 WHEN s.`income_known` THEN 1 ELSE 2 END AS `income_status`
  FROM `subjects` s
),
`step_1` AS (
  SELECT
    p.*,
    CASE WHEN `income` IS NULL THEN NULL WHEN `income` > 10000000 THEN 79000000 + ((`income` - 10000000) * 20) WHEN `income` > 3000000 THEN 9000000 + ((`income` - 3000000) * 10) WHEN `income` > 0 THEN (`income` - 0) * 3 ELSE CAST(0 AS BIGINT) END AS `bracket_1`
  FROM `subject` p
),
`step_2` AS (
  SELECT
    p.*,
    CASE WHEN `bracket_1` IS NOT NULL THEN 0 WHEN `income_status` = 1 THEN 1 ELSE 2 END AS `bracket_status_1`,
    (abs(`bracket_1`)) + 50 AS `above_1`
  FROM `step_1` p
),
`step_3` AS (
  SELECT
    p.*,
    CASE WHEN `bracket_1` < 0 THEN -(`above_1` div 100) ELSE `above_1` div 100 END AS `round_1`
  FROM `step_2` p
),
`step_4` AS (
  SELECT
    p.*,
    CASE WHEN `round_1` IS NOT NULL THEN 0 WHEN `bracket_status_1` = 1 THEN 1 ELSE 2 END AS `round_status_1`
  FROM `step_3` p
)
SELECT
  `key` AS `id`,
  CASE WHEN `round_1` IS NOT NULL THEN 'known' WHEN `round_status_1` = 1 THEN 'absent' ELSE 'unknown' END AS `amount_state`,
  CAST(`round_1` AS BIGINT) AS `amount_value`,
  CAST(NULL AS STRING) AS `amount_reason`
FROM `step_4`
