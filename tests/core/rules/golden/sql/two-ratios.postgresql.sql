-- due: area / seats < rent / income
WITH "subject" AS NOT MATERIALIZED (
  SELECT
    s."id" AS "key",
    CAST(s."area" * 10 AS BIGINT) AS "area",
    s."seats" AS "seats",
    s."rent" AS "rent",
    CASE WHEN s."income_known" THEN s."income" END AS "income",
    CASE WHEN s."income_known" AND s."income" IS NOT NULL THEN 0 WHEN s."income_known" THEN 1 ELSE 2 END AS "income_status"
  FROM "subjects" s
),
"step_1" AS NOT MATERIALIZED (
  SELECT
    p.*,
    CASE WHEN "seats" = 0 THEN 4 WHEN "seats" IS NULL THEN 1 WHEN "area" IS NULL THEN 1 ELSE 0 END AS "quotient_status_1",
    CASE WHEN "income" = 0 THEN 4 WHEN "income_status" = 1 THEN 1 WHEN "income_status" = 2 THEN 3 WHEN "rent" IS NULL THEN 1 ELSE 0 END AS "quotient_status_2",
    "area" * "income" AS "product_1",
    ("rent" * 10) * "seats" AS "product_2"
  FROM "subject" p OFFSET 0
),
"step_2" AS NOT MATERIALIZED (
  SELECT
    p.*,
    CASE WHEN ("seats" = 0) OR ("income" = 0) THEN CAST(NULL AS BOOLEAN) WHEN ("seats" > 0) = ("income" > 0) THEN "product_1" < "product_2" ELSE "product_2" < "product_1" END AS "compare_1"
  FROM "step_1" p OFFSET 0
),
"step_3" AS NOT MATERIALIZED (
  SELECT
    p.*,
    CASE WHEN "compare_1" IS NOT NULL THEN 0 WHEN "quotient_status_1" = 4 THEN 4 WHEN "quotient_status_2" >= 3 THEN "quotient_status_2" ELSE 1 END AS "compare_status_1"
  FROM "step_2" p OFFSET 0
)
SELECT
  "key" AS "id",
  CASE WHEN "compare_1" IS NOT NULL THEN 'known' WHEN "compare_status_1" = 1 THEN 'absent' WHEN "compare_status_1" = 3 THEN 'unknown' ELSE 'undefined' END AS "due_state",
  "compare_1" AS "due_value",
  CASE WHEN "compare_status_1" = 4 THEN 'division by zero' ELSE CAST(NULL AS VARCHAR) END AS "due_reason"
FROM "step_3"
