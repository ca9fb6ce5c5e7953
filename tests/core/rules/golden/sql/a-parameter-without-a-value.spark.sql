-- due: rent > not_yet
-- amount: COALESCE(not_yet, rent)
WITH `subject` AS (
  SELECT
    s.`id` AS `key`,
    s.`rent` AS `rent`
  FROM `subjects` s
)
SELECT
  `key` AS `id`,
  'undefined' AS `due_state`,
  CAST(NULL AS BOOLEAN) AS `due_value`,
  CAST(X'6E6F2076616C7565206F6620276E6F745F7965742720666F7220746869732064617465' AS STRING) AS `due_reason`,
  'undefined' AS `amount_state`,
  CAST(NULL AS BIGINT) AS `amount_value`,
  CAST(X'6E6F2076616C7565206F6620276E6F745F7965742720666F7220746869732064617465' AS STRING) AS `amount_reason`
FROM `subject`
