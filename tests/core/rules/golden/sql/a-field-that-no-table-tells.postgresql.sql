-- due: BOOL_AND(premises.owned)
WITH "premises_members" AS NOT MATERIALIZED (
  SELECT
    c."subject" AS "key"
  FROM "premises" c
),
"premises_total" AS NOT MATERIALIZED (
  SELECT
    "key",
    BOOL_AND(CAST(NULL AS BOOLEAN)) AS "bool_and_1",
    CASE WHEN NOT BOOL_AND(CAST(NULL AS BOOLEAN)) THEN 0 WHEN BOOL_OR(2 = 2) THEN 2 ELSE 0 END AS "bool_and_status_1"
  FROM "premises_members"
  GROUP BY "key"
),
"subject" AS NOT MATERIALIZED (
  SELECT
    s."id" AS "key",
    s."premises_known" AS "premises_known",
    COALESCE(r1."bool_and_status_1", 0) AS "bool_and_status",
    CASE WHEN COALESCE(r1."bool_and_status_1", 0) = 0 THEN COALESCE(r1."bool_and_1", TRUE) END AS "bool_and"
  FROM "subjects" s
  LEFT JOIN "premises_total" r1 ON r1."key" = s."id"
),
"step_1" AS NOT MATERIALIZED (
  SELECT
    p.*,
    CASE WHEN "premises_known" THEN "bool_and" ELSE CAST(NULL AS BOOLEAN) END AS "value_1"
  FROM "subject" p OFFSET 0
)
SELECT
  "key" AS "id",
  CASE WHEN "value_1" IS NOT NULL THEN 'known' ELSE 'unknown' END AS "due_state",
  "value_1" AS "due_value",
  CAST(NULL AS VARCHAR) AS "due_reason"
FROM "step_1"
