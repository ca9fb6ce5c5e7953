-- due: never_told > 3 AND open_kitchen
WITH `subject` AS (
  SELECT
    s.`id` AS `key`,
    s.`open_kitchen` AS `open_kitchen`
  FROM `subjects` s
),
`step_1` AS (
  SELECT
    p.*,
    `open_kitchen` AND NULL AS `and_1`
  FROM `subject` p
),
`step_2` AS (
  SELECT
    p.*,
    CASE WHEN `and_1` IS NOT NULL THEN 0 ELSE 2 END AS `and_status_1`
  FROM `step_1` p
)
SELECT
  `key` AS `id`,
  CASE WHEN `and_1` IS NOT NULL THEN 'known' WHEN `and_status_1` = 1 THEN 'absent' ELSE 'unknown' END AS `due_state`,
  `and_1` AS `due_value`,
  CAST(NULL AS STRING) AS `due_reason`
FROM `step_2`
