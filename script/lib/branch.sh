# The branch office of script/demo: a real strongSwan in a network namespace and
# a host behind it in another. Sourced; needs $cluster, $psk and $pods_network.
#
#   host 10.50.0.10 ── 10.50.0.1 strongSwan $branch_address ── the cluster's network
#
# strongSwan runs with its userspace ESP, which needs no kernel support.

branch=$cluster-branch
branch_host=$cluster-branch-host
branch_network=10.50.0.0/16
branch_host_address=10.50.0.10
branch_directory=${CULVERT_STATE:-/var/lib/culvert-lab}/$branch

# branch_namespaces: both namespaces and the cable between them
branch_namespaces() {
  ip netns add "$branch"
  ip netns add "$branch_host"
  ip -n "$branch" link set lo up
  ip -n "$branch_host" link set lo up
  ip -n "$branch" link add lan type veth peer name lan netns "$branch_host"
  ip -n "$branch" addr add 10.50.0.1/16 dev lan
  ip -n "$branch" link set lan up
  ip -n "$branch_host" addr add $branch_host_address/16 dev lan
  ip -n "$branch_host" link set lan up
  ip -n "$branch_host" route add default via 10.50.0.1
  ip netns exec "$branch" sysctl -qw net.ipv4.ip_forward=1
}

# attach_to_lab: the cluster of script/cluster has a bridge for it
attach_to_lab() {
  branch_namespaces
  branch_address=$net.50
  branch_peer_address=$branch_address
  ip -n "$branch" link add wan type veth peer name branch netns "$cluster"
  ip -n "$cluster" link set branch master lab0 up
  ip -n "$branch" addr add "$branch_address/24" dev wan
  ip -n "$branch" link set wan up
  ip -n "$branch" route add default via "$net.1"
}

# attach_to_machine NODE_ADDRESS: for a cluster elsewhere the branch is behind
# this machine, which forwards UDP 500 and 4500 to it and hides its address.
attach_to_machine() {
  local outside source device=${cluster:0:13}-b
  branch_namespaces
  branch_address=172.31.253.2
  source=$(ip -o route get "$1" | sed -n 's/.* src \([0-9.]*\).*/\1/p')
  outside=$(ip -o route get "$1" | sed -n 's/.* dev \([^ ]*\).*/\1/p')
  [ -n "$source" ] && [ -n "$outside" ] || die "this machine has no route to the node $1"
  branch_peer_address=$source
  ip link add "$device" type veth peer name wan netns "$branch"
  ip addr add 172.31.253.1/30 dev "$device"
  ip link set "$device" up
  ip -n "$branch" addr add $branch_address/30 dev wan
  ip -n "$branch" link set wan up
  ip -n "$branch" route add default via 172.31.253.1
  sysctl -n net.ipv4.ip_forward > "$branch_directory/ip_forward"
  sysctl -qw net.ipv4.ip_forward=1
  nft -f - << K
table ip $branch {
  chain in { type nat hook prerouting priority dstnat;
    ip daddr $source udp dport { 500, 4500 } dnat to $branch_address
  }
  chain out { type nat hook postrouting priority srcnat;
    ip saddr $branch_address oifname "$outside" masquerade
  }
}
K
}

# branch_strongswan: starts it, and tells it of the cluster's end
branch_strongswan() {
  local d=$branch_directory
  mkdir -p "$d/run"
  cat > "$d/strongswan.conf" << K
charon {
  load_modular = no
  load = random nonce openssl aes sha1 sha2 hmac gcm gmp curve25519 chapoly kdf pem pkcs1 pkcs8 x509 pubkey constraints kernel-libipsec kernel-netlink socket-default vici updown
  filelog { log { path = $d/charon.log
    flush_line = yes
    ike = 1 } }
  plugins {
    vici { socket = unix://$d/vici }
    kernel-libipsec { allow_peer_ts = yes }
  }
}
K
  cat > "$d/swanctl.conf" << K
connections {
  cluster {
    version = 2
    local_addrs = $branch_address
    remote_addrs = %any
    proposals = aes256gcm16-prfsha384-x25519,aes256-sha256-modp2048
    dpd_delay = 10s
    local { auth = psk
      id = branch.example }
    remote { auth = psk
      id = cluster.example }
    children {
      net {
        local_ts = $branch_network
        remote_ts = $pods_network
        esp_proposals = aes256gcm16-x25519,aes256gcm16
      }
    }
  }
}
secrets {
  ike-cluster {
    id-1 = branch.example
    id-2 = cluster.example
    secret = "$psk"
  }
}
K
  export STRONGSWAN_CONF=$d/strongswan.conf
  # each charon wants /var/run to itself
  setsid nohup ip netns exec "$branch" unshare -m sh -c \
    "mount --bind '$d/run' /var/run && exec /usr/lib/ipsec/charon" > "$d/charon.out" 2>&1 < /dev/null &
  remember "$d/charon.pid" $!
  wait_for 15 branch_swanctl --stats || die "strongSwan did not start: see $d/charon.out"
  branch_swanctl --load-all --noprompt --file "$d/swanctl.conf"
}

branch_swanctl() {
  STRONGSWAN_CONF=$branch_directory/strongswan.conf swanctl "$@" --uri "unix://$branch_directory/vici"
}

branch_down() {
  local p device=${cluster:0:13}-b
  for p in "$branch_directory"/*.pid; do
    [ -e "$p" ] || continue
    end_remembered TERM "$p"
    wait_for 5 not_alive "$p" || end_remembered KILL "$p"
  done
  if [ -e "$branch_directory/ip_forward" ]; then
    sysctl -qw "net.ipv4.ip_forward=$(cat "$branch_directory/ip_forward")"
    nft delete table ip "$branch" 2> /dev/null || true
    ip link del "$device" 2> /dev/null || true
  fi
  ip -n "$cluster" link del branch 2> /dev/null || true
  ip netns del "$branch" 2> /dev/null || true
  ip netns del "$branch_host" 2> /dev/null || true
  rm -rf "${branch_directory:?}"
}

not_alive() { ! remembered_alive "$1"; }
