#!/usr/bin/env bash
# The site's services, each in its host's namespace: nginx, BIND, vsftpd and small banner servers.
# Usage: services.sh FOLDER (configuration, content and logs go below it)
set -euo pipefail
out=$1
lab=$(cd "$(dirname "$0")" && pwd)
conf=$out/conf
mkdir -p "$conf" "$out/site" "$out/log" "$out/run"
at() { local host=$1; shift; ip netns exec "otlab-$host" "$@"; }

node --import tsx "$lab/site-tree.ts" "$out/site"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 -subj '/CN=www.example.com' \
  -keyout "$conf/key.pem" -out "$conf/cert.pem" 2> /dev/null
chmod -R a+rX "$out"

# ---- web: www and shop on .3 (combined log); app and api on .4 (the same with the virtual host in front)
cat > "$conf/nginx.conf" << NGINX
user www-data;
worker_processes 1;
pid $out/run/nginx.pid;
error_log $out/log/nginx-error.log;
events { worker_connections 1024; }
http {
  include /etc/nginx/mime.types;
  keepalive_requests 1000;
  log_format vhost '\$host:\$server_port \$remote_addr - \$remote_user [\$time_local] "\$request" \$status \$body_bytes_sent "\$http_referer" "\$http_user_agent"';
  client_body_temp_path $out/run/body; proxy_temp_path $out/run/proxy; fastcgi_temp_path $out/run/fastcgi;
  uwsgi_temp_path $out/run/uwsgi; scgi_temp_path $out/run/scgi;
  ssl_certificate $conf/cert.pem; ssl_certificate_key $conf/key.pem;

  server {
    listen 198.51.100.3:80 default_server; listen 198.51.100.3:443 ssl default_server;
    listen [2001:db8:51::3]:80 default_server; listen [2001:db8:51::3]:443 ssl default_server;
    server_name www.example.com;
    access_log $out/log/access.log combined;
    root $out/site/www;
  }
  server {
    listen 198.51.100.3:80; listen 198.51.100.3:443 ssl;
    server_name shop.example.com;
    access_log $out/log/access.log combined;
    root $out/site/shop;
  }
  server {
    listen 198.51.100.4:80 default_server; listen 198.51.100.4:443 ssl default_server;
    listen [2001:db8:51::4]:80 default_server;
    server_name app.example.com;
    access_log $out/log/access-vhost.log vhost;
    root $out/site/app;
    location / { try_files \$uri /index.html; }
  }
  server {
    listen 198.51.100.4:80; listen 198.51.100.4:443 ssl;
    server_name api.example.com;
    access_log $out/log/access-vhost.log vhost;
    default_type application/json;
    location ~ "^/v1/items/[0-9]*[05]\$" { return 404 '{"error":"no such item"}'; }
    location ~ "^/v1/items/[0-9]+\$" { return 200 '{"item":true}'; }
    location = /v1/status { return 200 '{"ok":true}'; }
    location / { return 404 '{"error":"no such route"}'; }
  }
}
NGINX
at www nginx -c "$conf/nginx.conf"

