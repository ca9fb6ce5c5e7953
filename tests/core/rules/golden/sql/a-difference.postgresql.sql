-- amount: ABS(rent - 2 * income)
WITH "subject" AS NOT MATERIALIZED (
  SELECT
    s."id" AS "key",
    s."rent" AS "rent",
    CASE WHEN s."income_known" THEN s."income" END AS "income",
    CASE WHEN s."income_known" AND s."income" IS NOT NULL THEN 0 WHEN s."income_known" THEN 1 ELSE 2 END AS "income_status"
  FROM "subjects" s
),
"step_1" AS NOT MATERIALIZED (
  SELECT
    p.*,
    2 * "income" AS "arithmetic_1"
  FROM "subject" p OFFSET 0
),
"step_2" AS NOT MATERIALIZED (
  SELECT
    p.*,
    CASE WHEN "arithmetic_1" IS NOT NULL THEN 0 WHEN "income_status" = 1 THEN 1 ELSE 2 END AS "arithmetic_status_1",
    "rent" - "arithmetic_1" AS "arithmetic_2"
  FROM "step_1" p OFFSET 0
),
"step_3" AS NOT MATERIALIZED (
  SELECT
    p.*,
    CASE WHEN "arithmetic_2" IS NOT NULL THEN 0 WHEN ("rent" IS NULL) OR ("arithmetic_status_1" = 1) THEN 1 ELSE 2 END AS "arithmetic_status_2",
    abs("arithmetic_2") AS "call_1"
  FROM "step_2" p OFFSET 0
),
"step_4" AS NOT MATERIALIZED (
  SELECT
    p.*,
    CASE WHEN "call_1" IS NOT NULL THEN 0 WHEN "arithmetic_status_2" = 1 THEN 1 ELSE 2 END AS "call_status_1"
  FROM "step_3" p OFFSET 0
)
SELECT
  "key" AS "id",
  CASE WHEN "call_1" IS NOT NULL THEN 'known' WHEN "call_status_1" = 1 THEN 'absent' ELSE 'unknown' END AS "amount_state",
  CAST("call_1" AS BIGINT) AS "amount_value",
  CAST(NULL AS VARCHAR) AS "amount_reason"
FROM "step_4"
