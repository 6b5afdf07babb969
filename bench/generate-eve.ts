import { outside, pool, publicHosts } from './address-pools.ts';
import type { Generator, LineWriter, Plant } from './dataset.ts';
import { Random } from './random.ts';

const open = Date.UTC(2026, 0, 5, 8, 20);
const agents = [
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36',
  'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0',
  'curl/8.5.0',
];

/**
 * Suricata EVE as a sensor writes it: half flows (about 550 bytes), a third DNS, the rest HTTP, TLS and alerts; about 430
 * bytes a record. For the speed of reading; nothing is planted.
 */
export const eveGenerator: Generator = {
  name: 'eve',
  version: 1,
  suffix: 'ndjson',
  write(out: LineWriter, rows: number, seed: number): readonly Plant[] {
    const random = new Random(seed);
    const visitors = pool(20_000, () => outside(random));
    let clock = open;
    const stamp = (millis: number): string =>
      `${new Date(millis).toISOString().slice(0, -1)}${String(random.below(1000)).padStart(3, '0')}+0000`;
    for (let i = 0; i < rows; i += 1) {
      clock += random.below(4);
      const source = visitors[random.zipf(20_000, 0.7)];
      const target = publicHosts[random.zipf(20)];
      const id = random.uint32() * 65_536 + random.below(65_536);
      const head = (type: string, port: number, proto = 'TCP'): string =>
        `{"timestamp":"${stamp(clock)}","flow_id":${id},"in_iface":"eth0","event_type":"${type}","src_ip":"${source}","src_port":${random.between(32_768, 60_999)},"dest_ip":"${target}","dest_port":${port},"proto":"${proto}"`;
      const dice = random.unit();
      if (dice < 0.5) {
        const back = random.below(30);
        out.write(
          `${head('flow', random.pick([22, 80, 443, 443, 8080]))},"app_proto":"tls","flow":{"pkts_toserver":${1 + random.below(30)},"pkts_toclient":${back},"bytes_toserver":${random.below(9000)},"bytes_toclient":${back * 700},"start":"${stamp(clock - 60_000)}","end":"${stamp(clock - 1000)}","age":59,"state":"closed","reason":"timeout","alerted":false},"tcp":{"tcp_flags":"1b","tcp_flags_ts":"1b","tcp_flags_tc":"${back === 0 ? '00' : '1b'}","syn":true,"fin":true,"psh":true,"ack":true,"state":"closed"},"host":"sensor"}\n`,
        );
      } else if (dice < 0.85) {
        const name = `host${random.below(5000)}.example.com`;
        out.write(
          `${head('dns', 53, 'UDP')},"dns":{"version":2,"type":"answer","id":${random.below(65_536)},"flags":"8180","qr":true,"rd":true,"ra":true,"rrname":"${name}","rrtype":"A","rcode":"${random.chance(0.9) ? 'NOERROR' : 'NXDOMAIN'}","answers":[{"rrname":"${name}","rrtype":"A","ttl":60,"rdata":"${target}"}],"grouped":{"A":["${target}"]}}}\n`,
        );
      } else if (dice < 0.97) {
        out.write(
          `${head('http', 80)},"tx_id":0,"http":{"hostname":"www.example.com","url":"\\/item\\/${random.below(9000)}?page=${random.below(9)}","http_user_agent":"${random.pick(agents)}","http_content_type":"text\\/html","http_method":"GET","protocol":"HTTP\\/1.1","status":200,"length":${random.below(90_000)}}}\n`,
        );
      } else {
        out.write(
          `${head('alert', 22)},"alert":{"action":"allowed","gid":1,"signature_id":2001219,"rev":20,"signature":"ET SCAN Potential SSH Scan","category":"Attempted Information Leak","severity":2,"metadata":{"created_at":["2010_07_30"],"updated_at":["2019_07_26"]}},"app_proto":"failed","flow":{"pkts_toserver":1,"pkts_toclient":0,"bytes_toserver":60,"bytes_toclient":0,"start":"${stamp(clock)}"}}\n`,
        );
      }
    }
    return [];
  },
};
