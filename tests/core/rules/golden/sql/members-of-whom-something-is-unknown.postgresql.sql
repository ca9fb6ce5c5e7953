-- amount: SUM(children.fee) FILTER (WHERE children.boards)
WITH "children_members" AS NOT MATERIALIZED (
  SELECT
    c."subject" AS "key",
    CASE WHEN c."boards_known" THEN c."boards" END AS "boards",
    CASE WHEN c."boards_known" AND c."boards" IS NOT NULL THEN 0 WHEN c."boards_known" THEN 1 ELSE 2 END AS "boards_status",
    c."fee" AS "fee"
  FROM "children" c
),
"children_step_1" AS NOT MATERIALIZED (
  SELECT
    p.*,
    CASE WHEN "boards" THEN "fee" END AS "sum_1",
    CASE WHEN "boards" THEN CASE WHEN "fee" IS NOT NULL THEN 0 ELSE 1 END WHEN NOT ("boards_status" = 2) THEN 1 WHEN ("fee" IS NULL) OR ("fee" = 0) THEN 1 ELSE 2 END AS "sum_status_1"
  FROM "children_members" p OFFSET 0
),
"children_total" AS NOT MATERIALIZED (
  SELECT
    "key",
    CAST(SUM("sum_1") AS BIGINT) AS "sum_1",
    CASE WHEN BOOL_OR("sum_status_1" = 2) THEN 2 ELSE 0 END AS "sum_status_1"
  FROM "children_step_1"
  GROUP BY "key"
),
"subject" AS NOT MATERIALIZED (
  SELECT
    s."id" AS "key",
    COALESCE(r1."sum_status_1", 0) AS "sum_status",
    CASE WHEN COALESCE(r1."sum_status_1", 0) = 0 THEN COALESCE(r1."sum_1", 0) END AS "sum"
  FROM "subjects" s
  LEFT JOIN "children_total" r1 ON r1."key" = s."id"
)
SELECT
  "key" AS "id",
  CASE WHEN "sum" IS NOT NULL THEN 'known' ELSE 'unknown' END AS "amount_state",
  CAST("sum" AS BIGINT) AS "amount_value",
  CAST(NULL AS VARCHAR) AS "amount_reason"
FROM "subject"
