import { expect, test } from 'vitest';
import { bytesOf } from '../../test/packets.ts';
import { Claim } from './claimed-client.ts';
import { HttpRequest, HttpResponse } from './http1.ts';

const request = new HttpRequest();
const parts = ['path', 'query', 'host', 'agent', 'referer'] as const;

/** Method and what is there of the parts; the text stands in the middle of other bytes, as payloads do. */
function read(text: string): Record<string, string> | undefined {
  const bytes = bytesOf('before\r\n', text, '\r\nGET /after HTTP/1.1\r\nHost: after\r\n\r\n');
  const end = 8 + Buffer.byteLength(text, 'latin1');
  if (!request.parse(bytes, 8, end)) return undefined;
  const cut = (from: number, to: number): string => Buffer.from(bytes.subarray(from, to)).toString('latin1');
  const found = parts.map((part) => [part, cut(request[`${part}Start`], request[`${part}End`])] as const);
  const claims = Object.entries(Claim)
    .filter(([, claim]) => ((request.claims >>> claim) & 1) === 1)
    .map(([name, claim]) => [name, cut(request.claimStart[claim], request.claimEnd[claim])]);
  return {
    method: cut(8, request.methodEnd),
    ...Object.fromEntries(claims),
    ...Object.fromEntries(found.filter(([, text]) => text !== '')),
  };
}

test('request line and headers', () => {
  expect(
    read(
      'GET /a/b?c=d&e HTTP/1.1\r\nHost: www.example.com:8080\r\nUSER-AGENT:  curl/8.0 \r\nReferer: http://x/\r\nX-Forwarded-For: 1.2.3.4\r\nContent-Length: 5\r\n\r\nhello',
    ),
  ).toEqual({
    method: 'GET',
    path: '/a/b',
    query: 'c=d&e',
    host: 'www.example.com',
    agent: 'curl/8.0',
    referer: 'http://x/',
    forwardedFor: '1.2.3.4',
  });
  expect(request).toMatchObject({ complete: true, bodyLength: 5 });
});

test('headers that speak for another client: of those that name one the first of the documented order', () => {
  const of = (...headers: string[]): unknown => read(`GET / HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n`);
  const base = { method: 'GET', path: '/' };
  expect(of('Forwarded: for=192.0.2.1', 'X-Forwarded-For: ', 'X-Real-IP: 192.0.2.2')).toEqual({
    ...base,
    forwarded: 'for=192.0.2.1',
    realIp: '192.0.2.2',
  });
  for (const name of ['CF-Connecting-IP', 'true-client-ip', 'Fastly-Client-IP', 'X-REAL-IP'])
    expect(of(`${name}: 192.0.2.3`)).toEqual({ ...base, realIp: '192.0.2.3' });
  const both = ['X-Real-IP: 192.0.2.4', 'CF-Connecting-IP: 192.0.2.5', 'True-Client-IP: 192.0.2.6'];
  expect(of(...both)).toEqual({ ...base, realIp: '192.0.2.5' });
  expect(of(...both.reverse())).toEqual({ ...base, realIp: '192.0.2.5' });
  expect(of('Forwarder: for=192.0.2.1', 'Fast: 1', 'TE: x', 'Connection: close')).toEqual(base);
});

test('forms of the target', () => {
  expect(read('GET http://proxy.test:81/x?y HTTP/1.1\r\nHost: other\r\n\r\n')).toEqual({
    method: 'GET',
    path: '/x',
    query: 'y',
    host: 'proxy.test',
  });
  expect(read('CONNECT mail.test:25 HTTP/1.1\r\n\r\n')).toEqual({ method: 'CONNECT', host: 'mail.test' });
  expect(read('OPTIONS * HTTP/1.1\r\nHost: [2001:db8::1]:80\r\n\r\n')).toEqual({
    method: 'OPTIONS',
    path: '*',
    host: '[2001:db8::1]',
  });
  expect(read('GET /with a blank HTTP/1.0\r\n\r\n')).toEqual({ method: 'GET', path: '/with a blank' });
  expect(read('GET /\r\n')).toEqual({ method: 'GET', path: '/' });
  expect(read('DEBUG /x?a?b HTTP/1.1\nHost: bare-newlines\n\n')).toEqual({
    method: 'DEBUG',
    path: '/x',
    query: 'a?b',
    host: 'bare-newlines',
  });
});

test('a head cut anywhere is understood as far as it goes, and never beyond its end', () => {
  const whole = 'POST /login?next=%2F HTTP/1.1\r\nHost: a.test\r\nUser-Agent: x\r\n\r\n';
  for (let end = 7; end < whole.length; end++) {
    const found = read(whole.slice(0, end));
    expect(found?.method).toBe('POST');
    expect(request.complete).toBe(false);
    expect(JSON.stringify(found)).not.toContain('after');
  }
  expect(read(whole)).toMatchObject({ agent: 'x' });
  expect(request.complete).toBe(true);
});

test('what only looks like a request is none', () => {
  for (const text of [
    'HTTP/1.1 200 OK\r\n\r\n',
    'GET',
    'GET ',
    'get / HTTP/1.1\r\n\r\n',
    'OPTIONS sip:nm SIP/2.0\r\n\r\n',
    'OPTIONS / RTSP/1.0\r\n\r\n',
    'MAIL FROM:<a@b>\r\n',
    'USER anonymous\r\n',
    'SSH-2.0-OpenSSH_9.2\r\n',
    '\u0016\u0003\u0001',
    `${'A'.repeat(40)} / HTTP/1.1\r\n\r\n`,
  ])
    expect([text, read(text)]).toEqual([text, undefined]);
});

test('responses: status, server, declared length', () => {
  const response = new HttpResponse();
  const parse = (text: string): boolean => response.parse(bytesOf(text), 0, text.length);
  expect(
    parse('HTTP/1.1 404 Not Found\r\nServer: nginx/1.22\r\nContent-Length: 153\r\n\r\nServer: body'),
  ).toBe(true);
  expect(response).toMatchObject({ status: 404, bodyLength: 153, serverEnd: 42 });
  expect(parse('HTTP/1.0 200\r\n\r\n')).toBe(true);
  expect(response).toMatchObject({ status: 200, bodyLength: -1, serverEnd: 0 });
  expect(parse('HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n')).toBe(true);
  expect(response.bodyLength).toBe(-1);
  for (const text of ['HTTP/1.1 2xx OK', 'HTTP/1.1 20', 'HTTX/1.1 200 OK', 'HTTP/1.12345 200'])
    expect(parse(text)).toBe(false);
});
