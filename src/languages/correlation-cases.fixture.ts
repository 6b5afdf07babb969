import type { Expectations } from './cases.fixture.ts';
import { type Answers, expectationsOf, no } from './value-cases.fixture.ts';

// What every language says to correlations beyond the first few of cases.test.ts: operators, ranges, groups, aliases, nesting.

const same = (text: string): string => text;
const whole = (answers: Answers): Expectations =>
  expectationsOf(answers, { spl: same, esql: same, dsl: same, kql: same, sql: same });
const exact = no('whether an event exactly one timespan old counts is not documented, so only lower bounds of counts are safe');
const wider = no('its windows are wider than the rule’s, so only lower bounds of counts are safe');

export const correlationCases = {
  'a range': whole({
    spl: exact,
    esql: wider,
    dsl: wider,
    kql: wider,
    sql: String.raw`WITH sigma_c_events AS (
  SELECT "time" AS ts, "ip" AS g1 FROM SRC
  WHERE lower("a") = 'p' AND "ip" IS NOT NULL
),
sigma_c AS (
  SELECT DISTINCT ts, g1, count(*) OVER w AS event_count FROM sigma_c_events
  WINDOW w AS (PARTITION BY g1 ORDER BY ts RANGE BETWEEN 299999999 PRECEDING AND CURRENT ROW)
  QUALIFY event_count > 10 AND event_count <= 20
)
SELECT ts, g1 AS "ip", event_count FROM sigma_c
ORDER BY ALL`,
  }),
  exactly: whole({
    spl: exact,
    esql: wider,
    dsl: wider,
    kql: wider,
    sql: String.raw`WITH sigma_c_events AS (
  SELECT "time" AS ts, "ip" AS g1 FROM SRC
  WHERE lower("a") = 'p' AND "ip" IS NOT NULL
),
sigma_c AS (
  SELECT DISTINCT ts, g1, count(*) OVER w AS event_count FROM sigma_c_events
  WINDOW w AS (PARTITION BY g1 ORDER BY ts RANGE BETWEEN 299999999 PRECEDING AND CURRENT ROW)
  QUALIFY event_count = 3
)
SELECT ts, g1 AS "ip", event_count FROM sigma_c
ORDER BY ALL`,
  }),
  'any number but one': whole({
    spl: exact,
    esql: wider,
    dsl: wider,
    kql: wider,
    sql: String.raw`WITH sigma_c_events AS (
  SELECT "time" AS ts, "ip" AS g1, "n" AS v1 FROM SRC
  WHERE lower("a") = 'p' AND "ip" IS NOT NULL AND "n" IS NOT NULL
),
sigma_c AS (
  SELECT DISTINCT ts, g1, count(DISTINCT v1) OVER w AS value_count FROM sigma_c_events
  WINDOW w AS (PARTITION BY g1 ORDER BY ts RANGE BETWEEN 299999999 PRECEDING AND CURRENT ROW)
  QUALIFY value_count <> 3
)
SELECT ts, g1 AS "ip", value_count FROM sigma_c
ORDER BY ALL`,
  }),
  'an average': whole({
    spl: exact,
    esql: wider,
    dsl: wider,
    kql: wider,
    sql: String.raw`WITH sigma_c_events AS (
  SELECT "time" AS ts, "ip" AS g1, CAST("n" AS DOUBLE) AS v1 FROM SRC
  WHERE lower("a") = 'p' AND "ip" IS NOT NULL AND CAST("n" AS DOUBLE) IS NOT NULL
),
sigma_c AS (
  SELECT DISTINCT ts, g1, avg(v1) OVER w AS value_avg FROM sigma_c_events
  WINDOW w AS (PARTITION BY g1 ORDER BY ts RANGE BETWEEN 299999999 PRECEDING AND CURRENT ROW)
  QUALIFY value_avg >= 7
)
SELECT ts, g1 AS "ip", value_avg FROM sigma_c
ORDER BY ALL`,
  }),
  'a percentile': whole({
    spl: exact,
    esql: wider,
    dsl: wider,
    kql: wider,
    sql: String.raw`WITH sigma_c_events AS (
  SELECT "time" AS ts, "ip" AS g1, CAST("n" AS DOUBLE) AS v1 FROM SRC
  WHERE lower("a") = 'p' AND "ip" IS NOT NULL AND CAST("n" AS DOUBLE) IS NOT NULL
),
sigma_c AS (
  SELECT DISTINCT ts, g1, quantile_disc(v1, 0.95) OVER w AS value_percentile FROM sigma_c_events
  WINDOW w AS (PARTITION BY g1 ORDER BY ts RANGE BETWEEN 299999999 PRECEDING AND CURRENT ROW)
  QUALIFY value_percentile >= 7
)
SELECT ts, g1 AS "ip", value_percentile FROM sigma_c
ORDER BY ALL`,
  }),
  'without groups': whole({
    spl: String.raw`SRC a="p"
| sort 0 _time
| streamstats time_window=90s count as event_count
| where event_count >= 10`,
    esql: String.raw`FROM SRC
| WHERE TO_LOWER(a) == "p"
| EVAL sigma_bin = DATE_TRUNC(90 seconds, @timestamp)
| EVAL sigma_window = MV_APPEND(sigma_bin, sigma_bin - 90 seconds)
| MV_EXPAND sigma_window
| STATS event_count = COUNT(*) BY sigma_window
| WHERE event_count >= 10
| SORT sigma_window
| LIMIT 10000`,
    dsl: '{"size":0,"query":{"bool":{"filter":[{"range":{"@timestamp":{"gt":"now-180s","lte":"now"}}},{"term":{"a":{"value":"p","case_insensitive":true}}}]}},"aggs":{"group":{"filters":{"filters":{"all":{"match_all":{}}}},"aggs":{"keep":{"bucket_selector":{"buckets_path":{"n":"_count"},"script":"params.n >= 10"}}}}}}',
    kql: String.raw`SRC
| where a =~ "p"
| extend sigma_bin = bin(TimeGenerated, 18s)
| mv-expand sigma_window = range(sigma_bin - 90s, sigma_bin, 18s) to typeof(datetime)
| summarize event_count = count() by sigma_window
| where event_count >= 10`,
    sql: String.raw`WITH sigma_c_events AS (
  SELECT "time" AS ts FROM SRC
  WHERE lower("a") = 'p'
),
sigma_c AS (
  SELECT DISTINCT ts, count(*) OVER w AS event_count FROM sigma_c_events
  WINDOW w AS (ORDER BY ts RANGE BETWEEN 89999999 PRECEDING AND CURRENT ROW)
  QUALIFY event_count >= 10
)
SELECT ts, event_count FROM sigma_c
ORDER BY ALL`,
  }),
  'by two fields': whole({
    spl: String.raw`SRC a="p"
| eval sigma_leaf=0
| sort 0 _time, sigma_leaf
| streamstats time_window=1d count(eval(sigma_leaf==0)) as event_count by ip "x-y"
| eval sigma_held1=if((sigma_leaf==0) AND isnotnull(ip) AND isnotnull('x-y') AND event_count >= 10, 1, null())
| where sigma_held1==1`,
    esql: "FROM SRC\n| WHERE TO_LOWER(a) == \"p\" AND ip IS NOT NULL AND `x-y` IS NOT NULL\n| EVAL sigma_bin = DATE_TRUNC(1 days, @timestamp)\n| EVAL sigma_window = MV_APPEND(sigma_bin, sigma_bin - 1 days)\n| MV_EXPAND sigma_window\n| STATS event_count = COUNT(*) BY sigma_window, ip, `x-y`\n| WHERE event_count >= 10\n| SORT sigma_window\n| LIMIT 10000",
    dsl: '{"size":0,"query":{"bool":{"filter":[{"range":{"@timestamp":{"gt":"now-172800s","lte":"now"}}},{"term":{"a":{"value":"p","case_insensitive":true}}},{"exists":{"field":"ip"}},{"exists":{"field":"x-y"}}]}},"aggs":{"group":{"multi_terms":{"terms":[{"field":"ip"},{"field":"x-y"}],"size":10000},"aggs":{"keep":{"bucket_selector":{"buckets_path":{"n":"_count"},"script":"params.n >= 10"}}}}}}',
    kql: String.raw`SRC
| where a =~ "p" and isnotempty(ip) and isnotempty(['x-y'])
| extend sigma_bin = bin(TimeGenerated, 288m)
| mv-expand sigma_window = range(sigma_bin - 1d, sigma_bin, 288m) to typeof(datetime)
| summarize event_count = count() by ip, ['x-y'], sigma_window
| where event_count >= 10`,
    sql: String.raw`WITH sigma_c_events AS (
  SELECT "time" AS ts, "ip" AS g1, "x-y" AS g2 FROM SRC
  WHERE lower("a") = 'p' AND "ip" IS NOT NULL AND "x-y" IS NOT NULL
),
sigma_c AS (
  SELECT DISTINCT ts, g1, g2, count(*) OVER w AS event_count FROM sigma_c_events
  WINDOW w AS (PARTITION BY g1, g2 ORDER BY ts RANGE BETWEEN 86399999999 PRECEDING AND CURRENT ROW)
  QUALIFY event_count >= 10
)
SELECT ts, g1 AS "ip", g2 AS "x-y", event_count FROM sigma_c
ORDER BY ALL`,
  }),
  'two of three rules': whole({
    spl: String.raw`| multisearch
    [search SRC a="p"
     | eval sigma_leaf=0]
    [search SRC a="q"
     | eval sigma_leaf=1]
    [search SRC a="r"
     | eval sigma_leaf=2]
| sort 0 _time, sigma_leaf
| streamstats time_window=5m max(eval(if(sigma_leaf==0, 1, 0))) as sigma_part0 max(eval(if(sigma_leaf==1, 1, 0))) as sigma_part1 max(eval(if(sigma_leaf==2, 1, 0))) as sigma_part2 by ip
| eval temporal=sigma_part0+sigma_part1+sigma_part2
| eval sigma_held1=if((sigma_leaf==0 OR sigma_leaf==1 OR sigma_leaf==2) AND isnotnull(ip) AND temporal >= 2, 1, null())
| where sigma_held1==1`,
    esql: String.raw`FROM SRC
| EVAL sigma_part0 = COALESCE(TO_LOWER(a) == "p", false), sigma_part1 = COALESCE(TO_LOWER(a) == "q", false), sigma_part2 = COALESCE(TO_LOWER(a) == "r", false)
| WHERE (sigma_part0 OR sigma_part1 OR sigma_part2) AND ip IS NOT NULL
| EVAL sigma_bin = DATE_TRUNC(5 minutes, @timestamp)
| EVAL sigma_window = MV_APPEND(sigma_bin, sigma_bin - 5 minutes)
| MV_EXPAND sigma_window
| STATS sigma_n0 = SUM(CASE(sigma_part0, 1, 0)), sigma_n1 = SUM(CASE(sigma_part1, 1, 0)), sigma_n2 = SUM(CASE(sigma_part2, 1, 0)) BY sigma_window, ip
| EVAL temporal = CASE(sigma_n0 > 0, 1, 0) + CASE(sigma_n1 > 0, 1, 0) + CASE(sigma_n2 > 0, 1, 0)
| WHERE temporal >= 2
| SORT sigma_window
| LIMIT 10000`,
    dsl: '{"size":0,"query":{"bool":{"filter":[{"range":{"@timestamp":{"gt":"now-600s","lte":"now"}}},{"bool":{"should":[{"term":{"a":{"value":"p","case_insensitive":true}}},{"term":{"a":{"value":"q","case_insensitive":true}}},{"term":{"a":{"value":"r","case_insensitive":true}}}],"minimum_should_match":1}},{"exists":{"field":"ip"}}]}},"aggs":{"group":{"terms":{"field":"ip","size":10000},"aggs":{"p0":{"filter":{"term":{"a":{"value":"p","case_insensitive":true}}}},"p1":{"filter":{"term":{"a":{"value":"q","case_insensitive":true}}}},"p2":{"filter":{"term":{"a":{"value":"r","case_insensitive":true}}}},"keep":{"bucket_selector":{"buckets_path":{"n0":"p0._count","n1":"p1._count","n2":"p2._count"},"script":"((params.n0 > 0 ? 1 : 0) + (params.n1 > 0 ? 1 : 0) + (params.n2 > 0 ? 1 : 0)) >= 2"}}}}}}',
    kql: String.raw`union
  (SRC
   | where a =~ "p" and isnotempty(ip)
   | project TimeGenerated = TimeGenerated, sigma_part = 0, sigma_ip = tostring(ip)),
  (SRC
   | where a =~ "q" and isnotempty(ip)
   | project TimeGenerated = TimeGenerated, sigma_part = 1, sigma_ip = tostring(ip)),
  (SRC
   | where a =~ "r" and isnotempty(ip)
   | project TimeGenerated = TimeGenerated, sigma_part = 2, sigma_ip = tostring(ip))
| extend sigma_bin = bin(TimeGenerated, 1m)
| mv-expand sigma_window = range(sigma_bin - 5m, sigma_bin, 1m) to typeof(datetime)
| summarize temporal = count_distinct(sigma_part) by sigma_ip, sigma_window
| where temporal >= 2`,
    sql: String.raw`WITH sigma_c_events AS (
  SELECT "time" AS ts, "ip" AS g1, 0 AS part FROM SRC
  WHERE lower("a") = 'p' AND "ip" IS NOT NULL
  UNION ALL SELECT "time" AS ts, "ip" AS g1, 1 AS part FROM SRC
  WHERE lower("a") = 'q' AND "ip" IS NOT NULL
  UNION ALL SELECT "time" AS ts, "ip" AS g1, 2 AS part FROM SRC
  WHERE lower("a") = 'r' AND "ip" IS NOT NULL
),
sigma_c AS (
  SELECT DISTINCT ts, g1, count(DISTINCT part) OVER w AS temporal FROM sigma_c_events
  WINDOW w AS (PARTITION BY g1 ORDER BY ts RANGE BETWEEN 299999999 PRECEDING AND CURRENT ROW)
  QUALIFY temporal >= 2
)
SELECT ts, g1 AS "ip", temporal FROM sigma_c
ORDER BY ALL`,
  }),
  'three rules in order': whole({
    spl: String.raw`| multisearch
    [search SRC a="p"
     | eval sigma_leaf=0]
    [search SRC a="q"
     | eval sigma_leaf=1]
    [search SRC a="r"
     | eval sigma_leaf=2]
| sort 0 _time, sigma_leaf
| eval sigma_start0=if(sigma_leaf==0, _time, null())
| streamstats time_window=5m max(sigma_start0) as sigma_latest0 by ip
| eval sigma_start1=if(sigma_leaf==1, sigma_latest0, null())
| streamstats time_window=5m max(sigma_start1) as sigma_latest1 by ip
| eval sigma_start2=if(sigma_leaf==2, sigma_latest1, null())
| eval sigma_held1=if(isnotnull(sigma_start2) AND sigma_start2>_time-300, 1, null())
| where sigma_held1==1`,
    esql: String.raw`FROM SRC
| EVAL sigma_part0 = COALESCE(TO_LOWER(a) == "p", false), sigma_part1 = COALESCE(TO_LOWER(a) == "q", false), sigma_part2 = COALESCE(TO_LOWER(a) == "r", false)
| WHERE (sigma_part0 OR sigma_part1 OR sigma_part2) AND ip IS NOT NULL
| EVAL sigma_bin = DATE_TRUNC(5 minutes, @timestamp)
| EVAL sigma_window = MV_APPEND(sigma_bin, sigma_bin - 5 minutes)
| MV_EXPAND sigma_window
| STATS sigma_n0 = SUM(CASE(sigma_part0, 1, 0)), sigma_n1 = SUM(CASE(sigma_part1, 1, 0)), sigma_n2 = SUM(CASE(sigma_part2, 1, 0)), sigma_first0 = MIN(CASE(sigma_part0, @timestamp, NULL)), sigma_last0 = MAX(CASE(sigma_part0, @timestamp, NULL)), sigma_first1 = MIN(CASE(sigma_part1, @timestamp, NULL)), sigma_last1 = MAX(CASE(sigma_part1, @timestamp, NULL)), sigma_first2 = MIN(CASE(sigma_part2, @timestamp, NULL)), sigma_last2 = MAX(CASE(sigma_part2, @timestamp, NULL)) BY sigma_window, ip
| EVAL temporal = CASE(sigma_n0 > 0, 1, 0) + CASE(sigma_n1 > 0, 1, 0) + CASE(sigma_n2 > 0, 1, 0)
| WHERE temporal >= 3
| WHERE sigma_first0 <= sigma_last1 AND sigma_first1 <= sigma_last2
| SORT sigma_window
| LIMIT 10000`,
    dsl: '{"size":0,"query":{"bool":{"filter":[{"range":{"@timestamp":{"gt":"now-600s","lte":"now"}}},{"bool":{"should":[{"term":{"a":{"value":"p","case_insensitive":true}}},{"term":{"a":{"value":"q","case_insensitive":true}}},{"term":{"a":{"value":"r","case_insensitive":true}}}],"minimum_should_match":1}},{"exists":{"field":"ip"}}]}},"aggs":{"group":{"terms":{"field":"ip","size":10000},"aggs":{"p0":{"filter":{"term":{"a":{"value":"p","case_insensitive":true}}},"aggs":{"first":{"min":{"field":"@timestamp"}},"last":{"max":{"field":"@timestamp"}}}},"p1":{"filter":{"term":{"a":{"value":"q","case_insensitive":true}}},"aggs":{"first":{"min":{"field":"@timestamp"}},"last":{"max":{"field":"@timestamp"}}}},"p2":{"filter":{"term":{"a":{"value":"r","case_insensitive":true}}},"aggs":{"first":{"min":{"field":"@timestamp"}},"last":{"max":{"field":"@timestamp"}}}},"keep":{"bucket_selector":{"buckets_path":{"n0":"p0._count","f0":"p0>first","l0":"p0>last","n1":"p1._count","f1":"p1>first","l1":"p1>last","n2":"p2._count","f2":"p2>first","l2":"p2>last"},"script":"((params.n0 > 0 ? 1 : 0) + (params.n1 > 0 ? 1 : 0) + (params.n2 > 0 ? 1 : 0)) >= 3 && params.f0 <= params.l1 && params.f1 <= params.l2"}}}}}}',
    kql: String.raw`union
  (SRC
   | where a =~ "p" and isnotempty(ip)
   | project TimeGenerated = TimeGenerated, sigma_part = 0, sigma_ip = tostring(ip)),
  (SRC
   | where a =~ "q" and isnotempty(ip)
   | project TimeGenerated = TimeGenerated, sigma_part = 1, sigma_ip = tostring(ip)),
  (SRC
   | where a =~ "r" and isnotempty(ip)
   | project TimeGenerated = TimeGenerated, sigma_part = 2, sigma_ip = tostring(ip))
| extend sigma_bin = bin(TimeGenerated, 1m)
| mv-expand sigma_window = range(sigma_bin - 5m, sigma_bin, 1m) to typeof(datetime)
| summarize temporal = count_distinct(sigma_part), sigma_first0 = minif(TimeGenerated, sigma_part == 0), sigma_last0 = maxif(TimeGenerated, sigma_part == 0), sigma_first1 = minif(TimeGenerated, sigma_part == 1), sigma_last1 = maxif(TimeGenerated, sigma_part == 1), sigma_first2 = minif(TimeGenerated, sigma_part == 2), sigma_last2 = maxif(TimeGenerated, sigma_part == 2) by sigma_ip, sigma_window
| where temporal >= 3
| where sigma_first0 <= sigma_last1 and sigma_first1 <= sigma_last2`,
    sql: String.raw`WITH sigma_c_events_1 AS (
  SELECT "time" AS ts, "ip" AS g1 FROM SRC
  WHERE lower("a") = 'p' AND "ip" IS NOT NULL
),
sigma_c_step_1 AS (
  SELECT DISTINCT ts, g1, ts AS started FROM sigma_c_events_1
),
sigma_c_events_2 AS (
  SELECT "time" AS ts, "ip" AS g1 FROM SRC
  WHERE lower("a") = 'q' AND "ip" IS NOT NULL
),
sigma_c_step_2 AS (
  SELECT DISTINCT ts, g1, started FROM (
    SELECT ts, g1, step, max(started) OVER (PARTITION BY g1 ORDER BY ts RANGE BETWEEN 299999999 PRECEDING AND CURRENT ROW) AS started FROM (
      SELECT ts, g1, started, 0 AS step FROM sigma_c_step_1
      UNION ALL SELECT ts, g1, NULL, 1 FROM sigma_c_events_2))
  WHERE step = 1 AND started > ts - 300000000
),
sigma_c_events_3 AS (
  SELECT "time" AS ts, "ip" AS g1 FROM SRC
  WHERE lower("a") = 'r' AND "ip" IS NOT NULL
),
sigma_c AS (
  SELECT DISTINCT ts, g1, started FROM (
    SELECT ts, g1, step, max(started) OVER (PARTITION BY g1 ORDER BY ts RANGE BETWEEN 299999999 PRECEDING AND CURRENT ROW) AS started FROM (
      SELECT ts, g1, started, 0 AS step FROM sigma_c_step_2
      UNION ALL SELECT ts, g1, NULL, 1 FROM sigma_c_events_3))
  WHERE step = 1 AND started > ts - 300000000
)
SELECT ts, g1 AS "ip", started FROM sigma_c
ORDER BY ALL`,
  }),
  'one rule together with itself': whole({
    spl: String.raw`SRC a="p"
| eval sigma_leaf=0
| sort 0 _time, sigma_leaf
| streamstats time_window=5m max(eval(if(sigma_leaf==0, 1, 0))) as sigma_part0 by ip
| eval temporal=sigma_part0
| eval sigma_held1=if((sigma_leaf==0) AND isnotnull(ip) AND temporal >= 1, 1, null())
| where sigma_held1==1`,
    esql: String.raw`FROM SRC
| EVAL sigma_part0 = COALESCE(TO_LOWER(a) == "p", false)
| WHERE (sigma_part0) AND ip IS NOT NULL
| EVAL sigma_bin = DATE_TRUNC(5 minutes, @timestamp)
| EVAL sigma_window = MV_APPEND(sigma_bin, sigma_bin - 5 minutes)
| MV_EXPAND sigma_window
| STATS sigma_n0 = SUM(CASE(sigma_part0, 1, 0)) BY sigma_window, ip
| EVAL temporal = CASE(sigma_n0 > 0, 1, 0)
| WHERE temporal >= 1
| SORT sigma_window
| LIMIT 10000`,
    dsl: '{"size":0,"query":{"bool":{"filter":[{"range":{"@timestamp":{"gt":"now-600s","lte":"now"}}},{"term":{"a":{"value":"p","case_insensitive":true}}},{"exists":{"field":"ip"}}]}},"aggs":{"group":{"terms":{"field":"ip","size":10000},"aggs":{"p0":{"filter":{"term":{"a":{"value":"p","case_insensitive":true}}}},"keep":{"bucket_selector":{"buckets_path":{"n0":"p0._count"},"script":"((params.n0 > 0 ? 1 : 0)) >= 1"}}}}}}',
    kql: String.raw`SRC
| where a =~ "p" and isnotempty(ip)
| project TimeGenerated = TimeGenerated, sigma_part = 0, sigma_ip = tostring(ip)
| extend sigma_bin = bin(TimeGenerated, 1m)
| mv-expand sigma_window = range(sigma_bin - 5m, sigma_bin, 1m) to typeof(datetime)
| summarize temporal = count_distinct(sigma_part) by sigma_ip, sigma_window
| where temporal >= 1`,
    sql: String.raw`WITH sigma_c_events AS (
  SELECT "time" AS ts, "ip" AS g1, 0 AS part FROM SRC
  WHERE lower("a") = 'p' AND "ip" IS NOT NULL
),
sigma_c AS (
  SELECT DISTINCT ts, g1, count(DISTINCT part) OVER w AS temporal FROM sigma_c_events
  WINDOW w AS (PARTITION BY g1 ORDER BY ts RANGE BETWEEN 299999999 PRECEDING AND CURRENT ROW)
  QUALIFY temporal >= 1
)
SELECT ts, g1 AS "ip", temporal FROM sigma_c
ORDER BY ALL`,
  }),
  'one rule in order': whole({
    spl: String.raw`SRC a="p"
| eval sigma_leaf=0
| sort 0 _time, sigma_leaf
| eval sigma_start0=if(sigma_leaf==0, _time, null())
| eval sigma_held1=if(isnotnull(sigma_start0) AND sigma_start0>_time-300, 1, null())
| where sigma_held1==1`,
    esql: String.raw`FROM SRC
| EVAL sigma_part0 = COALESCE(TO_LOWER(a) == "p", false)
| WHERE (sigma_part0) AND ip IS NOT NULL
| EVAL sigma_bin = DATE_TRUNC(5 minutes, @timestamp)
| EVAL sigma_window = MV_APPEND(sigma_bin, sigma_bin - 5 minutes)
| MV_EXPAND sigma_window
| STATS sigma_n0 = SUM(CASE(sigma_part0, 1, 0)), sigma_first0 = MIN(CASE(sigma_part0, @timestamp, NULL)), sigma_last0 = MAX(CASE(sigma_part0, @timestamp, NULL)) BY sigma_window, ip
| EVAL temporal = CASE(sigma_n0 > 0, 1, 0)
| WHERE temporal >= 1
| SORT sigma_window
| LIMIT 10000`,
    dsl: '{"size":0,"query":{"bool":{"filter":[{"range":{"@timestamp":{"gt":"now-600s","lte":"now"}}},{"term":{"a":{"value":"p","case_insensitive":true}}},{"exists":{"field":"ip"}}]}},"aggs":{"group":{"terms":{"field":"ip","size":10000},"aggs":{"p0":{"filter":{"term":{"a":{"value":"p","case_insensitive":true}}},"aggs":{"first":{"min":{"field":"@timestamp"}},"last":{"max":{"field":"@timestamp"}}}},"keep":{"bucket_selector":{"buckets_path":{"n0":"p0._count","f0":"p0>first","l0":"p0>last"},"script":"((params.n0 > 0 ? 1 : 0)) >= 1"}}}}}}',
    kql: String.raw`SRC
| where a =~ "p" and isnotempty(ip)
| project TimeGenerated = TimeGenerated, sigma_part = 0, sigma_ip = tostring(ip)
| extend sigma_bin = bin(TimeGenerated, 1m)
| mv-expand sigma_window = range(sigma_bin - 5m, sigma_bin, 1m) to typeof(datetime)
| summarize temporal = count_distinct(sigma_part), sigma_first0 = minif(TimeGenerated, sigma_part == 0), sigma_last0 = maxif(TimeGenerated, sigma_part == 0) by sigma_ip, sigma_window
| where temporal >= 1`,
    sql: String.raw`WITH sigma_c_events_1 AS (
  SELECT "time" AS ts, "ip" AS g1 FROM SRC
  WHERE lower("a") = 'p' AND "ip" IS NOT NULL
),
sigma_c AS (
  SELECT DISTINCT ts, g1, ts AS started FROM sigma_c_events_1
)
SELECT ts, g1 AS "ip", started FROM sigma_c
ORDER BY ALL`,
  }),
  'an alias of two fields, together': whole({
    spl: String.raw`| multisearch
    [search SRC a="p"
     | eval sigma_leaf=0]
    [search SRC a="q"
     | eval sigma_leaf=1]
| sort 0 _time, sigma_leaf
| eval sigma_group1_1=case(sigma_leaf==0, a, sigma_leaf==1, b)
| streamstats time_window=5m max(eval(if(sigma_leaf==0, 1, 0))) as sigma_part0 max(eval(if(sigma_leaf==1, 1, 0))) as sigma_part1 by sigma_group1_1
| eval temporal=sigma_part0+sigma_part1
| eval sigma_held1=if((sigma_leaf==0 OR sigma_leaf==1) AND isnotnull(sigma_group1_1) AND temporal >= 2, 1, null())
| where sigma_held1==1`,
    esql: String.raw`FROM SRC
| EVAL sigma_part = MV_APPEND(0, 1)
| MV_EXPAND sigma_part
| EVAL sigma_part0 = sigma_part == 0 AND COALESCE(TO_LOWER(a) == "p", false), sigma_part1 = sigma_part == 1 AND COALESCE(TO_LOWER(a) == "q", false), sigma_group1 = CASE(sigma_part0, a, sigma_part1, b, NULL)
| WHERE (sigma_part0 OR sigma_part1) AND sigma_group1 IS NOT NULL
| EVAL sigma_bin = DATE_TRUNC(5 minutes, @timestamp)
| EVAL sigma_window = MV_APPEND(sigma_bin, sigma_bin - 5 minutes)
| MV_EXPAND sigma_window
| STATS sigma_n0 = SUM(CASE(sigma_part0, 1, 0)), sigma_n1 = SUM(CASE(sigma_part1, 1, 0)) BY sigma_window, sigma_group1
| EVAL temporal = CASE(sigma_n0 > 0, 1, 0) + CASE(sigma_n1 > 0, 1, 0)
| WHERE temporal >= 2
| SORT sigma_window
| LIMIT 10000`,
    dsl: no('groups or values that are called differently in its rules'),
    kql: String.raw`union
  (SRC
   | where a =~ "p" and isnotempty(a)
   | project TimeGenerated = TimeGenerated, sigma_part = 0, sigma_who = tostring(a)),
  (SRC
   | where a =~ "q" and isnotempty(b)
   | project TimeGenerated = TimeGenerated, sigma_part = 1, sigma_who = tostring(b))
| extend sigma_bin = bin(TimeGenerated, 1m)
| mv-expand sigma_window = range(sigma_bin - 5m, sigma_bin, 1m) to typeof(datetime)
| summarize temporal = count_distinct(sigma_part) by sigma_who, sigma_window
| where temporal >= 2`,
    sql: String.raw`WITH sigma_c_events AS (
  SELECT "time" AS ts, "a" AS g1, 0 AS part FROM SRC
  WHERE lower("a") = 'p' AND "a" IS NOT NULL
  UNION ALL SELECT "time" AS ts, "b" AS g1, 1 AS part FROM SRC
  WHERE lower("a") = 'q' AND "b" IS NOT NULL
),
sigma_c AS (
  SELECT DISTINCT ts, g1, count(DISTINCT part) OVER w AS temporal FROM sigma_c_events
  WINDOW w AS (PARTITION BY g1 ORDER BY ts RANGE BETWEEN 299999999 PRECEDING AND CURRENT ROW)
  QUALIFY temporal >= 2
)
SELECT ts, g1 AS "who", temporal FROM sigma_c
ORDER BY ALL`,
  }),
  'an alias of two fields, counted': whole({
    spl: String.raw`| multisearch
    [search SRC a="p"
     | eval sigma_leaf=0]
    [search SRC a="q"
     | eval sigma_leaf=1]
| sort 0 _time, sigma_leaf
| eval sigma_group1_1=case(sigma_leaf==0, a, sigma_leaf==1, b)
| streamstats time_window=5m count(eval(sigma_leaf==0 OR sigma_leaf==1)) as event_count by sigma_group1_1
| eval sigma_held1=if((sigma_leaf==0 OR sigma_leaf==1) AND isnotnull(sigma_group1_1) AND event_count >= 10, 1, null())
| where sigma_held1==1`,
    esql: String.raw`FROM SRC
| EVAL sigma_part = MV_APPEND(0, 1)
| MV_EXPAND sigma_part
| EVAL sigma_part0 = sigma_part == 0 AND COALESCE(TO_LOWER(a) == "p", false), sigma_part1 = sigma_part == 1 AND COALESCE(TO_LOWER(a) == "q", false), sigma_group1 = CASE(sigma_part0, a, sigma_part1, b, NULL)
| WHERE (sigma_part0 OR sigma_part1) AND sigma_group1 IS NOT NULL
| EVAL sigma_bin = DATE_TRUNC(5 minutes, @timestamp)
| EVAL sigma_window = MV_APPEND(sigma_bin, sigma_bin - 5 minutes)
| MV_EXPAND sigma_window
| STATS event_count = COUNT(*) BY sigma_window, sigma_group1
| WHERE event_count >= 10
| SORT sigma_window
| LIMIT 10000`,
    dsl: no('groups or values that are called differently in its rules'),
    kql: String.raw`union
  (SRC
   | where a =~ "p" and isnotempty(a)
   | project TimeGenerated = TimeGenerated, sigma_part = 0, sigma_who = tostring(a)),
  (SRC
   | where a =~ "q" and isnotempty(b)
   | project TimeGenerated = TimeGenerated, sigma_part = 1, sigma_who = tostring(b))
| extend sigma_bin = bin(TimeGenerated, 1m)
| mv-expand sigma_window = range(sigma_bin - 5m, sigma_bin, 1m) to typeof(datetime)
| summarize event_count = count() by sigma_who, sigma_window
| where event_count >= 10`,
    sql: String.raw`WITH sigma_c_events AS (
  SELECT "time" AS ts, "a" AS g1 FROM SRC
  WHERE lower("a") = 'p' AND "a" IS NOT NULL
  UNION ALL SELECT "time" AS ts, "b" AS g1 FROM SRC
  WHERE lower("a") = 'q' AND "b" IS NOT NULL
),
sigma_c AS (
  SELECT DISTINCT ts, g1, count(*) OVER w AS event_count FROM sigma_c_events
  WINDOW w AS (PARTITION BY g1 ORDER BY ts RANGE BETWEEN 299999999 PRECEDING AND CURRENT ROW)
  QUALIFY event_count >= 10
)
SELECT ts, g1 AS "who", event_count FROM sigma_c
ORDER BY ALL`,
  }),
  'values called differently': whole({
    spl: String.raw`| multisearch
    [search SRC a="p"
     | eval sigma_leaf=0]
    [search SRC a="q"
     | eval sigma_leaf=1]
| sort 0 _time, sigma_leaf
| eval sigma_value1_1=case(sigma_leaf==0, a, sigma_leaf==1, b)
| eval sigma_value=if(sigma_leaf==0 OR sigma_leaf==1, sigma_value1_1, null())
| streamstats time_window=5m dc(sigma_value) as value_count by ip
| eval sigma_held1=if((sigma_leaf==0 OR sigma_leaf==1) AND isnotnull(ip) AND isnotnull(sigma_value) AND value_count >= 5, 1, null())
| where sigma_held1==1`,
    esql: String.raw`FROM SRC
| EVAL sigma_part = MV_APPEND(0, 1)
| MV_EXPAND sigma_part
| EVAL sigma_part0 = sigma_part == 0 AND COALESCE(TO_LOWER(a) == "p", false), sigma_part1 = sigma_part == 1 AND COALESCE(TO_LOWER(a) == "q", false), sigma_value1 = CASE(sigma_part0, a, sigma_part1, b, NULL)
| WHERE (sigma_part0 OR sigma_part1) AND ip IS NOT NULL AND sigma_value1 IS NOT NULL
| EVAL sigma_bin = DATE_TRUNC(5 minutes, @timestamp)
| EVAL sigma_window = MV_APPEND(sigma_bin, sigma_bin - 5 minutes)
| MV_EXPAND sigma_window
| STATS sigma_seen = COUNT(*) BY sigma_window, ip, sigma_value1
| STATS value_count = COUNT(*) BY sigma_window, ip
| WHERE value_count >= 5
| SORT sigma_window
| LIMIT 10000`,
    dsl: no('groups or values that are called differently in its rules'),
    kql: String.raw`union
  (SRC
   | where a =~ "p" and isnotempty(ip) and isnotempty(a)
   | project TimeGenerated = TimeGenerated, sigma_part = 0, sigma_ip = tostring(ip), sigma_value1 = tostring(a)),
  (SRC
   | where a =~ "q" and isnotempty(ip) and isnotempty(b)
   | project TimeGenerated = TimeGenerated, sigma_part = 1, sigma_ip = tostring(ip), sigma_value1 = tostring(b))
| extend sigma_bin = bin(TimeGenerated, 1m)
| mv-expand sigma_window = range(sigma_bin - 5m, sigma_bin, 1m) to typeof(datetime)
| summarize value_count = count_distinct(sigma_value1) by sigma_ip, sigma_window
| where value_count >= 5`,
    sql: String.raw`WITH sigma_c_events AS (
  SELECT "time" AS ts, "ip" AS g1, "a" AS v1 FROM SRC
  WHERE lower("a") = 'p' AND "ip" IS NOT NULL AND "a" IS NOT NULL
  UNION ALL SELECT "time" AS ts, "ip" AS g1, "b" AS v1 FROM SRC
  WHERE lower("a") = 'q' AND "ip" IS NOT NULL AND "b" IS NOT NULL
),
sigma_c AS (
  SELECT DISTINCT ts, g1, count(DISTINCT v1) OVER w AS value_count FROM sigma_c_events
  WINDOW w AS (PARTITION BY g1 ORDER BY ts RANGE BETWEEN 299999999 PRECEDING AND CURRENT ROW)
  QUALIFY value_count >= 5
)
SELECT ts, g1 AS "ip", value_count FROM sigma_c
ORDER BY ALL`,
  }),
  'a correlation before a rule': whole({
    spl: String.raw`| multisearch
    [search SRC a="p"
     | eval sigma_leaf=0]
    [search SRC a="q"
     | eval sigma_leaf=1]
| sort 0 _time, sigma_leaf
| streamstats time_window=5m count(eval(sigma_leaf==0)) as event_count by ip
| eval sigma_held1=if((sigma_leaf==0) AND isnotnull(ip) AND event_count >= 10, 1, null())
| eval sigma_start0=if(sigma_held1==1, _time, null())
| streamstats time_window=1h max(sigma_start0) as sigma_latest0 by ip
| eval sigma_start1=if(sigma_leaf==1, sigma_latest0, null())
| eval sigma_held2=if(isnotnull(sigma_start1) AND sigma_start1>_time-3600, 1, null())
| where sigma_held2==1`,
    esql: no('correlations of correlations'),
    dsl: no('correlations of correlations'),
    kql: no('correlations of correlations'),
    sql: String.raw`WITH sigma_c_events AS (
  SELECT "time" AS ts, "ip" AS g1 FROM SRC
  WHERE lower("a") = 'p' AND "ip" IS NOT NULL
),
sigma_c AS (
  SELECT DISTINCT ts, g1, count(*) OVER w AS event_count FROM sigma_c_events
  WINDOW w AS (PARTITION BY g1 ORDER BY ts RANGE BETWEEN 299999999 PRECEDING AND CURRENT ROW)
  QUALIFY event_count >= 10
),
sigma_d_events_1 AS (
  SELECT ts AS ts, g1 AS g1 FROM sigma_c
),
sigma_d_step_1 AS (
  SELECT DISTINCT ts, g1, ts AS started FROM sigma_d_events_1
),
sigma_d_events_2 AS (
  SELECT "time" AS ts, "ip" AS g1 FROM SRC
  WHERE lower("a") = 'q' AND "ip" IS NOT NULL
),
sigma_d AS (
  SELECT DISTINCT ts, g1, started FROM (
    SELECT ts, g1, step, max(started) OVER (PARTITION BY g1 ORDER BY ts RANGE BETWEEN 3599999999 PRECEDING AND CURRENT ROW) AS started FROM (
      SELECT ts, g1, started, 0 AS step FROM sigma_d_step_1
      UNION ALL SELECT ts, g1, NULL, 1 FROM sigma_d_events_2))
  WHERE step = 1 AND started > ts - 3600000000
)
SELECT ts, g1 AS "ip", started FROM sigma_d
ORDER BY ALL`,
  }),
  'a correlation of one with an alias': whole({
    spl: String.raw`| multisearch
    [search SRC a="p"
     | eval sigma_leaf=0]
    [search SRC a="q"
     | eval sigma_leaf=1]
| sort 0 _time, sigma_leaf
| eval sigma_group1_1=case(sigma_leaf==0, a, sigma_leaf==1, b)
| streamstats time_window=5m max(eval(if(sigma_leaf==0, 1, 0))) as sigma_part0 max(eval(if(sigma_leaf==1, 1, 0))) as sigma_part1 by sigma_group1_1
| eval temporal=sigma_part0+sigma_part1
| eval sigma_held1=if((sigma_leaf==0 OR sigma_leaf==1) AND isnotnull(sigma_group1_1) AND temporal >= 2, 1, null())
| eval sigma_value=if(sigma_held1==1, _time.":".sigma_group1_1, null())
| streamstats time_window=1h dc(sigma_value) as event_count by sigma_group1_1
| eval sigma_held2=if((sigma_held1==1) AND isnotnull(sigma_group1_1) AND event_count >= 2, 1, null())
| where sigma_held2==1`,
    esql: no('correlations of correlations'),
    dsl: no('correlations of correlations'),
    kql: no('correlations of correlations'),
    sql: String.raw`WITH sigma_c_events AS (
  SELECT "time" AS ts, "a" AS g1, 0 AS part FROM SRC
  WHERE lower("a") = 'p' AND "a" IS NOT NULL
  UNION ALL SELECT "time" AS ts, "b" AS g1, 1 AS part FROM SRC
  WHERE lower("a") = 'q' AND "b" IS NOT NULL
),
sigma_c AS (
  SELECT DISTINCT ts, g1, count(DISTINCT part) OVER w AS temporal FROM sigma_c_events
  WINDOW w AS (PARTITION BY g1 ORDER BY ts RANGE BETWEEN 299999999 PRECEDING AND CURRENT ROW)
  QUALIFY temporal >= 2
),
sigma_d_events AS (
  SELECT ts AS ts, g1 AS g1 FROM sigma_c
),
sigma_d AS (
  SELECT DISTINCT ts, g1, count(*) OVER w AS event_count FROM sigma_d_events
  WINDOW w AS (PARTITION BY g1 ORDER BY ts RANGE BETWEEN 3599999999 PRECEDING AND CURRENT ROW)
  QUALIFY event_count >= 2
)
SELECT ts, g1 AS "who", event_count FROM sigma_d
ORDER BY ALL`,
  }),
};
