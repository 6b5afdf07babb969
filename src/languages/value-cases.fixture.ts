import type { Expectations } from './cases.fixture.ts';

// What every language says to single rules: strings, modifiers, conditions. Only what stands between the frames of a query is
// written here; the vendors' documentation is named in cases.test.ts.

type Answer = string | { readonly no: string };

/** A refusal, with its reason. */
export const no = (reason: string): { readonly no: string } => ({ no: reason });

export interface Answers {
  readonly spl: Answer;
  readonly esql: Answer;
  readonly dsl: Answer;
  readonly kql: Answer;
  readonly sql: Answer;
}

/** Expectations of five answers; a frame is put around each text. */
export function expectationsOf(answers: Answers, frames: Readonly<Record<keyof Answers, (text: string) => string>>): Expectations {
  const of = (key: keyof Answers, name: keyof Expectations): Expectations[keyof Expectations] => {
    const answer = answers[key];
    return typeof answer === 'string' ? frames[key](answer) : { unsupported: `${name} cannot say this: ${answer.no}` };
  };
  return {
    'splunk-spl': of('spl', 'splunk-spl'),
    'elastic-esql': of('esql', 'elastic-esql'),
    'elastic-query-dsl': of('dsl', 'elastic-query-dsl'),
    'sentinel-kql': of('kql', 'sentinel-kql'),
    'duckdb-sql': of('sql', 'duckdb-sql'),
  };
}

const rule = (answers: Answers): Expectations =>
  expectationsOf(answers, {
    spl: (text) => (text.startsWith('|') ? `SRC\n${text}` : `SRC ${text}`),
    esql: (text) => `FROM SRC METADATA _id, _index\n| WHERE ${text}\n| LIMIT 10000`,
    dsl: (text) => `{"query":{"bool":{"filter":[${text}]}}}`,
    kql: (text) => `SRC\n| where ${text}`,
    sql: (text) => `SELECT * FROM SRC\nWHERE ${text}\nORDER BY "time"`,
  });

const octet = '(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])';
const dotted = String.raw`${octet}(\.${octet}){3}`;
/** An IPv4 address of text as a number. */
const quad = (column: string): string =>
  `CASE WHEN regexp_full_match("${column}", '${dotted}') THEN CAST(split_part("${column}", '.', 1) AS UBIGINT) * 16777216 + CAST(split_part("${column}", '.', 2) AS UBIGINT) * 65536 + CAST(split_part("${column}", '.', 3) AS UBIGINT) * 256 + CAST(split_part("${column}", '.', 4) AS UBIGINT) * 1 END`;
const tail = `regexp_extract("ip", ':(${dotted})$', 1)`;
/** An IPv6 address of text as a number. */
const number6 = `(SELECT CASE WHEN len(a) = 8 THEN list_reduce(list_transform(a, lambda g: CAST('0x' || g AS UINTEGER)::UHUGEINT), lambda p, q: p * 65536 + q) END FROM (SELECT CASE WHEN contains(x, '::') THEN list_concat(h, list_transform(range(8 - len(h) - len(t)), lambda i: '0'), t) ELSE h END AS a FROM (SELECT x, list_filter(string_split(split_part(x, '::', 1), ':'), lambda g: g <> '') AS h, list_filter(string_split(split_part(x, '::', 2), ':'), lambda g: g <> '') AS t FROM (SELECT CASE WHEN ${tail} = '' THEN "ip" ELSE left("ip", length("ip") - length(${tail})) || printf('%x:%x', CAST(split_part(${tail}, '.', 1) AS INTEGER) * 256 + CAST(split_part(${tail}, '.', 2) AS INTEGER), CAST(split_part(${tail}, '.', 3) AS INTEGER) * 256 + CAST(split_part(${tail}, '.', 4) AS INTEGER)) END AS x)) WHERE regexp_full_match(x, '([0-9a-fA-F]{1,4}(:[0-9a-fA-F]{1,4})*)?::([0-9a-fA-F]{1,4}(:[0-9a-fA-F]{1,4})*)?|[0-9a-fA-F]{1,4}(:[0-9a-fA-F]{1,4}){7}') AND len(h) + len(t) <= CASE WHEN contains(x, '::') THEN 7 ELSE 8 END))`;

