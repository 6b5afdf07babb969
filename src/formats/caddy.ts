import type { Format } from '../model/format.ts';
import { ContainerLines } from '../wire/container-lines.ts';
import { JsonRequests, shareOfJson } from '../wire/json-requests.ts';
import type { JsonRequestTable } from '../wire/json-requests.ts';

/** Caddy's structured access log; `client_ip` is whom Caddy itself took for the client by its own trusted_proxies. */
export const caddy: Format = {
  name: 'caddy',
  title: 'Caddy 2 access log (JSON)',
  lateness: 10,
  yields: ['request'],
  blindness: ['only sites whose `log` directive is on are seen'],
  sample:
    '{"level":"info","ts":1795307531.25,"logger":"http.log.access","msg":"handled request","request":{"remote_ip":"192.0.2.7","remote_port":"61000","client_ip":"192.0.2.7","proto":"HTTP/2.0","method":"GET","host":"www.example.com","uri":"/admin?x=1","headers":{"User-Agent":["curl/8.5.0"]}},"user_id":"","duration":0.001,"size":153,"status":404}',
  recognise: (sample) =>
    0.95 *
    shareOfJson(
      sample,
      (has) =>
        has('logger') &&
        has('request') &&
        has('uri') &&
        has('status') &&
        (has('remote_ip') || has('remote_addr')),
    ),
  lines: (info) => new ContainerLines(new JsonRequests(info, table)),
};

const header = (name: string): string => `request/headers/${name}/[0]`;

const table: JsonRequestTable = {
  time: ['ts'],
  client: ['request/client_ip', 'request/remote_ip', 'request/remote_addr'],
  clientPort: ['request/remote_port'],
  host: ['request/host'],
  method: ['request/method'],
  target: ['request/uri'],
  status: ['status'],
  size: ['size'],
  user: ['user_id'],
  agent: [header('User-Agent')],
  referer: [header('Referer')],
  forwardedFor: [header('X-Forwarded-For')],
  forwarded: [header('Forwarded')],
  realIp: [
    header('Cf-Connecting-Ip'),
    header('True-Client-Ip'),
    header('Fastly-Client-Ip'),
    header('X-Real-Ip'),
  ],
};
