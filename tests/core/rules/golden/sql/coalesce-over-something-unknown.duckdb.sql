-- amount: COALESCE(income, rent, 0)
WITH "subject" AS NOT MATERIALIZED (
  SELECT
    s."id" AS "key",
    CASE WHEN s."income_known" THEN s."income" END AS "income",
    CASE WHEN s."income_known" AND s."income" IS NOT NULL THEN 0 WHEN s."income_known" THEN 1 ELSE 2 END AS "income_status",
    s."rent" AS "rent"
  FROM "subjects" s
),
"step_1" AS NOT MATERIALIZED (
  SELECT
    p.*,
    CASE WHEN NOT ("income_status" = 1) THEN "income" WHEN "rent" IS NOT NULL THEN "rent" ELSE 0 END AS "value_1"
  FROM "subject" p
)
SELECT
  "key" AS "id",
  CASE WHEN "value_1" IS NOT NULL THEN 'known' ELSE 'unknown' END AS "amount_state",
  CAST("value_1" AS BIGINT) AS "amount_value",
  CAST(NULL AS VARCHAR) AS "amount_reason"
FROM "step_1"
