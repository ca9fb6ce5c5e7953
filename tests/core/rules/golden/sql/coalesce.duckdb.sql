-- amount: COALESCE(rent, 0)
WITH "subject" AS NOT MATERIALIZED (
  SELECT
    s."id" AS "key",
    s."rent" AS "rent"
  FROM "subjects" s
),
"step_1" AS NOT MATERIALIZED (
  SELECT
    p.*,
    COALESCE("rent", 0) AS "value_1"
  FROM "subject" p
)
SELECT
  "key" AS "id",
  'known' AS "amount_state",
  CAST("value_1" AS BIGINT) AS "amount_value",
  CAST(NULL AS VARCHAR) AS "amount_reason"
FROM "step_1"
