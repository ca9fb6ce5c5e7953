-- amount: bracket(seats, grade)
WITH `subject` AS (
  SELECT
    s.`id` AS `key`,
    s.`seats` AS `seats`
  FROM `subjects` s
),
`step_1` AS (
  SELECT
    p.*,
    CASE WHEN `seats` >= 50 THEN CAST(300000 AS BIGINT) WHEN `seats` >= 20 THEN CAST(200000 AS BIGINT) WHEN `seats` >= 1 THEN CAST(100000 AS BIGINT) END AS `bracket_1`
  FROM `subject` p
),
`step_2` AS (
  SELECT
    p.*,
    CASE WHEN `bracket_1` IS NOT NULL THEN 0 WHEN `seats` IS NULL THEN 1 ELSE 4 END AS `bracket_status_1`
  FROM `step_1` p
)
SELECT
  `key` AS `id`,
  CASE WHEN `bracket_1` IS NOT NULL THEN 'known' WHEN `bracket_status_1` = 1 THEN 'absent' ELSE 'undefined' END AS `amount_state`,
  CAST(`bracket_1` AS BIGINT) AS `amount_value`,
  CASE WHEN `bracket_status_1` = 4 THEN CAST(X'6974206C6965732062656C6F772074686520666972737420627261636B6574206F662027677261646527' AS STRING) ELSE CAST(NULL AS STRING) END AS `amount_reason`
FROM `step_2`
