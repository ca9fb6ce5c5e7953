-- due: BOOL_OR(premises.size > area)
WITH "premises_members" AS NOT MATERIALIZED (
  SELECT
    c."subject" AS "key",
    CAST(c."size" * 10 AS BIGINT) AS "size",
    CAST(s."area" * 10 AS BIGINT) AS "area"
  FROM "premises" c
  JOIN "subjects" s ON s."id" = c."subject"
),
"premises_step_1" AS NOT MATERIALIZED (
  SELECT
    p.*,
    "size" > "area" AS "value_1"
  FROM "premises_members" p OFFSET 0
),
"premises_total" AS NOT MATERIALIZED (
  SELECT
    "key",
    BOOL_OR("value_1") AS "bool_or_1"
  FROM "premises_step_1"
  GROUP BY "key"
),
"subject" AS NOT MATERIALIZED (
  SELECT
    s."id" AS "key",
    s."premises_known" AS "premises_known",
    CAST(s."area" * 10 AS BIGINT) AS "area",
    COALESCE(r1."bool_or_1", FALSE) AS "bool_or"
  FROM "subjects" s
  LEFT JOIN "premises_total" r1 ON r1."key" = s."id"
),
"step_1" AS NOT MATERIALIZED (
  SELECT
    p.*,
    CASE WHEN "area" IS NULL THEN 1 ELSE 2 END AS "compare_status_1"
  FROM "subject" p OFFSET 0
),
"step_2" AS NOT MATERIALIZED (
  SELECT
    p.*,
    CASE WHEN "compare_status_1" = 1 THEN 0 ELSE 2 END AS "nobody_status_1"
  FROM "step_1" p OFFSET 0
),
"step_3" AS NOT MATERIALIZED (
  SELECT
    p.*,
    CASE WHEN "premises_known" THEN "bool_or" ELSE CASE WHEN "nobody_status_1" = 0 THEN FALSE END END AS "bool_or_1",
    CASE WHEN "premises_known" THEN 0 ELSE "nobody_status_1" END AS "bool_or_status_1"
  FROM "step_2" p OFFSET 0
)
SELECT
  "key" AS "id",
  CASE WHEN "bool_or_1" IS NOT NULL THEN 'known' ELSE 'unknown' END AS "due_state",
  "bool_or_1" AS "due_value",
  CAST(NULL AS VARCHAR) AS "due_reason"
FROM "step_3"
