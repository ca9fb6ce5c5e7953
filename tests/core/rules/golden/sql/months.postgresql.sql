-- due: months_between(opened, DATE '2026-01-31') > 6
WITH "subject" AS NOT MATERIALIZED (
  SELECT
    s."id" AS "key",
    s."opened" AS "opened"
  FROM "subjects" s
),
"step_1" AS NOT MATERIALIZED (
  SELECT
    p.*,
    CAST(EXTRACT(YEAR FROM DATE '2026-01-31') * 12 + EXTRACT(MONTH FROM DATE '2026-01-31') AS BIGINT) - CAST(EXTRACT(YEAR FROM "opened") * 12 + EXTRACT(MONTH FROM "opened") AS BIGINT) AS "calendar_months_1"
  FROM "subject" p OFFSET 0
),
"step_2" AS NOT MATERIALIZED (
  SELECT
    p.*,
    (CASE WHEN DATE '2026-01-31' >= "opened" AND EXTRACT(DAY FROM DATE '2026-01-31') < EXTRACT(DAY FROM "opened") AND EXTRACT(DAY FROM DATE '2026-01-31' + 1) > 1 THEN "calendar_months_1" - 1 WHEN DATE '2026-01-31' < "opened" AND EXTRACT(DAY FROM "opened") < EXTRACT(DAY FROM DATE '2026-01-31') AND EXTRACT(DAY FROM "opened" + 1) > 1 THEN "calendar_months_1" + 1 ELSE "calendar_months_1" END) > 6 AS "value_1"
  FROM "step_1" p OFFSET 0
)
SELECT
  "key" AS "id",
  CASE WHEN "value_1" IS NOT NULL THEN 'known' ELSE 'absent' END AS "due_state",
  "value_1" AS "due_value",
  CAST(NULL AS VARCHAR) AS "due_reason"
FROM "step_2"
