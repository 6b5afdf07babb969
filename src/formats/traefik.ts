import type { Format } from '../model/format.ts';
import { ContainerLines } from '../wire/container-lines.ts';
import { JsonRequests, shareOfJson } from '../wire/json-requests.ts';
import type { JsonRequestTable } from '../wire/json-requests.ts';

/** Traefik's access log in its JSON form; the common form is read as web-access. */
export const traefik: Format = {
  name: 'traefik',
  title: 'Traefik access log (JSON)',
  lateness: 10,
  yields: ['request'],
  blindness: [
    'the access log is off by default, and drops request headers (agent, referer) unless told to keep them',
  ],
  sample:
    '{"ClientAddr":"192.0.2.7:61000","ClientHost":"192.0.2.7","ClientPort":"61000","ClientUsername":"-","DownstreamContentSize":153,"DownstreamStatus":404,"RequestHost":"www.example.com","RequestMethod":"GET","RequestPath":"/admin?x=1","RequestPort":"-","RequestProtocol":"HTTP/1.1","StartUTC":"2026-11-22T00:32:11.25Z","entryPointName":"web","level":"info","msg":"","time":"2026-11-22T00:32:11Z"}',
  recognise: (sample) =>
    0.95 *
    shareOfJson(
      sample,
      (has) => has('RequestPath') && has('DownstreamStatus') && (has('ClientHost') || has('ClientAddr')),
    ),
  lines: (info) => new ContainerLines(new JsonRequests(info, table)),
};

const table: JsonRequestTable = {
  time: ['StartUTC', 'StartLocal', 'time'],
  // ClientAddr is always the peer; ClientHost is the whole X-Forwarded-For list where the peer sent one.
  client: ['ClientAddr', 'ClientHost'],
  clientPort: ['ClientPort'],
  host: ['RequestHost', 'RequestAddr'],
  serverPort: ['RequestPort'],
  method: ['RequestMethod'],
  target: ['RequestPath'],
  status: ['DownstreamStatus'],
  size: ['DownstreamContentSize'],
  user: ['ClientUsername'],
  agent: ['request_User-Agent'],
  referer: ['request_Referer'],
  forwardedFor: ['request_X-Forwarded-For', 'ClientHost'],
  forwarded: ['request_Forwarded'],
  realIp: [
    'request_Cf-Connecting-Ip',
    'request_True-Client-Ip',
    'request_Fastly-Client-Ip',
    'request_X-Real-Ip',
  ],
};
