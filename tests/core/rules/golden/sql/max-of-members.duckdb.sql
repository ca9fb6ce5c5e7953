-- day: MAX(children.born)
WITH "children_members" AS NOT MATERIALIZED (
  SELECT
    c."subject" AS "key",
    c."born" AS "born"
  FROM "children" c
),
"children_total" AS NOT MATERIALIZED (
  SELECT
    "key",
    MAX("born") AS "max_1"
  FROM "children_members"
  GROUP BY "key"
),
"subject" AS NOT MATERIALIZED (
  SELECT
    s."id" AS "key",
    r1."max_1" AS "max"
  FROM "subjects" s
  LEFT JOIN "children_total" r1 ON r1."key" = s."id"
)
SELECT
  "key" AS "id",
  CASE WHEN "max" IS NOT NULL THEN 'known' ELSE 'absent' END AS "day_state",
  "max" AS "day_value",
  CAST(NULL AS VARCHAR) AS "day_reason"
FROM "subject"
