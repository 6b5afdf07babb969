# The sensors, all at the gateway's outer interface but the servers' own logs. Sourced by record.sh; uses $out and $lab.

sensors_start() {
  # The kernel's own log lines of the gateway, as rsyslog writes them on Debian 12.
  [ "$log_all" != missing ] || { echo "lab: this kernel has no net.netfilter.nf_log_all_netns" >&2; return 1; }
  sysctl -qw net.netfilter.nf_log_all_netns=1
  cat > "$out/conf/rsyslog.conf" << CONF
module(load="imklog" keepkerneltimestamp="on")
\$LocalHostName gw
template(name="file" type="string" string="%timestamp:::date-rfc3339% gw %syslogtag%%msg:::sp-if-no-1st-sp%%msg:::drop-last-lf%\n")
if \$msg contains "[UFW " then action(type="omfile" file="$out/log/firewall.log" template="file")
CONF
  # What an earlier recording left unread in the kernel is not this one's.
  timeout 0.5 cat /proc/kmsg > /dev/null || true
  rsyslogd -f "$out/conf/rsyslog.conf" -i "$out/run/rsyslog.pid"

  ip netns exec otlab-gw tcpdump -q -n -i wan0 -s 0 -B 16384 -U -Z root -w "$out/log/capture.pcap" 2> "$out/log/tcpdump.log" &
  tcpdump_pid=$!
  ip netns exec otlab-gw nfcapd -D -w "$out/flows" -p 9995 -b 127.0.0.1 -t 3600 -B 8388608 -P "$out/run/nfcapd.pid" > "$out/log/nfcapd.log" 2>&1
  ip netns exec otlab-gw softflowd -i wan0 -n 127.0.0.1:9995 -v 9 -t maxlife=60 -t expint=5 -t tcp=30 -t tcp.rst=5 -t tcp.fin=5 \
    -t udp=20 -t icmp=20 -t general=30 -m 65536 -6 -p "$out/run/softflowd.pid" -c "$out/run/softflowd.ctl"
}

sensors_stop() {
  ip netns exec otlab-gw softflowctl -c "$out/run/softflowd.ctl" expire-all > /dev/null || true
  sleep 1
  ip netns exec otlab-gw softflowctl -c "$out/run/softflowd.ctl" statistics > "$out/log/softflowd.log" || true
  ip netns exec otlab-gw softflowctl -c "$out/run/softflowd.ctl" shutdown > /dev/null || true
  sleep 1
  kill "$(cat "$out/run/nfcapd.pid")" && kill -INT $tcpdump_pid && wait $tcpdump_pid || true
  ip netns exec otlab-dns kill "$(cat "$out/run/named.pid")"
  sleep 2
  kill "$(cat "$out/run/rsyslog.pid")"
  # Did the log keep up? The rules' own counters say how many lines there had to be.
  local wanted=0 n tool
  for tool in iptables ip6tables; do
    n=$(ip netns exec otlab-gw $tool -nvxL | awk '$3 == "LOG" {sum += $1} END {print sum + 0}')
    wanted=$((wanted + n))
  done
  n=$(wc -l < "$out/log/firewall.log")
  echo "lab: firewall log $n of $wanted lines" >&2
  cat "$out"/flows/nfcapd.* > /dev/null
  mv "$out"/flows/nfcapd.2* "$out/log/flows.nfcapd"
}
