import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runOver, sayings } from './run-in-memory.ts';

/*
 * The sample access log, told by other servers: whatever writes a request down, the findings are the same. Only formats that
 * carry everything the sample has are compared.
 */

interface Request {
  readonly host: string;
  readonly port: string;
  readonly client: string;
  readonly stamp: string;
  readonly iso: string;
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly target: string;
  readonly version: string;
  readonly status: string;
  readonly size: string;
  readonly referer: string;
  readonly agent: string;
}

const text = readFileSync(join(import.meta.dirname, '..', 'samples', 'access-vhost.log'), 'latin1');
const line =
  /^([^ :]+):(\d+) (\S+) - - \[([^\]]+)\] "([A-Z]+) (\S+) (HTTP\/[\d.]+)" (\d{3}) (\d+|-) "([^"]*)" "([^"]*)"$/;
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

const requests: Request[] = text
  .split('\n')
  .filter((row) => row !== '')
  .map((row) => {
    const [, host, port, client, stamp, method, target, version, status, size, referer, agent] =
      line.exec(row)!;
    const [, day, month, year, clock] = /^(\d\d)\/(\w{3})\/(\d{4}):(\S+) \+0000$/.exec(stamp)!;
    const iso = `${year}-${String(months.indexOf(month) + 1).padStart(2, '0')}-${day}T${clock}Z`;
    const [path, ...query] = target.split('?');
    return {
      host,
      port,
      client,
      stamp,
      iso,
      method,
      path,
      query: query.join('?'),
      target,
      version,
      status,
      size,
      referer,
      agent,
    };
  });

const absent = (value: string): string | undefined => (value === '-' ? undefined : value);
const list = (value: string): string[] | undefined => (value === '-' ? undefined : [value]);
const dash = (value: string): string => (value === '' ? '-' : value);

interface Teller {
  readonly head?: string;
  readonly options?: unknown;
  readonly tell: (request: Request) => string;
}

const tellers: Readonly<Record<string, Teller>> = {
  'nginx-json': {
    tell: (r) =>
      JSON.stringify({
        time_iso8601: r.iso,
        remote_addr: r.client,
        request: `${r.method} ${r.target} ${r.version}`,
        status: r.status,
        body_bytes_sent: r.size,
        http_host: `${r.host}:${r.port}`,
        http_referer: r.referer,
        http_user_agent: r.agent,
      }),
  },
  caddy: {
    tell: (r) =>
      JSON.stringify({
        level: 'info',
        ts: Date.parse(r.iso) / 1000,
        logger: 'http.log.access',
        msg: 'handled request',
        request: {
          remote_ip: r.client,
          method: r.method,
          host: `${r.host}:${r.port}`,
          uri: r.target,
          headers: { 'User-Agent': list(r.agent), Referer: list(r.referer) },
        },
        size: Number(absent(r.size)),
        status: Number(r.status),
      }),
  },
  traefik: {
    tell: (r) =>
      JSON.stringify({
        ClientAddr: `${r.client}:0`,
        ClientHost: r.client,
        DownstreamStatus: Number(r.status),
        DownstreamContentSize: Number(absent(r.size)),
        RequestHost: r.host,
        RequestPort: r.port,
        RequestMethod: r.method,
        RequestPath: r.target,
        StartUTC: r.iso,
        'request_User-Agent': r.agent,
        request_Referer: r.referer,
      }),
  },
  envoy: {
    tell: (r) =>
      JSON.stringify({
        ':authority': `${r.host}:${r.port}`,
        bytes_sent: Number(absent(r.size)),
        downstream_remote_address: `${r.client}:0`,
        method: r.method,
        path: r.target,
        response_code: Number(r.status),
        response_flags: '-',
        start_time: r.iso,
        'user-agent': r.agent,
        referer: r.referer,
      }),
  },
  cloudfront: {
    head: '#Version: 1.0\n#Fields: date time x-edge-location sc-bytes c-ip cs-method x-host-header cs-uri-stem sc-status cs(Referer) cs(User-Agent) cs-uri-query',
    tell: (r) =>
      [
        ...r.iso.slice(0, -1).split('T'),
        'FRA56-P2',
        r.size,
        r.client,
        r.method,
        `${r.host}:${r.port}`,
        r.path,
        r.status,
        encodeURI(r.referer),
        encodeURI(r.agent),
        dash(r.query),
      ].join('\t'),
  },
  'iis-w3c': {
    head: '#Fields: date time c-ip cs-method cs-host cs-uri-stem cs-uri-query s-port sc-status sc-bytes cs(User-Agent) cs(Referer)',
    tell: (r) =>
      [
        ...r.iso.slice(0, -1).split('T'),
        r.client,
        r.method,
        r.host,
        r.path,
        dash(r.query),
        r.port,
        r.status,
        r.size,
        r.agent.replaceAll(' ', '+'),
        r.referer,
      ].join(' '),
  },
  haproxy: {
    options: { captures: ['Host', 'User-Agent', 'Referer'] },
    tell: (r) =>
      `${r.client}:0 [${r.stamp.replace(' +0000', '.000')}] http-in static/srv1 0/0/0/0/0 ${r.status} ${r.size} - - ---- 1/1/1/1/0 0/0 {${r.host}:${r.port}|${r.agent}|${r.referer}} "${r.method} ${r.target} ${r.version}"`,
  },
  'web-access': {
    options: { log_format: '%{%s}t %v:%p %m %U%q %a %>s %b "%{User-Agent}i" "%{Referer}i"' },
    tell: (r) =>
      `${Date.parse(r.iso) / 1000} ${r.host}:${r.port} ${r.method} ${r.target} ${r.client} ${r.status} ${r.size} "${r.agent}" "${r.referer}"`,
  },
};

const home = ['198.51.100.0/24'];
const expected = sayings(await runOver({ 'access.log': text }, home));

test('the sample says something', () => {
  expect(requests.length).toBeGreaterThan(1000);
  expect(expected.length).toBeGreaterThan(0);
});

test.each(Object.entries(tellers))('%s tells the same', async (name, { head, options, tell }) => {
  const told = [...(head === undefined ? [] : [head]), ...requests.map(tell), ''].join('\n');
  const result = await runOver({ told }, home, { formatOptions: { [name]: options } });
  expect(result.inputs[0].format).toBe(name);
  expect(result.events).toBe(requests.length);
  expect(sayings(result)).toEqual(expected);
});
