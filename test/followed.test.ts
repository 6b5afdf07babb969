import { expect, test } from 'vitest';
import { judgeAll } from '../src/judge/judge.ts';
import { contextOf, runOver } from './run-in-memory.ts';

/* Two sensors, one story: who probed by the firewall's word, then logged in by sshd's. */

const home = ['198.51.100.0/24'];
const at = (seconds: number): string => new Date(Date.UTC(2026, 0, 5, 8, 0, seconds)).toISOString();
const drop = (i: number, source: string): string =>
  `${at(i * 0.5)} gw kernel: [UFW BLOCK] IN=eth0 OUT= SRC=${source} DST=198.51.100.4 LEN=44 TTL=50 ID=1 PROTO=TCP SPT=40000 DPT=${20 + i} WINDOW=1024 RES=0x00 SYN URGP=0`;
const scan = (source: string): string => Array.from({ length: 60 }, (_, i) => drop(i, source)).join('\n');
const ssh = (seconds: number, message: string): string => `${at(seconds)} gw sshd[4711]: ${message}`;
const accepted = (source: string): string => `Accepted password for root from ${source} port 40000 ssh2`;

async function incidentOf(
  source: string,
  auth: readonly string[],
): Promise<ReturnType<typeof judgeAll>[number]> {
  const { dossiers, facts } = await runOver({ firewall: scan(source), auth: auth.join('\n') }, home);
  const incidents = judgeAll(dossiers, facts, contextOf(home));
  expect(incidents).toHaveLength(1);
  return incidents[0];
}

test('from outside: probed, guessed, logged in is high, and T1133', async () => {
  const incident = await incidentOf('203.0.113.9', [
    ssh(50, 'Failed password for root from 203.0.113.9 port 40000 ssh2'),
    ssh(55, accepted('203.0.113.9')),
  ]);
  expect(incident).toMatchObject({ verdict: 'scan', severity: 'high' });
  expect(incident.techniques).toContain('T1133');
  expect(incident.followed[0]).toMatchObject({
    what: 'logged in as root by ssh after 1 failed login',
    technique: 'T1133',
  });
});

test('from inside it is a valid account: T1078', async () => {
  const incident = await incidentOf('198.51.100.77', [ssh(55, accepted('198.51.100.77'))]);
  expect(incident.severity).toBe('high');
  expect(incident.followed[0].technique).toBe('T1078');
});

test('neither the login before, nor one that failed, nor somebody else’s', async () => {
  const incident = await incidentOf('203.0.113.9', [
    ssh(0, accepted('203.0.113.9')),
    ssh(55, 'Invalid user admin from 203.0.113.9 port 40000'),
    ssh(56, 'Did not receive identification string from 203.0.113.9 port 40001'),
    ssh(57, accepted('192.0.2.200')),
  ]);
  expect(incident.severity).toBe('low');
  expect(incident.followed).toEqual([]);
});
