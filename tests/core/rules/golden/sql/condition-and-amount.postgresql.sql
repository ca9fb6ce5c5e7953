-- due: area / seats >= 1.5
-- amount: CASE WHEN area / seats >= 1.5 THEN rent ELSE 0 END
WITH "subject" AS NOT MATERIALIZED (
  SELECT
    s."id" AS "key",
    CAST(s."area" * 10 AS BIGINT) AS "area",
    s."seats" AS "seats",
    s."rent" AS "rent"
  FROM "subjects" s
),
"step_1" AS NOT MATERIALIZED (
  SELECT
    p.*,
    CASE WHEN "seats" = 0 THEN 4 WHEN "seats" IS NULL THEN 1 WHEN "area" IS NULL THEN 1 ELSE 0 END AS "quotient_status_1",
    15 * "seats" AS "product_1"
  FROM "subject" p OFFSET 0
),
"step_2" AS NOT MATERIALIZED (
  SELECT
    p.*,
    CASE WHEN "seats" > 0 THEN "area" >= "product_1" WHEN "seats" < 0 THEN "product_1" >= "area" END AS "compare_1"
  FROM "step_1" p OFFSET 0
),
"step_3" AS NOT MATERIALIZED (
  SELECT
    p.*,
    CASE WHEN "compare_1" IS NOT NULL THEN 0 WHEN "quotient_status_1" = 4 THEN 4 ELSE 1 END AS "compare_status_1"
  FROM "step_2" p OFFSET 0
),
"step_4" AS NOT MATERIALIZED (
  SELECT
    p.*,
    CASE WHEN "compare_status_1" = 4 THEN CAST(NULL AS BIGINT) WHEN "compare_1" THEN "rent" ELSE 0 END AS "case_1",
    CASE WHEN "compare_status_1" = 4 THEN 4 WHEN "compare_1" THEN CASE WHEN "rent" IS NOT NULL THEN 0 ELSE 1 END ELSE 0 END AS "case_status_1"
  FROM "step_3" p OFFSET 0
)
SELECT
  "key" AS "id",
  CASE WHEN "compare_1" IS NOT NULL THEN 'known' WHEN "compare_status_1" = 1 THEN 'absent' ELSE 'undefined' END AS "due_state",
  "compare_1" AS "due_value",
  CASE WHEN "compare_status_1" = 4 THEN 'division by zero' ELSE CAST(NULL AS VARCHAR) END AS "due_reason",
  CASE WHEN "case_1" IS NOT NULL THEN 'known' WHEN "case_status_1" = 1 THEN 'absent' ELSE 'undefined' END AS "amount_state",
  CAST("case_1" AS BIGINT) AS "amount_value",
  CASE WHEN "case_status_1" = 4 THEN 'division by zero' ELSE CAST(NULL AS VARCHAR) END AS "amount_reason"
FROM "step_4"
