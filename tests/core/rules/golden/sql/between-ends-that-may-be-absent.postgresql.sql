-- due: rent BETWEEN 0 AND income
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
    CASE WHEN ("rent" IS NULL) OR ("income" IS NULL) THEN NULL ELSE "rent" BETWEEN 0 AND "income" END AS "between_1"
  FROM "subject" p OFFSET 0
),
"step_2" AS NOT MATERIALIZED (
  SELECT
    p.*,
    CASE WHEN "between_1" IS NOT NULL THEN 0 WHEN ("rent" IS NULL) OR ("income_status" = 1) THEN 1 ELSE 2 END AS "between_status_1"
  FROM "step_1" p OFFSET 0
)
SELECT
  "key" AS "id",
  CASE WHEN "between_1" IS NOT NULL THEN 'known' WHEN "between_status_1" = 1 THEN 'absent' ELSE 'unknown' END AS "due_state",
  "between_1" AS "due_value",
  CAST(NULL AS VARCHAR) AS "due_reason"
FROM "step_2"
