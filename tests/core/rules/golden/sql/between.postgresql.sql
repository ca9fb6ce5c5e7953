-- due: seats BETWEEN 10 AND 40
WITH "subject" AS NOT MATERIALIZED (
  SELECT
    s."id" AS "key",
    s."seats" AS "seats"
  FROM "subjects" s
),
"step_1" AS NOT MATERIALIZED (
  SELECT
    p.*,
    "seats" BETWEEN 10 AND 40 AS "value_1"
  FROM "subject" p OFFSET 0
)
SELECT
  "key" AS "id",
  CASE WHEN "value_1" IS NOT NULL THEN 'known' ELSE 'absent' END AS "due_state",
  "value_1" AS "due_value",
  CAST(NULL AS VARCHAR) AS "due_reason"
FROM "step_1"
