import { clients, clients6, outside, outside6, pool, publicHosts, publicHosts6 } from './address-pools.ts';
import type { Generator, LineWriter, Plant } from './dataset.ts';
import { Random } from './random.ts';
import type { Probe } from './scans.ts';
import { plantScans } from './scans.ts';

const second = 1_000_000;
const open = Date.UTC(2026, 0, 5, 8, 20) * 1000;

const header = [
  '#separator \\x09',
  '#set_separator\t,',
  '#empty_field\t(empty)',
  '#unset_field\t-',
  '#path\tconn',
  '#open\t2026-01-05-08-20-00',
  '#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tservice\tduration\torig_bytes\tresp_bytes\tconn_state\tlocal_orig\tlocal_resp\tmissed_bytes\thistory\torig_pkts\torig_ip_bytes\tresp_pkts\tresp_ip_bytes\ttunnel_parents',
  '#types\ttime\tstring\taddr\tport\taddr\tport\tenum\tstring\tinterval\tcount\tcount\tstring\tbool\tbool\tcount\tstring\tcount\tcount\tcount\tcount\tset[string]',
  '',
].join('\n');

const base62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const triples: string[] = [];
for (const a of base62) for (const b of base62) for (const c of base62) triples.push(a + b + c);

/** Zeek writes a connection when it is over: lines wait here, one basket a second, until that second has passed. */
class EndOrder {
  private readonly baskets = new Map<number, { end: number; line: string }[]>();
  private next: number;
  private readonly out: LineWriter;

  constructor(out: LineWriter, start: number) {
    this.out = out;
    this.next = Math.floor(start / second);
  }

  add(end: number, line: string): void {
    const key = Math.floor(end / second);
    const basket = this.baskets.get(key);
    if (basket === undefined) this.baskets.set(key, [{ end, line }]);
    else basket.push({ end, line });
  }

  /** Nothing that is added later ends before `time`. */
  passed(time: number): void {
    const until = Math.floor(time / second);
    for (; this.next < until; this.next += 1) {
      const basket = this.baskets.get(this.next);
      if (basket === undefined) continue;
      basket.sort((a, b) => a.end - b.end);
      for (const { line } of basket) this.out.write(line);
      this.baskets.delete(this.next);
    }
  }

  finish(): void {
    for (const key of [...this.baskets.keys()].sort((a, b) => a - b)) this.passed((key + 1) * second);
  }
}

/** How a connection went: what Zeek would say of it, and how long after its last packet it says so (seconds). */
interface Course {
  readonly state: string;
  readonly history: string;
  readonly linger: number;
  /** Packets each way; zero for none. */
  readonly sent: number;
  readonly got: number;
}
const course = (state: string, history: string, linger: number, sent: number, got: number): Course => ({
  state,
  history,
  linger,
  sent,
  got,
});
const closed = course('SF', 'ShADadFf', 5, 8, 8);
const tcpAnswered: readonly Course[] = [
  ...Array.from({ length: 16 }, () => closed),
  course('SF', 'ShADadFfR', 5, 9, 8),
  course('SF', 'ShADadTtFf', 5, 12, 14),
  course('RSTO', 'ShADadR', 0.1, 6, 5),
  course('RSTR', 'ShADadFr', 0.1, 6, 5),
  course('S1', 'ShADad', 300, 6, 6),
  course('S2', 'ShADadF', 10, 7, 6),
];
const tcpQuick = course('SF', 'ShAFf', 5, 3, 2);
const tcpReset = course('RSTO', 'ShAR', 0.1, 3, 1);
const tcpSilent = course('S0', 'S', 5, 1, 0);
const tcpRefused = course('REJ', 'Sr', 0, 1, 1);
const tcpGaveUp = course('RSTOS0', 'SR', 0.1, 2, 0);
const tcpFin = course('OTH', 'F', 5, 1, 0);
const udpAnswered = course('SF', 'Dd', 60, 1, 1);
const dnsAnswered = course('SF', 'Dd', 10, 1, 1);
const udpSilent = course('S0', 'D', 60, 1, 0);
const icmpAnswered = course('OTH', '-', 60, 2, 2);
const icmpSilent = course('OTH', '-', 60, 1, 0);
const synAckOnly = course('SHR', '^h', 5, 0, 1);
const resetOnly = course('RSTRH', '^hr', 0.1, 0, 2);

