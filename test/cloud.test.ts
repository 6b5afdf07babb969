import { describe, expect, test } from 'vitest';
import { Outcome } from '../src/model/event.ts';
import type { RunResult } from '../src/pipeline/run.ts';
import { runOver, sayings } from './run-in-memory.ts';

/*
 * Scans as a cloud's own logs show them, from bytes to findings, and what merely looks like one.
 */

const home = ['198.51.100.0/24'];

/** 'kind actor' of each finding, sorted. */
function found({ dossiers, facts }: RunResult): string[] {
  return [
    ...new Set(
      dossiers.flatMap(({ findings }) =>
        findings.map(({ kind, actor }) => `${kind} ${facts.book.text(actor)}`),
      ),
    ),
  ].sort();
}

const word = (i: number): string => {
  let text = '';
  for (let n = (i + 1) * 7919; n > 0; n = Math.floor(n / 26)) text += String.fromCharCode(97 + (n % 26));
  return text;
};

describe('object storage', () => {
  const owner = '79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be';
  const line = (second: number, bucket: string, ip: string, key: string, status: number): string =>
    `${owner} ${bucket} [06/Feb/2026:00:0${Math.floor(second / 60)}:${String(second % 60).padStart(2, '0')} +0000] ${ip} - 3E57427F3EXAMPLE ` +
    `REST.GET.${key === '' ? 'BUCKET -' : `OBJECT ${key}`} "GET /${bucket}/${key} HTTP/1.1" ${status} ${status === 200 ? '-' : 'AccessDenied'} ${status === 200 ? 1000 + 97 * second : 243} - 7 - ` +
    `"-" "aws-cli/2.15" - id= - TLS_AES_128_GCM_SHA256 - ${bucket}.s3.amazonaws.com TLSv1.3 - -`;

  test('keys of a bucket tried one after another are a wordlist', async () => {
    const lines = Array.from({ length: 60 }, (_, i) =>
      line(i, 'example-backups', '192.0.2.7', `${word(i)}.bin`, 403),
    );
    expect(found(await runOver({ s3: lines.join('\n') }, home))).toEqual(['wordlist 192.0.2.7']);
  });

  test('buckets tried one after another are a wordlist of host names', async () => {
    const lines = Array.from({ length: 60 }, (_, i) => line(i, `${word(i)}-prod`, '192.0.2.7', '', 403));
    expect(found(await runOver({ s3: lines.join('\n') }, home))).toEqual(['wordlist 192.0.2.7']);
  });

  test('a client that reads what is there is none', async () => {
    const lines = Array.from({ length: 120 }, (_, i) =>
      line(i, 'example-backups', '192.0.2.8', `${word(i)}.jpg`, i % 10 === 0 ? 404 : 200),
    );
    expect(found(await runOver({ s3: lines.join('\n') }, home))).toEqual([]);
  });

  test('objects of a Cloud Storage bucket tried one after another are a wordlist', async () => {
    const lines = Array.from(
      { length: 60 },
      (_, i) =>
        `"${1_767_323_040 + i}000000","192.0.2.7","1","","GET","/example-backups/${word(i)}.bin","404","0","127","14000","storage.googleapis.com","","curl/8.5.0","id","GET_Object","example-backups","${word(i)}.bin"`,
    );
    const header =
      '"time_micros","c_ip","c_ip_type","c_ip_region","cs_method","cs_uri","sc_status","cs_bytes","sc_bytes","time_taken_micros","cs_host","cs_referer","cs_user_agent","s_request_id","cs_operation","cs_bucket","cs_object"';
    expect(found(await runOver({ gcs: [header, ...lines].join('\n') }, home))).toEqual([
      'wordlist 192.0.2.7',
    ]);
  });
});

describe('AWS VPC flow logs', () => {
  const flow = (from: string, to: string, bytes: number, second: number, action = 'ACCEPT'): string =>
    `2 123456789010 eni-1235b8ca123456789 ${from} ${to} 6 1 ${bytes} ${1_767_323_040 + second} ${1_767_323_100 + second} ${action} OK`;

  test('closed ports behind an open security group are a scan, by the size of their resets alone', async () => {
    const lines = Array.from({ length: 40 }, (_, i) => [
      flow(`198.51.100.4 192.0.2.7`, `${1000 + i} 61000`, 40, i),
      flow(`192.0.2.7 198.51.100.4`, `61000 ${1000 + i}`, 44, i),
    ]).flat();
    const result = await runOver({ vpc: lines.join('\n') }, home);
    expect(found(result)).toEqual(['vertical 192.0.2.7']);
    // From the crossing on: all refused.
    for (const { outcomes } of result.dossiers)
      expect([...outcomes.keys()].filter((outcome) => outcomes[outcome] > 0)).toEqual([Outcome.refused]);
  });

  test('rejected ports are a scan, clients of a web server are none', async () => {
    const lines = Array.from({ length: 40 }, (_, i) =>
      flow('192.0.2.7 198.51.100.4', `61000 ${1000 + i}`, 44, i, 'REJECT'),
    );
    for (let i = 0; i < 200; i++) {
      lines.push(flow(`203.0.113.${i} 198.51.100.5`, `${40_000 + i} 443`, 5000, i));
      lines.push(flow(`198.51.100.5 203.0.113.${i}`, `443 ${40_000 + i}`, 9000, i));
    }
    expect(found(await runOver({ vpc: lines.join('\n') }, home))).toEqual(['vertical 192.0.2.7']);
  });
});

