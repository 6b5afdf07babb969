import { expect, test } from 'vitest';
import type { Language } from '../sigma/language.ts';
import { SigmaError } from '../sigma/sigma-error.ts';
import { linked } from '../sigma/sigma.fixture.ts';
import { duckdbSql } from './duckdb-sql.ts';
import { elasticEsql } from './elastic-esql.ts';
import { elasticQueryDsl } from './elastic-query-dsl.ts';
import { checkDsl, checkEsql, checkSpl } from './grammar.fixture.ts';
import { kustoFaults, sentinelTables } from './kusto.fixture.ts';
import { sentinelKql, sentinelKqlRaw } from './sentinel-kql.ts';
import { splunkSpl } from './splunk-spl.ts';

// Rules bound to a product or a service, and categories beside those of the shipped rules, through each language's own
// mapping: where the events are, what the fields are called, or why it is refused. The names are those of
//   Splunk    docs.splunk.com, Common Information Model (NetworkResolutionDNS, Web, Authentication), add-ons for Windows, Linux, Zeek
//   Elastic   elastic.co/docs/reference/ecs, exported fields of winlogbeat (winlog.event_data) and of filebeat's zeek module
//   Sentinel  learn.microsoft.com/azure/azure-monitor/reference/tables/securityevent, …/syslog, …/awscloudtrail; ASIM schemas of DNS, web, authentication

