import type { FormatFixture } from '../../test/format-fixture.ts';

const head = (type: string, ports = '"src_port":61000,"dest_port":22', proto = 'TCP'): string =>
  `{"timestamp":"2026-11-22T00:33:20.000000+0000","flow_id":1,"in_iface":"eth0","event_type":"${type}","src_ip":"192.0.2.7","dest_ip":"198.51.100.4",${ports},"proto":"${proto}"`;
const flow = (there: number, back: number, bytesBack: number): string =>
  `"flow":{"pkts_toserver":${there},"pkts_toclient":${back},"bytes_toserver":60,"bytes_toclient":${bytesBack},"start":"2026-11-22T01:32:11.250000+0100","end":"2026-11-22T00:33:00.000000+0000","age":1,"state":"closed","reason":"timeout","alerted":false}`;
const tcp = (there: string, back: string): string => `"tcp":{"tcp_flags":"1f","tcp_flags_ts":"${there}","tcp_flags_tc":"${back}","state":"closed"}`;
const base = {
  kind: 'contact',
  time: '2026-11-22T00:32:11.250000Z',
  source: '192.0.2.7',
  target: '198.51.100.4',
  sourcePort: 61000,
  targetPort: 22,
  proto: 6,
  role: 'originator',
  status: 0,
} as const;
const late = { ...base, time: '2026-11-22T00:33:20.000000Z' } as const;