export const valueCases = {
  'a number in quotes': rule({
    spl: 'n="443"',
    esql: 'TO_LOWER(TO_STRING(n)) == "443"',
    dsl: '{"term":{"n":{"value":443}}}',
    kql: 'tostring(n) =~ "443"',
    sql: String.raw`lower(regexp_replace(CAST("n" AS VARCHAR), '\.0$', '')) = '443'`,
  }),
  'a word where there are numbers': rule({
    spl: 'n="ssh"',
    esql: 'TO_LOWER(TO_STRING(n)) == "ssh"',
    dsl: no('a text in a field that holds numbers'),
    kql: 'tostring(n) =~ "ssh"',
    sql: String.raw`lower(regexp_replace(CAST("n" AS VARCHAR), '\.0$', '')) = 'ssh'`,
  }),
  'an integer beyond doubles': rule({
    spl: 'n="9007199254740993"',
    esql: 'n == 9007199254740993',
    dsl: '{"term":{"n":{"value":"9007199254740993"}}}',
    kql: 'n == 9007199254740993',
    sql: '"n" = 9007199254740993',
  }),
  'an address': rule({
    spl: 'ip="2001:DB8::1"',
    esql: 'ip == TO_IP("2001:DB8::1")',
    dsl: '{"term":{"ip":{"value":"2001:DB8::1"}}}',
    kql: 'ip =~ "2001:DB8::1"',
    sql: String.raw`lower("ip") = '2001:db8::1'`,
  }),
  'the beginning of an address': rule({
    spl: 'ip="10.*"',
    esql: 'TO_LOWER(TO_STRING(ip)) LIKE "10.*"',
    dsl: no('a part of an address, in a field of type ip'),
    kql: 'ip startswith "10."',
    sql: String.raw`starts_with(lower("ip"), '10.')`,
  }),
  'all of several': rule({
    spl: '(a="*x*" a="*Y*")',
    esql: '(TO_LOWER(a) LIKE "*x*" AND TO_LOWER(a) LIKE "*y*")',
    dsl: '{"bool":{"filter":[{"wildcard":{"a":{"value":"*x*","case_insensitive":true}}},{"wildcard":{"a":{"value":"*Y*","case_insensitive":true}}}]}}',
    kql: '(a contains "x" and a contains "Y")',
    sql: String.raw`(contains(lower("a"), 'x') AND contains(lower("a"), 'y'))`,
  }),
  'with case': rule({
    spl: '| where match(a, "(?s)Ab")',
    esql: 'a LIKE "*Ab*"',
    dsl: '{"wildcard":{"a":{"value":"*Ab*"}}}',
    kql: 'a contains_cs "Ab"',
    sql: String.raw`contains("a", 'Ab')`,
  }),
  'a list with case': rule({
    spl: '| where (a=="A" OR a=="b")',
    esql: '(a == "A" OR a == "b")',
    dsl: '{"bool":{"should":[{"term":{"a":{"value":"A"}}},{"term":{"a":{"value":"b"}}}],"minimum_should_match":1}}',
    kql: '(a == "A" or a == "b")',
    sql: String.raw`("a" = 'A' OR "a" = 'b')`,
  }),
  'a list with an empty text': rule({
    spl: '| where (lower(a)=="" OR lower(a)=="x")',
    esql: 'TO_LOWER(a) IN ("", "x")',
    dsl: '{"bool":{"should":[{"term":{"a":{"value":"","case_insensitive":true}}},{"term":{"a":{"value":"x","case_insensitive":true}}}],"minimum_should_match":1}}',
    kql: 'a in~ ("", "x")',
    sql: String.raw`lower("a") IN ('', 'x')`,
  }),
  'a list with letters beyond ASCII': rule({
    spl: 'a IN ("É", "x")',
    esql: 'TO_LOWER(a) IN ("é", "x")',
    dsl: '{"bool":{"should":[{"term":{"a":{"value":"É","case_insensitive":true}}},{"term":{"a":{"value":"x","case_insensitive":true}}}],"minimum_should_match":1}}',
    kql: 'tolower(a) in ("é", "x")',
    sql: String.raw`lower("a") IN ('é', 'x')`,
  }),
  'letters beyond ASCII within': rule({
    spl: 'a="*É*"',
    esql: 'TO_LOWER(a) LIKE "*é*"',
    dsl: '{"wildcard":{"a":{"value":"*É*","case_insensitive":true}}}',
    kql: 'tolower(a) contains_cs "é"',
    sql: String.raw`contains(lower("a"), 'é')`,
  }),
  'wildcards and letters beyond ASCII': rule({
    spl: String.raw`| where match(a, "(?is)\AÉ..*x\z")`,
    esql: 'TO_LOWER(a) LIKE "é?*x"',
    dsl: '{"wildcard":{"a":{"value":"É?*x","case_insensitive":true}}}',
    kql: 'a matches regex "(?is)^É..*x$"',
    sql: String.raw`lower("a") LIKE 'é_%x' ESCAPE '\'`,
  }),
  'a backtick': rule({
    spl: String.raw`| where match(a, "(?is)\x60id\x60")`,
    esql: "TO_LOWER(a) LIKE \"*`id`*\"",
    dsl: "{\"wildcard\":{\"a\":{\"value\":\"*`id`*\",\"case_insensitive\":true}}}",
    kql: "a contains \"`id`\"",
    sql: "contains(lower(\"a\"), '`id`')",
  }),
  windash: rule({
    spl: '(a="* -f*" OR a="* /f*" OR a="* –f*" OR a="* —f*" OR a="* ―f*")',
    esql: '(TO_LOWER(a) LIKE "* -f*" OR TO_LOWER(a) LIKE "* /f*" OR TO_LOWER(a) LIKE "* –f*" OR TO_LOWER(a) LIKE "* —f*" OR TO_LOWER(a) LIKE "* ―f*")',
    dsl: '{"bool":{"should":[{"wildcard":{"a":{"value":"* -f*","case_insensitive":true}}},{"wildcard":{"a":{"value":"* /f*","case_insensitive":true}}},{"wildcard":{"a":{"value":"* –f*","case_insensitive":true}}},{"wildcard":{"a":{"value":"* —f*","case_insensitive":true}}},{"wildcard":{"a":{"value":"* ―f*","case_insensitive":true}}}],"minimum_should_match":1}}',
    kql: '(a contains " -f" or a contains " /f" or a contains " –f" or a contains " —f" or a contains " ―f")',
    sql: String.raw`(contains(lower("a"), ' -f') OR contains(lower("a"), ' /f') OR contains(lower("a"), ' –f') OR contains(lower("a"), ' —f') OR contains(lower("a"), ' ―f'))`,
  }),
  base64: rule({
    spl: 'a="*Zm9v*"',
    esql: 'TO_LOWER(a) LIKE "*zm9v*"',
    dsl: '{"wildcard":{"a":{"value":"*Zm9v*","case_insensitive":true}}}',
    kql: 'a contains "Zm9v"',
    sql: String.raw`contains(lower("a"), 'zm9v')`,
  }),
  base64offset: rule({
    spl: '(a="*Zm9v*" OR a="*Zvb*" OR a="*mb2*")',
    esql: '(TO_LOWER(a) LIKE "*zm9v*" OR TO_LOWER(a) LIKE "*zvb*" OR TO_LOWER(a) LIKE "*mb2*")',
    dsl: '{"bool":{"should":[{"wildcard":{"a":{"value":"*Zm9v*","case_insensitive":true}}},{"wildcard":{"a":{"value":"*Zvb*","case_insensitive":true}}},{"wildcard":{"a":{"value":"*mb2*","case_insensitive":true}}}],"minimum_should_match":1}}',
    kql: '(a contains "Zm9v" or a contains "Zvb" or a contains "mb2")',
    sql: String.raw`(contains(lower("a"), 'zm9v') OR contains(lower("a"), 'zvb') OR contains(lower("a"), 'mb2'))`,
  }),
  'UTF-16 in Base64': rule({
    spl: '(a="*ZgBvAG8A*" OR a="*YAbwBvA*" OR a="*mAG8Abw*")',
    esql: '(TO_LOWER(a) LIKE "*zgbvag8a*" OR TO_LOWER(a) LIKE "*yabwbva*" OR TO_LOWER(a) LIKE "*mag8abw*")',
    dsl: '{"bool":{"should":[{"wildcard":{"a":{"value":"*ZgBvAG8A*","case_insensitive":true}}},{"wildcard":{"a":{"value":"*YAbwBvA*","case_insensitive":true}}},{"wildcard":{"a":{"value":"*mAG8Abw*","case_insensitive":true}}}],"minimum_should_match":1}}',
    kql: '(a contains "ZgBvAG8A" or a contains "YAbwBvA" or a contains "mAG8Abw")',
    sql: String.raw`(contains(lower("a"), 'zgbvag8a') OR contains(lower("a"), 'yabwbva') OR contains(lower("a"), 'mag8abw'))`,
  }),
  'UTF-16 alone': rule({
    spl: String.raw`| where match(a, "(?is)\x00f\x00o")`,
    esql: no('control characters in a text'),
    dsl: String.raw`{"wildcard":{"a":{"value":"*\u0000f\u0000o*","case_insensitive":true}}}`,
    kql: String.raw`a contains "\u0000f\u0000o"`,
    sql: no('control characters in a text'),
  }),
  'not null': rule({
    spl: '(a=* NOT (NOT a=*))',
    esql: '(a IS NOT NULL AND NOT COALESCE(a IS NULL, false))',
    dsl: '{"bool":{"filter":[{"exists":{"field":"a"}},{"bool":{"must_not":[{"bool":{"must_not":[{"exists":{"field":"a"}}]}}]}}]}}',
    kql: '(isnotempty(a) and not(coalesce(isempty(a), false)))',
    sql: no('null, since NULL stands for a missing field in this table; map "nulls", or ask |exists: false'),
  }),
  'none of these numbers': rule({
    spl: '(n=* NOT n IN ("1", "2"))',
    esql: '(n IS NOT NULL AND NOT COALESCE(n IN (1, 2), false))',
    dsl: '{"bool":{"filter":[{"exists":{"field":"n"}},{"bool":{"must_not":[{"terms":{"n":[1,2]}}]}}]}}',
    kql: '(isnotnull(n) and not(coalesce(n in (1, 2), false)))',
    sql: '("n" IS NOT NULL AND NOT coalesce("n" IN (1, 2), false))',
  }),
  'none of these blocks': rule({
    spl: '| where if((cidrmatch("10.0.0.0/8", ip) OR cidrmatch("192.168.0.0/16", ip)), 0, 1)==1',
    esql: 'NOT COALESCE((CIDR_MATCH(ip, "10.0.0.0/8") OR CIDR_MATCH(ip, "192.168.0.0/16")), false)',
    dsl: '{"bool":{"must_not":[{"bool":{"should":[{"term":{"ip":{"value":"10.0.0.0/8"}}},{"term":{"ip":{"value":"192.168.0.0/16"}}}],"minimum_should_match":1}}]}}',
    kql: 'not(coalesce((ipv4_is_in_range(ip, "10.0.0.0/8") or ipv4_is_in_range(ip, "192.168.0.0/16")), false))',
    sql: `NOT coalesce((QUAD BETWEEN 167772160 AND 184549375 OR QUAD BETWEEN 3232235520 AND 3232301055), false)`.replaceAll('QUAD', quad('ip')),
  }),
  'blocks without their host bits': rule({
    spl: '| where cidrmatch("192.0.2.7/32", ip)',
    esql: 'CIDR_MATCH(ip, "192.0.2.7/32")',
    dsl: '{"term":{"ip":{"value":"192.0.2.7/32"}}}',
    kql: 'ipv4_is_in_range(ip, "192.0.2.7/32")',
    sql: `QUAD BETWEEN 3221225991 AND 3221225991`.replaceAll('QUAD', quad('ip')),
  }),
  'a block of addresses in IPv6 that stand for IPv4': rule({
    spl: '| where cidrmatch("::ffff:0:0/96", ip)',
    esql: no('a block with IPv4-mapped addresses, which Elasticsearch takes for IPv4'),
    dsl: no('a block with IPv4-mapped addresses, which Elasticsearch takes for IPv4'),
    kql: '(ipv6_is_in_range(ip, "::ffff:0:0/96") and ip contains ":")',
    sql: `${number6} BETWEEN CAST('281470681743360' AS UHUGEINT) AND CAST('281474976710655' AS UHUGEINT)`,
  }),
  'a block in a field of texts': rule({
    spl: '| where cidrmatch("10.0.0.0/8", a)',
    esql: 'CIDR_MATCH(TO_IP(a), "10.0.0.0/8")',
    dsl: no('an address block, in a field that is not of type ip'),
    kql: 'ipv4_is_in_range(a, "10.0.0.0/8")',
    sql: `QUAD BETWEEN 167772160 AND 184549375`.replaceAll('QUAD', quad('a')),
  }),
  'an expression over lines': rule({
    spl: '| where match(a, "(?m)^x$")',
    esql: no('anchors at lines in a Lucene regular expression'),
    dsl: no('anchors at lines in a Lucene regular expression'),
    kql: 'a matches regex "(?m)^x$"',
    sql: String.raw`regexp_matches("a", '(?m)^x$')`,
  }),
  'an expression whose dot is anything': rule({
    spl: '| where match(a, "(?is)a.b")',
    esql: String.raw`a RLIKE "(.|\n)*[aA](.|\n)[bB](.|\n)*"`,
    dsl: String.raw`{"regexp":{"a":{"value":"(.|\n)*[aA](.|\n)[bB](.|\n)*","flags":"NONE"}}}`,
    kql: 'a matches regex "(?is)a.b"',
    sql: String.raw`regexp_matches("a", '(?is)a.b')`,
  }),
  'an expression with classes': rule({
    spl: String.raw`| where match(a, "[[&\w-]{2}\s\D{")`,
    esql: no('this character class in a Lucene regular expression'),
    dsl: no('this character class in a Lucene regular expression'),
    kql: String.raw`a matches regex "[\\[\\&0-9A-Za-z_\\-]{2}[\\t\\n\\f\\r ][^0-9]\\{"`,
    sql: String.raw`regexp_matches("a", '[[&\w-]{2}\s\D{')`,
  }),
  'an expression with words': rule({
    spl: String.raw`| where match(a, "\bcmd\b")`,
    esql: no(String.raw`the escape \b in a Lucene regular expression`),
    dsl: no(String.raw`the escape \b in a Lucene regular expression`),
    kql: String.raw`a matches regex "\\bcmd\\b"`,
    sql: String.raw`regexp_matches("a", '\bcmd\b')`,
  }),
  'an expression with quotes': rule({
    spl: String.raw`| where match(a, "a\x22b\x5cc\x60d")`,
    esql: "a RLIKE \"(.|\\n)*a\\\\\\\"b\\\\\\\\c`d(.|\\n)*\"",
    dsl: "{\"regexp\":{\"a\":{\"value\":\"(.|\\n)*a\\\\\\\"b\\\\\\\\c`d(.|\\n)*\",\"flags\":\"NONE\"}}}",
    kql: "a matches regex \"a\\\"b\\\\\\\\c`d\"",
    sql: "regexp_matches(\"a\", 'a\"b\\\\c`d')",
  }),
  'an expression with letters beyond ASCII, without case': rule({
    spl: '| where match(a, "(?i)ké[é-ö]?")',
    esql: no('a range across letters without case in a Lucene regular expression'),
    dsl: no('a range across letters without case in a Lucene regular expression'),
    kql: 'a matches regex "(?i)ké[é-ö]?"',
    sql: String.raw`regexp_matches("a", '(?i)ké[é-ö]?')`,
  }),
  'a back-reference': rule({
    spl: String.raw`| where match(a, "(a)\1")`,
    esql: no(String.raw`the escape \1 in a Lucene regular expression`),
    dsl: no(String.raw`the escape \1 in a Lucene regular expression`),
    kql: no("this regular expression (invalid escape sequence: `\\1`)"),
    sql: no("this regular expression (invalid escape sequence: `\\1`)"),
  }),
  'an expression that is none': rule({
    spl: no("this regular expression (missing closing ): `a(`)"),
    esql: no('an unbalanced parenthesis in a Lucene regular expression'),
    dsl: no('an unbalanced parenthesis in a Lucene regular expression'),
    kql: no("this regular expression (missing closing ): `a(`)"),
    sql: no("this regular expression (missing closing ): `a(`)"),
  }),
  'comparisons beyond doubles': rule({
    spl: '| where tonumber(n)>9007199254740993',
    esql: 'n > 9007199254740993',
    dsl: '{"range":{"n":{"gt":"9007199254740993"}}}',
    kql: 'n > 9007199254740993',
    sql: 'CAST("n" AS DOUBLE) > CAST(9007199254740993 AS DOUBLE)',
  }),
  'comparisons of a negative number': rule({
    spl: '| where tonumber(n)< -1.5',
    esql: 'n < -1.5',
    dsl: '{"range":{"n":{"lt":-1.5}}}',
    kql: 'n < -1.5',
    sql: 'CAST("n" AS DOUBLE) < CAST(-1.5 AS DOUBLE)',
  }),
  'an hour of a text': rule({
    spl: String.raw`| where (match(a, "\A[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}") AND tonumber(substr(a, 12, 2))==3)`,
    esql: 'DATE_EXTRACT("hour_of_day", TO_DATETIME(a)) == 3',
    dsl: no('a part of a date, without a script'),
    kql: 'hourofday(todatetime(a)) == 3',
    sql: String.raw`extract('hour' FROM TRY_CAST(replace(regexp_extract("a", '^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ]([01][0-9]|2[0-3]):[0-5][0-9]'), 'T', ' ') || ':00' AS TIMESTAMP)) = 3`,
  }),
  'a week': rule({
    spl: '| where tonumber(strftime(t, "%V"))>50',
    esql: no('weeks as ISO 8601 counts them'),
    dsl: no('a part of a date, without a script'),
    kql: 'week_of_year(t) > 50',
    sql: String.raw`extract('week' FROM make_timestamp("t")) > 50`,
  }),
  'a minute': rule({
    spl: '| where tonumber(strftime(t, "%M"))<30',
    esql: 'DATE_EXTRACT("minute_of_hour", t) < 30',
    dsl: no('a part of a date, without a script'),
    kql: 'datetime_part("minute", t) < 30',
    sql: String.raw`extract('minute' FROM make_timestamp("t")) < 30`,
  }),
  'a year': rule({
    spl: '| where tonumber(strftime(t, "%Y"))==2026',
    esql: 'DATE_EXTRACT("year", t) == 2026',
    dsl: no('a part of a date, without a script'),
    kql: 'getyear(t) == 2026',
    sql: String.raw`extract('year' FROM make_timestamp("t")) = 2026`,
  }),
  'two fields that differ': rule({
    spl: '| where (isnotnull(a) AND isnotnull(b) AND if(lower(a)==lower(b), 0, 1)==1)',
    esql: '(a IS NOT NULL AND b IS NOT NULL AND NOT COALESCE(TO_LOWER(a) == TO_LOWER(b), false))',
    dsl: no('a comparison of two fields, without a script'),
    kql: '(isnotempty(a) and isnotempty(b) and not(coalesce((isnotempty(a) and isnotempty(b) and tolower(a) == tolower(b)), false)))',
    sql: '("a" IS NOT NULL AND "b" IS NOT NULL AND NOT coalesce(lower("a") = lower("b"), false))',
  }),
  'one field at the start of another, with case': rule({
    spl: '| where substr(a, 1, len(b))==b',
    esql: 'STARTS_WITH(a, b)',
    dsl: no('a comparison of two fields, without a script'),
    kql: '(isnotempty(a) and isnotempty(b) and a startswith_cs b)',
    sql: 'starts_with("a", "b")',
  }),
  'one field at the end of another': rule({
    spl: '| where (len(lower(a))>=len(lower(b)) AND substr(lower(a), len(lower(a))-len(lower(b))+1)==lower(b))',
    esql: 'ENDS_WITH(TO_LOWER(a), TO_LOWER(b))',
    dsl: no('a comparison of two fields, without a script'),
    kql: '(isnotempty(a) and isnotempty(b) and tolower(a) endswith_cs tolower(b))',
    sql: 'ends_with(lower("a"), lower("b"))',
  }),
  'one of them and not all of them': rule({
    spl: '(a="x" NOT (a="x" b="y"))',
    esql: '(TO_LOWER(a) == "x" AND NOT COALESCE((TO_LOWER(a) == "x" AND TO_LOWER(b) == "y"), false))',
    dsl: '{"bool":{"filter":[{"term":{"a":{"value":"x","case_insensitive":true}}},{"bool":{"must_not":[{"bool":{"filter":[{"term":{"a":{"value":"x","case_insensitive":true}}},{"term":{"b":{"value":"y","case_insensitive":true}}}]}}]}}]}}',
    kql: '(a =~ "x" and not(coalesce((a =~ "x" and b =~ "y"), false)))',
    sql: String.raw`(lower("a") = 'x' AND NOT coalesce((lower("a") = 'x' AND lower("b") = 'y'), false))`,
  }),
  'not not': rule({
    spl: 'NOT (NOT a="x")',
    esql: 'NOT COALESCE(NOT COALESCE(TO_LOWER(a) == "x", false), false)',
    dsl: '{"bool":{"must_not":[{"bool":{"must_not":[{"term":{"a":{"value":"x","case_insensitive":true}}}]}}]}}',
    kql: 'not(coalesce(not(coalesce(a =~ "x", false)), false))',
    sql: String.raw`NOT coalesce(NOT coalesce(lower("a") = 'x', false), false)`,
  }),
  'not missing': rule({
    spl: 'NOT (NOT a=*)',
    esql: 'NOT COALESCE(a IS NULL, false)',
    dsl: '{"bool":{"must_not":[{"bool":{"must_not":[{"exists":{"field":"a"}}]}}]}}',
    kql: 'not(coalesce(isempty(a), false))',
    sql: 'NOT coalesce("a" IS NULL, false)',
  }),
  'all of several keywords': rule({
    spl: '(msg="*evil*" msg="*svc*")',
    esql: '(TO_LOWER(msg) LIKE "*evil*" AND TO_LOWER(msg) LIKE "*svc*")',
    dsl: no('a keyword in an analysed message'),
    kql: '(msg contains "evil" and msg contains "svc")',
    sql: String.raw`(contains(lower("msg"), 'evil') AND contains(lower("msg"), 'svc'))`,
  }),
  'a keyword with one unknown letter': rule({
    spl: '| where match(msg, "(?is)ev.l")',
    esql: 'TO_LOWER(msg) LIKE "*ev?l*"',
    dsl: no('a keyword in an analysed message'),
    kql: 'msg matches regex "(?is)^.*ev.l.*$"',
    sql: String.raw`lower("msg") LIKE '%ev_l%' ESCAPE '\'`,
  }),
  'a keyword expression': rule({
    spl: '| where match(msg, "ev[ie]l")',
    esql: String.raw`msg RLIKE "(.|\n)*ev[ie]l(.|\n)*"`,
    dsl: no('a keyword in an analysed message'),
    kql: 'msg matches regex "ev[ie]l"',
    sql: String.raw`regexp_matches("msg", 'ev[ie]l')`,
  }),
};
