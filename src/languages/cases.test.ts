import { expect, test } from 'vitest';
import { SigmaError } from '../sigma/sigma-error.ts';
import { linked } from '../sigma/sigma.fixture.ts';
import { type Expectations, caseMapping, caseRules } from './cases.fixture.ts';
import { correlationCases } from './correlation-cases.fixture.ts';
import { duckdbSql } from './duckdb-sql.ts';
import { elasticEsql } from './elastic-esql.ts';
import { elasticQueryDsl } from './elastic-query-dsl.ts';
import { sentinelKql } from './sentinel-kql.ts';
import { splunkSpl } from './splunk-spl.ts';
import { valueCases } from './value-cases.fixture.ts';

// What every language says to every case. Each line was checked by hand against what the vendor documents:
//   SPL      search: values without case, * alone is a wildcard, NOT is true of missing fields; where: lower(), match()
//            (PCRE), cidrmatch() for both families, tonumber(); streamstats time_window slides over sorted events.
//            help.splunk.com, SPL Search Reference 9.4: search, where, streamstats, multisearch, evaluation functions
//   ES|QL    == and LIKE compare with case; NULL is neither true nor false; LIKE knows * and ? and \\; RLIKE is Lucene's;
//            DATE_TRUNC, MV_APPEND and MV_EXPAND put an event into two windows.
//            elastic.co/docs/reference/query-languages/esql (functions-operators, commands, limitations)
//   DSL      case_insensitive of term, prefix and wildcard folds ASCII; term takes a CIDR in ip fields; must_not is true
//            of missing fields; _bucket_count is how many buckets terms returned.
//            elastic.co/docs/reference/query-languages/query-dsl, …/reference/aggregations
//   KQL      =~, in~, contains, startswith, endswith fold ASCII only; _cs does not; matches regex is Rust's; a string is never null;
//            count_distinct is exact, dcount is not. learn.microsoft.com/kusto/query
//   DuckDB   run in duckdb-sql.test.ts. duckdb.org/docs/stable/sql

const languages = {
  'splunk-spl': { language: splunkSpl, time: '_time' },
  'elastic-esql': { language: elasticEsql, time: '@timestamp' },
  'elastic-query-dsl': { language: elasticQueryDsl, time: '@timestamp' },
  'sentinel-kql': { language: sentinelKql, time: 'TimeGenerated' },
  'duckdb-sql': { language: duckdbSql, time: 'time' },
} as const;

/** The text, or why there is none. */
function said(name: keyof Expectations, rule: keyof typeof caseRules): Expectations[keyof Expectations] {
  const { language, time } = languages[name];
  const last = linked(caseRules[rule]).at(-1);
  if (last === undefined) throw new Error('no rule');
  try {
    const { text } = language.convert(last, caseMapping(time));
    return name === 'elastic-query-dsl' ? JSON.stringify(JSON.parse(text)) : text;
  } catch (thrown) {
    if (!(thrown instanceof SigmaError)) throw thrown;
    expect(thrown.message).toMatch(/^rule\.yml:\d+:\d+: .* \(rule "[TCD]"\)$/);
    return { unsupported: thrown.reason };
  }
}

test.each(Object.keys(languages) as (keyof Expectations)[])(
  '%s says every case as expected, or refuses it',
  (name) => {
    const names = Object.keys(caseRules) as (keyof typeof caseRules)[];
    const found = Object.fromEntries(names.map((rule) => [rule, said(name, rule)]));
    expect(found).toEqual(Object.fromEntries(names.map((rule) => [rule, expected[rule][name]])));
  },
);

