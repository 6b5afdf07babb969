# Loaded by every actor's shell.

# running: whether the recording still goes on
running() { [ "$(date +%s)" -lt "$END" ]; }

# pause LEAST MOST: some whole seconds
pause() { sleep "$(shuf -i "$1-$2" -n 1).$((RANDOM % 10))"; }

gateway_mac() {
  local gateway
  gateway=$(ip route show default | awk '{print $3; exit}')
  ping -q -c 1 -W 1 "$gateway" > /dev/null || true
  ip neigh show "$gateway" | awk '{print $5; exit}'
}

# visit AGENT PAGE…: pages with what they need, as a browser loads them, over one kept connection each
visit() {
  local agent=$1 page site=http://www.example.com
  shift
  for page in "$@"; do
    curl -4 -s -m 5 -A "$agent" -o /dev/null "$site$page" \
      --next -4 -s -m 5 -A "$agent" -e "$site$page" -o /dev/null "$site/static/css/main-9e3779b1.css" -o /dev/null "$site/static/img/logo.svg" || true
    pause 1 6
  done
}

# pages N: some pages of the site
pages() { shuf -n "$1" "$SITE_LISTS/pages.txt"; }
