import { clients, outside, outside6, pool, publicHosts, publicHosts6 } from './address-pools.ts';
import type { Generator, LineWriter, Plant } from './dataset.ts';
import { Random } from './random.ts';
import type { Probe } from './scans.ts';
import { plantScans } from './scans.ts';

const second = 1_000_000;
const open = Date.UTC(2026, 0, 5, 8, 20) * 1000;
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const mac = 'MAC=52:54:00:12:34:56:52:54:00:ab:cd:ef:08:00';
const mac6 = 'MAC=52:54:00:12:34:56:52:54:00:ab:cd:ef:86:dd';

/**
 * Netfilter LOG lines of two gateways in one central log: `gw1` stamped as RFC 3164 says (whole seconds, no year),
 * `gw2` in ISO 8601 with microseconds and zone. Prefixes as ufw, iptables and nftables people write them, drops and
 * accepts, TCP, UDP, ICMP, IPv6. Planted scans go through `gw2`, where their times are exact.
 */
export const netfilterGenerator: Generator = {
  name: 'netfilter',
  version: 2,
  suffix: 'log',
  write(out: LineWriter, rows: number, seed: number): readonly Plant[] {
    const random = new Random(seed);
    const span = Math.max(130 * 60, (6 * 3600 * rows) / 5_000_000) * second;
    const sets = rows < 20_000 ? 0 : Math.max(1, Math.floor(rows / 250_000));
    const site = { hosts: publicHosts, hosts6: publicHosts6, clients };
    const { probes, plants } =
      sets === 0
        ? { probes: [], plants: [] }
        : plantScans(random, site, open + 60 * second, open + span - 60 * second, sets);
    const fit = (size: number): number => Math.min(size, Math.max(4000, rows));
    const visitors = pool(fit(100_000), () => outside(random));
    const visitors6 = pool(fit(6000), () => outside6(random));
    const servers = pool(fit(40_000), () => outside(random));

    let oldStamp = '';
    let isoSecond = '';
    let stamped = -1;
    const stampTo = (time: number): void => {
      const whole = Math.floor(time / second);
      if (whole === stamped) return;
      stamped = whole;
      const date = new Date(whole * 1000);
      const two = (n: number) => String(n).padStart(2, '0');
      const clock = `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`;
      oldStamp = `${months[date.getUTCMonth()]} ${String(date.getUTCDate()).padStart(2, ' ')} ${clock}`;
      isoSecond = `${date.getUTCFullYear()}-${two(date.getUTCMonth() + 1)}-${two(date.getUTCDate())}T${clock}`;
    };
    const gateway1 = (time: number, text: string): void => {
      stampTo(time);
      const uptime = Math.floor((time - open) / second) + 86_400;
      out.write(`${oldStamp} gw1 kernel: [${uptime}.${String(time % second).padStart(6, '0')}] ${text}\n`);
    };
    const gateway2 = (time: number, text: string): void => {
      stampTo(time);
      out.write(`${isoSecond}.${String(time % second).padStart(6, '0')}+00:00 gw2 kernel: ${text}\n`);
    };
    const packet = (
      prefix: string,
      into: string,
      from: string,
      to: string,
      proto: 'tcp' | 'udp' | 'icmp',
      fromPort: number,
      toPort: number,
      flags = 'SYN',
    ): string => {
      const v6 = from.includes(':');
      const ip = v6
        ? `${prefix}IN=${into} OUT= ${mac6} SRC=${wide(from)} DST=${wide(to)} LEN=${proto === 'tcp' ? 60 : 88} TC=0 HOPLIMIT=${random.between(40, 62)} FLOWLBL=${random.below(1_000_000)}`
        : `${prefix}IN=${into} OUT= ${mac} SRC=${from} DST=${to} LEN=${proto === 'tcp' ? 60 : 78} TOS=0x00 PREC=0x00 TTL=${random.between(40, 250)} ID=${random.below(65_536)}${proto === 'tcp' ? ' DF' : ''}`;
      if (proto === 'tcp')
        return `${ip} PROTO=TCP SPT=${fromPort} DPT=${toPort} WINDOW=${random.pick([1024, 29_200, 64_240, 65_535])} RES=0x00 ${flags}${flags === '' ? '' : ' '}URGP=0`;
      if (proto === 'udp') return `${ip} PROTO=UDP SPT=${fromPort} DPT=${toPort} LEN=58`;
      const sort = v6 ? 'PROTO=ICMPv6 TYPE=128' : 'PROTO=ICMP TYPE=8';
      return `${ip} ${sort} CODE=0 ID=${random.below(65_536)} SEQ=${random.between(1, 9)}`;
    };
    const writeProbe = (probe: Probe): void => {
      const accepted = probe.result === 'answered';
      const prefix = accepted ? '[UFW ALLOW] ' : random.chance(0.5) ? '[UFW BLOCK] ' : 'DROP-input: ';
      const flags = probe.result === 'stealth' ? 'FIN' : 'SYN';
      gateway2(
        probe.time,
        packet(prefix, 'eth0', probe.source, probe.target, probe.proto, probe.sourcePort, probe.port, flags),
      );
    };

    const benign = rows - probes.length;
    const gap = span / benign;
    let clock = open;
    let at = 0;
    const ephemeral = (): number => random.between(32_768, 60_999);
    for (let i = 0; i < benign; i += 1) {
      clock += random.exponential(gap);
      const time = Math.floor(clock);
      for (; at < probes.length && probes[at].time <= time; at += 1) writeProbe(probes[at]);
      const dice = random.unit();
      let text: string;
      if (dice < 0.35) {
        const host = publicHosts[random.zipf(10)];
        text = packet(
          '[UFW ALLOW] ',
          'eth0',
          visitors[random.zipf(visitors.length, 0.7)],
          host,
          'tcp',
          ephemeral(),
          random.pick([443, 443, 443, 80, 25]),
        );
      } else if (dice < 0.4) {
        text = packet(
          '[UFW ALLOW] ',
          'eth0',
          visitors6[random.zipf(visitors6.length, 0.7)],
          publicHosts6[random.zipf(10)],
          'tcp',
          ephemeral(),
          443,
        );
      } else if (dice < 0.65) {
        text = packet(
          'ACCEPT-out: ',
          'eth1',
          clients[random.zipf(3000, 0.3)],
          servers[random.zipf(servers.length)],
          'tcp',
          ephemeral(),
          random.chance(0.9) ? 443 : 80,
        );
      } else if (dice < 0.78) {
        text = packet(
          'ACCEPT-out: ',
          'eth1',
          clients[random.zipf(3000, 0.3)],
          random.pick(['9.9.9.9', '8.8.8.8', '1.1.1.1']),
          'udp',
          ephemeral(),
          53,
        );
      } else if (dice < 0.96) {
        // The internet's background.
        const port = random.pick([22, 23, 80, 443, 445, 2323, 3389, 5555, 6379, 8080, 8443, 1433]);
        text = packet(
          random.chance(0.5) ? '[UFW BLOCK] ' : 'nft drop: ',
          'eth0',
          outside(random),
          random.pick(publicHosts),
          'tcp',
          ephemeral(),
          port,
        );
      } else if (dice < 0.98) {
        text = packet(
          '[UFW BLOCK] ',
          'eth0',
          outside(random),
          random.pick(publicHosts),
          'udp',
          ephemeral(),
          random.pick([123, 161, 1900, 5060]),
        );
      } else {
        text = packet(
          '[UFW AUDIT] ',
          'eth0',
          visitors[random.zipf(visitors.length, 0.7)],
          publicHosts[random.zipf(10)],
          'icmp',
          0,
          0,
        );
      }
      if ((i & 1) === 0) gateway1(time, text);
      else gateway2(time, text);
    }
    for (; at < probes.length; at += 1) writeProbe(probes[at]);
    // A firewall that lets a packet through never says what came back: accepted probes are worth as much as dropped ones.
    return plants.map((plant) => (plant.name.includes('answered only') ? { ...plant, silent: [] } : plant));
  },
};

/** IPv6 as the kernel prints it: eight groups of four digits. */
function wide(address: string): string {
  const [head, tail] = address.split('::');
  const left = head.split(':');
  const right = tail === undefined ? [] : tail.split(':');
  const zeros = Array.from({ length: 8 - left.length - right.length }, () => '0');
  return [...left, ...zeros, ...right].map((group) => group.padStart(4, '0')).join(':');
}
