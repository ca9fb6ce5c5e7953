-- amount: LEAST(rent, GREATEST(income, cap))
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
    CASE WHEN "income" IS NULL THEN NULL ELSE GREATEST("income", 500000) END AS "call_1"
  FROM "subject" p
),
"step_2" AS NOT MATERIALIZED (
  SELECT
    p.*,
    CASE WHEN "call_1" IS NOT NULL THEN 0 WHEN "income_status" = 1 THEN 1 ELSE 2 END AS "call_status_1",
    CASE WHEN ("rent" IS NULL) OR ("call_1" IS NULL) THEN NULL ELSE LEAST("rent", "call_1") END AS "call_2"
  FROM "step_1" p
),
"step_3" AS NOT MATERIALIZED (
  SELECT
    p.*,
    CASE WHEN "call_2" IS NOT NULL THEN 0 WHEN ("rent" IS NULL) OR ("call_status_1" = 1) THEN 1 ELSE 2 END AS "call_status_2"
  FROM "step_2" p
)
SELECT
  "key" AS "id",
  CASE WHEN "call_2" IS NOT NULL THEN 'known' WHEN "call_status_2" = 1 THEN 'absent' ELSE 'unknown' END AS "amount_state",
  CAST("call_2" AS BIGINT) AS "amount_value",
  CAST(NULL AS VARCHAR) AS "amount_reason"
FROM "step_3"
