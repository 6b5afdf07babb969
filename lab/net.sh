#!/usr/bin/env bash
# The lab's network, in namespaces called otlab-*: nothing of it touches the machine's own network.
#
#   attackers, visitors ── otlab-isp ── otlab-gw ── br0 ── dns www mail ssh voip mon files legacy db cam p2p
#   198.19.0.0/16, 203.0.113.0/24       (firewall,        198.51.100.0/27 and 2001:db8:51::/64
#   192.0.2.0/24, 198.18.0.0/16          sensors)
#   100.64.0.0/10, 2001:db8:a::/48
#
# Usage: net.sh up | down | join NAME ADDRESS… (an outsider with these addresses)
set -euo pipefail

P=otlab
# Hosts of the site: the last number of the IPv4 and the IPv6 address. The rest of the /27 is dark.
SITE_HOSTS=(dns:2 www:3,4 mail:5 ssh:6 voip:7 mon:8 files:9 legacy:10 db:11 cam:12 p2p:13)

quiet() { # no address detection, no router solicitation, no ICMP rate limit, in namespace $1
  ip netns exec "$1" sysctl -qw net.ipv6.conf.all.accept_dad=0 net.ipv6.conf.default.accept_dad=0 \
    net.ipv6.conf.all.accept_ra=0 net.ipv6.conf.default.accept_ra=0 net.ipv6.conf.default.router_solicitations=0 \
    net.ipv4.icmp_ratemask=0 net.ipv6.icmp.ratemask=
  ip -n "$1" link set lo up
}

space() {
  ip netns add "$P-$1"
  quiet "$P-$1"
}

# plug NAME BRIDGE-NAMESPACE: eth0 in NAME, a port of br0 in the other
plug() {
  local port # an interface's name has at most 15 letters
  port=v$(cksum <<< "$1" | cut -d ' ' -f 1)
  ip -n "$P-$1" link add eth0 type veth peer name "$port" netns "$P-$2"
  ip -n "$P-$2" link set "$port" master br0 up
  ip -n "$P-$1" link set eth0 up
}

bridge() {
  ip -n "$P-$1" link add br0 type bridge forward_delay 0 mcast_snooping 0
  ip -n "$P-$1" link set br0 up
}

route_packets() {
  ip netns exec "$P-$1" sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1 \
    net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0 net.ipv4.conf.all.send_redirects=0 \
    net.ipv4.conf.default.send_redirects=0
}

up() {
  local entry name last n
  space isp && space gw && space lan
  bridge isp && bridge lan
  for a in 203.0.113.1/24 192.0.2.1/24 198.18.0.1/16 198.19.0.1/16 100.64.0.1/10 2001:db8:a::1/48; do
    ip -n $P-isp addr add "$a" dev br0
  done
  # One long neighbour table: a sweep must not evict what lives.
  sysctl -qn net.ipv4.neigh.default.gc_thresh3 > /dev/null

  ip -n $P-gw link add wan0 type veth peer name gw netns $P-isp
  ip -n $P-gw link add dmz0 type veth peer name v-gw netns $P-lan
  ip -n $P-lan link set v-gw master br0 up
  ip -n $P-isp addr add 198.51.100.129/30 dev gw && ip -n $P-isp addr add 2001:db8:ff::1/64 dev gw
  ip -n $P-gw addr add 198.51.100.130/30 dev wan0 && ip -n $P-gw addr add 2001:db8:ff::2/64 dev wan0
  ip -n $P-gw addr add 198.51.100.1/27 dev dmz0 && ip -n $P-gw addr add 2001:db8:51::1/64 dev dmz0
  ip -n $P-isp link set gw up && ip -n $P-gw link set wan0 up && ip -n $P-gw link set dmz0 up
  ip -n $P-isp route add 198.51.100.0/27 via 198.51.100.130
  ip -n $P-isp route add 2001:db8:51::/64 via 2001:db8:ff::2
  ip -n $P-gw route add default via 198.51.100.129
  ip -n $P-gw route add default via 2001:db8:ff::1
  route_packets isp && route_packets gw
  # What sensors see must be what was on the wire: no segments merged by offloading.
  ip netns exec $P-gw ethtool -K wan0 gro off gso off tso off > /dev/null 2>&1 || true

  for entry in "${SITE_HOSTS[@]}"; do
    name=${entry%%:*}
    space "$name" && plug "$name" lan
    for last in $(tr , ' ' <<< "${entry##*:}"); do
      ip -n "$P-$name" addr add "198.51.100.$last/27" dev eth0
      ip -n "$P-$name" addr add "2001:db8:51::$last/64" dev eth0
    done
    ip -n "$P-$name" route add default via 198.51.100.1
    ip -n "$P-$name" route add default via 2001:db8:51::1
  done
}

join() {
  local name=$1 address
  shift
  space "$name" && plug "$name" isp
  for address in "$@"; do
    case $address in
      *:*) ip -n "$P-$name" addr add "$address/48" dev eth0 ;;
      198.1[89].*) ip -n "$P-$name" addr add "$address/16" dev eth0 ;;
      100.*) ip -n "$P-$name" addr add "$address/10" dev eth0 ;;
      *) ip -n "$P-$name" addr add "$address/24" dev eth0 ;;
    esac
  done
  case $1 in
    *:*) ip -n "$P-$name" route add default via 2001:db8:a::1 ;;
    203.*) ip -n "$P-$name" route add default via 203.0.113.1 ;;
    192.*) ip -n "$P-$name" route add default via 192.0.2.1 ;;
    198.18.*) ip -n "$P-$name" route add default via 198.18.0.1 ;;
    198.19.*) ip -n "$P-$name" route add default via 198.19.0.1 ;;
    100.*) ip -n "$P-$name" route add default via 100.64.0.1 ;;
  esac
  mkdir -p "/etc/netns/$P-$name"
  # Outsiders resolve names as the world does: at their provider's resolver, which asks the site.
  echo "nameserver ${RESOLVER:-192.0.2.53}" > "/etc/netns/$P-$name/resolv.conf"
}

down() {
  local ns
  for ns in $(ip netns list | awk -v p="^$P-" '$1 ~ p {print $1}'); do
    ip netns pids "$ns" 2> /dev/null | xargs -r kill -9 2> /dev/null || true
    ip netns del "$ns" || true
    rm -rf "/etc/netns/$ns"
  done
  rmdir /etc/netns 2> /dev/null || true
}

case ${1:-} in
  up) up ;;
  down) down ;;
  join) shift && join "$@" ;;
  *) sed -n '2,11p' "$0" >&2 && exit 2 ;;
esac