const engines: {
  readonly [name: string]: { readonly language: Language; readonly check?: (text: string) => void };
} = {
  'splunk-spl': {
    language: splunkSpl,
    check: (text) =>
      checkSpl(text.replaceAll(/^(?:(?:tag|index|sourcetype|source|process)=(?:"[^"]*"|\S+) ?)+/g, 'SRC ')),
  },
  'elastic-esql': { language: elasticEsql, check: checkEsql },
  'elastic-query-dsl': { language: elasticQueryDsl, check: checkDsl },
  'sentinel-kql': {
    language: sentinelKql,
    check: (text) => expect(kustoFaults(sentinelTables, text)).toEqual([]),
  },
  'sentinel-kql-raw': {
    language: sentinelKqlRaw,
    check: (text) => expect(kustoFaults(sentinelTables, text)).toEqual([]),
  },
  'duckdb-sql': { language: duckdbSql },
};

const rules = linked(String.raw`title: Failed logon
name: win_failed
logsource: {product: windows, service: security}
detection:
  sel: {EventID: 4625, LogonType: [3, 10], IpAddress|cidr: 10.0.0.0/8}
  machine: {TargetUserName|endswith: '$'}
  condition: sel and not machine
---
title: Password spraying
name: win_spray
correlation: {type: value_count, rules: [win_failed], group-by: [IpAddress], timespan: 10m, condition: {gte: 20, field: TargetUserName}}
---
title: Invalid user
name: sshd_invalid
logsource: {product: linux, service: sshd}
detection: {keywords: ['Invalid user', 'Failed password*root'], condition: keywords}
---
title: Auth
name: linux_auth
logsource: {product: linux, service: auth}
detection: {keywords: {'|all': [session opened, root]}, condition: keywords}
---
title: Zeek connections
name: zeek_conn
logsource: {product: zeek, service: conn}
detection: {sel: {conn_state: [S0, REJ], id.resp_p: [22, 3389]}, condition: sel}
---
title: Zeek scan
name: zeek_scan
correlation: {type: value_count, rules: [zeek_conn], group-by: [id.orig_h], timespan: 5m, condition: {gt: 25, field: id.resp_h}}
---
title: Zeek names
name: zeek_dns
logsource: {product: zeek, service: dns}
detection: {sel: {rcode_name: NXDOMAIN, query|endswith: .example.com}, condition: sel}
---
title: Zeek requests
name: zeek_http
logsource: {product: zeek, service: http}
detection: {sel: {method: GET, uri|contains: /.git/, status_code|gte: 400}, condition: sel}
---
title: DNS
name: dns
logsource: {category: dns}
detection: {sel: {record_type: TXT, query|startswith: aaa.}, condition: sel}
---
title: Proxy
name: proxy
logsource: {category: proxy}
detection: {sel: {c-uri|contains: /x, c-useragent|startswith: curl/, cs-method: POST}, condition: sel}
---
title: Logins
name: login
logsource: {category: authentication}
detection: {sel: {action: failure}, condition: sel}
---
title: Guessing
name: guessing
correlation: {type: event_count, rules: [login], group-by: [src_ip, user], timespan: 1h, condition: {gte: 10}}
---
title: Apache
name: apache
logsource: {category: webserver, product: apache}
detection: {sel: {cs-uri-stem: /server-status}, condition: sel}
---
title: Process
name: process
logsource: {category: process_creation, product: windows}
detection: {sel: {Image|endswith: \nmap.exe}, condition: sel}
---
title: Cloud
name: cloud
logsource: {product: aws, service: cloudtrail}
detection: {sel: {eventName: ConsoleLogin, userIdentity.type: Root}, condition: sel}
---
title: Okta
name: okta
logsource: {product: okta, service: okta}
detection: {sel: {displaymessage: Max sign in attempts exceeded}, condition: sel}
`);

test.each(Object.entries(engines))(
  '%s reads each log source where it is, or refuses it',
  (name, { language, check }) => {
    for (const rule of rules) {
      const wanted = expected[rule.rule.name as keyof typeof expected][name as 'splunk-spl'];
      let found: typeof wanted;
      try {
        const { text } = language.convert(rule, language.mapping);
        check?.(text);
        found = name === 'elastic-query-dsl' ? JSON.stringify(JSON.parse(text)) : text;
      } catch (thrown) {
        if (!(thrown instanceof SigmaError)) throw thrown;
        found = { unsupported: thrown.reason };
      }
      expect([rule.rule.name, found]).toEqual([rule.rule.name, wanted]);
    }
  },
);

test('what a mapping cannot know stands beside the query', () => {
  const notesOf = (language: Language, name: string): string => {
    const rule = rules.find((each) => each.rule.name === name);
    return rule === undefined ? '' : language.convert(rule, language.mapping).notes.join('\n');
  };
  for (const language of [splunkSpl, elasticEsql, elasticQueryDsl]) {
    expect(notesOf(language, 'okta')).toContain('no source of its own for product=okta, service=okta');
    expect(notesOf(language, 'process')).toContain(
      'does not list these fields, which keep the names that the rule gives them: Image.',
    );
    expect(notesOf(language, 'zeek_conn')).not.toContain('does not list');
  }
  expect(notesOf(elasticEsql, 'dns')).toContain('logs-* holds all kinds of logs');
  const [firewall] = linked(
    'title: T\nlogsource: {category: firewall}\ndetection: {sel: {action: deny}, condition: sel}\n',
  );
  for (const language of [splunkSpl, elasticEsql, sentinelKql, sentinelKqlRaw])
    expect(language.convert(firewall, language.mapping).notes.join()).toMatch(/action/i);
});

type Said = string | { readonly unsupported: string };
const expected: Readonly<Record<string, Readonly<Record<string, Said>>>> = {
  win_failed: {
    'splunk-spl': String.raw`source="XmlWinEventLog:Security"
| where ((lower(EventCode)=="4625" AND (lower(LogonType)=="3" OR lower(LogonType)=="10") AND cidrmatch("10.0.0.0/8", IpAddress)) AND if(match(TargetUserName, "(?is)\x24\z"), 0, 1)==1)`,
    'elastic-esql': String.raw`FROM logs-* METADATA _id, _index
| WHERE ((TO_LOWER(event.code) == "4625" AND TO_LOWER(winlog.event_data.LogonType) IN ("3", "10") AND CIDR_MATCH(source.ip, "10.0.0.0/8")) AND NOT COALESCE(TO_LOWER(winlog.event_data.TargetUserName) LIKE "*$", false))
| LIMIT 10000`,
    'elastic-query-dsl':
      '{"query":{"bool":{"filter":[{"bool":{"filter":[{"bool":{"filter":[{"term":{"event.code":{"value":"4625","case_insensitive":true}}},{"bool":{"should":[{"term":{"winlog.event_data.LogonType":{"value":"3","case_insensitive":true}}},{"term":{"winlog.event_data.LogonType":{"value":"10","case_insensitive":true}}}],"minimum_should_match":1}},{"term":{"source.ip":{"value":"10.0.0.0/8"}}}]}},{"bool":{"must_not":[{"wildcard":{"winlog.event_data.TargetUserName":{"value":"*$","case_insensitive":true}}}]}}]}}]}}}',
    'sentinel-kql': String.raw`SecurityEvent
| where ((EventID == 4625 and LogonType in (3, 10) and ipv4_is_in_range(IpAddress, "10.0.0.0/8")) and not(coalesce(TargetUserName endswith "$", false)))`,
    'sentinel-kql-raw': String.raw`SecurityEvent
| where ((EventID == 4625 and LogonType in (3, 10) and ipv4_is_in_range(IpAddress, "10.0.0.0/8")) and not(coalesce(TargetUserName endswith "$", false)))`,
    'duckdb-sql': String.raw`SELECT * FROM events
WHERE ((lower("EventID") = '4625' AND lower("LogonType") IN ('3', '10') AND CASE WHEN regexp_full_match("IpAddress", '(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])(\.(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])){3}') THEN CAST(split_part("IpAddress", '.', 1) AS UBIGINT) * 16777216 + CAST(split_part("IpAddress", '.', 2) AS UBIGINT) * 65536 + CAST(split_part("IpAddress", '.', 3) AS UBIGINT) * 256 + CAST(split_part("IpAddress", '.', 4) AS UBIGINT) * 1 END BETWEEN 167772160 AND 184549375) AND NOT coalesce(ends_with(lower("TargetUserName"), '$'), false))
ORDER BY "time"`,
  },
  win_spray: {
    'splunk-spl': String.raw`source="XmlWinEventLog:Security"
| where ((lower(EventCode)=="4625" AND (lower(LogonType)=="3" OR lower(LogonType)=="10") AND cidrmatch("10.0.0.0/8", IpAddress)) AND if(match(TargetUserName, "(?is)\x24\z"), 0, 1)==1)
| sort 0 _time
| streamstats time_window=10m dc(TargetUserName) as value_count by IpAddress
| where value_count >= 20`,
    'elastic-esql': String.raw`FROM logs-*
| WHERE ((TO_LOWER(event.code) == "4625" AND TO_LOWER(winlog.event_data.LogonType) IN ("3", "10") AND CIDR_MATCH(source.ip, "10.0.0.0/8")) AND NOT COALESCE(TO_LOWER(winlog.event_data.TargetUserName) LIKE "*$", false)) AND source.ip IS NOT NULL AND winlog.event_data.TargetUserName IS NOT NULL
| EVAL sigma_bin = DATE_TRUNC(10 minutes, @timestamp)
| EVAL sigma_window = MV_APPEND(sigma_bin, sigma_bin - 10 minutes)
| MV_EXPAND sigma_window
| STATS sigma_seen = COUNT(*) BY sigma_window, source.ip, winlog.event_data.TargetUserName
| STATS value_count = COUNT(*) BY sigma_window, source.ip
| WHERE value_count >= 20
| SORT sigma_window
| LIMIT 10000`,
    'elastic-query-dsl':
      '{"size":0,"query":{"bool":{"filter":[{"range":{"@timestamp":{"gt":"now-1200s","lte":"now"}}},{"bool":{"filter":[{"bool":{"filter":[{"term":{"event.code":{"value":"4625","case_insensitive":true}}},{"bool":{"should":[{"term":{"winlog.event_data.LogonType":{"value":"3","case_insensitive":true}}},{"term":{"winlog.event_data.LogonType":{"value":"10","case_insensitive":true}}}],"minimum_should_match":1}},{"term":{"source.ip":{"value":"10.0.0.0/8"}}}]}},{"bool":{"must_not":[{"wildcard":{"winlog.event_data.TargetUserName":{"value":"*$","case_insensitive":true}}}]}}]}},{"exists":{"field":"source.ip"}},{"exists":{"field":"winlog.event_data.TargetUserName"}}]}},"aggs":{"group":{"terms":{"field":"source.ip","size":10000},"aggs":{"values":{"terms":{"field":"winlog.event_data.TargetUserName","size":20}},"keep":{"bucket_selector":{"buckets_path":{"n":"values._bucket_count"},"script":"params.n >= 20"}}}}}}',
    'sentinel-kql': String.raw`SecurityEvent
| where ((EventID == 4625 and LogonType in (3, 10) and ipv4_is_in_range(IpAddress, "10.0.0.0/8")) and not(coalesce(TargetUserName endswith "$", false))) and isnotempty(IpAddress) and isnotempty(TargetUserName)
| extend sigma_bin = bin(TimeGenerated, 2m)
| mv-expand sigma_window = range(sigma_bin - 10m, sigma_bin, 2m) to typeof(datetime)
| summarize value_count = count_distinct(TargetUserName) by IpAddress, sigma_window
| where value_count >= 20`,
    'sentinel-kql-raw': String.raw`SecurityEvent
| where ((EventID == 4625 and LogonType in (3, 10) and ipv4_is_in_range(IpAddress, "10.0.0.0/8")) and not(coalesce(TargetUserName endswith "$", false))) and isnotempty(IpAddress) and isnotempty(TargetUserName)
| extend sigma_bin = bin(TimeGenerated, 2m)
| mv-expand sigma_window = range(sigma_bin - 10m, sigma_bin, 2m) to typeof(datetime)
| summarize value_count = count_distinct(TargetUserName) by IpAddress, sigma_window
| where value_count >= 20`,
    'duckdb-sql': String.raw`WITH sigma_win_spray_events AS (
  SELECT "time" AS ts, "IpAddress" AS g1, "TargetUserName" AS v1 FROM events
  WHERE ((lower("EventID") = '4625' AND lower("LogonType") IN ('3', '10') AND CASE WHEN regexp_full_match("IpAddress", '(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])(\.(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])){3}') THEN CAST(split_part("IpAddress", '.', 1) AS UBIGINT) * 16777216 + CAST(split_part("IpAddress", '.', 2) AS UBIGINT) * 65536 + CAST(split_part("IpAddress", '.', 3) AS UBIGINT) * 256 + CAST(split_part("IpAddress", '.', 4) AS UBIGINT) * 1 END BETWEEN 167772160 AND 184549375) AND NOT coalesce(ends_with(lower("TargetUserName"), '$'), false)) AND "IpAddress" IS NOT NULL AND "TargetUserName" IS NOT NULL
),
sigma_win_spray AS (
  SELECT DISTINCT ts, g1, count(DISTINCT v1) OVER w AS value_count FROM sigma_win_spray_events
  WINDOW w AS (PARTITION BY g1 ORDER BY ts RANGE BETWEEN 599999999 PRECEDING AND CURRENT ROW)
  QUALIFY value_count >= 20
)
SELECT ts, g1 AS "IpAddress", value_count FROM sigma_win_spray
ORDER BY ALL`,
  },
  sshd_invalid: {
    'splunk-spl':
      'sourcetype=linux_secure process=sshd* (_raw="*Invalid user*" OR _raw="*Failed password*root*")',
    'elastic-esql': {
      unsupported:
        'elastic-esql is given no column with the whole message, which keywords need ("message" in a mapping)',
    },
    'elastic-query-dsl': {
      unsupported:
        'elastic-query-dsl is given no column with the whole message, which keywords need ("message" in a mapping)',
    },
    'sentinel-kql': String.raw`Syslog
| where ProcessName startswith "sshd"
| where (SyslogMessage contains "Invalid user" or SyslogMessage matches regex "(?is)^.*Failed password.*root.*$")`,
    'sentinel-kql-raw': String.raw`Syslog
| where ProcessName startswith "sshd"
| where (SyslogMessage contains "Invalid user" or SyslogMessage matches regex "(?is)^.*Failed password.*root.*$")`,
    'duckdb-sql': String.raw`SELECT * FROM events
WHERE (contains(lower("message"), 'invalid user') OR lower("message") LIKE '%failed password%root%' ESCAPE '\')
ORDER BY "time"`,
  },
  linux_auth: {
    'splunk-spl': 'sourcetype=linux_secure (_raw="*session opened*" _raw="*root*")',
    'elastic-esql': {
      unsupported:
        'elastic-esql is given no column with the whole message, which keywords need ("message" in a mapping)',
    },
    'elastic-query-dsl': {
      unsupported:
        'elastic-query-dsl is given no column with the whole message, which keywords need ("message" in a mapping)',
    },
    'sentinel-kql': String.raw`Syslog
| where Facility in~ ("auth", "authpriv")
| where (SyslogMessage contains "session opened" and SyslogMessage contains "root")`,
    'sentinel-kql-raw': String.raw`Syslog
| where Facility in~ ("auth", "authpriv")
| where (SyslogMessage contains "session opened" and SyslogMessage contains "root")`,
    'duckdb-sql': String.raw`SELECT * FROM events
WHERE (contains(lower("message"), 'session opened') AND contains(lower("message"), 'root'))
ORDER BY "time"`,
  },
  zeek_conn: {
    'splunk-spl': 'sourcetype="bro:conn:json" (conn_state IN ("S0", "REJ") id.resp_p IN ("22", "3389"))',
    'elastic-esql': String.raw`FROM logs-* METADATA _id, _index
| WHERE (TO_LOWER(zeek.connection.state) IN ("s0", "rej") AND destination.port IN (22, 3389))
| LIMIT 10000`,
    'elastic-query-dsl':
      '{"query":{"bool":{"filter":[{"bool":{"filter":[{"bool":{"should":[{"term":{"zeek.connection.state":{"value":"S0","case_insensitive":true}}},{"term":{"zeek.connection.state":{"value":"REJ","case_insensitive":true}}}],"minimum_should_match":1}},{"terms":{"destination.port":[22,3389]}}]}}]}}}',
    'sentinel-kql': {
      unsupported: 'the mapping "sentinel-kql (ASIM)" has no source for product=zeek, service=conn',
    },
    'sentinel-kql-raw': {
      unsupported: 'the mapping "sentinel-kql-raw (tables)" has no source for product=zeek, service=conn',
    },
    'duckdb-sql': String.raw`SELECT * FROM events
WHERE (lower("conn_state") IN ('s0', 'rej') AND lower("id.resp_p") IN ('22', '3389'))
ORDER BY "time"`,
  },
  zeek_scan: {
    'splunk-spl': String.raw`sourcetype="bro:conn:json" (conn_state IN ("S0", "REJ") id.resp_p IN ("22", "3389"))
| sort 0 _time
| streamstats time_window=5m dc(id.resp_h) as value_count by id.orig_h
| where value_count > 25`,
    'elastic-esql': String.raw`FROM logs-*
| WHERE (TO_LOWER(zeek.connection.state) IN ("s0", "rej") AND destination.port IN (22, 3389)) AND source.ip IS NOT NULL AND destination.ip IS NOT NULL
| EVAL sigma_bin = DATE_TRUNC(5 minutes, @timestamp)
| EVAL sigma_window = MV_APPEND(sigma_bin, sigma_bin - 5 minutes)
| MV_EXPAND sigma_window
| STATS sigma_seen = COUNT(*) BY sigma_window, source.ip, destination.ip
| STATS value_count = COUNT(*) BY sigma_window, source.ip
| WHERE value_count > 25
| SORT sigma_window
| LIMIT 10000`,
    'elastic-query-dsl':
      '{"size":0,"query":{"bool":{"filter":[{"range":{"@timestamp":{"gt":"now-600s","lte":"now"}}},{"bool":{"filter":[{"bool":{"should":[{"term":{"zeek.connection.state":{"value":"S0","case_insensitive":true}}},{"term":{"zeek.connection.state":{"value":"REJ","case_insensitive":true}}}],"minimum_should_match":1}},{"terms":{"destination.port":[22,3389]}}]}},{"exists":{"field":"source.ip"}},{"exists":{"field":"destination.ip"}}]}},"aggs":{"group":{"terms":{"field":"source.ip","size":10000},"aggs":{"values":{"terms":{"field":"destination.ip","size":26}},"keep":{"bucket_selector":{"buckets_path":{"n":"values._bucket_count"},"script":"params.n > 25"}}}}}}',
    'sentinel-kql': {
      unsupported: 'the mapping "sentinel-kql (ASIM)" has no source for product=zeek, service=conn',
    },
    'sentinel-kql-raw': {
      unsupported: 'the mapping "sentinel-kql-raw (tables)" has no source for product=zeek, service=conn',
    },
    'duckdb-sql': String.raw`WITH sigma_zeek_scan_events AS (
  SELECT "time" AS ts, "id.orig_h" AS g1, "id.resp_h" AS v1 FROM events
  WHERE (lower("conn_state") IN ('s0', 'rej') AND lower("id.resp_p") IN ('22', '3389')) AND "id.orig_h" IS NOT NULL AND "id.resp_h" IS NOT NULL
),
sigma_zeek_scan AS (
  SELECT DISTINCT ts, g1, count(DISTINCT v1) OVER w AS value_count FROM sigma_zeek_scan_events
  WINDOW w AS (PARTITION BY g1 ORDER BY ts RANGE BETWEEN 299999999 PRECEDING AND CURRENT ROW)
  QUALIFY value_count > 25
)
SELECT ts, g1 AS "id.orig_h", value_count FROM sigma_zeek_scan
ORDER BY ALL`,
  },
  zeek_dns: {
    'splunk-spl': 'sourcetype="bro:dns:json" (rcode_name="NXDOMAIN" query="*.example.com")',
    'elastic-esql': String.raw`FROM logs-* METADATA _id, _index
| WHERE (TO_LOWER(dns.response_code) == "nxdomain" AND TO_LOWER(dns.question.name) LIKE "*.example.com")
| LIMIT 10000`,
    'elastic-query-dsl':
      '{"query":{"bool":{"filter":[{"bool":{"filter":[{"term":{"dns.response_code":{"value":"NXDOMAIN","case_insensitive":true}}},{"wildcard":{"dns.question.name":{"value":"*.example.com","case_insensitive":true}}}]}}]}}}',
    'sentinel-kql': {
      unsupported: 'the mapping "sentinel-kql (ASIM)" has no source for product=zeek, service=dns',
    },
    'sentinel-kql-raw': {
      unsupported: 'the mapping "sentinel-kql-raw (tables)" has no source for product=zeek, service=dns',
    },
    'duckdb-sql': String.raw`SELECT * FROM events
WHERE (lower("rcode_name") = 'nxdomain' AND ends_with(lower("query"), '.example.com'))
ORDER BY "time"`,
  },
  zeek_http: {
    'splunk-spl': String.raw`sourcetype="bro:http:json"
| where (lower(method)=="get" AND match(uri, "(?is)/\x2egit/") AND tonumber(status_code)>=400)`,
    'elastic-esql': String.raw`FROM logs-* METADATA _id, _index
| WHERE (TO_LOWER(http.request.method) == "get" AND TO_LOWER(url.original) LIKE "*/.git/*" AND http.response.status_code >= 400)
| LIMIT 10000`,
    'elastic-query-dsl':
      '{"query":{"bool":{"filter":[{"bool":{"filter":[{"term":{"http.request.method":{"value":"GET","case_insensitive":true}}},{"wildcard":{"url.original":{"value":"*/.git/*","case_insensitive":true}}},{"range":{"http.response.status_code":{"gte":400}}}]}}]}}}',
    'sentinel-kql': {
      unsupported: 'the mapping "sentinel-kql (ASIM)" has no source for product=zeek, service=http',
    },
    'sentinel-kql-raw': {
      unsupported: 'the mapping "sentinel-kql-raw (tables)" has no source for product=zeek, service=http',
    },
    'duckdb-sql': String.raw`SELECT * FROM events
WHERE (lower("method") = 'get' AND contains(lower("uri"), '/.git/') AND CASE WHEN length("status_code") <= 400 AND regexp_full_match("status_code", '[+-]?[0-9]+(\.[0-9]+)?') THEN CAST("status_code" AS DOUBLE) END >= CAST(400 AS DOUBLE))
ORDER BY "time"`,
  },
  dns: {
    'splunk-spl': 'tag=network tag=resolution tag=dns (record_type="TXT" query="aaa.*")',
    'elastic-esql': String.raw`FROM logs-* METADATA _id, _index
| WHERE (TO_LOWER(dns.question.type) == "txt" AND TO_LOWER(dns.question.name) LIKE "aaa.*")
| LIMIT 10000`,
    'elastic-query-dsl':
      '{"query":{"bool":{"filter":[{"bool":{"filter":[{"term":{"dns.question.type":{"value":"TXT","case_insensitive":true}}},{"prefix":{"dns.question.name":{"value":"aaa.","case_insensitive":true}}}]}}]}}}',
    'sentinel-kql': String.raw`_Im_Dns()
| where (DnsQueryTypeName =~ "TXT" and DnsQuery startswith "aaa.")`,
    'sentinel-kql-raw': String.raw`DnsEvents
| where (QueryType =~ "TXT" and Name startswith "aaa.")`,
    'duckdb-sql': String.raw`SELECT * FROM events
WHERE (lower("record_type") = 'txt' AND starts_with(lower("query"), 'aaa.'))
ORDER BY "time"`,
  },
  proxy: {
    'splunk-spl': 'tag=web tag=proxy (url="*/x*" http_user_agent="curl/*" http_method="POST")',
    'elastic-esql': String.raw`FROM logs-* METADATA _id, _index
| WHERE (TO_LOWER(url.original) LIKE "*/x*" AND TO_LOWER(user_agent.original) LIKE "curl/*" AND TO_LOWER(http.request.method) == "post")
| LIMIT 10000`,
    'elastic-query-dsl':
      '{"query":{"bool":{"filter":[{"bool":{"filter":[{"wildcard":{"url.original":{"value":"*/x*","case_insensitive":true}}},{"prefix":{"user_agent.original":{"value":"curl/","case_insensitive":true}}},{"term":{"http.request.method":{"value":"POST","case_insensitive":true}}}]}}]}}}',
    'sentinel-kql': String.raw`_Im_WebSession()
| extend UrlPath = extract("^(?:[A-Za-z]+://[^/?#]*)?([^?#]*)", 1, Url), UrlQuery = extract("[?]([^#]*)", 1, Url)
| where (Url contains "/x" and HttpUserAgent startswith "curl/" and HttpRequestMethod =~ "POST")`,
    'sentinel-kql-raw': {
      unsupported: 'the mapping "sentinel-kql-raw (tables)" has no source for category=proxy',
    },
    'duckdb-sql': String.raw`SELECT * FROM events
WHERE (contains(lower("c-uri"), '/x') AND starts_with(lower("c-useragent"), 'curl/') AND lower("cs-method") = 'post')
ORDER BY "time"`,
  },
  login: {
    'splunk-spl': 'tag=authentication action="failure"',
    'elastic-esql': String.raw`FROM logs-* METADATA _id, _index
| WHERE TO_LOWER(event.outcome) == "failure"
| LIMIT 10000`,
    'elastic-query-dsl':
      '{"query":{"bool":{"filter":[{"term":{"event.outcome":{"value":"failure","case_insensitive":true}}}]}}}',
    'sentinel-kql': String.raw`_Im_Authentication()
| where EventResult =~ "failure"`,
    'sentinel-kql-raw': {
      unsupported: 'the mapping "sentinel-kql-raw (tables)" has no source for category=authentication',
    },
    'duckdb-sql': String.raw`SELECT * FROM events
WHERE lower("action") = 'failure'
ORDER BY "time"`,
  },
  guessing: {
    'splunk-spl': String.raw`tag=authentication action="failure"
| sort 0 _time
| streamstats time_window=1h count as event_count by src user
| where event_count >= 10`,
    'elastic-esql': String.raw`FROM logs-*
| WHERE TO_LOWER(event.outcome) == "failure" AND source.ip IS NOT NULL AND user.name IS NOT NULL
| EVAL sigma_bin = DATE_TRUNC(1 hours, @timestamp)
| EVAL sigma_window = MV_APPEND(sigma_bin, sigma_bin - 1 hours)
| MV_EXPAND sigma_window
| STATS event_count = COUNT(*) BY sigma_window, source.ip, user.name
| WHERE event_count >= 10
| SORT sigma_window
| LIMIT 10000`,
    'elastic-query-dsl':
      '{"size":0,"query":{"bool":{"filter":[{"range":{"@timestamp":{"gt":"now-7200s","lte":"now"}}},{"term":{"event.outcome":{"value":"failure","case_insensitive":true}}},{"exists":{"field":"source.ip"}},{"exists":{"field":"user.name"}}]}},"aggs":{"group":{"multi_terms":{"terms":[{"field":"source.ip"},{"field":"user.name"}],"size":10000},"aggs":{"keep":{"bucket_selector":{"buckets_path":{"n":"_count"},"script":"params.n >= 10"}}}}}}',
    'sentinel-kql': String.raw`_Im_Authentication()
| where EventResult =~ "failure" and isnotempty(SrcIpAddr) and isnotempty(TargetUsername)
| extend sigma_bin = bin(TimeGenerated, 12m)
| mv-expand sigma_window = range(sigma_bin - 1h, sigma_bin, 12m) to typeof(datetime)
| summarize event_count = count() by SrcIpAddr, TargetUsername, sigma_window
| where event_count >= 10`,
    'sentinel-kql-raw': {
      unsupported: 'the mapping "sentinel-kql-raw (tables)" has no source for category=authentication',
    },
    'duckdb-sql': String.raw`WITH sigma_guessing_events AS (
  SELECT "time" AS ts, "src_ip" AS g1, "user" AS g2 FROM events
  WHERE lower("action") = 'failure' AND "src_ip" IS NOT NULL AND "user" IS NOT NULL
),
sigma_guessing AS (
  SELECT DISTINCT ts, g1, g2, count(*) OVER w AS event_count FROM sigma_guessing_events
  WINDOW w AS (PARTITION BY g1, g2 ORDER BY ts RANGE BETWEEN 3599999999 PRECEDING AND CURRENT ROW)
  QUALIFY event_count >= 10
)
SELECT ts, g1 AS "src_ip", g2 AS "user", event_count FROM sigma_guessing
ORDER BY ALL`,
  },
  apache: {
    'splunk-spl': 'tag=web uri_path="/server-status"',
    'elastic-esql': String.raw`FROM logs-* METADATA _id, _index
| WHERE TO_LOWER(url.path) == "/server-status"
| LIMIT 10000`,
    'elastic-query-dsl':
      '{"query":{"bool":{"filter":[{"term":{"url.path":{"value":"/server-status","case_insensitive":true}}}]}}}',
    'sentinel-kql': String.raw`_Im_WebSession()
| extend UrlPath = extract("^(?:[A-Za-z]+://[^/?#]*)?([^?#]*)", 1, Url), UrlQuery = extract("[?]([^#]*)", 1, Url)
| where UrlPath =~ "/server-status"`,
    'sentinel-kql-raw': String.raw`W3CIISLog
| where csUriStem =~ "/server-status"`,
    'duckdb-sql': String.raw`SELECT * FROM webserver
WHERE lower("cs-uri-stem") = '/server-status'
ORDER BY "time"`,
  },
  process: {
    'splunk-spl': String.raw`index=*
| where match(Image, "(?is)\x5cnmap\x2eexe\z")`,
    'elastic-esql': String.raw`FROM logs-* METADATA _id, _index
| WHERE TO_LOWER(Image) LIKE "*\\\\nmap.exe"
| LIMIT 10000`,
    'elastic-query-dsl': String.raw`{"query":{"bool":{"filter":[{"wildcard":{"Image":{"value":"*\\\\nmap.exe","case_insensitive":true}}}]}}}`,
    'sentinel-kql': {
      unsupported:
        'the mapping "sentinel-kql (ASIM)" has no source for category=process_creation, product=windows',
    },
    'sentinel-kql-raw': {
      unsupported:
        'the mapping "sentinel-kql-raw (tables)" has no source for category=process_creation, product=windows',
    },
    'duckdb-sql': String.raw`SELECT * FROM events
WHERE ends_with(lower("Image"), '\nmap.exe')
ORDER BY "time"`,
  },
  cloud: {
    'splunk-spl': 'sourcetype="aws:cloudtrail" (eventName="ConsoleLogin" userIdentity.type="Root")',
    'elastic-esql': String.raw`FROM logs-* METADATA _id, _index
| WHERE (TO_LOWER(event.action) == "consolelogin" AND TO_LOWER(aws.cloudtrail.user_identity.type) == "root")
| LIMIT 10000`,
    'elastic-query-dsl':
      '{"query":{"bool":{"filter":[{"bool":{"filter":[{"term":{"event.action":{"value":"ConsoleLogin","case_insensitive":true}}},{"term":{"aws.cloudtrail.user_identity.type":{"value":"Root","case_insensitive":true}}}]}}]}}}',
    'sentinel-kql': String.raw`AWSCloudTrail
| where (EventName =~ "ConsoleLogin" and UserIdentityType =~ "Root")`,
    'sentinel-kql-raw': String.raw`AWSCloudTrail
| where (EventName =~ "ConsoleLogin" and UserIdentityType =~ "Root")`,
    'duckdb-sql': String.raw`SELECT * FROM events
WHERE (lower("eventName") = 'consolelogin' AND lower("userIdentity.type") = 'root')
ORDER BY "time"`,
  },
  okta: {
    'splunk-spl': 'index=* displaymessage="Max sign in attempts exceeded"',
    'elastic-esql': String.raw`FROM logs-* METADATA _id, _index
| WHERE TO_LOWER(displaymessage) == "max sign in attempts exceeded"
| LIMIT 10000`,
    'elastic-query-dsl':
      '{"query":{"bool":{"filter":[{"term":{"displaymessage":{"value":"Max sign in attempts exceeded","case_insensitive":true}}}]}}}',
    'sentinel-kql': {
      unsupported: 'the mapping "sentinel-kql (ASIM)" has no source for product=okta, service=okta',
    },
    'sentinel-kql-raw': {
      unsupported: 'the mapping "sentinel-kql-raw (tables)" has no source for product=okta, service=okta',
    },
    'duckdb-sql': String.raw`SELECT * FROM events
WHERE lower("displaymessage") = 'max sign in attempts exceeded'
ORDER BY "time"`,
  },
};
