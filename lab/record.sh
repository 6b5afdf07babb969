#!/usr/bin/env bash
# Records a site under scan and in daily use, in network namespaces, with real tools: see docs/lab.md.
# Usage: lab/record.sh [FOLDER] [SECONDS] [ACTOR,ACTOR…]     default: lab/out, 480 seconds, everyone
set -euo pipefail
lab=$(cd "$(dirname "$0")" && pwd)
out=$(realpath -m "${1:-$lab/out}")
seconds=${2:-480}
only=${3:-}
export TZ=UTC

programs=(ip:iproute2 iptables:iptables ethtool:ethtool sysctl:procps tcpdump:tcpdump rsyslogd:rsyslog softflowd:softflowd nfcapd:nfdump
  nginx:nginx-light named:bind9 dnstap-read:bind9-dnsutils vsftpd:vsftpd openssl:openssl curl:curl wget:wget dig:dnsutils nc:netcat-openbsd ping:iputils-ping
  traceroute:traceroute nmap:nmap masscan:masscan zmap:zmap hping3:hping3 fping:fping ffuf:ffuf gobuster:gobuster dirb:dirb
  dirsearch:dirsearch wfuzz:wfuzz wapiti:wapiti sqlmap:sqlmap whatweb:whatweb wafw00f:wafw00f dnsrecon:dnsrecon dnsenum:dnsenum
  fierce:fierce)
[ "$(id -u)" = 0 ] || { echo "lab: needs root, for network namespaces and packet capture" >&2; exit 1; }
[ "$(uname -s)" = Linux ] || { echo "lab: needs Linux" >&2; exit 1; }
missing=()
for entry in "${programs[@]}"; do command -v "${entry%%:*}" > /dev/null || missing+=("${entry##*:}"); done
if [ ${#missing[@]} -gt 0 ]; then
  command -v apt-get > /dev/null || { echo "lab: needs Debian's packages: ${missing[*]}" >&2; exit 1; }
  echo "lab: installing ${missing[*]}" >&2
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" > /dev/null
fi

exec 9> /run/lock/otlab.lock
flock -n 9 || { echo "lab: another recording is running" >&2; exit 1; }
log_all=$(sysctl -n net.netfilter.nf_log_all_netns 2> /dev/null || echo missing)
stop() {
  trap - EXIT INT TERM
  set +e # whatever fails, the rest is still put back
  [ "$log_all" = missing ] || sysctl -qw net.netfilter.nf_log_all_netns="$log_all"
  [ -z "$(jobs -p)" ] || kill $(jobs -p) 2> /dev/null
  [ -f "$out/run/rsyslog.pid" ] && kill "$(cat "$out/run/rsyslog.pid")" 2> /dev/null
  bash "$lab/net.sh" down
}
trap stop EXIT
trap 'exit 130' INT TERM
bash "$lab/net.sh" down
rm -rf "$out"
mkdir -p "$out"/{log,run,words,flows,tmp}

# Word lists: those that Debian's tools bring, thinned so that a recording stays small.
every() { grep -E '^[A-Za-z0-9._/-]+$' "$1" | awk -v want="$2" '{l[NR]=$0} END {for (i = 0; i < want; i++) print l[1 + int(i * NR / want)]}'; }
for n in 100 300 500; do every /usr/share/dirb/wordlists/common.txt $n > "$out/words/web-$n.txt"; done
every /usr/share/dirb/wordlists/vulns/cgis.txt 300 > "$out/words/cgis-300.txt"
for n in 100 200 400; do grep -E '^[a-z0-9-]+$' /usr/share/dnsrecon/subdomains-top1mil-5000.txt | awk -v n=$n 'NR <= n' > "$out/words/names-$n.txt"; done

echo "lab: network, services, sensors" >&2
bash "$lab/net.sh" up
node --import tsx "$lab/cast.ts" ${only:+"$only"} > "$out/run/cast"
while read -r name addresses; do bash "$lab/net.sh" join "$name" $addresses; done < "$out/run/cast"
grep -q '^resolver ' "$out/run/cast" || bash "$lab/net.sh" join resolver 192.0.2.53
ip netns exec otlab-gw bash "$lab/firewall.sh"
bash "$lab/services.sh" "$out" > "$out/log/services.log" 2>&1
source "$lab/sensors.sh"
sensors_start
sleep 2

echo "lab: recording for about $seconds seconds" >&2
cd "$lab/.."
node --import tsx "$lab/play.ts" "$out" "$seconds" ${only:+"$only"} &
wait $! # in the background, so that a signal ends the recording at once
sleep 6
sensors_stop
(cd "$out/log" && mv firewall.log access.log access-vhost.log dns-query.log dns.dnstap flows.nfcapd capture.pcap ..)
# What is large is kept compressed; everything that reads a recording takes NAME and NAME.gz.
find "$out" -maxdepth 1 -type f -size +1M -exec gzip -9n {} +
node --import tsx "$lab/truth.ts" "$out"
rm -rf "$out"/{tmp,run,flows,conf,site,words}
echo "lab: recorded into $out" >&2
