import { describe, expect, test } from 'vitest';
import { Zone } from '../bytes/zone.ts';
import { AddressSet, formatIPv4 } from '../model/address.ts';
import { EventBatch, Text } from '../model/event.ts';
import { declaredAccessConfig } from './declared-access.ts';
import { FieldSteps } from './field-steps.ts';
import { compileLogFormat, LogFormatError } from './log-format.ts';

const utc = new Zone('UTC');
const time = Date.UTC(2026, 10, 22, 0, 32, 11) * 1000;

function read(
  format: string,
  line: string,
  zone = 'UTC',
  trusted: readonly string[] = [],
): EventBatch | string {
  const info = {
    index: 0,
    name: '',
    modified: 0,
    zone,
    options: undefined,
    trustedProxies: AddressSet.parse(trusted),
  };
  const batch = new EventBatch();
  batch.bytes = Buffer.from(line);
  const steps = new FieldSteps(info, [compileLogFormat(format, new Zone(zone))]);
  return steps.line(batch, batch.bytes, 0, batch.bytes.length) || batch;
}

describe('stamps that a format declares', () => {
  test.each([
    ['%t', '[22/Nov/2026:01:32:11 +0100]'],
    ['%{%d/%b/%Y %T}t', '22/Nov/2026 00:32:11'],
    ['%{%F %I:%M:%S %p}t', '2026-11-22 12:32:11 AM'],
    ['%{begin:%a, %e %b %y %T %z}t', 'Sun, 22 Nov 26 01:32:11 +0100'],
    ['%{sec}t', '1795307531'],
    ['%{msec}t', '1795307531000'],
    ['%{usec}t', '1795307531000000'],
    ['%{sec}t.%{msec_frac}t', '1795307531.000'],
    ['%{%s}t', '1795307531'],
  ])('%s', (format, stamp) => {
    const batch = read(`%h ${format} "%r"`, `192.0.2.7 ${stamp} "GET / HTTP/1.1"`);
    expect(batch).toBeInstanceOf(EventBatch);
    expect((batch as EventBatch).time[0]).toBe(time);
  });

  test('a time without zone is in the configured one; a date that does not exist is none', () => {
    const format = '%h %{%Y-%m-%d %H:%M:%S}t "%r"';
    const berlin = read(format, '192.0.2.7 2026-11-22 01:32:11 "GET / HTTP/1.1"', 'Europe/Berlin');
    expect((berlin as EventBatch).time[0]).toBe(time);
    expect(read(format, '192.0.2.7 2026-02-30 01:32:11 "GET / HTTP/1.1"')).toBe('no time stamp');
    expect(read(format, '192.0.2.7 2026-13-01 01:32:11 "GET / HTTP/1.1"')).toBe('not in this layout');
  });
});

describe('a format that cannot be read back is refused', () => {
  test.each([
    ['$remote_addr$status [$time_local] "$request"', '$remote_addr and $status stand side by side'],
    ['%h %t %u%r', '%u and %r stand side by side'],
    ['$remote_addr "$request"', 'no time in it: $time_local or $time_iso8601 is needed'],
    ['[$time_local] "$request"', 'no client address in it: $remote_addr is needed'],
    ['%h %t %>s', 'no request in it: %r or %U is needed'],
    ['%h %{%Y-%c}t "%r"', '%{%Y-%c}t: %c cannot be read back'],
    ['combined', 'no variable in it'],
  ])('%s', (format, message) => {
    expect(() => compileLogFormat(format, utc)).toThrow(LogFormatError);
    expect(() => compileLogFormat(format, utc)).toThrow(message);
    const checked = declaredAccessConfig.safeParse({ log_format: format });
    expect(checked.success).toBe(false);
    expect(checked.error?.issues[0]).toMatchObject({
      path: ['log_format'],
      message: expect.stringContaining(message),
    });
  });
});

test('of two variables that say the same the better one counts', () => {
  const batch = read(
    '$server_name $realip_remote_addr $remote_addr [$time_local] "$request" $host $bytes_sent $body_bytes_sent',
    '_ 198.51.100.1 192.0.2.7 [22/Nov/2026:00:32:11 +0000] "GET / HTTP/1.1" www.example.com 400 153',
  ) as EventBatch;
  expect(batch.source[0]).toBe(0xc000_0207);
  expect(batch.text(0, Text.host)).toBe('www.example.com');
  expect(batch.size[0]).toBe(153);
});

test.each([
  ['$proxy_protocol_addr - [$time_local] "$request"', '192.0.2.7', '192.0.2.7'],
  ['$http_x_forwarded_for - [$time_local] "$request"', '203.0.113.9, 192.0.2.7, 198.51.100.1', '192.0.2.7'],
  ['%{X-Real-IP}i - %t "%r"', '192.0.2.7', '192.0.2.7'],
  [
    '$proxy_protocol_addr "$http_x_forwarded_for" [$time_local] "$request"',
    '192.0.2.7 "203.0.113.9"',
    '192.0.2.7',
  ],
])('without the peer, whom the proxy in front names stands for it: %s', (format, client, source) => {
  const stamp = '[22/Nov/2026:00:32:11 +0000]';
  const dash = format.includes(' - ') ? ' -' : '';
  const batch = read(format, `${client}${dash} ${stamp} "GET / HTTP/1.1"`, 'UTC', ['198.51.100.0/24']);
  expect(batch).toBeInstanceOf(EventBatch);
  expect(formatIPv4((batch as EventBatch).source[0])).toBe(source);
});

test('a long hostile line costs one pass, not one pass per quote', () => {
  const line = `192.0.2.7 [22/Nov/2026:00:32:11 +0000] "${'"a'.repeat(200_000)}`;
  const started = performance.now();
  expect(read('$remote_addr [$time_local] "$request" $status "$http_user_agent" "$http_referer"', line)).toBe(
    'not in this layout',
  );
  // A pass for each quote would take a minute.
  expect(performance.now() - started).toBeLessThan(10_000);
});