const expected: { readonly [K in keyof typeof caseRules]: Expectations } = {
  ...valueCases,
  ...correlationCases,
  'a text is equal without case': {
    'splunk-spl': String.raw`SRC a="Foo"`,
    'elastic-esql': String.raw`FROM SRC METADATA _id, _index
| WHERE TO_LOWER(a) == "foo"
| LIMIT 10000`,
    'elastic-query-dsl': String.raw`{"query":{"bool":{"filter":[{"term":{"a":{"value":"Foo","case_insensitive":true}}}]}}}`,
    'sentinel-kql': String.raw`SRC
| where a =~ "Foo"`,
    'duckdb-sql': String.raw`SELECT * FROM SRC
WHERE lower("a") = 'foo'
ORDER BY "time"`,
  },
  'a list is one of': {
    'splunk-spl': String.raw`SRC a IN ("Foo", "bar")`,
    'elastic-esql': String.raw`FROM SRC METADATA _id, _index
| WHERE TO_LOWER(a) IN ("foo", "bar")
| LIMIT 10000`,
    'elastic-query-dsl': String.raw`{"query":{"bool":{"filter":[{"bool":{"should":[{"term":{"a":{"value":"Foo","case_insensitive":true}}},{"term":{"a":{"value":"bar","case_insensitive":true}}}],"minimum_should_match":1}}]}}}`,
    'sentinel-kql': String.raw`SRC
| where a in~ ("Foo", "bar")`,
    'duckdb-sql': String.raw`SELECT * FROM SRC
WHERE lower("a") IN ('foo', 'bar')
ORDER BY "time"`,
  },
  'numbers stay numbers': {
    'splunk-spl': String.raw`SRC n IN ("22", "443")`,
    'elastic-esql': String.raw`FROM SRC METADATA _id, _index
| WHERE n IN (22, 443)
| LIMIT 10000`,
    'elastic-query-dsl': String.raw`{"query":{"bool":{"filter":[{"terms":{"n":[22,443]}}]}}}`,
    'sentinel-kql': String.raw`SRC
| where n in (22, 443)`,
    'duckdb-sql': String.raw`SELECT * FROM SRC
WHERE "n" IN (22, 443)
ORDER BY "time"`,
  },
  'contains, with what other languages take for wildcards': {
    'splunk-spl': String.raw`SRC a="*b%_c*"`,
    'elastic-esql': String.raw`FROM SRC METADATA _id, _index
| WHERE TO_LOWER(a) LIKE "*b%_c*"
| LIMIT 10000`,
    'elastic-query-dsl': String.raw`{"query":{"bool":{"filter":[{"wildcard":{"a":{"value":"*b%_c*","case_insensitive":true}}}]}}}`,
    'sentinel-kql': String.raw`SRC
| where a contains "b%_c"`,
    'duckdb-sql': String.raw`SELECT * FROM SRC
WHERE contains(lower("a"), 'b%_c')
ORDER BY "time"`,
  },
  startswith: {
    'splunk-spl': String.raw`SRC a="/adm*"`,
    'elastic-esql': String.raw`FROM SRC METADATA _id, _index
| WHERE TO_LOWER(a) LIKE "/adm*"
| LIMIT 10000`,
    'elastic-query-dsl': String.raw`{"query":{"bool":{"filter":[{"prefix":{"a":{"value":"/adm","case_insensitive":true}}}]}}}`,
    'sentinel-kql': String.raw`SRC
| where a startswith "/adm"`,
    'duckdb-sql': String.raw`SELECT * FROM SRC
WHERE starts_with(lower("a"), '/adm')
ORDER BY "time"`,
  },
  'endswith with case': {
    'splunk-spl': String.raw`SRC
| where match(a, "(?s)\x2ePHP\z")`,
    'elastic-esql': String.raw`FROM SRC METADATA _id, _index
| WHERE a LIKE "*.PHP"
| LIMIT 10000`,
    'elastic-query-dsl': String.raw`{"query":{"bool":{"filter":[{"wildcard":{"a":{"value":"*.PHP"}}}]}}}`,
    'sentinel-kql': String.raw`SRC
| where a endswith_cs ".PHP"`,
    'duckdb-sql': String.raw`SELECT * FROM SRC
WHERE ends_with("a", '.PHP')
ORDER BY "time"`,
  },
  'wildcards within': {
    'splunk-spl': String.raw`SRC
| where match(a, "(?is)\Ax.*y.z\z")`,
    'elastic-esql': String.raw`FROM SRC METADATA _id, _index
| WHERE TO_LOWER(a) LIKE "x*y?z"
| LIMIT 10000`,
    'elastic-query-dsl': String.raw`{"query":{"bool":{"filter":[{"wildcard":{"a":{"value":"x*y?z","case_insensitive":true}}}]}}}`,
    'sentinel-kql': String.raw`SRC
| where a matches regex "(?is)^x.*y.z$"`,
    'duckdb-sql': String.raw`SELECT * FROM SRC
WHERE lower("a") LIKE 'x%y_z' ESCAPE '\'
ORDER BY "time"`,
  },
  'a literal star': {
    'splunk-spl': String.raw`SRC
| where lower(a)=="5*5"`,
    'elastic-esql': String.raw`FROM SRC METADATA _id, _index
| WHERE TO_LOWER(a) == "5*5"
| LIMIT 10000`,
    'elastic-query-dsl': String.raw`{"query":{"bool":{"filter":[{"term":{"a":{"value":"5*5","case_insensitive":true}}}]}}}`,
    'sentinel-kql': String.raw`SRC
| where a =~ "5*5"`,
    'duckdb-sql': String.raw`SELECT * FROM SRC
WHERE lower("a") = '5*5'
ORDER BY "time"`,
  },
  'a backslash': {
    'splunk-spl': String.raw`SRC
| where match(a, "(?is)C:\x5cWin")`,
    'elastic-esql': String.raw`FROM SRC METADATA _id, _index
| WHERE TO_LOWER(a) LIKE "*c:\\\\win*"
| LIMIT 10000`,
    'elastic-query-dsl': String.raw`{"query":{"bool":{"filter":[{"wildcard":{"a":{"value":"*C:\\\\Win*","case_insensitive":true}}}]}}}`,
    'sentinel-kql': String.raw`SRC
| where a contains "C:\\Win"`,
    'duckdb-sql': String.raw`SELECT * FROM SRC
WHERE contains(lower("a"), 'c:\win')
ORDER BY "time"`,
  },
  'quotes and braces': {
    'splunk-spl': String.raw`SRC
| where match(a, "(?is)\Asay \x22hi\x22 \x7bx\x7d\z")`,
    'elastic-esql': String.raw`FROM SRC METADATA _id, _index
| WHERE TO_LOWER(a) == "say \"hi\" {x}"
| LIMIT 10000`,
    'elastic-query-dsl': String.raw`{"query":{"bool":{"filter":[{"term":{"a":{"value":"say \"hi\" {x}","case_insensitive":true}}}]}}}`,
    'sentinel-kql': String.raw`SRC
| where a =~ "say \"hi\" {x}"`,
    'duckdb-sql': String.raw`SELECT * FROM SRC
WHERE lower("a") = 'say "hi" {x}'
ORDER BY "time"`,
  },
  'letters beyond ASCII': {
    'splunk-spl': String.raw`SRC a="É"`,
    'elastic-esql': String.raw`FROM SRC METADATA _id, _index
| WHERE TO_LOWER(a) == "é"
| LIMIT 10000`,
    'elastic-query-dsl': String.raw`{"query":{"bool":{"filter":[{"term":{"a":{"value":"É","case_insensitive":true}}}]}}}`,
    'sentinel-kql': String.raw`SRC
| where tolower(a) == "é"`,
    'duckdb-sql': String.raw`SELECT * FROM SRC
WHERE lower("a") = 'é'
ORDER BY "time"`,
  },
  'the empty text': {
    'splunk-spl': String.raw`SRC
| where lower(a)==""`,
    'elastic-esql': String.raw`FROM SRC METADATA _id, _index
| WHERE TO_LOWER(a) == ""
| LIMIT 10000`,
    'elastic-query-dsl': String.raw`{"query":{"bool":{"filter":[{"term":{"a":{"value":"","case_insensitive":true}}}]}}}`,
    'sentinel-kql': String.raw`SRC
| where a =~ ""`,
    'duckdb-sql': String.raw`SELECT * FROM SRC
WHERE lower("a") = ''
ORDER BY "time"`,
  },
  null: {
    'splunk-spl': String.raw`SRC NOT a=*`,
    'elastic-esql': String.raw`FROM SRC METADATA _id, _index
| WHERE a IS NULL
| LIMIT 10000`,
    'elastic-query-dsl': String.raw`{"query":{"bool":{"filter":[{"bool":{"must_not":[{"exists":{"field":"a"}}]}}]}}}`,
    'sentinel-kql': String.raw`SRC
| where isempty(a)`,
    'duckdb-sql': {
      unsupported:
        'duckdb-sql cannot say this: null, since NULL stands for a missing field in this table; map "nulls", or ask |exists: false',
    },
  },
  'exists, and not': {
    'splunk-spl': String.raw`SRC (a=* NOT b=*)`,
    'elastic-esql': String.raw`FROM SRC METADATA _id, _index
| WHERE (a IS NOT NULL AND b IS NULL)
| LIMIT 10000`,
    'elastic-query-dsl': String.raw`{"query":{"bool":{"filter":[{"bool":{"filter":[{"exists":{"field":"a"}},{"bool":{"must_not":[{"exists":{"field":"b"}}]}}]}}]}}}`,
    'sentinel-kql': String.raw`SRC
| where (isnotempty(a) and isempty(b))`,
    'duckdb-sql': String.raw`SELECT * FROM SRC
WHERE ("a" IS NOT NULL AND "b" IS NULL)
ORDER BY "time"`,
  },
  'not is true of a missing field': {
    'splunk-spl': String.raw`SRC (a="x" NOT b="y")`,
    'elastic-esql': String.raw`FROM SRC METADATA _id, _index
| WHERE (TO_LOWER(a) == "x" AND NOT COALESCE(TO_LOWER(b) == "y", false))
| LIMIT 10000`,
    'elastic-query-dsl': String.raw`{"query":{"bool":{"filter":[{"bool":{"filter":[{"term":{"a":{"value":"x","case_insensitive":true}}},{"bool":{"must_not":[{"term":{"b":{"value":"y","case_insensitive":true}}}]}}]}}]}}}`,
    'sentinel-kql': String.raw`SRC
| where (a =~ "x" and not(coalesce(b =~ "y", false)))`,
    'duckdb-sql': String.raw`SELECT * FROM SRC
WHERE (lower("a") = 'x' AND NOT coalesce(lower("b") = 'y', false))
ORDER BY "time"`,
  },
  'or within and': {
    'splunk-spl': String.raw`SRC ((a="x" OR b="y") b="y")`,
    'elastic-esql': String.raw`FROM SRC METADATA _id, _index
| WHERE ((TO_LOWER(a) == "x" OR TO_LOWER(b) == "y") AND TO_LOWER(b) == "y")
| LIMIT 10000`,
    'elastic-query-dsl': String.raw`{"query":{"bool":{"filter":[{"bool":{"filter":[{"bool":{"should":[{"term":{"a":{"value":"x","case_insensitive":true}}},{"term":{"b":{"value":"y","case_insensitive":true}}}],"minimum_should_match":1}},{"term":{"b":{"value":"y","case_insensitive":true}}}]}}]}}}`,
    'sentinel-kql': String.raw`SRC
| where ((a =~ "x" or b =~ "y") and b =~ "y")`,
    'duckdb-sql': String.raw`SELECT * FROM SRC
WHERE ((lower("a") = 'x' OR lower("b") = 'y') AND lower("b") = 'y')
ORDER BY "time"`,
  },
  neq: {
    'splunk-spl': String.raw`SRC (a=* NOT a="x")`,
    'elastic-esql': String.raw`FROM SRC METADATA _id, _index
| WHERE (a IS NOT NULL AND NOT COALESCE(TO_LOWER(a) == "x", false))
| LIMIT 10000`,
    'elastic-query-dsl': String.raw`{"query":{"bool":{"filter":[{"bool":{"filter":[{"exists":{"field":"a"}},{"bool":{"must_not":[{"term":{"a":{"value":"x","case_insensitive":true}}}]}}]}}]}}}`,
    'sentinel-kql': String.raw`SRC
| where (isnotempty(a) and not(coalesce(a =~ "x", false)))`,
    'duckdb-sql': String.raw`SELECT * FROM SRC
WHERE ("a" IS NOT NULL AND NOT coalesce(lower("a") = 'x', false))
ORDER BY "time"`,
  },
  'a block of IPv4': {
    'splunk-spl': String.raw`SRC
| where cidrmatch("10.0.0.0/8", ip)`,
    'elastic-esql': String.raw`FROM SRC METADATA _id, _index
| WHERE CIDR_MATCH(ip, "10.0.0.0/8")
| LIMIT 10000`,
    'elastic-query-dsl': String.raw`{"query":{"bool":{"filter":[{"term":{"ip":{"value":"10.0.0.0/8"}}}]}}}`,
    'sentinel-kql': String.raw`SRC
| where ipv4_is_in_range(ip, "10.0.0.0/8")`,
    'duckdb-sql': String.raw`SELECT * FROM SRC
WHERE CASE WHEN regexp_full_match("ip", '(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])(\.(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])){3}') THEN CAST(split_part("ip", '.', 1) AS UBIGINT) * 16777216 + CAST(split_part("ip", '.', 2) AS UBIGINT) * 65536 + CAST(split_part("ip", '.', 3) AS UBIGINT) * 256 + CAST(split_part("ip", '.', 4) AS UBIGINT) * 1 END BETWEEN 167772160 AND 184549375
ORDER BY "time"`,
  },
  'a block of IPv6': {
    'splunk-spl': String.raw`SRC
| where cidrmatch("2001:db8::/32", ip)`,
    'elastic-esql': String.raw`FROM SRC METADATA _id, _index
| WHERE CIDR_MATCH(ip, "2001:db8::/32")
| LIMIT 10000`,
    'elastic-query-dsl': String.raw`{"query":{"bool":{"filter":[{"term":{"ip":{"value":"2001:db8::/32"}}}]}}}`,
    'sentinel-kql': String.raw`SRC
| where (ipv6_is_in_range(ip, "2001:db8::/32") and ip contains ":")`,
    'duckdb-sql': String.raw`SELECT * FROM SRC
WHERE (SELECT CASE WHEN len(a) = 8 THEN list_reduce(list_transform(a, lambda g: CAST('0x' || g AS UINTEGER)::UHUGEINT), lambda p, q: p * 65536 + q) END FROM (SELECT CASE WHEN contains(x, '::') THEN list_concat(h, list_transform(range(8 - len(h) - len(t)), lambda i: '0'), t) ELSE h END AS a FROM (SELECT x, list_filter(string_split(split_part(x, '::', 1), ':'), lambda g: g <> '') AS h, list_filter(string_split(split_part(x, '::', 2), ':'), lambda g: g <> '') AS t FROM (SELECT CASE WHEN regexp_extract("ip", ':((25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])(\.(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])){3})$', 1) = '' THEN "ip" ELSE left("ip", length("ip") - length(regexp_extract("ip", ':((25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])(\.(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])){3})$', 1))) || printf('%x:%x', CAST(split_part(regexp_extract("ip", ':((25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])(\.(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])){3})$', 1), '.', 1) AS INTEGER) * 256 + CAST(split_part(regexp_extract("ip", ':((25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])(\.(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])){3})$', 1), '.', 2) AS INTEGER), CAST(split_part(regexp_extract("ip", ':((25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])(\.(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])){3})$', 1), '.', 3) AS INTEGER) * 256 + CAST(split_part(regexp_extract("ip", ':((25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])(\.(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])){3})$', 1), '.', 4) AS INTEGER)) END AS x)) WHERE regexp_full_match(x, '([0-9a-fA-F]{1,4}(:[0-9a-fA-F]{1,4})*)?::([0-9a-fA-F]{1,4}(:[0-9a-fA-F]{1,4})*)?|[0-9a-fA-F]{1,4}(:[0-9a-fA-F]{1,4}){7}') AND len(h) + len(t) <= CASE WHEN contains(x, '::') THEN 7 ELSE 8 END)) BETWEEN CAST('42540766411282592856903984951653826560' AS UHUGEINT) AND CAST('42540766490510755371168322545197776895' AS UHUGEINT)
ORDER BY "time"`,
  },
  'an expression': {
    'splunk-spl': String.raw`SRC
| where match(a, "^/ad[a-z]+\d")`,
    'elastic-esql': String.raw`FROM SRC METADATA _id, _index
| WHERE a RLIKE "/ad[a-z]+[0-9](.|\n)*"
| LIMIT 10000`,
    'elastic-query-dsl': String.raw`{"query":{"bool":{"filter":[{"regexp":{"a":{"value":"/ad[a-z]+[0-9](.|\n)*","flags":"NONE"}}}]}}}`,
    'sentinel-kql': String.raw`SRC
| where a matches regex "^/ad[a-z]+[0-9]"`,
    'duckdb-sql': String.raw`SELECT * FROM SRC
WHERE regexp_matches("a", '^/ad[a-z]+\d')
ORDER BY "time"`,
  },
  'an expression without case': {
    'splunk-spl': String.raw`SRC
| where match(a, "(?i)or.+1=1")`,
    'elastic-esql': String.raw`FROM SRC METADATA _id, _index
| WHERE a RLIKE "(.|\n)*[oO][rR][^\n]+1=1(.|\n)*"
| LIMIT 10000`,
    'elastic-query-dsl': String.raw`{"query":{"bool":{"filter":[{"regexp":{"a":{"value":"(.|\n)*[oO][rR][^\n]+1=1(.|\n)*","flags":"NONE"}}}]}}}`,
    'sentinel-kql': String.raw`SRC
| where a matches regex "(?i)or.+1=1"`,
    'duckdb-sql': String.raw`SELECT * FROM SRC
WHERE regexp_matches("a", '(?i)or.+1=1')
ORDER BY "time"`,
  },
  'look-ahead': {
    'splunk-spl': String.raw`SRC
| where match(a, "a(?!b)")`,
    'elastic-esql': {
      unsupported:
        'elastic-esql cannot say this: look-around, inline flags or named groups in a Lucene regular expression',
    },
    'elastic-query-dsl': {
      unsupported:
        'elastic-query-dsl cannot say this: look-around, inline flags or named groups in a Lucene regular expression',
    },
    'sentinel-kql': { unsupported: 'sentinel-kql cannot say this: look-around in a regular expression' },
    'duckdb-sql': { unsupported: 'duckdb-sql cannot say this: look-around in a regular expression' },
  },
  'comparisons of a number': {
    'splunk-spl': String.raw`SRC
| where tonumber(n)>=1024`,
    'elastic-esql': String.raw`FROM SRC METADATA _id, _index
| WHERE n >= 1024
| LIMIT 10000`,
    'elastic-query-dsl': String.raw`{"query":{"bool":{"filter":[{"range":{"n":{"gte":1024}}}]}}}`,
    'sentinel-kql': String.raw`SRC
| where n >= 1024`,
    'duckdb-sql': String.raw`SELECT * FROM SRC
WHERE CAST("n" AS DOUBLE) >= CAST(1024 AS DOUBLE)
ORDER BY "time"`,
  },
  'comparisons of a text': {
    'splunk-spl': String.raw`SRC
| where tonumber(a)<5`,
    'elastic-esql': String.raw`FROM SRC METADATA _id, _index
| WHERE TO_DOUBLE(a) < 5
| LIMIT 10000`,
    'elastic-query-dsl': {
      unsupported: 'elastic-query-dsl cannot say this: a comparison of a text with a number',
    },
    'sentinel-kql': String.raw`SRC
| where todouble(a) < 5`,
    'duckdb-sql': String.raw`SELECT * FROM SRC
WHERE CASE WHEN length("a") <= 400 AND regexp_full_match("a", '[+-]?[0-9]+(\.[0-9]+)?') THEN CAST("a" AS DOUBLE) END < CAST(5 AS DOUBLE)
ORDER BY "time"`,
  },
  'parts of a time': {
    'splunk-spl': String.raw`SRC
| where tonumber(strftime(t, "%H"))>=22`,
    'elastic-esql': String.raw`FROM SRC METADATA _id, _index
| WHERE DATE_EXTRACT("hour_of_day", t) >= 22
| LIMIT 10000`,
    'elastic-query-dsl': {
      unsupported: 'elastic-query-dsl cannot say this: a part of a date, without a script',
    },
    'sentinel-kql': String.raw`SRC
| where hourofday(t) >= 22`,
    'duckdb-sql': String.raw`SELECT * FROM SRC
WHERE extract('hour' FROM make_timestamp("t")) >= 22
ORDER BY "time"`,
  },
  'two fields': {
    'splunk-spl': String.raw`SRC
| where lower(a)==lower(b)`,
    'elastic-esql': String.raw`FROM SRC METADATA _id, _index
| WHERE TO_LOWER(a) == TO_LOWER(b)
| LIMIT 10000`,
    'elastic-query-dsl': {
      unsupported: 'elastic-query-dsl cannot say this: a comparison of two fields, without a script',
    },
    'sentinel-kql': String.raw`SRC
| where (isnotempty(a) and isnotempty(b) and tolower(a) == tolower(b))`,
    'duckdb-sql': String.raw`SELECT * FROM SRC
WHERE lower("a") = lower("b")
ORDER BY "time"`,
  },
  'one field within another': {
    'splunk-spl': { unsupported: 'splunk-spl cannot say this: whether one field contains another' },
    'elastic-esql': String.raw`FROM SRC METADATA _id, _index
| WHERE LOCATE(TO_LOWER(a), TO_LOWER(b)) > 0
| LIMIT 10000`,
    'elastic-query-dsl': {
      unsupported: 'elastic-query-dsl cannot say this: a comparison of two fields, without a script',
    },
    'sentinel-kql': String.raw`SRC
| where (isnotempty(a) and isnotempty(b) and tolower(a) contains_cs tolower(b))`,
    'duckdb-sql': String.raw`SELECT * FROM SRC
WHERE contains(lower("a"), lower("b"))
ORDER BY "time"`,
  },
  'a name with a hyphen': {
    'splunk-spl': String.raw`SRC "x-y"="v"`,
    'elastic-esql': 'FROM SRC METADATA _id, _index\n| WHERE TO_LOWER(`x-y`) == "v"\n| LIMIT 10000',
    'elastic-query-dsl': String.raw`{"query":{"bool":{"filter":[{"term":{"x-y":{"value":"v","case_insensitive":true}}}]}}}`,
    'sentinel-kql': String.raw`SRC
| where ['x-y'] =~ "v"`,
    'duckdb-sql': String.raw`SELECT * FROM SRC
WHERE lower("x-y") = 'v'
ORDER BY "time"`,
  },
  keywords: {
    'splunk-spl': String.raw`SRC (msg="*evil*svc*" OR msg="*other*")`,
    'elastic-esql': String.raw`FROM SRC METADATA _id, _index
| WHERE (TO_LOWER(msg) LIKE "*evil*svc*" OR TO_LOWER(msg) LIKE "*other*")
| LIMIT 10000`,
    'elastic-query-dsl': {
      unsupported: 'elastic-query-dsl cannot say this: a keyword in an analysed message',
    },
    'sentinel-kql': String.raw`SRC
| where (msg matches regex "(?is)^.*evil.*svc.*$" or msg contains "other")`,
    'duckdb-sql': String.raw`SELECT * FROM SRC
WHERE (lower("msg") LIKE '%evil%svc%' ESCAPE '\' OR contains(lower("msg"), 'other'))
ORDER BY "time"`,
  },
  'events counted': {
    'splunk-spl': String.raw`SRC a="p"
| sort 0 _time
| streamstats time_window=5m count as event_count by ip
| where event_count >= 10`,
    'elastic-esql': String.raw`FROM SRC
| WHERE TO_LOWER(a) == "p" AND ip IS NOT NULL
| EVAL sigma_bin = DATE_TRUNC(5 minutes, @timestamp)
| EVAL sigma_window = MV_APPEND(sigma_bin, sigma_bin - 5 minutes)
| MV_EXPAND sigma_window
| STATS event_count = COUNT(*) BY sigma_window, ip
| WHERE event_count >= 10
| SORT sigma_window
| LIMIT 10000`,
    'elastic-query-dsl': String.raw`{"size":0,"query":{"bool":{"filter":[{"range":{"@timestamp":{"gt":"now-600s","lte":"now"}}},{"term":{"a":{"value":"p","case_insensitive":true}}},{"exists":{"field":"ip"}}]}},"aggs":{"group":{"terms":{"field":"ip","size":10000},"aggs":{"keep":{"bucket_selector":{"buckets_path":{"n":"_count"},"script":"params.n >= 10"}}}}}}`,
    'sentinel-kql': String.raw`SRC
| where a =~ "p" and isnotempty(ip)
| extend sigma_bin = bin(TimeGenerated, 1m)
| mv-expand sigma_window = range(sigma_bin - 5m, sigma_bin, 1m) to typeof(datetime)
| summarize event_count = count() by ip, sigma_window
| where event_count >= 10`,
    'duckdb-sql': String.raw`WITH sigma_c_events AS (
  SELECT "time" AS ts, "ip" AS g1 FROM SRC
  WHERE lower("a") = 'p' AND "ip" IS NOT NULL
),
sigma_c AS (
  SELECT DISTINCT ts, g1, count(*) OVER w AS event_count FROM sigma_c_events
  WINDOW w AS (PARTITION BY g1 ORDER BY ts RANGE BETWEEN 299999999 PRECEDING AND CURRENT ROW)
  QUALIFY event_count >= 10
)
SELECT ts, g1 AS "ip", event_count FROM sigma_c
ORDER BY ALL`,
  },
  'values counted': {
    'splunk-spl': String.raw`SRC a="p"
| sort 0 _time
| streamstats time_window=5m dc(n) as value_count by ip
| where value_count > 20`,
    'elastic-esql': String.raw`FROM SRC
| WHERE TO_LOWER(a) == "p" AND ip IS NOT NULL AND n IS NOT NULL
| EVAL sigma_bin = DATE_TRUNC(5 minutes, @timestamp)
| EVAL sigma_window = MV_APPEND(sigma_bin, sigma_bin - 5 minutes)
| MV_EXPAND sigma_window
| STATS sigma_seen = COUNT(*) BY sigma_window, ip, n
| STATS value_count = COUNT(*) BY sigma_window, ip
| WHERE value_count > 20
| SORT sigma_window
| LIMIT 10000`,
    'elastic-query-dsl': String.raw`{"size":0,"query":{"bool":{"filter":[{"range":{"@timestamp":{"gt":"now-600s","lte":"now"}}},{"term":{"a":{"value":"p","case_insensitive":true}}},{"exists":{"field":"ip"}},{"exists":{"field":"n"}}]}},"aggs":{"group":{"terms":{"field":"ip","size":10000},"aggs":{"values":{"terms":{"field":"n","size":21}},"keep":{"bucket_selector":{"buckets_path":{"n":"values._bucket_count"},"script":"params.n > 20"}}}}}}`,
    'sentinel-kql': String.raw`SRC
| where a =~ "p" and isnotempty(ip) and isnotnull(n)
| extend sigma_bin = bin(TimeGenerated, 1m)
| mv-expand sigma_window = range(sigma_bin - 5m, sigma_bin, 1m) to typeof(datetime)
| summarize value_count = count_distinct(n) by ip, sigma_window
| where value_count > 20`,
    'duckdb-sql': String.raw`WITH sigma_c_events AS (
  SELECT "time" AS ts, "ip" AS g1, "n" AS v1 FROM SRC
  WHERE lower("a") = 'p' AND "ip" IS NOT NULL AND "n" IS NOT NULL
),
sigma_c AS (
  SELECT DISTINCT ts, g1, count(DISTINCT v1) OVER w AS value_count FROM sigma_c_events
  WINDOW w AS (PARTITION BY g1 ORDER BY ts RANGE BETWEEN 299999999 PRECEDING AND CURRENT ROW)
  QUALIFY value_count > 20
)
SELECT ts, g1 AS "ip", value_count FROM sigma_c
ORDER BY ALL`,
  },
  'tuples counted': {
    'splunk-spl': String.raw`SRC a="p"
| eval sigma_leaf=0
| sort 0 _time, sigma_leaf
| eval sigma_value=if(sigma_leaf==0, len(n).":".n.":".b, null())
| streamstats time_window=5m dc(sigma_value) as value_count by ip
| eval sigma_held1=if((sigma_leaf==0) AND isnotnull(ip) AND isnotnull(sigma_value) AND value_count >= 5, 1, null())
| where sigma_held1==1`,
    'elastic-esql': String.raw`FROM SRC
| WHERE TO_LOWER(a) == "p" AND ip IS NOT NULL AND n IS NOT NULL AND b IS NOT NULL
| EVAL sigma_bin = DATE_TRUNC(5 minutes, @timestamp)
| EVAL sigma_window = MV_APPEND(sigma_bin, sigma_bin - 5 minutes)
| MV_EXPAND sigma_window
| STATS sigma_seen = COUNT(*) BY sigma_window, ip, n, b
| STATS value_count = COUNT(*) BY sigma_window, ip
| WHERE value_count >= 5
| SORT sigma_window
| LIMIT 10000`,
    'elastic-query-dsl': String.raw`{"size":0,"query":{"bool":{"filter":[{"range":{"@timestamp":{"gt":"now-600s","lte":"now"}}},{"term":{"a":{"value":"p","case_insensitive":true}}},{"exists":{"field":"ip"}},{"exists":{"field":"n"}},{"exists":{"field":"b"}}]}},"aggs":{"group":{"terms":{"field":"ip","size":10000},"aggs":{"values":{"multi_terms":{"terms":[{"field":"n"},{"field":"b"}],"size":5}},"keep":{"bucket_selector":{"buckets_path":{"n":"values._bucket_count"},"script":"params.n >= 5"}}}}}}`,
    'sentinel-kql': String.raw`SRC
| where a =~ "p" and isnotempty(ip) and isnotnull(n) and isnotempty(b)
| extend sigma_bin = bin(TimeGenerated, 1m)
| mv-expand sigma_window = range(sigma_bin - 5m, sigma_bin, 1m) to typeof(datetime)
| summarize value_count = count_distinct(strcat(strlen(tostring(n)), ":", n, b)) by ip, sigma_window
| where value_count >= 5`,
    'duckdb-sql': String.raw`WITH sigma_c_events AS (
  SELECT "time" AS ts, "ip" AS g1, "n" AS v1, "b" AS v2 FROM SRC
  WHERE lower("a") = 'p' AND "ip" IS NOT NULL AND "n" IS NOT NULL AND "b" IS NOT NULL
),
sigma_c AS (
  SELECT DISTINCT ts, g1, count(DISTINCT row(v1, v2)) OVER w AS value_count FROM sigma_c_events
  WINDOW w AS (PARTITION BY g1 ORDER BY ts RANGE BETWEEN 299999999 PRECEDING AND CURRENT ROW)
  QUALIFY value_count >= 5
)
SELECT ts, g1 AS "ip", value_count FROM sigma_c
ORDER BY ALL`,
  },
  'two rules counted as one': {
    'splunk-spl': String.raw`SRC a IN ("p", "q")
| sort 0 _time
| streamstats time_window=5m count as event_count by ip
| where event_count >= 10`,
    'elastic-esql': String.raw`FROM SRC
| WHERE TO_LOWER(a) IN ("p", "q") AND ip IS NOT NULL
| EVAL sigma_bin = DATE_TRUNC(5 minutes, @timestamp)
| EVAL sigma_window = MV_APPEND(sigma_bin, sigma_bin - 5 minutes)
| MV_EXPAND sigma_window
| STATS event_count = COUNT(*) BY sigma_window, ip
| WHERE event_count >= 10
| SORT sigma_window
| LIMIT 10000`,
    'elastic-query-dsl': String.raw`{"size":0,"query":{"bool":{"filter":[{"range":{"@timestamp":{"gt":"now-600s","lte":"now"}}},{"bool":{"should":[{"term":{"a":{"value":"p","case_insensitive":true}}},{"term":{"a":{"value":"q","case_insensitive":true}}}],"minimum_should_match":1}},{"exists":{"field":"ip"}}]}},"aggs":{"group":{"terms":{"field":"ip","size":10000},"aggs":{"keep":{"bucket_selector":{"buckets_path":{"n":"_count"},"script":"params.n >= 10"}}}}}}`,
    'sentinel-kql': String.raw`SRC
| where a in~ ("p", "q") and isnotempty(ip)
| extend sigma_bin = bin(TimeGenerated, 1m)
| mv-expand sigma_window = range(sigma_bin - 5m, sigma_bin, 1m) to typeof(datetime)
| summarize event_count = count() by ip, sigma_window
| where event_count >= 10`,
    'duckdb-sql': String.raw`WITH sigma_c_events AS (
  SELECT "time" AS ts, "ip" AS g1 FROM SRC
  WHERE (lower("a") = 'p' OR lower("a") = 'q') AND "ip" IS NOT NULL
),
sigma_c AS (
  SELECT DISTINCT ts, g1, count(*) OVER w AS event_count FROM sigma_c_events
  WINDOW w AS (PARTITION BY g1 ORDER BY ts RANGE BETWEEN 299999999 PRECEDING AND CURRENT ROW)
  QUALIFY event_count >= 10
)
SELECT ts, g1 AS "ip", event_count FROM sigma_c
ORDER BY ALL`,
  },
  'rules together': {
    'splunk-spl': String.raw`| multisearch
    [search SRC a="p"
     | eval sigma_leaf=0]
    [search SRC a="q"
     | eval sigma_leaf=1]
| sort 0 _time, sigma_leaf
| streamstats time_window=5m max(eval(if(sigma_leaf==0, 1, 0))) as sigma_part0 max(eval(if(sigma_leaf==1, 1, 0))) as sigma_part1 by ip
| eval temporal=sigma_part0+sigma_part1
| eval sigma_held1=if((sigma_leaf==0 OR sigma_leaf==1) AND isnotnull(ip) AND temporal >= 2, 1, null())
| where sigma_held1==1`,
    'elastic-esql': String.raw`FROM SRC
| EVAL sigma_part0 = COALESCE(TO_LOWER(a) == "p", false), sigma_part1 = COALESCE(TO_LOWER(a) == "q", false)
| WHERE (sigma_part0 OR sigma_part1) AND ip IS NOT NULL
| EVAL sigma_bin = DATE_TRUNC(5 minutes, @timestamp)
| EVAL sigma_window = MV_APPEND(sigma_bin, sigma_bin - 5 minutes)
| MV_EXPAND sigma_window
| STATS sigma_n0 = SUM(CASE(sigma_part0, 1, 0)), sigma_n1 = SUM(CASE(sigma_part1, 1, 0)) BY sigma_window, ip
| EVAL temporal = CASE(sigma_n0 > 0, 1, 0) + CASE(sigma_n1 > 0, 1, 0)
| WHERE temporal >= 2
| SORT sigma_window
| LIMIT 10000`,
    'elastic-query-dsl': String.raw`{"size":0,"query":{"bool":{"filter":[{"range":{"@timestamp":{"gt":"now-600s","lte":"now"}}},{"bool":{"should":[{"term":{"a":{"value":"p","case_insensitive":true}}},{"term":{"a":{"value":"q","case_insensitive":true}}}],"minimum_should_match":1}},{"exists":{"field":"ip"}}]}},"aggs":{"group":{"terms":{"field":"ip","size":10000},"aggs":{"p0":{"filter":{"term":{"a":{"value":"p","case_insensitive":true}}}},"p1":{"filter":{"term":{"a":{"value":"q","case_insensitive":true}}}},"keep":{"bucket_selector":{"buckets_path":{"n0":"p0._count","n1":"p1._count"},"script":"((params.n0 > 0 ? 1 : 0) + (params.n1 > 0 ? 1 : 0)) >= 2"}}}}}}`,
    'sentinel-kql': String.raw`union
  (SRC
   | where a =~ "p" and isnotempty(ip)
   | project TimeGenerated = TimeGenerated, sigma_part = 0, sigma_ip = tostring(ip)),
  (SRC
   | where a =~ "q" and isnotempty(ip)
   | project TimeGenerated = TimeGenerated, sigma_part = 1, sigma_ip = tostring(ip))
| extend sigma_bin = bin(TimeGenerated, 1m)
| mv-expand sigma_window = range(sigma_bin - 5m, sigma_bin, 1m) to typeof(datetime)
| summarize temporal = count_distinct(sigma_part) by sigma_ip, sigma_window
| where temporal >= 2`,
    'duckdb-sql': String.raw`WITH sigma_c_events AS (
  SELECT "time" AS ts, "ip" AS g1, 0 AS part FROM SRC
  WHERE lower("a") = 'p' AND "ip" IS NOT NULL
  UNION ALL SELECT "time" AS ts, "ip" AS g1, 1 AS part FROM SRC
  WHERE lower("a") = 'q' AND "ip" IS NOT NULL
),
sigma_c AS (
  SELECT DISTINCT ts, g1, count(DISTINCT part) OVER w AS temporal FROM sigma_c_events
  WINDOW w AS (PARTITION BY g1 ORDER BY ts RANGE BETWEEN 299999999 PRECEDING AND CURRENT ROW)
  QUALIFY temporal >= 2
)
SELECT ts, g1 AS "ip", temporal FROM sigma_c
ORDER BY ALL`,
  },
  'rules in order': {
    'splunk-spl': String.raw`| multisearch
    [search SRC a="p"
     | eval sigma_leaf=0]
    [search SRC a="q"
     | eval sigma_leaf=1]
| sort 0 _time, sigma_leaf
| eval sigma_start0=if(sigma_leaf==0, _time, null())
| streamstats time_window=5m max(sigma_start0) as sigma_latest0 by ip
| eval sigma_start1=if(sigma_leaf==1, sigma_latest0, null())
| eval sigma_held1=if(isnotnull(sigma_start1) AND sigma_start1>_time-300, 1, null())
| where sigma_held1==1`,
    'elastic-esql': String.raw`FROM SRC
| EVAL sigma_part0 = COALESCE(TO_LOWER(a) == "p", false), sigma_part1 = COALESCE(TO_LOWER(a) == "q", false)
| WHERE (sigma_part0 OR sigma_part1) AND ip IS NOT NULL
| EVAL sigma_bin = DATE_TRUNC(5 minutes, @timestamp)
| EVAL sigma_window = MV_APPEND(sigma_bin, sigma_bin - 5 minutes)
| MV_EXPAND sigma_window
| STATS sigma_n0 = SUM(CASE(sigma_part0, 1, 0)), sigma_n1 = SUM(CASE(sigma_part1, 1, 0)), sigma_first0 = MIN(CASE(sigma_part0, @timestamp, NULL)), sigma_last0 = MAX(CASE(sigma_part0, @timestamp, NULL)), sigma_first1 = MIN(CASE(sigma_part1, @timestamp, NULL)), sigma_last1 = MAX(CASE(sigma_part1, @timestamp, NULL)) BY sigma_window, ip
| EVAL temporal = CASE(sigma_n0 > 0, 1, 0) + CASE(sigma_n1 > 0, 1, 0)
| WHERE temporal >= 2
| WHERE sigma_first0 <= sigma_last1
| SORT sigma_window
| LIMIT 10000`,
    'elastic-query-dsl': String.raw`{"size":0,"query":{"bool":{"filter":[{"range":{"@timestamp":{"gt":"now-600s","lte":"now"}}},{"bool":{"should":[{"term":{"a":{"value":"p","case_insensitive":true}}},{"term":{"a":{"value":"q","case_insensitive":true}}}],"minimum_should_match":1}},{"exists":{"field":"ip"}}]}},"aggs":{"group":{"terms":{"field":"ip","size":10000},"aggs":{"p0":{"filter":{"term":{"a":{"value":"p","case_insensitive":true}}},"aggs":{"first":{"min":{"field":"@timestamp"}},"last":{"max":{"field":"@timestamp"}}}},"p1":{"filter":{"term":{"a":{"value":"q","case_insensitive":true}}},"aggs":{"first":{"min":{"field":"@timestamp"}},"last":{"max":{"field":"@timestamp"}}}},"keep":{"bucket_selector":{"buckets_path":{"n0":"p0._count","f0":"p0>first","l0":"p0>last","n1":"p1._count","f1":"p1>first","l1":"p1>last"},"script":"((params.n0 > 0 ? 1 : 0) + (params.n1 > 0 ? 1 : 0)) >= 2 && params.f0 <= params.l1"}}}}}}`,
    'sentinel-kql': String.raw`union
  (SRC
   | where a =~ "p" and isnotempty(ip)
   | project TimeGenerated = TimeGenerated, sigma_part = 0, sigma_ip = tostring(ip)),
  (SRC
   | where a =~ "q" and isnotempty(ip)
   | project TimeGenerated = TimeGenerated, sigma_part = 1, sigma_ip = tostring(ip))
| extend sigma_bin = bin(TimeGenerated, 1m)
| mv-expand sigma_window = range(sigma_bin - 5m, sigma_bin, 1m) to typeof(datetime)
| summarize temporal = count_distinct(sigma_part), sigma_first0 = minif(TimeGenerated, sigma_part == 0), sigma_last0 = maxif(TimeGenerated, sigma_part == 0), sigma_first1 = minif(TimeGenerated, sigma_part == 1), sigma_last1 = maxif(TimeGenerated, sigma_part == 1) by sigma_ip, sigma_window
| where temporal >= 2
| where sigma_first0 <= sigma_last1`,
    'duckdb-sql': String.raw`WITH sigma_c_events_1 AS (
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
sigma_c AS (
  SELECT DISTINCT ts, g1, started FROM (
    SELECT ts, g1, step, max(started) OVER (PARTITION BY g1 ORDER BY ts RANGE BETWEEN 299999999 PRECEDING AND CURRENT ROW) AS started FROM (
      SELECT ts, g1, started, 0 AS step FROM sigma_c_step_1
      UNION ALL SELECT ts, g1, NULL, 1 FROM sigma_c_events_2))
  WHERE step = 1 AND started > ts - 300000000
)
SELECT ts, g1 AS "ip", started FROM sigma_c
ORDER BY ALL`,
  },
  'an upper bound': {
    'splunk-spl': {
      unsupported:
        'splunk-spl cannot say this: whether an event exactly one timespan old counts is not documented, so only lower bounds of counts are safe',
    },
    'elastic-esql': {
      unsupported:
        'elastic-esql cannot say this: its windows are wider than the rule’s, so only lower bounds of counts are safe',
    },
    'elastic-query-dsl': {
      unsupported:
        'elastic-query-dsl cannot say this: its windows are wider than the rule’s, so only lower bounds of counts are safe',
    },
    'sentinel-kql': {
      unsupported:
        'sentinel-kql cannot say this: its windows are wider than the rule’s, so only lower bounds of counts are safe',
    },
    'duckdb-sql': String.raw`WITH sigma_c_events AS (
  SELECT "time" AS ts, "ip" AS g1 FROM SRC
  WHERE lower("a") = 'p' AND "ip" IS NOT NULL
),
sigma_c AS (
  SELECT DISTINCT ts, g1, count(*) OVER w AS event_count FROM sigma_c_events
  WINDOW w AS (PARTITION BY g1 ORDER BY ts RANGE BETWEEN 299999999 PRECEDING AND CURRENT ROW)
  QUALIFY event_count < 10
)
SELECT ts, g1 AS "ip", event_count FROM sigma_c
ORDER BY ALL`,
  },
  'a sum': {
    'splunk-spl': {
      unsupported:
        'splunk-spl cannot say this: whether an event exactly one timespan old counts is not documented, so only lower bounds of counts are safe',
    },
    'elastic-esql': {
      unsupported:
        'elastic-esql cannot say this: its windows are wider than the rule’s, so only lower bounds of counts are safe',
    },
    'elastic-query-dsl': {
      unsupported:
        'elastic-query-dsl cannot say this: its windows are wider than the rule’s, so only lower bounds of counts are safe',
    },
    'sentinel-kql': {
      unsupported:
        'sentinel-kql cannot say this: its windows are wider than the rule’s, so only lower bounds of counts are safe',
    },
    'duckdb-sql': String.raw`WITH sigma_c_events AS (
  SELECT "time" AS ts, "ip" AS g1, CAST("n" AS DOUBLE) AS v1 FROM SRC
  WHERE lower("a") = 'p' AND "ip" IS NOT NULL AND CAST("n" AS DOUBLE) IS NOT NULL
),
sigma_c AS (
  SELECT DISTINCT ts, g1, sum(v1) OVER w AS value_sum FROM sigma_c_events
  WINDOW w AS (PARTITION BY g1 ORDER BY ts RANGE BETWEEN 299999999 PRECEDING AND CURRENT ROW)
  QUALIFY value_sum > 1000
)
SELECT ts, g1 AS "ip", value_sum FROM sigma_c
ORDER BY ALL`,
  },
  'a correlation of correlations': {
    'splunk-spl': String.raw`SRC a="p"
| eval sigma_leaf=0
| sort 0 _time, sigma_leaf
| eval sigma_value=if(sigma_leaf==0, n, null())
| streamstats time_window=5m dc(sigma_value) as value_count by ip
| eval sigma_held1=if((sigma_leaf==0) AND isnotnull(ip) AND isnotnull(sigma_value) AND value_count >= 15, 1, null())
| eval sigma_value=if(sigma_held1==1, _time.":".ip, null())
| streamstats time_window=1h dc(sigma_value) as event_count by ip
| eval sigma_held2=if((sigma_held1==1) AND isnotnull(ip) AND event_count >= 2, 1, null())
| where sigma_held2==1`,
    'elastic-esql': { unsupported: 'elastic-esql cannot say this: correlations of correlations' },
    'elastic-query-dsl': { unsupported: 'elastic-query-dsl cannot say this: correlations of correlations' },
    'sentinel-kql': { unsupported: 'sentinel-kql cannot say this: correlations of correlations' },
    'duckdb-sql': String.raw`WITH sigma_c_events AS (
  SELECT "time" AS ts, "ip" AS g1, "n" AS v1 FROM SRC
  WHERE lower("a") = 'p' AND "ip" IS NOT NULL AND "n" IS NOT NULL
),
sigma_c AS (
  SELECT DISTINCT ts, g1, count(DISTINCT v1) OVER w AS value_count FROM sigma_c_events
  WINDOW w AS (PARTITION BY g1 ORDER BY ts RANGE BETWEEN 299999999 PRECEDING AND CURRENT ROW)
  QUALIFY value_count >= 15
),
sigma_d_events AS (
  SELECT ts AS ts, g1 AS g1 FROM sigma_c
),
sigma_d AS (
  SELECT DISTINCT ts, g1, count(*) OVER w AS event_count FROM sigma_d_events
  WINDOW w AS (PARTITION BY g1 ORDER BY ts RANGE BETWEEN 3599999999 PRECEDING AND CURRENT ROW)
  QUALIFY event_count >= 2
)
SELECT ts, g1 AS "ip", event_count FROM sigma_d
ORDER BY ALL`,
  },
};
