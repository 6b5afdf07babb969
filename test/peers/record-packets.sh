#!/usr/bin/env bash
# Records test/peers/packets.pcapng and what tshark says of it: real tools in two network namespaces of its own.
# Needs root, and Debian's nmap hping3 curl dnsutils bind9 nginx-light ncat iputils-ping openssl tcpdump tshark.
# Usage: record-packets.sh [FOLDER]
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
out=${1:-$here}
work=$(mktemp -d)
a=otpkt-a b=otpkt-b
clean() {
  for n in $a $b; do ip netns pids $n 2> /dev/null | xargs -r kill 2> /dev/null || true; done
  ip netns del $a 2> /dev/null || true
  ip netns del $b 2> /dev/null || true
  rm -rf "$work"
}
trap clean EXIT
ip netns add $a
ip netns add $b
ip -n $a link add eth0 type veth peer name eth0 netns $b
for n in $a $b; do
  ip netns exec $n sysctl -qw net.ipv6.conf.all.accept_dad=0 net.ipv6.conf.default.accept_dad=0 \
    net.ipv4.icmp_ratemask=0 net.ipv6.conf.default.router_solicitations=0
  ip -n $n link set lo up
  ip netns exec $n ethtool -K eth0 tso off gso off gro off tx off > /dev/null 2>&1 || true
done
ip -n $a addr add 192.0.2.7/24 dev eth0
ip -n $a addr add 2001:db8::7/64 dev eth0
ip -n $b addr add 192.0.2.4/24 dev eth0
ip -n $b addr add 2001:db8::4/64 dev eth0
ip -n $a link set eth0 up
ip -n $b link set eth0 up
A() { ip netns exec $a "$@"; }
B() { ip netns exec $b "$@"; }

# ---- the target: web, DNS, TLS, a banner, and a firewall that drops some ports and rejects one
mkdir -p "$work/www" "$work/run"
echo '<html>hello</html>' > "$work/www/index.html"
chmod -R a+rX "$work"
cat > "$work/nginx.conf" << NGINX
user www-data; pid $work/run/nginx.pid; error_log /dev/null; daemon off;
events {}
http {
  access_log off; client_body_temp_path $work/run/body; proxy_temp_path $work/run/proxy;
  fastcgi_temp_path $work/run/f; uwsgi_temp_path $work/run/u; scgi_temp_path $work/run/s;
  server { listen 80; listen [::]:80; root $work/www; }
}
NGINX
cat > "$work/named.conf" << NAMED
options { directory "$work/run"; pid-file none; listen-on { any; }; listen-on-v6 { any; }; recursion no; allow-transfer { none; }; session-keyfile "$work/run/k"; };
controls {};
zone "example.test" { type primary; file "$work/zone"; };
NAMED
printf '$TTL 60\n@ IN SOA ns.example.test. o.example.test. 1 60 60 60 60\n@ IN NS ns\nns IN A 192.0.2.4\nwww IN A 192.0.2.4\n' > "$work/zone"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 -subj '/CN=www.example.test' \
  -keyout "$work/key.pem" -out "$work/cert.pem" 2> /dev/null
B nginx -c "$work/nginx.conf" > /dev/null 2>&1 &
B named -f -c "$work/named.conf" -u root > /dev/null 2>&1 &
B openssl s_server -quiet -www -accept 443 -key "$work/key.pem" -cert "$work/cert.pem" > /dev/null 2>&1 &
B ncat -l -k -p 22 -c 'printf "SSH-2.0-OpenSSH_9.2p1 Debian\r\n"; sleep 1' > /dev/null 2>&1 &
B iptables -A INPUT -p tcp --dport 10:14 -j DROP
B iptables -A INPUT -p tcp --dport 15 -j REJECT --reject-with icmp-admin-prohibited
B iptables -A INPUT -p udp --dport 9 -j DROP
sleep 1
ip netns exec $a tcpdump -i eth0 -U -s 0 -w "$work/all.pcap" > /dev/null 2>&1 &
dump=$!
sleep 1

# ---- what happens
quietly() { "$@" > /dev/null 2>&1 || true; }
scan() { quietly A nmap -n -Pn --disable-arp-ping --max-retries 1 "$@"; }
quietly A ping -c 2 -i 0.2 192.0.2.4
quietly A ping -c 1 2001:db8::4
quietly A ping -c 1 -W 1 192.0.2.99
scan -sS -p 9-16,22,80 192.0.2.4
scan -6 -sS -p 21-23,80 2001:db8::4
scan -sT -p 20-23,80,443 192.0.2.4
scan -sF -p 12,22,25 192.0.2.4
scan -sN -p 12,22,25 192.0.2.4
scan -sX -p 12,22,25 192.0.2.4
scan -sM -p 22,25 192.0.2.4
scan -sA -p 12,22,25 192.0.2.4
scan -f -sS -p 23,80 192.0.2.4
scan -sU -p 9,53,67,161 192.0.2.4
scan -sY -p 2905,36412 192.0.2.4
scan -sO -p 2,6,17,47,132 192.0.2.4
quietly A nmap -n -sn 192.0.2.2-6
quietly A nmap -n -Pn -O -p 22,25 192.0.2.4
quietly A hping3 -c 1 -S -p 80 -d 40 192.0.2.4
quietly A hping3 -c 1 -SA -p 25 192.0.2.4
quietly A hping3 -c 2 --icmp --icmptype 13 192.0.2.4
quietly A curl -s http://192.0.2.4/ http://192.0.2.4/missing?a=1 http://192.0.2.4/admin.php -A 'probe/1.0 (test)' -e http://referer.test/
quietly A curl -s -6 -H 'Host: virtual.test' 'http://[2001:db8::4]/v6'
quietly A curl -s -X PROPFIND http://192.0.2.4/dav
quietly A curl -sk --resolve www.example.test:443:192.0.2.4 https://www.example.test/
quietly A curl -sk --tls-max 1.2 --no-alpn https://192.0.2.4/
A sh -c 'exec timeout 1 ncat 192.0.2.4 22 < /dev/null' > /dev/null 2>&1 || true
quietly A dig +tries=1 +time=1 @192.0.2.4 www.example.test
quietly A dig +tries=1 +time=1 @192.0.2.4 nope.example.test AAAA
quietly A dig +tries=1 +time=1 @2001:db8::4 outside.test MX
quietly A dig +tries=1 +time=1 @192.0.2.4 version.bind TXT CH
quietly A dig +tries=1 +time=1 @192.0.2.4 example.test AXFR
quietly A dig +tries=1 +time=1 @192.0.2.99 nobody.example.test
sleep 6
quietly A ping -c 1 192.0.2.4
sleep 0.5
kill "$dump" && wait "$dump" 2> /dev/null || true
# Cut to what is looked at; as pcapng, so that both readers are compared.
editcap -F nsecpcap -s 1600 "$work/all.pcap" "$work/cut.pcap"
editcap -F pcapng "$work/cut.pcap" "$out/packets.pcapng"
