-- amount: CASE WHEN area >= 100 THEN 3000 WHEN area >= least_area THEN 1500 ELSE 0 END
WITH "subject" AS NOT MATERIALIZED (
  SELECT
    s."id" AS "key",
    CAST(CAST(s."area" AS DECIMAL(21, 1)) * 10 AS BIGINT) AS "area"
  FROM "subjects" s
),
"step_1" AS NOT MATERIALIZED (
  SELECT
    p.*,
    CASE WHEN "area" >= 1000 THEN CAST(3000 AS BIGINT) WHEN "area" >= 600 THEN CAST(1500 AS BIGINT) ELSE CAST(0 AS BIGINT) END AS "value_1"
  FROM "subject" p
)
SELECT
  "key" AS "id",
  'known' AS "amount_state",
  CAST("value_1" AS BIGINT) AS "amount_value",
  CAST(NULL AS VARCHAR) AS "amount_reason"
FROM "step_1"
