import type { Catalogue } from './commands/catalogue.ts';
import type { Detector } from './model/detector.ts';
import type { Format } from './model/format.ts';
import type { Output } from './model/output.ts';
import type { Plugin } from './model/plugin.ts';
import type { Language } from './sigma/language.ts';

export { openInput } from './sources/file.ts';

/** Every format that Offtrail reads. `test/formats.test.ts` fails for one without a fixture. */
export const formats: readonly Plugin<Format>[] = [
  { name: 'pcap', load: async () => (await import('./formats/pcap.ts')).pcap },
  { name: 'zeek-conn', load: async () => (await import('./formats/zeek-conn.ts')).zeekConn },
  { name: 'web-access', load: async () => (await import('./formats/web-access.ts')).webAccess },
  { name: 'netflow', load: async () => (await import('./formats/netflow.ts')).netflow },
  { name: 'ipfix', load: async () => (await import('./formats/ipfix.ts')).ipfix },
  { name: 'nfcapd', load: async () => (await import('./formats/nfcapd.ts')).nfcapd },
  { name: 'nfdump-csv', load: async () => (await import('./formats/nfdump-csv.ts')).nfdumpCsv },
  { name: 'argus-csv', load: async () => (await import('./formats/argus-csv.ts')).argusCsv },
  { name: 'sflow', load: async () => (await import('./formats/sflow.ts')).sflow },
  { name: 'zeek-http', load: async () => (await import('./formats/zeek-http.ts')).zeekHttp },
  { name: 'zeek-dns', load: async () => (await import('./formats/zeek-dns.ts')).zeekDns },
  { name: 'zeek-ssl', load: async () => (await import('./formats/zeek-ssl.ts')).zeekSsl },
  { name: 'zeek-ssh', load: async () => (await import('./formats/zeek-ssh.ts')).zeekSsh },
  { name: 'zeek-notice', load: async () => (await import('./formats/zeek-notice.ts')).zeekNotice },
  { name: 'zeek-weird', load: async () => (await import('./formats/zeek-weird.ts')).zeekWeird },
  { name: 'zeek-software', load: async () => (await import('./formats/zeek-software.ts')).zeekSoftware },
  { name: 'suricata-eve', load: async () => (await import('./formats/suricata-eve.ts')).suricataEve },
  { name: 'alert-fast', load: async () => (await import('./formats/alert-fast.ts')).alertFast },
  { name: 'snort-json', load: async () => (await import('./formats/snort-json.ts')).snortJson },
  { name: 'nginx-json', load: async () => (await import('./formats/nginx-json.ts')).nginxJson },
  { name: 'caddy', load: async () => (await import('./formats/caddy.ts')).caddy },
  { name: 'traefik', load: async () => (await import('./formats/traefik.ts')).traefik },
  { name: 'envoy', load: async () => (await import('./formats/envoy.ts')).envoy },
  { name: 'aws-elb', load: async () => (await import('./formats/aws-elb.ts')).awsElb },
  { name: 'cloudfront', load: async () => (await import('./formats/cloudfront.ts')).cloudfront },
  { name: 'iis-w3c', load: async () => (await import('./formats/iis-w3c.ts')).iisW3c },
  { name: 'squid', load: async () => (await import('./formats/squid.ts')).squid },
  { name: 'haproxy', load: async () => (await import('./formats/haproxy.ts')).haproxy },
  { name: 'nginx-error', load: async () => (await import('./formats/nginx-error.ts')).nginxError },
  { name: 'apache-error', load: async () => (await import('./formats/apache-error.ts')).apacheError },
  {
    name: 'modsecurity-json',
    load: async () => (await import('./formats/modsecurity-json.ts')).modsecurityJson,
  },
  { name: 'bind', load: async () => (await import('./formats/bind.ts')).bind },
  { name: 'unbound', load: async () => (await import('./formats/unbound.ts')).unbound },
  { name: 'route53', load: async () => (await import('./formats/route53.ts')).route53 },
  { name: 'coredns', load: async () => (await import('./formats/coredns.ts')).coredns },
  { name: 'powerdns', load: async () => (await import('./formats/powerdns.ts')).powerdns },
  { name: 'windows-dns', load: async () => (await import('./formats/windows-dns.ts')).windowsDns },
  {
    name: 'dnsmasq',
    load: async () => (await import('./formats/dnsmasq.ts')).dnsmasq,
  },
  {
    name: 'windows-security',
    load: async () => (await import('./formats/windows-security.ts')).windowsSecurity,
  },
  { name: 'dnstap', load: async () => (await import('./formats/dnstap.ts')).dnstap },
  { name: 'sshd', load: async () => (await import('./formats/sshd.ts')).sshd },
  { name: 'mapping', load: async () => (await import('./formats/mapping.ts')).mapping },
  { name: 'netfilter', load: async () => (await import('./formats/netfilter.ts')).netfilter },
  { name: 'filterlog', load: async () => (await import('./formats/filterlog.ts')).filterlog },
  { name: 'pflog-text', load: async () => (await import('./formats/pflog-text.ts')).pflogText },
  { name: 's3-access', load: async () => (await import('./formats/s3-access.ts')).s3Access },
  { name: 'gcs-usage', load: async () => (await import('./formats/gcs-usage.ts')).gcsUsage },
  { name: 'aws-vpc', load: async () => (await import('./formats/aws-vpc.ts')).awsVpc },
  {
    name: 'aws-vpc-parquet',
    load: async () => (await import('./formats/aws-vpc-parquet.ts')).awsVpcParquet,
  },
  { name: 'azure-flow', load: async () => (await import('./formats/azure-flow.ts')).azureFlow },
  { name: 'gcp-vpc', load: async () => (await import('./formats/gcp-vpc.ts')).gcpVpc },
  { name: 'cisco-asa', load: async () => (await import('./formats/cisco-asa.ts')).ciscoAsa },
  { name: 'fortigate', load: async () => (await import('./formats/fortigate.ts')).fortigate },
  { name: 'palo-alto', load: async () => (await import('./formats/palo-alto.ts')).paloAlto },
  { name: 'cef', load: async () => (await import('./formats/cef.ts')).cef },
  { name: 'leef', load: async () => (await import('./formats/leef.ts')).leef },
  { name: 'juniper-srx', load: async () => (await import('./formats/juniper-srx.ts')).juniperSrx },
  { name: 'checkpoint', load: async () => (await import('./formats/checkpoint.ts')).checkpoint },
  { name: 'sophos', load: async () => (await import('./formats/sophos.ts')).sophos },
  { name: 'mikrotik', load: async () => (await import('./formats/mikrotik.ts')).mikrotik },
  {
    name: 'windows-firewall',
    load: async () => (await import('./formats/windows-firewall.ts')).windowsFirewall,
  },
];