function ofProbe(probe: Probe, random: Random): Course {
  if (probe.proto === 'icmp') return probe.result === 'answered' ? icmpAnswered : icmpSilent;
  if (probe.proto === 'udp') return probe.result === 'answered' ? udpAnswered : udpSilent;
  if (probe.result === 'answered') return random.chance(0.5) ? tcpQuick : tcpReset;
  if (probe.result === 'refused') return tcpRefused;
  if (probe.result === 'stealth') return tcpFin;
  return random.chance(0.1) ? tcpGaveUp : tcpSilent;
}

/**
 * conn.log of a mid-size site, rows in the order in which connections end: clients browsing (Zipf over servers),
 * resolvers, visitors of ten public servers, mail, time and P2P, dead servers, background noise, and planted scans.
 * Six hours for ten million rows, never less than 130 minutes, so that hour-long windows and the hourly
 * popularity table are exercised at every size. Roles are never in doubt: no reversed five-tuples.
 */
export const connGenerator: Generator = {
  name: 'conn',
  version: 3,
  suffix: 'log',
  write(out: LineWriter, rows: number, seed: number): readonly Plant[] {
    const random = new Random(seed);
    const span = Math.max(130 * 60, (6 * 3600 * rows) / 10_000_000) * second;
    const sets = Math.max(1, Math.floor(rows / 250_000));
    const site = { hosts: publicHosts, hosts6: publicHosts6, clients };
    const { probes, plants } = plantScans(random, site, open + 60 * second, open + span - 60 * second, sets);
    const few = rows < probes.length * 2; // tiny files: as many probes as fit half of it
    const planted = few ? probes.slice(0, rows >> 1) : probes;
    const benign = rows - planted.length;

    // Small files are quick to make: no more strangers than rows.
    const fit = (size: number): number => Math.min(size, Math.max(4000, rows));
    const servers = pool(fit(60_000), () => outside(random));
    const servers6 = pool(fit(6000), () => outside6(random));
    const dead = pool(400, () => outside(random));
    const visitors = pool(fit(120_000), () => outside(random));
    const visitors6 = pool(fit(8000), () => outside6(random));
    const nameServers = pool(4000, () => outside(random));
    const peers = pool(fit(30_000), () => outside(random));
    const peerPorts = new Map(peers.map((peer) => [peer, random.between(10_000, 65_000)]));
    const resolvers = ['10.20.0.2', '10.20.0.3'];
    const publicResolvers = ['9.9.9.9', '8.8.8.8', '1.1.1.1'];
    const services: readonly [port: number, service: string][] = [
      [443, 'ssl'],
      [443, 'ssl'],
      [443, 'ssl'],
      [80, 'http'],
      [25, 'smtp'],
      [993, 'ssl'],
      [22, 'ssh'],
    ];

    const order = new EndOrder(out, open);
    const local = (address: string): string =>
      address.startsWith('10.20.') || address.startsWith('203.0.113.') || address.startsWith('2001:db8:10:')
        ? 'T'
        : 'F';

    const add = (
      time: number,
      from: string,
      fromPort: number,
      to: string,
      toPort: number,
      proto: string,
      service: string,
      how: Course,
      meanSeconds: number,
    ): void => {
      const both = how.sent > 0 && how.got > 0;
      const single = how.sent + how.got < 2;
      let lasts = single ? 0 : Math.floor(random.exponential(meanSeconds) * second) + 200;
      if (lasts > 2400 * second) lasts = 2400 * second;
      const handshake = how.history.includes('D') || proto === 'udp';
      const echo = proto === 'icmp' ? 56 : 0;
      const up = handshake ? 40 + random.below(1500) : echo * how.sent;
      const down = handshake && both ? 60 + random.below(40_000) : echo * how.got;
      const upPackets = how.sent === 0 ? 0 : how.sent + Math.floor(up / 1400);
      const downPackets = how.got === 0 ? 0 : how.got + Math.floor(down / 1400);
      const overhead = proto === 'tcp' ? 52 : 28;
      const micro = time % second;
      const uid = `C${triples[random.below(238_328)]}${triples[random.below(238_328)]}${triples[random.below(238_328)]}${triples[random.below(238_328)]}${triples[random.below(238_328)]}`;
      const sizes = single
        ? '-\t-\t-'
        : `${Math.floor(lasts / second)}.${String(lasts % second).padStart(6, '0')}\t${up}\t${down}`;
      order.add(
        time + lasts + how.linger * second,
        `${(time - micro) / second}.${String(micro).padStart(6, '0')}\t${uid}\t${from}\t${fromPort}\t${to}\t${toPort}\t${proto}\t${service}\t${sizes}\t${how.state}\t${local(from)}\t${local(to)}\t0\t${how.history}\t${upPackets}\t${up + upPackets * overhead}\t${downPackets}\t${down + downPackets * overhead}\t-\n`,
      );
    };

    const answeredTcp = (): Course => random.pick(tcpAnswered);
    const ephemeral = (): number => random.between(32_768, 60_999);
    const behave = (time: number): void => {
      const dice = random.unit();
      if (dice < 0.393) {
        // Browsing.
        const v6 = random.chance(0.12);
        const from = v6 ? clients6[random.zipf(800, 0.4)] : clients[random.zipf(3000, 0.4)];
        const to = v6 ? servers6[random.zipf(servers6.length)] : servers[random.zipf(servers.length)];
        if (random.chance(0.18)) add(time, from, ephemeral(), to, 443, 'udp', 'quic', udpAnswered, 12);
        else if (random.chance(0.08)) add(time, from, ephemeral(), to, 80, 'tcp', 'http', answeredTcp(), 3);
        else add(time, from, ephemeral(), to, 443, 'tcp', 'ssl', answeredTcp(), 20);
      } else if (dice < 0.613) {
        // Names: clients ask the site's resolvers, a few ask public ones.
        const from = clients[random.zipf(3000, 0.4)];
        const to = random.chance(0.03) ? random.pick(publicResolvers) : random.pick(resolvers);
        add(
          time,
          from,
          ephemeral(),
          to,
          53,
          'udp',
          'dns',
          random.chance(0.001) ? udpSilent : dnsAnswered,
          0.02,
        );
      } else if (dice < 0.673) {
        add(
          time,
          random.pick(resolvers),
          ephemeral(),
          nameServers[random.zipf(4000)],
          53,
          'udp',
          'dns',
          random.chance(0.0005) ? udpSilent : dnsAnswered,
          0.05,
        );
      } else if (dice < 0.873) {
        // Visitors of the public services.
        const v6 = random.chance(0.1);
        const from = v6
          ? visitors6[random.zipf(visitors6.length, 0.7)]
          : visitors[random.zipf(visitors.length, 0.7)];
        const [port, service] = random.pick(services);
        const number = random.zipf(10);
        const to = v6 ? publicHosts6[number] : publicHosts[number];
        add(time, from, ephemeral(), to, port, 'tcp', service, answeredTcp(), 4);
      } else if (dice < 0.913) {
        // Mail, time, chat and what else leaves the site.
        const from = clients[random.zipf(3000, 0.4)];
        const to = servers[random.zipf(2000)];
        const which = random.below(5);
        if (which === 0) add(time, from, 123, to, 123, 'udp', 'ntp', udpAnswered, 0.05);
        else if (which === 1) add(time, from, ephemeral(), to, 587, 'tcp', 'smtp', closed, 2);
        else if (which === 2) add(time, from, ephemeral(), to, 993, 'tcp', 'ssl', closed, 200);
        else if (which === 3) add(time, from, ephemeral(), to, 5222, 'tcp', '-', closed, 300);
        else add(time, from, ephemeral(), to, 22, 'tcp', 'ssh', closed, 60);
      } else if (dice < 0.933) {
        // A dozen P2P clients: half of their peers are gone, each has its own port.
        const from = clients[2000 + random.below(12)];
        const to = random.pick(peers);
        const port = peerPorts.get(to) ?? 6881;
        if (random.chance(0.5))
          add(time, from, 6881, to, port, 'udp', '-', random.chance(0.5) ? udpAnswered : udpSilent, 5);
        else if (random.chance(0.4)) add(time, from, ephemeral(), to, port, 'tcp', '-', answeredTcp(), 60);
        else
          add(time, from, ephemeral(), to, port, 'tcp', '-', random.chance(0.3) ? tcpRefused : tcpSilent, 3);
      } else if (dice < 0.94) {
        // Servers that are gone, and links to them.
        const to = dead[random.zipf(400)];
        const from = clients[random.zipf(3000, 0.4)];
        add(
          time,
          from,
          ephemeral(),
          to,
          random.chance(0.9) ? 443 : 80,
          'tcp',
          '-',
          random.chance(0.4) ? tcpRefused : tcpSilent,
          1,
        );
      } else if (dice < 0.975) {
        // The internet's background: single probes of the usual ports.
        const port = random.pick([22, 23, 80, 443, 445, 2323, 3389, 5555, 6379, 8080, 8443, 1433]);
        add(
          time,
          outside(random),
          ephemeral(),
          random.pick(publicHosts),
          port,
          'tcp',
          '-',
          random.chance(0.3) ? tcpRefused : tcpSilent,
          1,
        );
      } else if (dice < 0.985) {
        // Backscatter of floods elsewhere: Zeek takes the site's host for the originator.
        add(
          time,
          random.pick(publicHosts),
          random.between(1024, 65_000),
          outside(random),
          random.pick([80, 443, 22]),
          'tcp',
          '-',
          random.chance(0.7) ? synAckOnly : resetOnly,
          1,
        );
      } else {
        // The poller and a few pings.
        const from = random.chance(0.9) ? '10.20.0.9' : clients[random.zipf(3000, 0.4)];
        const to = random.chance(0.9) ? publicHosts[random.below(15)] : servers[random.zipf(50)];
        add(time, from, 8, to, 0, 'icmp', '-', icmpAnswered, 1);
      }
    };

    out.write(header);
    let at = 0;
    let clock = open;
    const gap = span / benign;
    for (let i = 0; i < benign; i += 1) {
      clock += random.exponential(gap);
      // The last rows do not run past the planned end, the probes' times are inside it.
      const time = Math.floor(clock);
      for (; at < planted.length && planted[at].time <= time; at += 1) {
        const probe = planted[at];
        order.passed(probe.time);
        add(
          probe.time,
          probe.source,
          probe.sourcePort,
          probe.target,
          probe.proto === 'icmp' ? 0 : probe.port,
          probe.proto,
          '-',
          ofProbe(probe, random),
          0.01,
        );
      }
      order.passed(time);
      behave(time);
    }
    for (; at < planted.length; at += 1) {
      const probe = planted[at];
      add(
        probe.time,
        probe.source,
        probe.sourcePort,
        probe.target,
        probe.proto === 'icmp' ? 0 : probe.port,
        probe.proto,
        '-',
        ofProbe(probe, random),
        0.01,
      );
    }
    order.finish();
    out.write('#close\t2026-01-05-14-20-00\n');
    return few ? [] : plants;
  },
};