# ---- DNS: authoritative for example.com and the reverse zone; query log, and dnstap for the answers' codes
hosts='ns www shop app api mail smtp imap ssh vpn sip files ftp intranet dev staging git ci wiki status beta old test portal admin'
{
  printf '$TTL 300\n@ IN SOA ns.example.com. ops.example.com. 1 3600 600 86400 60\n@ IN NS ns\n@ IN MX 10 mail\n@ IN A 198.51.100.3\n@ IN TXT "v=spf1 mx -all"\n'
  n=0
  for h in $hosts; do
    case $h in
      ns) a=2 ;; www | shop) a=3 ;; app | api) a=4 ;; mail | smtp | imap) a=5 ;; ssh | vpn | git | ftp) a=6 ;; sip) a=7 ;; files) a=9 ;;
      *) a=$((8 + n % 6)) ;;
    esac
    n=$((n + 1))
    printf '%s IN A 198.51.100.%s\n%s IN AAAA 2001:db8:51::%s\n' $h $a $h $a
  done
} > "$conf/example.com.zone"
{
  printf '$TTL 300\n@ IN SOA ns.example.com. ops.example.com. 1 3600 600 86400 60\n@ IN NS ns.example.com.\n'
  for pair in 2:ns 3:www 4:app 5:mail 6:ssh 7:sip 9:files; do printf '%s IN PTR %s.example.com.\n' ${pair%%:*} ${pair##*:}; done
} > "$conf/reverse.zone"
cat > "$conf/named.conf" << NAMED
options {
  directory "$out/run"; pid-file "$out/run/named.pid"; session-keyfile "$out/run/session.key";
  listen-on { 198.51.100.2; }; listen-on-v6 { 2001:db8:51::2; };
  recursion no; allow-transfer { none; }; dnssec-validation no; empty-zones-enable no;
  dnstap { auth; client; }; # answers to questions with RD are CLIENT_RESPONSE
  dnstap-output file "$out/log/dns.dnstap"; dnstap-identity "dns";
};
controls { };
logging {
  channel queries { file "$out/log/dns-query.log"; print-time yes; print-category yes; print-severity yes; };
  channel rest { file "$out/log/named.log"; print-time yes; print-category yes; print-severity yes; };
  category queries { queries; }; category default { rest; };
};
zone "example.com" { type primary; file "$conf/example.com.zone"; };
zone "100.51.198.in-addr.arpa" { type primary; file "$conf/reverse.zone"; };
NAMED
at dns named -c "$conf/named.conf" -u root

# The resolver of the outside world: it asks the site's server, and is a benign actor like any other.
cat > "$conf/resolver.conf" << NAMED
options {
  directory "$out/run"; pid-file "$out/run/resolver.pid"; session-keyfile "$out/run/resolver-session.key";
  listen-on { 192.0.2.53; }; listen-on-v6 { none; }; recursion yes; allow-recursion { any; };
  dnssec-validation no; forwarders { }; max-cache-ttl 30; max-ncache-ttl 10; allow-transfer { none; };
};
controls { };
logging { channel rest { file "$out/log/resolver.log"; }; category default { rest; }; };
zone "." { type primary; file "$conf/root.zone"; };
NAMED
# A world of its own: its root delegates the site's zones and knows nothing else.
cat > "$conf/root.zone" << 'ZONE'
$TTL 300
@ IN SOA ns.resolver. ops.example.com. 1 3600 600 86400 60
@ IN NS ns.resolver.
ns.resolver. IN A 192.0.2.53
example.com. IN NS ns.example.com.
ns.example.com. IN A 198.51.100.2
100.51.198.in-addr.arpa. IN NS ns.example.com.
ZONE
at resolver named -4 -c "$conf/resolver.conf" -u root

# ---- FTP with passive data ports
cat > "$conf/vsftpd.conf" << FTP
listen=YES
listen_address=198.51.100.6
background=YES
anonymous_enable=YES
local_enable=NO
write_enable=NO
anon_root=$out/site/files
no_anon_password=YES
pasv_enable=YES
pasv_min_port=30000
pasv_max_port=30999
secure_chroot_dir=$out/run/empty
seccomp_sandbox=NO
xferlog_enable=NO
FTP
mkdir -p "$out/run/empty"
at ssh vsftpd "$conf/vsftpd.conf"

# ---- what greets first
ssh='22=SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3'
at ssh node "$lab/banners.mjs" "$ssh" &
at mail node "$lab/banners.mjs" "$ssh" '25=220 mail.example.com ESMTP Postfix (Debian)' '587=220 mail.example.com ESMTP Postfix (Debian)' \
  '143=* OK [CAPABILITY IMAP4rev1] Dovecot ready.' '993=* OK [CAPABILITY IMAP4rev1] Dovecot ready.' &
for host in www voip mon files db cam p2p dns; do at $host node "$lab/banners.mjs" "$ssh" '9100=HTTP/1.0 200 OK' & done
# The host that nobody dares to switch off: forty services, all open to the world.
many=()
for port in 21 23 25 79 110 111 119 139 143 389 445 512 513 514 548 587 631 873 993 995 1433 1521 2049 2121 3000 3306 3389 5000 5432 \
  5900 6000 6379 6667 8000 8080 8443 8888 9200 11211 27017; do
  many+=("$port=220 legacy service $port ready")
done
at legacy node "$lab/banners.mjs" "$ssh" "${many[@]}" '80=HTTP/1.0 400 Bad Request' &
at voip node "$lab/media.mjs" echo 5060 10000-19999 &
at p2p node "$lab/media.mjs" echo 51413 51413 &
