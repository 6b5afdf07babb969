import { Proto } from './event.ts';

/** A service is proto · 65,536 + port; ICMP's port is type · 256 + code. */

/** 'tcp/22', 'udp/53', 'sctp/2905', 'icmp/8', 'icmp/3.1', 'ip/47', 'arp'. */
export function serviceName(service: number): string {
  const proto = service >>> 16;
  const port = service & 0xffff;
  switch (proto) {
    case Proto.tcp:
      return `tcp/${port}`;
    case Proto.udp:
      return `udp/${port}`;
    case Proto.sctp:
      return `sctp/${port}`;
    case Proto.icmp:
    case Proto.icmp6: {
      const code = port & 255;
      return `${proto === Proto.icmp ? 'icmp' : 'icmp6'}/${port >>> 8}${code === 0 ? '' : `.${code}`}`;
    }
    case Proto.arp:
      return 'arp';
    default:
      return `ip/${proto}`;
  }
}
