-- due: rent > not_yet
-- amount: COALESCE(not_yet, rent)
WITH "subject" AS NOT MATERIALIZED (
  SELECT
    s."id" AS "key",
    s."rent" AS "rent"
  FROM "subjects" s
)
SELECT
  "key" AS "id",
  'undefined' AS "due_state",
  CAST(NULL AS BOOLEAN) AS "due_value",
  'no value of ''not_yet'' for this date' AS "due_reason",
  'undefined' AS "amount_state",
  CAST(NULL AS BIGINT) AS "amount_value",
  'no value of ''not_yet'' for this date' AS "amount_reason"
FROM "subject"
