-- due: COUNT(children) FILTER (WHERE years_between(children.born, applied) < 3) >= 2
WITH "children_members" AS NOT MATERIALIZED (
  SELECT
    c."subject" AS "key",
    c."born" AS "born",
    s."applied" AS "applied"
  FROM "children" c
  JOIN "subjects" s ON s."id" = c."subject"
),
"children_step_1" AS NOT MATERIALIZED (
  SELECT
    p.*,
    CAST(EXTRACT(YEAR FROM "applied") * 12 + EXTRACT(MONTH FROM "applied") AS BIGINT) - CAST(EXTRACT(YEAR FROM "born") * 12 + EXTRACT(MONTH FROM "born") AS BIGINT) AS "calendar_months_1"
  FROM "children_members" p
),
"children_step_2" AS NOT MATERIALIZED (
  SELECT
    p.*,
    CASE WHEN "applied" >= "born" AND EXTRACT(DAY FROM "applied") < EXTRACT(DAY FROM "born") AND EXTRACT(DAY FROM "applied" + 1) > 1 THEN "calendar_months_1" - 1 WHEN "applied" < "born" AND EXTRACT(DAY FROM "born") < EXTRACT(DAY FROM "applied") AND EXTRACT(DAY FROM "born" + 1) > 1 THEN "calendar_months_1" + 1 ELSE "calendar_months_1" END AS "months_1"
  FROM "children_step_1" p
),
"children_step_3" AS NOT MATERIALIZED (
  SELECT
    p.*,
    (CASE WHEN "months_1" < 0 THEN -((-"months_1") // 12) ELSE "months_1" // 12 END) < 3 AS "value_1"
  FROM "children_step_2" p
),
"children_step_4" AS NOT MATERIALIZED (
  SELECT
    p.*,
    CASE WHEN "value_1" THEN CAST(1 AS BIGINT) END AS "count_1"
  FROM "children_step_3" p
),
"children_total" AS NOT MATERIALIZED (
  SELECT
    "key",
    COUNT("count_1") AS "count_1"
  FROM "children_step_4"
  GROUP BY "key"
),
"subject" AS NOT MATERIALIZED (
  SELECT
    s."id" AS "key",
    COALESCE(r1."count_1", 0) AS "count"
  FROM "subjects" s
  LEFT JOIN "children_total" r1 ON r1."key" = s."id"
),
"step_1" AS NOT MATERIALIZED (
  SELECT
    p.*,
    "count" >= 2 AS "value_1"
  FROM "subject" p
)
SELECT
  "key" AS "id",
  'known' AS "due_state",
  "value_1" AS "due_value",
  CAST(NULL AS VARCHAR) AS "due_reason"
FROM "step_1"
