import * as z from 'zod';
import { counted } from '../base/plain-words.ts';
import { EventKind, Flag, Outcome, Proto, Role } from '../model/event.ts';
import type { EventBatch } from '../model/event.ts';
import type { ActorView, Detector, FindingDraft, SelectedRow, Worth } from '../model/detector.ts';
import type { Crossing } from '../model/finding.ts';
import { OsProbes, osProbeOf } from './anatomy-os.ts';

/**
 * What the packets themselves give away: shapes that no TCP stack begins with (FIN, NULL, Xmas, Maimon, ACK, window
 * scans), the probes of an operating system detection, greetings read one after another, and the header fields by which
 * masscan, ZMap and Mirai find their own answers again. A trait is support; that none is seen proves nothing.
 */

const threshold = (value: number, what: string): z.ZodDefault<z.ZodNumber> =>
  z
    .number()
    .int()
    .min(1)
    .default(value)
    .describe(`${what}. Raise it: smaller scans pass. Lower it: half-seen connections are accused.`);

const config = z
  .strictObject({
    stealth: threshold(
      10,
      'Score of stealth probes within 5 minutes: 2 for each (target, port) without ACK, 1 with',
    ),
    stealthPatient: threshold(20, 'The same within 1 hour'),
    banners: threshold(10, 'Services of one target that spoke first, within 1 hour'),
    tools: threshold(5, 'Targets and ports probed in the manner of masscan, ZMap or Mirai, within 1 hour'),
    osProbes: threshold(2, 'Different probes of Nmap’s OS detection to one target within 1 minute'),
  })
  .prefault({});

type Config = z.infer<typeof config>;

const fiveMinutes = 300;
const hour = 3600;
const actorsNoted = 4096;

const tcpBits = Flag.fin | Flag.syn | Flag.rst | Flag.psh | Flag.ack | Flag.urg;

/** 2: a shape that begins nothing; 1: ACK or FIN-ACK alone, which may be the rest of a connection half seen. */
const stealthWorth: Worth = (batch, row) => {
  const flags = batch.flags[row];
  if ((flags & Flag.stealth) === 0) return 0;
  return (flags & Flag.tcpFlags) !== 0 && (flags & Flag.ack) !== 0 ? 1 : 2;
};

/**
 * Services that speak first: their greetings tell product and version. Higher ports are not looked at, because a passive
 * FTP transfer begins so too. One service of many hosts is a horizontal scan, or somebody's configuration management.
 */
const bannerWorth: Worth = (batch, row) => {
  if (batch.outcome[row] !== Outcome.answered || batch.proto[row] !== Proto.tcp) return 0;
  const flags = batch.flags[row];
  if ((flags & (Flag.gotData | Flag.sentData | Flag.oneSided)) !== Flag.gotData) return 0;
  const port = batch.targetPort[row];
  return port < 10_000 || port === 11_211 || port === 27_017 ? 2 : 0;
};

const tools = ['masscan', 'ZMap', 'Mirai'] as const;
const masscanBit = 1;
const zmapBit = 2;
const miraiBit = 4;

/** Bits of the tools whose manner a TCP probe shows. */
function toolsOf(batch: EventBatch, row: number): number {
  const flags = batch.flags[row];
  if ((flags & (Flag.header | Flag.v6)) !== Flag.header || batch.proto[row] !== Proto.tcp) return 0;
  if ((flags & tcpBits) !== Flag.syn) return 0;
  let bits = 0;
  const id = batch.ipId[row];
  const sequence = batch.sequence[row];
  if (sequence !== 0) {
    if (sequence === batch.target[row]) bits |= miraiBit;
    else if (((batch.target[row] ^ batch.targetPort[row] ^ sequence) & 0xffff) === id) bits |= masscanBit;
  }
  if (id === 54_321) bits |= zmapBit;
  return bits;
}

