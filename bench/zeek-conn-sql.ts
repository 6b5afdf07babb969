const columns = [
  'ts',
  'uid',
  'orig_h',
  'orig_p',
  'resp_h',
  'resp_p',
  'proto',
  'service',
  'duration',
  'orig_bytes',
  'resp_bytes',
  'conn_state',
  'local_orig',
  'local_resp',
  'missed_bytes',
  'history',
  'orig_pkts',
  'orig_ip_bytes',
  'resp_pkts',
  'resp_ip_bytes',
  'tunnel_parents',
];
const types: Readonly<Record<string, string>> = { ts: 'DOUBLE', orig_p: 'UINTEGER', resp_p: 'UINTEGER' };

/** DuckDB's reader of the generated conn.log. Columns that the query does not use are not parsed. */
export function readConnSql(file: string): string {
  const typed = columns.map((name) => `'${name}': '${types[name] ?? 'VARCHAR'}'`).join(', ');
  return `read_csv('${file.replaceAll("'", "''")}', delim='\\t', header=false, quote='', escape='', comment='#', auto_detect=false, columns={${typed}})`;
}

/** A double of seconds holds microseconds of this century to a quarter: rounding gives them exactly. */
export const connTimeSql = 'round(ts * 1e6)::bigint';

/** IPv6 sources count per /64; the generator writes the first four groups in full. */
export const connActorSql =
  "case when contains(orig_h, ':') then array_to_string(string_split(orig_h, ':')[1:4], ':') || '::/64' else orig_h end";

/** Zeek's states as outcomes (docs/inputs/zeek-conn.md): what counts as answered, and what is no probe. */
export const connAnsweredSql = "conn_state in ('SF', 'S1', 'S2', 'S3', 'RSTO', 'RSTR')";
export const connProbeSql = "proto in ('tcp', 'udp') and conn_state not in ('SHR', 'RSTRH', 'OTH')";

/** The same with ICMP requests (answered when bytes came back) and lone FINs: everything that the generator writes. */
export const connFullProbeSql = `((${connProbeSql}) or (proto = 'tcp' and conn_state = 'OTH' and history = 'F') or (proto = 'icmp' and orig_p = 8))`;
export const connFullAnsweredSql = `case proto when 'icmp' then coalesce(resp_bytes, '-') not in ('-', '0') else ${connAnsweredSql} end`;
/** Services as Offtrail names them: tcp/22, icmp/8 (an echo request), icmp/3.1. */
export const connPortSql =
  "proto || '/' || case when proto = 'icmp' then orig_p::varchar || case when resp_p = 0 then '' else '.' || resp_p::varchar end else resp_p::varchar end";
export const connInboundSql = "not (local_orig = 'T' and local_resp = 'F')";
