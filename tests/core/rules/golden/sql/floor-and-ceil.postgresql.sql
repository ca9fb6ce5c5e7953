-- floor: FLOOR(area / 2)
-- ceil: CEIL(area)
WITH "subject" AS NOT MATERIALIZED (
  SELECT
    s."id" AS "key",
    CAST(s."area" * 10 AS BIGINT) AS "area"
  FROM "subjects" s
),
"step_1" AS NOT MATERIALIZED (
  SELECT
    p.*,
    19 - "area" AS "above_1",
    "area" + 9 AS "above_2",
    -"area" AS "above_3"
  FROM "subject" p OFFSET 0
),
"step_2" AS NOT MATERIALIZED (
  SELECT
    p.*,
    CASE WHEN "area" < 0 THEN -("above_1" / 20) ELSE "area" / 20 END AS "value_1",
    CASE WHEN "area" > 0 THEN "above_2" / 10 ELSE -("above_3" / 10) END AS "value_2"
  FROM "step_1" p OFFSET 0
)
SELECT
  "key" AS "id",
  CASE WHEN "value_1" IS NOT NULL THEN 'known' ELSE 'absent' END AS "floor_state",
  CAST("value_1" AS BIGINT) AS "floor_value",
  CAST(NULL AS VARCHAR) AS "floor_reason",
  CASE WHEN "value_2" IS NOT NULL THEN 'known' ELSE 'absent' END AS "ceil_state",
  CAST("value_2" AS BIGINT) AS "ceil_value",
  CAST(NULL AS VARCHAR) AS "ceil_reason"
FROM "step_2"