export const anatomy: Detector<Config> = {
  name: 'anatomy',
  title: 'Stealth scans, OS detection, banner grabs, traits of scanning tools',
  config,
  start(settings) {
    const noted = new Map<number, number>();
    const toolWorth: Worth = (batch, row) => {
      const bits = toolsOf(batch, row);
      if (bits === 0) return 0;
      const source = batch.source[row];
      const known = noted.get(source);
      if (known !== undefined || noted.size < actorsNoted) noted.set(source, (known ?? 0) | bits);
      return 2;
    };
    const osProbes = new OsProbes(settings.osProbes);
    return {
      counts: [
        {
          id: 'anatomy/stealth',
          event: 'contact',
          by: ['source'],
          distinct: ['target', 'port'],
          windows: [
            { span: fiveMinutes, atLeast: settings.stealth },
            { span: hour, atLeast: settings.stealthPatient },
          ],
          worth: stealthWorth,
          rare: true,
        },
        {
          id: 'anatomy/banners',
          event: 'contact',
          by: ['source', 'target'],
          distinct: ['port'],
          windows: [{ span: hour, atLeast: settings.banners }],
          worth: bannerWorth,
          value: 'high',
          rare: true,
        },
        {
          id: 'anatomy/tools',
          event: 'contact',
          by: ['source'],
          distinct: ['target', 'port'],
          windows: [{ span: hour, atLeast: settings.tools }],
          worth: toolWorth,
          value: 'high',
          rare: true,
        },
      ],
      select(batch, rows, length) {
        let n = 0;
        for (let i = 0; i < length; i++) {
          const row = rows[i];
          if (batch.kind[row] !== EventKind.contact || batch.role[row] === Role.responder) continue;
          if ((batch.flags[row] & Flag.header) !== 0 && osProbeOf(batch, row) !== 0) rows[n++] = row;
        }
        return n;
      },
      matched: (row: SelectedRow) => osProbes.see(row),
      crossed(crossing, view) {
        switch (crossing.count) {
          case 'anatomy/stealth':
            return stealthFinding(crossing, view);
          case 'anatomy/banners':
            return bannerFinding(crossing, view);
          default:
            return toolFinding(crossing, view, noted.get(view.actor) ?? 0);
        }
      },
    };
  },
};

const spanText = (seconds: number): string => (seconds === hour ? '1 hour' : `${seconds / 60} minutes`);

function stealthFinding(crossing: Crossing, view: ActorView): FindingDraft | undefined {
  // An ACK out of the blue may be a connection that began before the sensor did; nobody has so many services open.
  if (view.n2 === 0 && view.ports < 5) return undefined;
  const bare = view.n2 > 0 ? `${view.n2} of them with neither SYN nor ACK` : 'each an ACK out of the blue';
  return {
    kind: 'stealth',
    reasons: [
      `sent packets that begin no connection to ${counted(view.ports, 'port')} of ${counted(view.targets, 'host')} within ` +
        `${spanText(crossing.window)}, ${bare} (score ${crossing.value}, threshold ${crossing.threshold})`,
    ],
  };
}

function bannerFinding(crossing: Crossing, view: ActorView): FindingDraft {
  return {
    kind: 'banner-grab',
    reasons: [
      `let ${view.n2} services of ${view.book.text(crossing.key)} speak first within ${spanText(crossing.window)} and ` +
        `read their greetings (threshold ${crossing.threshold})`,
    ],
  };
}

function toolFinding(crossing: Crossing, view: ActorView, bits: number): FindingDraft {
  const names = tools.filter((_, i) => (bits & (1 << i)) !== 0);
  return {
    kind: view.targets > 2 * view.ports ? 'horizontal' : view.ports > 2 * view.targets ? 'vertical' : 'block',
    reasons: [
      `probed ${view.n2} combinations of ${counted(view.targets, 'host')} and ${counted(view.ports, 'port')} within ` +
        `${spanText(crossing.window)} with headers as ${names.join(' and ')} fills them (threshold ${crossing.threshold})`,
    ],
    traits: names.map((name) => `packets: ${name}`),
  };
}
