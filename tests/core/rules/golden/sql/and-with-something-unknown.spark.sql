-- due: open_kitchen AND cold_dishes
WITH `subject` AS (
  SELECT
    s.`id` AS `key`,
    s.`open_kitchen` AS `open_kitchen`,
    CASE WHEN s.`cold_dishes_known` THEN s.`cold_dishes` END AS `cold_dishes`,
    CASE WHEN s.`cold_dishes_known` AND s.`cold_dishes` IS NOT NULL THEN 0 WHEN s.`cold_dishes_known` THEN 1 ELSE 2 END AS `cold_dishes_status`
  FROM `subjects` s
),
`step_1` AS (
  SELECT
    p.*,
    `open_kitchen` AND `cold_dishes` AS `and_1`
  FROM `subject` p
),
`step_2` AS (
  SELECT
    p.*,
    CASE WHEN `and_1` IS NOT NULL THEN 0 WHEN `cold_dishes_status` = 2 THEN 2 ELSE 1 END AS `and_status_1`
  FROM `step_1` p
)
SELECT
  `key` AS `id`,
  CASE WHEN `and_1` IS NOT NULL THEN 'known' WHEN `and_status_1` = 1 THEN 'absent' ELSE 'unknown' END AS `due_state`,
  `and_1` AS `due_value`,
  CAST(NULL AS STRING) AS `due_reason`
FROM `step_2`
