import type { Format } from '../model/format.ts';
import { ContainerLines } from '../wire/container-lines.ts';
import { JsonRequests, shareOfJson } from '../wire/json-requests.ts';
import type { HasKey, JsonRequestTable } from '../wire/json-requests.ts';

/** Access logs written as JSON by a log_format of the site's own, keys named after nginx's variables or the usual aliases. */
export const nginxJson: Format = {
  name: 'nginx-json',
  title: 'Web access log as JSON (nginx log_format escape=json, Apache LogFormat)',
  lateness: 10,
  yields: ['request'],
  blindness: [
    'requests that the server did not log (another virtual host, a proxy in front) are not seen',
    'only what the site put into its log_format is there',
  ],
  sample:
    '{"time_iso8601":"2026-11-22T00:32:11+00:00","remote_addr":"192.0.2.7","request":"GET /admin/login.php?x=1 HTTP/1.1","status":404,"body_bytes_sent":153,"host":"www.example.com","http_user_agent":"curl/8.5.0"}',
  recognise: (sample) => 0.8 * shareOfJson(sample, isAccess),
  lines: (info) => new ContainerLines(new JsonRequests(info, table)),
};

const table: JsonRequestTable = {
  time: ['msec', 'time_iso8601', '@timestamp', 'time_local', 'timestamp', 'time', 'ts', 'date'],
  client: ['remote_addr', 'client_ip', 'clientip', 'remote_ip', 'client', 'remote_host', 'ip'],
  clientPort: ['remote_port', 'client_port'],
  server: ['server_addr', 'server_ip'],
  serverPort: ['server_port'],
  host: ['http_host', 'host', 'vhost', 'domain', 'server_name'],
  method: ['request_method', 'method', 'verb', 'http_method'],
  request: ['request', 'request_line'],
  target: ['request_uri', 'url', 'request_url'],
  path: ['uri', 'path', 'document_uri'],
  query: ['args', 'query_string', 'query'],
  status: ['status', 'status_code', 'response', 'response_status'],
  size: ['body_bytes_sent', 'bytes_sent', 'size', 'bytes', 'response_length'],
  agent: ['http_user_agent', 'user_agent', 'agent', 'useragent', 'http_user-agent'],
  referer: ['http_referer', 'http_referrer', 'referer', 'referrer'],
  user: ['remote_user', 'user'],
  appendedFor: ['proxy_add_x_forwarded_for'],
  forwardedFor: ['http_x_forwarded_for', 'x_forwarded_for', 'xff', 'forwardedfor'],
  forwarded: ['http_forwarded', 'forwarded'],
  realIp: [
    'proxy_protocol_addr',
    'http_cf_connecting_ip',
    'http_true_client_ip',
    'http_fastly_client_ip',
    'http_x_real_ip',
    'x_real_ip',
  ],
};

function isAccess(has: HasKey): boolean {
  return (
    table.time.some(has) &&
    [...table.client!, ...table.appendedFor!].some(has) &&
    [...table.request!, ...table.target!, ...table.path!].some(has) &&
    table.status!.some(has)
  );
}