/** Every detector, in the order in which reports name them. */
export const detectors: readonly Plugin<Detector>[] = [
  { name: 'fan-out', load: async () => (await import('./detectors/fan-out.ts')).fanOut },
  { name: 'web', load: async () => (await import('./detectors/web.ts')).web },
  { name: 'anatomy', load: async () => (await import('./detectors/anatomy.ts')).anatomy },
  { name: 'dns', load: async () => (await import('./detectors/dns.ts')).dns },
  { name: 'sigma', load: async () => (await import('./detectors/sigma.ts')).sigma },
  { name: 'slow', load: async () => (await import('./detectors/slow.ts')).slow },
  { name: 'trap', load: async () => (await import('./detectors/trap.ts')).trap },
  { name: 'campaign', load: async () => (await import('./detectors/campaign.ts')).campaign },
  {
    name: 'first-contact',
    load: async () => (await import('./detectors/first-contact.ts')).firstContact,
  },
];

/** Every way to print a report. */
const outputs: readonly Plugin<Output>[] = [
  { name: 'terminal', load: async () => (await import('./outputs/terminal.ts')).terminal },
  { name: 'ndjson', load: async () => (await import('./outputs/ndjson.ts')).ndjson },
  { name: 'csv', load: async () => (await import('./outputs/csv.ts')).csv },
  { name: 'grepable', load: async () => (await import('./outputs/grepable.ts')).grepable },
  { name: 'html', load: async () => (await import('./outputs/html.ts')).html },
  { name: 'xml', load: async () => (await import('./outputs/xml.ts')).xml },
];

/** Every language that Sigma rules are written in. */
const languages: readonly Plugin<Language>[] = [
  { name: 'splunk-spl', load: async () => (await import('./languages/splunk-spl.ts')).splunkSpl },
  { name: 'elastic-esql', load: async () => (await import('./languages/elastic-esql.ts')).elasticEsql },
  {
    name: 'elastic-query-dsl',
    load: async () => (await import('./languages/elastic-query-dsl.ts')).elasticQueryDsl,
  },
  { name: 'sentinel-kql', load: async () => (await import('./languages/sentinel-kql.ts')).sentinelKql },
  {
    name: 'sentinel-kql-raw',
    load: async () => (await import('./languages/sentinel-kql.ts')).sentinelKqlRaw,
  },
  { name: 'duckdb-sql', load: async () => (await import('./languages/duckdb-sql.ts')).duckdbSql },
];

/** All of it, as the commands get it; where the shipped rules lie, the program's entry knows. */
export const catalogue: Omit<Catalogue, 'shippedRules'> = {
  formats,
  detectors,
  outputs,
  languages,
  files: async () => {
    const { listInputs, openInput, packingOf } = await import('./sources/file.ts');
    return { list: listInputs, open: openInput, packing: packingOf };
  },
  context: async () => {
    const [{ loadContextFiles }, { fileProblemText }] = await Promise.all([
      import('./context/load.ts'),
      import('./context/context-file.ts'),
    ]);
    return {
      load: loadContextFiles,
      problemText: fileProblemText,
      update: async (source, options) => (await import('./context/update.ts')).updateList(source, options),
      verifyNames: async (addresses, settings, now) =>
        (await import('./context/names.ts')).verifyNames(addresses, settings, now),
    };
  },
  homeGuess: async () => (await import('./context/home-net.ts')).guessHome,
};