describe('Azure flow logs', () => {
  const document = (tuples: readonly string[]): string =>
    JSON.stringify({
      records: [
        {
          category: 'FlowLogFlowEvent',
          flowRecords: { flows: [{ aclID: 'a', flowGroups: [{ rule: 'r', flowTuples: tuples }] }] },
        },
      ],
    });
  const stamp = (second: number): number => (1_767_323_040 + second) * 1000;

  test('a scan of denied and of closed ports is found, clients of a server are none', async () => {
    const tuples: string[] = [];
    for (let i = 0; i < 40; i++) {
      tuples.push(`${stamp(i)},192.0.2.7,198.51.100.4,61000,${1000 + i},6,I,D,NX,0,0,0,0`);
      tuples.push(`${stamp(i)},192.0.2.9,198.51.100.4,61000,${1000 + i},6,I,B,NX,0,0,0,0`);
      tuples.push(`${stamp(i)},192.0.2.9,198.51.100.4,61000,${1000 + i},6,I,E,NX,1,60,1,54`);
    }
    for (let i = 0; i < 200; i++) {
      tuples.push(`${stamp(i)},203.0.113.${i},198.51.100.5,${40_000 + i},443,6,I,B,NX,0,0,0,0`);
      tuples.push(`${stamp(i + 5)},203.0.113.${i},198.51.100.5,${40_000 + i},443,6,I,E,NX,9,900,8,9000`);
    }
    expect(found(await runOver({ azure: document(tuples) }, home))).toEqual([
      'vertical 192.0.2.7',
      'vertical 192.0.2.9',
    ]);
  });

  test('a server that opens connections to forty others, all answered, is none', async () => {
    const tuples = Array.from({ length: 40 }, (_, i) => [
      `${stamp(i)},198.51.100.9,203.0.113.${i},${40_000 + i},5671,6,O,B,NX,0,0,0,0`,
      `${stamp(i + 2)},198.51.100.9,203.0.113.${i},${40_000 + i},5671,6,O,E,NX,9,900,8,9000`,
    ]).flat();
    expect(found(await runOver({ azure: document(tuples) }, home))).toEqual([]);
  });
});

describe('Google Cloud', () => {
  const entry = (second: number, target: string, port: number, disposition: string, source: string): string =>
    JSON.stringify({
      jsonPayload: {
        connection: { src_ip: source, src_port: 61_000, dest_ip: target, dest_port: port, protocol: 6 },
        disposition,
      },
      timestamp: new Date((1_767_323_040 + second) * 1000).toISOString(),
    });

  test('a sweep of denied hosts is found, clients that were let through are none', async () => {
    const entries: string[] = [];
    for (let i = 0; i < 60; i++) {
      entries.push(entry(i, `198.51.100.${i + 1}`, 3389, 'DENIED', '192.0.2.7'));
      entries.push(entry(i, '198.51.100.5', 8443, 'ALLOWED', `203.0.113.${i + 1}`));
    }
    expect(found(await runOver({ gcp: entries.join('\n') }, home))).toEqual(['horizontal 192.0.2.7']);
  });

  test('a flow that both ends report counts once', async () => {
    const flow = (second: number, port: number, reporter: string): string =>
      JSON.stringify({
        jsonPayload: {
          connection: {
            src_ip: '192.0.2.7',
            src_port: 61_000,
            dest_ip: '198.51.100.4',
            dest_port: port,
            protocol: 6,
          },
          reporter,
          start_time: new Date((1_767_323_040 + second) * 1000).toISOString(),
          packets_sent: '1',
          bytes_sent: '44',
        },
      });
    const lines = Array.from({ length: 40 }, (_, i) => [
      flow(i, 100 + i, 'SRC'),
      flow(i, 100 + i, 'DEST'),
    ]).flat();
    const once = lines.filter((_, i) => i % 2 === 0);
    const twice = sayings(await runOver({ gcp: lines.join('\n') }, home));
    expect(twice).toEqual(sayings(await runOver({ gcp: once.join('\n') }, home)));
    expect(twice).toHaveLength(1);
  });
});
