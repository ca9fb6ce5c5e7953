-- due: NOT open_kitchen OR kind <> 'bakery'
WITH `subject` AS (
  SELECT
    s.`id` AS `key`,
    s.`open_kitchen` AS `open_kitchen`,
    s.`kind` AS `kind`
  FROM `subjects` s
),
`step_1` AS (
  SELECT
    p.*,
    (NOT `open_kitchen`) OR (`kind` <> 'bakery') AS `value_1`
  FROM `subject` p
)
SELECT
  `key` AS `id`,
  CASE WHEN `value_1` IS NOT NULL THEN 'known' ELSE 'absent' END AS `due_state`,
  `value_1` AS `due_value`,
  CAST(NULL AS STRING) AS `due_reason`
FROM `step_1`
