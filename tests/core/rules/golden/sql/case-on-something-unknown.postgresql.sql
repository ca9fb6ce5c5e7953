-- amount: CASE WHEN cold_dishes THEN rent ELSE cap END
WITH "subject" AS NOT MATERIALIZED (
  SELECT
    s."id" AS "key",
    CASE WHEN s."cold_dishes_known" THEN s."cold_dishes" END AS "cold_dishes",
    CASE WHEN s."cold_dishes_known" AND s."cold_dishes" IS NOT NULL THEN 0 WHEN s."cold_dishes_known" THEN 1 ELSE 2 END AS "cold_dishes_status",
    s."rent" AS "rent"
  FROM "subjects" s
),
"step_1" AS NOT MATERIALIZED (
  SELECT
    p.*,
    CASE WHEN "cold_dishes" OR ("cold_dishes_status" = 2) THEN "rent" ELSE 500000 END AS "first_1",
    CASE WHEN "cold_dishes" OR ("cold_dishes_status" = 2) THEN CASE WHEN "rent" IS NOT NULL THEN 0 ELSE 1 END ELSE 0 END AS "first_status_1",
    CASE WHEN "cold_dishes" THEN 1 ELSE 2 END AS "last_1",
    CASE WHEN "cold_dishes" THEN 0 WHEN "cold_dishes_status" = 2 THEN 2 ELSE 0 END AS "way_1"
  FROM "subject" p OFFSET 0
),
"step_2" AS NOT MATERIALIZED (
  SELECT
    p.*,
    ("last_1" = 2) AND (("first_status_1" <> 0) OR ("first_1" <> 500000)) AS "unsettled_1"
  FROM "step_1" p OFFSET 0
),
"step_3" AS NOT MATERIALIZED (
  SELECT
    p.*,
    CASE WHEN "way_1" = 0 THEN "first_status_1" WHEN "unsettled_1" THEN 2 ELSE "first_status_1" END AS "case_status_1"
  FROM "step_2" p OFFSET 0
),
"step_4" AS NOT MATERIALIZED (
  SELECT
    p.*,
    CASE WHEN "case_status_1" = 0 THEN "first_1" END AS "case_1"
  FROM "step_3" p OFFSET 0
)
SELECT
  "key" AS "id",
  CASE WHEN "case_1" IS NOT NULL THEN 'known' WHEN "case_status_1" = 1 THEN 'absent' ELSE 'unknown' END AS "amount_state",
  CAST("case_1" AS BIGINT) AS "amount_value",
  CAST(NULL AS VARCHAR) AS "amount_reason"
FROM "step_4"
