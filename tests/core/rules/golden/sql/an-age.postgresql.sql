-- due: years_between(opened, applied) >= 3
WITH "subject" AS NOT MATERIALIZED (
  SELECT
    s."id" AS "key",
    s."opened" AS "opened",
    s."applied" AS "applied"
  FROM "subjects" s
),
"step_1" AS NOT MATERIALIZED (
  SELECT
    p.*,
    CAST(EXTRACT(YEAR FROM "applied") * 12 + EXTRACT(MONTH FROM "applied") AS BIGINT) - CAST(EXTRACT(YEAR FROM "opened") * 12 + EXTRACT(MONTH FROM "opened") AS BIGINT) AS "calendar_months_1"
  FROM "subject" p OFFSET 0
),
"step_2" AS NOT MATERIALIZED (
  SELECT
    p.*,
    CASE WHEN "applied" >= "opened" AND EXTRACT(DAY FROM "applied") < EXTRACT(DAY FROM "opened") AND EXTRACT(DAY FROM "applied" + 1) > 1 THEN "calendar_months_1" - 1 WHEN "applied" < "opened" AND EXTRACT(DAY FROM "opened") < EXTRACT(DAY FROM "applied") AND EXTRACT(DAY FROM "opened" + 1) > 1 THEN "calendar_months_1" + 1 ELSE "calendar_months_1" END AS "months_1"
  FROM "step_1" p OFFSET 0
),
"step_3" AS NOT MATERIALIZED (
  SELECT
    p.*,
    (CASE WHEN "months_1" < 0 THEN -((-"months_1") / 12) ELSE "months_1" / 12 END) >= 3 AS "value_1"
  FROM "step_2" p OFFSET 0
)
SELECT
  "key" AS "id",
  CASE WHEN "value_1" IS NOT NULL THEN 'known' ELSE 'absent' END AS "due_state",
  "value_1" AS "due_value",
  CAST(NULL AS VARCHAR) AS "due_reason"
FROM "step_3"
