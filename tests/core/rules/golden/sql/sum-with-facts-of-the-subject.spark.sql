-- amount: SUM(children.fee) FILTER (WHERE children.fee < rent)
WITH `children_members` AS (
  SELECT
    c.`subject` AS `key`,
    c.`fee` AS `fee`,
    s.`rent` AS `rent`
  FROM `children` c
  JOIN `subjects` s ON s.`id` = c.`subject`
),
`children_step_1` AS (
  SELECT
    p.*,
    `fee` < `rent` AS `value_1`
  FROM `children_members` p
),
`children_step_2` AS (
  SELECT
    p.*,
    CASE WHEN `value_1` THEN `fee` END AS `sum_1`
  FROM `children_step_1` p
),
`children_total` AS (
  SELECT
    `key`,
    CAST(SUM(`sum_1`) AS BIGINT) AS `sum_1`
  FROM `children_step_2`
  GROUP BY `key`
),
`subject` AS (
  SELECT
    s.`id` AS `key`,
    COALESCE(r1.`sum_1`, 0) AS `sum`
  FROM `subjects` s
  LEFT JOIN `children_total` r1 ON r1.`key` = s.`id`
)
SELECT
  `key` AS `id`,
  'known' AS `amount_state`,
  CAST(`sum` AS BIGINT) AS `amount_value`,
  CAST(NULL AS STRING) AS `amount_reason`
FROM `subject`