export const fixture: FormatFixture = {
  format: 'suricata-eve',
  cases: [
    {
      name: 'TCP flows: time is the flow’s start; outcome, role and stealth by the flags of both sides',
      input: [
        `${head('flow')},${flow(6, 5, 900)},${tcp('1b', '1b')}}`,
        `${head('flow')},${flow(1, 1, 54)},${tcp('02', '14')}}`,
        `${head('flow')},${flow(1, 0, 0)},${tcp('02', '00')}}`,
        `${head('flow')},${flow(1, 1, 54)},${tcp('01', '14')}}`,
        `${head('flow')},${flow(1, 0, 0)},${tcp('29', '00')}}`,
        `${head('flow')},${flow(1, 1, 54)},${tcp('10', '04')}}`,
        `${head('flow')},${flow(9, 9, 900)},${tcp('18', '18')}}`,
        `${head('flow')},${flow(1, 0, 0)},${tcp('12', '00')}}`,
        `${head('flow')},${flow(1, 0, 0)},${tcp('14', '00')}}`,
        `${head('flow')},${flow(2, 0, 0).replace('"alerted"', '"action":"drop","alerted"')},${tcp('02', '00')}}`,
      ].join('\n'),
      events: [
        { ...base, outcome: 'answered', size: 900, flags: ['fin', 'syn', 'psh', 'ack', 'tcpFlags', 'hasSize'] },
        { ...base, outcome: 'refused', size: 54, flags: ['syn', 'tcpFlags', 'hasSize'] },
        { ...base, outcome: 'unanswered', size: 0, flags: ['syn', 'tcpFlags', 'hasSize'] },
        { ...base, outcome: 'refused', flags: ['fin', 'tcpFlags', 'stealth', 'hasSize'] },
        { ...base, outcome: 'unanswered', flags: ['fin', 'psh', 'urg', 'tcpFlags', 'stealth', 'hasSize'] },
        { ...base, outcome: 'refused', flags: ['ack', 'tcpFlags', 'stealth', 'hasSize'] },
        { ...base, outcome: 'unknown', role: 'unknown', flags: ['psh', 'ack', 'tcpFlags', 'hasSize'] },
        { ...base, outcome: 'unknown', role: 'responder', flags: ['syn', 'ack', 'tcpFlags', 'hasSize'] },
        { ...base, outcome: 'unanswered', role: 'responder', flags: ['rst', 'ack', 'tcpFlags', 'hasSize'] },
        { ...base, outcome: 'denied', flags: ['syn', 'tcpFlags', 'hasSize'] },
      ],
    },
    {
      name: 'UDP, ICMP, IPv6, one-directional netflow records, drops',
      input: [
        `${head('flow', '"src_port":40000,"dest_port":161', 'UDP')},${flow(1, 0, 0)}}`,
        `${head('flow', '"src_port":53,"dest_port":40000', 'UDP')},${flow(1, 0, 0)}}`,
        `${head('flow', '"icmp_type":8,"icmp_code":0', 'ICMP')},${flow(1, 1, 98)}}`,
        `${head('flow', '"icmp_type":128,"icmp_code":0', 'IPv6-ICMP').replace('192.0.2.7', '2001:db8::7').replace('198.51.100.4', '2001:db8:1::4')},${flow(1, 0, 0)}}`,
        `${head('netflow')},"netflow":{"pkts":1,"bytes":60,"start":"2026-11-22T00:32:11.250000+0000","end":"2026-11-22T00:32:12.000000+0000"},"tcp":{"tcp_flags":"02","syn":true}}`,
        `${head('netflow')},"netflow":{"pkts":9,"bytes":60,"start":"2026-11-22T00:32:11.250000+0000"},"tcp":{"tcp_flags":"1a"}}`,
        `${head('drop')},"drop":{"len":44,"tos":0,"ttl":49,"ipid":54321,"tcpseq":1,"tcpack":0,"tcpwin":1024,"syn":true,"ack":false,"psh":false,"rst":false,"urg":false,"fin":false,"tcpres":0,"tcpurgp":0}}`,
        `${head('drop')},"drop":{"len":44,"ttl":49}}`,
        `${head('flow', '"src_port":61000,"dest_port":70000')},${flow(1, 0, 0)}}`,
        `${head('drop', '"src_port":61000', 'UDP')},"drop":{"len":44,"ttl":49}}`,
      ].join('\n'),
      events: [
        { ...base, proto: 17, sourcePort: 40000, targetPort: 161, outcome: 'unanswered', flags: ['hasSize'] },
        { ...base, proto: 17, sourcePort: 53, targetPort: 40000, outcome: 'unanswered', role: 'responder', flags: ['hasSize'] },
        { ...base, proto: 1, sourcePort: 0, targetPort: 2048, outcome: 'answered', flags: ['hasSize'] },
        { ...base, source: '2001:db8::7', target: '2001:db8:1::4', proto: 58, sourcePort: 0, targetPort: 32768, outcome: 'unanswered', flags: ['hasSize'] },
        { ...base, outcome: 'unknown', flags: ['syn', 'tcpFlags', 'oneSided'] },
        { ...base, outcome: 'unknown', role: 'unpaired', flags: ['syn', 'psh', 'ack', 'tcpFlags', 'oneSided'] },
        { ...late, outcome: 'denied', ttl: 49, ipId: 54321, window: 1024, flags: ['syn', 'tcpFlags', 'header'] },
        { ...late, outcome: 'denied', role: 'unpaired', ttl: 49, flags: ['header'] },
      ],
      skipped: { 'no time, address or port': 2 },
    },
    {
      name: 'alerts, with their direction and their request',
      input: [
        `${head('alert')},"alert":{"action":"allowed","gid":1,"signature_id":2001219,"rev":20,"signature":"ET SCAN \\"x\\"","category":"Attempted Information Leak","severity":2},"direction":"to_server",${flow(1, 0, 0)}}`,
        `${head('alert')},"alert":{"signature":"S","category":"C","severity":1},"direction":"to_client","http":{"hostname":"www.example.com","url":"/a?b","http_method":"GET","http_user_agent":"x","status":200}}`,
      ].join('\n'),
      events: [
        { ...late, kind: 'alert', outcome: 'unknown', status: 2, texts: { name: 'ET SCAN "x"', detail: 'Attempted Information Leak' } },
        { ...late, kind: 'alert', outcome: 'unknown', role: 'responder', status: 1, texts: { name: 'S', detail: 'C', host: 'www.example.com', path: '/a', query: 'b', method: 'GET', agent: 'x' } },
      ],
    },
    {
      name: 'http, tls, ssh, anomaly; other types are passed over',
      input: [
        `${head('http', '"src_port":61000,"dest_port":80')},"tx_id":0,"http":{"hostname":"www.example.com","url":"\\/admin\\/x.php?y=1","http_user_agent":"curl\\/8.5.0","http_refer":"http:\\/\\/r\\/","http_method":"GET","protocol":"HTTP\\/1.1","status":404,"length":153}}`,
        `${head('http', '"src_port":61000,"dest_port":80')},"http":{"hostname":"www.example.com","url":"/","http_method":"HEAD"}}`,
        `${head('tls', '"src_port":61000,"dest_port":443')},"tls":{"sni":"www.example.com","version":"TLS 1.3","ja3":{"hash":"aa"},"ja4":"t13d"}}`,
        `${head('ssh')},"ssh":{"client":{"proto_version":"2.0","software_version":"Go","hassh":{"hash":"bb"}},"server":{"proto_version":"2.0","software_version":"OpenSSH_9.6"}}}`,
        `${head('anomaly')},"anomaly":{"type":"stream","event":"stream.pkt_invalid_ack"}}`,
        '{"timestamp":"2026-11-22T00:33:20.000000+0000","event_type":"stats","stats":{"uptime":1}}',
        `${head('fileinfo')},"fileinfo":{"filename":"/x"}}`,
      ].join('\n'),
      events: [
        { ...late, kind: 'request', targetPort: 80, outcome: 'answered', status: 404, size: 153, flags: ['hasSize'], texts: { method: 'GET', host: 'www.example.com', path: '/admin/x.php', query: 'y=1', agent: 'curl/8.5.0', referer: 'http://r/' } },
        { ...late, kind: 'request', targetPort: 80, outcome: 'unknown', texts: { method: 'HEAD', host: 'www.example.com', path: '/' } },
        { ...late, targetPort: 443, outcome: 'answered', flags: ['sentData', 'gotData'], texts: { detail: 'www.example.com', fingerprint: 't13d' } },
        { ...late, outcome: 'answered', flags: ['sentData', 'gotData'], texts: { agent: 'Go', detail: 'OpenSSH_9.6', fingerprint: 'bb' } },
        { ...late, kind: 'alert', outcome: 'unknown', role: 'unknown', status: 4, texts: { name: 'stream.pkt_invalid_ack', detail: 'stream' } },
      ],
    },
    {
      name: 'dns of versions 1, 2 and 3; answers are turned to who asked',
      input: [
        `${head('dns', '"src_port":40000,"dest_port":53', 'UDP')},"dns":{"type":"query","id":7,"rrname":"vpn.example.com","rrtype":"AAAA","tx_id":0}}`,
        `${head('dns', '"src_port":53,"dest_port":40000', 'UDP').replace('"src_ip":"192.0.2.7","dest_ip":"198.51.100.4"', '"src_ip":"198.51.100.4","dest_ip":"192.0.2.7"')},"dns":{"type":"answer","id":7,"rcode":"NXDOMAIN","rrname":"vpn.example.com"}}`,
        `${head('dns', '"src_port":40000,"dest_port":53', 'UDP')},"dns":{"version":2,"type":"answer","id":7,"flags":"8183","qr":true,"rrname":"www.example.com","rrtype":"A","rcode":"NOERROR","answers":[{"rrname":"www.example.com","rrtype":"A","ttl":60,"rdata":"198.51.100.5"}]}}`,
        `${head('dns', '"src_port":40000,"dest_port":53', 'UDP')},"dns":{"version":3,"type":"response","tx_id":1,"id":7,"rcode":"REFUSED","queries":[{"rrname":"example.com","rrtype":"AXFR"}]}}`,
        `${head('dns', '"src_port":40000,"dest_port":53', 'UDP')},"dns":{"query":[{"type":"query","id":7,"rrname":"example.com","rrtype":"TYPE65"}]}}`,
        `${head('dns', '"src_port":40000,"dest_port":53', 'UDP')},"dns":{"type":"answer","rcode":"FORMERR"}}`,
      ].join('\n'),
      events: [
        { ...late, kind: 'query', proto: 17, sourcePort: 40000, targetPort: 53, outcome: 'unanswered', status: 255, queryType: 28, texts: { name: 'vpn.example.com' } },
        { ...late, kind: 'query', proto: 17, sourcePort: 40000, targetPort: 53, outcome: 'answered', status: 3, queryType: 0, flags: ['gotData'], texts: { name: 'vpn.example.com' } },
        { ...late, kind: 'query', proto: 17, sourcePort: 40000, targetPort: 53, outcome: 'answered', status: 0, queryType: 1, flags: ['gotData'], texts: { name: 'www.example.com', detail: '198.51.100.5' } },
        { ...late, kind: 'query', proto: 17, sourcePort: 40000, targetPort: 53, outcome: 'answered', status: 5, queryType: 252, flags: ['gotData'], texts: { name: 'example.com' } },
        { ...late, kind: 'query', proto: 17, sourcePort: 40000, targetPort: 53, outcome: 'unanswered', status: 255, queryType: 65, texts: { name: 'example.com' } },
      ],
      skipped: { 'no name asked for': 1 },
    },
  ],
  malformed: {
    input: '{"timestamp":"yesterday","event_type":"flow","src_ip":"192.0.2.7","dest_ip":"198.51.100.4"}',
    reason: 'no time, address or port',
  },
};
