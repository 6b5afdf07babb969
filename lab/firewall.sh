#!/usr/bin/env bash
# The site's firewall, run inside the gateway's namespace: everything dropped but the public services, drops and
# accepted new connections logged by the kernel in the words of ufw. The host "legacy" stands open, as one always does.
set -euo pipefail

for tool in iptables ip6tables; do
  case $tool in
    iptables) net=198.51.100 ops=192.0.2.40 poller=192.0.2.41 icmp=icmp echo=echo-request ;;
    ip6tables) net=2001:db8:51: ops=2001:db8:a:40::1 poller=2001:db8:a:41::1 icmp=icmpv6 echo=echo-request ;;
  esac
  host() { if [ $tool = iptables ]; then echo "$net.$1"; else echo "$net:$1"; fi; }
  fw() { $tool -w "$@"; }

  fw -N log-drop
  fw -A log-drop -j LOG --log-level info --log-prefix "[UFW BLOCK] "
  fw -A log-drop -j DROP
  fw -N log-allow
  fw -A log-allow -j LOG --log-level info --log-prefix "[UFW ALLOW] "
  fw -A log-allow -j ACCEPT
  allow() { fw -A FORWARD -i wan0 "$@" -j log-allow; }

  fw -P FORWARD DROP
  fw -A FORWARD -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT
  allow -d "$(host 10)"
  fw -A FORWARD -m conntrack --ctstate INVALID -j log-drop
  fw -A FORWARD -i dmz0 -m conntrack --ctstate NEW -j log-allow
  allow -p $icmp --$icmp-type $echo
  allow -p udp -d "$(host 2)" --dport 53
  allow -p tcp -d "$(host 2)" --dport 53
  for web in 3 4; do allow -p tcp -d "$(host $web)" -m multiport --dports 80,443; done
  allow -p tcp -d "$(host 5)" -m multiport --dports 25,143,587,993
  allow -p tcp -d "$(host 6)" -m multiport --dports 21,22
  allow -p tcp -d "$(host 6)" --dport 30000:30999
  allow -p udp -d "$(host 7)" -m multiport --dports 5060,10000:19999
  for proto in tcp udp; do allow -p $proto -d "$(host 13)" --dport 51413; done
  allow -p tcp -s $ops --dport 22
  allow -p tcp -s $poller -m multiport --dports 22,25,53,80,443,9100
  fw -A FORWARD -j log-drop
done
