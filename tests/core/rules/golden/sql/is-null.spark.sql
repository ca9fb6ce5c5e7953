-- due: income IS NULL AND rent IS NOT NULL
WITH `subject` AS (
  SELECT
    s.`id` AS `key`,
    CASE WHEN s.`income_known` THEN s.`income` END AS `income`,
    CASE WHEN s.`income_known` AND s.`income` IS NOT NULL THEN 0 WHEN s.`income_known` THEN 1 ELSE 2 END AS `income_status`,
    s.`rent` AS `rent`
  FROM `subjects` s
),
`step_1` AS (
  SELECT
    p.*,
    (CASE WHEN `income_status` = 1 THEN TRUE WHEN `income` IS NOT NULL THEN FALSE END) AND (`rent` IS NOT NULL) AS `value_1`
  FROM `subject` p
)
SELECT
  `key` AS `id`,
  CASE WHEN `value_1` IS NOT NULL THEN 'known' ELSE 'unknown' END AS `due_state`,
  `value_1` AS `due_value`,
  CAST(NULL AS STRING) AS `due_reason`
FROM `step_1`
