# A real Kubernetes on one machine, without a registry or a container engine:
# etcd, API server, controller manager and scheduler in a network namespace
# named after the cluster, and each node in one of its own (NAME-node1, …) with
# containerd, kubelet and kube-proxy. Sourced by script/cluster.
#
#            this machine                     namespace NAME
#   NAME-h  $net.254/24 ───────────── lab0 (bridge) $net.1/24: API server :6443
#                                      │      │     └── whatever a test attaches
#                                    n1│    n2│
#                      namespace NAME-node1   NAME-node2
#                      eth0 $net.11           eth0 $net.12
#                      cni0 10.244.1.1/24     cni0 10.244.2.1/24
#
# The machine's own namespace gets one device and nothing else, so taking the
# cluster down cannot leave a route or a setting behind, and no port collides.

kubernetes_version=1.34.4
net=${CULVERT_CLUSTER_NET:-10.201.0}
api=$net.1
pods=10.244
state=${CULVERT_STATE:-/var/lib/culvert-lab}/$cluster
bridge=lab0

local_packages() { need_packages containerd runc containernetworking-plugins nftables iproute2 conntrack iptables openssl busybox-static util-linux; }

# --- the programs -----------------------------------------------------------

local_build() {
  local hash
  hash=$(cat "$root/e2e/cluster/go.mod" "$root/e2e/cluster/go.sum" | sha256sum | cut -c1-12)
  programs=$cache/bin-$hash
  if [ ! -e "$programs/.complete" ]; then
    find_go
    step "Building Kubernetes $kubernetes_version, etcd and Helm from their Go modules (10 minutes the first time on two cores)" \
      compile_programs
  fi
  ln -sfn "$programs" "$cache/bin"
  # the layout that kube-api-test of fabric8 looks for
  local tests=$cache/kube-api-test/k8s/$kubernetes_version-linux-amd64 p
  mkdir -p "$tests"
  for p in etcd kube-apiserver kubectl; do ln -sfn "$programs/$p" "$tests/$p"; done
}

compile_programs() {
  local partial=$programs.partial.$$ stamp='-X k8s.io/component-base/version' p
  export GOFLAGS=-buildvcs=false GOTOOLCHAIN=local CGO_ENABLED=0
  mkdir -p "$partial"
  cd "$root/e2e/cluster"
  for p in kube-apiserver kube-controller-manager kube-scheduler kubelet kube-proxy kubectl; do
    printf 'building %s\n' "$p"
    "$go" build -trimpath -o "$partial/$p" \
      -ldflags="-s -w $stamp.gitVersion=v$kubernetes_version $stamp.gitMajor=1 $stamp.gitMinor=${kubernetes_version:2:2}" \
      "k8s.io/kubernetes/cmd/$p"
  done
  "$go" build -trimpath -ldflags='-s -w' -o "$partial/etcd" go.etcd.io/etcd/server/v3
  "$go" build -trimpath -ldflags='-s -w' -o "$partial/helm" helm.sh/helm/v3/cmd/helm
  touch "$partial/.complete"
  rm -rf "$programs"
  mv -T "$partial" "$programs"
}

# --- certificates -----------------------------------------------------------

certificate() { # NAME SUBJECT [SUBJECT_ALT_NAME]
  openssl req -newkey rsa:2048 -nodes -keyout "pki/$1.key" -out "pki/$1.csr" -subj "$2"
  openssl x509 -req -in "pki/$1.csr" -CA pki/ca.crt -CAkey pki/ca.key -CAcreateserial -days 3650 -out "pki/$1.crt" \
    -extfile <(
      printf 'extendedKeyUsage=serverAuth,clientAuth\n'
      [ -z "${3:-}" ] || printf 'subjectAltName=%s\n' "$3"
    )
}

kubeconfig() { # USER [FILE]
  cat > "${2:-$1.kubeconfig}" << K
apiVersion: v1
kind: Config
clusters: [{name: $cluster, cluster: {server: "https://$api:6443", certificate-authority: $PWD/pki/ca.crt}}]
users: [{name: $1, user: {client-certificate: $PWD/pki/$1.crt, client-key: $PWD/pki/$1.key}}]
contexts: [{name: $cluster, context: {cluster: $cluster, user: $1}}]
current-context: $cluster
K
}

certificates() {
  openssl req -x509 -newkey rsa:2048 -nodes -keyout pki/ca.key -out pki/ca.crt -days 3650 -subj /CN=culvert-lab
  openssl genrsa -out pki/sa.key 2048
  openssl rsa -in pki/sa.key -pubout -out pki/sa.pub
  certificate apiserver /CN=kube-apiserver "DNS:kubernetes.default.svc,IP:10.96.0.1,IP:$api,IP:127.0.0.1"
  certificate admin /O=system:masters/CN=admin
  certificate kubelet-client /O=system:masters/CN=kubelet-client
  certificate controller-manager /CN=system:kube-controller-manager
  certificate scheduler /CN=system:kube-scheduler
  certificate proxy /CN=system:kube-proxy
  local u
  for u in admin controller-manager scheduler proxy; do kubeconfig "$u"; done
  for u in $(seq "$nodes"); do
    certificate "node$u" "/O=system:nodes/CN=system:node:node$u" "DNS:node$u,IP:$net.1$u"
    kubeconfig "node$u"
  done
}

# --- processes --------------------------------------------------------------

# start NAME NETNS COMMAND...: the command goes to cmd/NAME so that
# "script/cluster start NAME" can run it again.
start() {
  local name=$1 netns=$2
  shift 2
  # nsenter, not "ip netns exec", which would hide /sys/fs/cgroup
  printf 'exec nsenter --net=/run/netns/%s %s\n' "$netns" "$(printf '%q ' "$@")" > "cmd/$name"
  launch "$name"
}

launch() {
  setsid nohup bash "cmd/$1" >> "log/$1.log" 2>&1 < /dev/null &
  remember "pids/$1" $!
}

# end NAMES: SIGKILL, as everything here is thrown away, and a wait for the end.
end() {
  local p
  for p in "$@"; do end_remembered KILL "pids/$p"; done
  for p in "$@"; do
    while remembered_alive "pids/$p"; do sleep 0.05; done
    rm -f "pids/$p"
  done
}

local_programs_running() {
  local c
  [ -d "$state/cmd" ] || return 1
  for c in "$state"/cmd/*; do remembered_alive "$state/pids/${c##*/}" || return 1; done
  [ -e "$state/complete" ]
}

# --- up ---------------------------------------------------------------------

local_up() {
  nodes=${CULVERT_CLUSTER_NODES:-2}
  need_root
  local_packages
  local_build
  if local_programs_running; then
    say "==> The cluster $cluster is up already"
    return
  fi
  [ ! -e "$state" ] || step "Removing what is left of an earlier cluster" local_remove
  step "Starting the control plane and $nodes nodes, each a network namespace" local_start
  "$cache/bin/kubectl" --kubeconfig "$state/admin.kubeconfig" get nodes -o wide | sed 's/^/    /'
}

local_start() {
  mkdir -p "$state"
  chmod 700 "$state"
  cd "$state"
  mkdir -p pki log pids cmd
  [ -e /var/lib/kubelet ] || touch made-var-lib-kubelet
  ln -sfn "$programs" bin # the running programs stay what they were when go.mod changes
  certificates
  network
  control_plane
  pause_image
  local n
  for n in $(seq "$nodes"); do node "$n"; done
  wait_for 60 all_nodes_ready || die "the nodes did not become Ready: see $state/log"
  wait_for 30 kube get serviceaccount default || die "the controller manager does not work: see $state/log"
  touch complete
}

kube() { "$programs/kubectl" --kubeconfig "$state/admin.kubeconfig" "$@"; }
all_nodes_ready() { [ "$(kube get nodes --no-headers | grep -cw Ready)" = "$nodes" ]; }

network() {
  local n m host=${cluster:0:13}-h
  [ -z "$(ip -br addr show to "$net.0/24")" ] || die "the network $net.0/24 is in use here: set CULVERT_CLUSTER_NET=a.b.c"
  ip netns add "$cluster"
  ip -n "$cluster" link set lo up
  ip -n "$cluster" link add $bridge type bridge
  ip -n "$cluster" addr add "$api/24" dev $bridge
  ip -n "$cluster" link set $bridge up
  ip link add "$host" type veth peer name host netns "$cluster"
  ip -n "$cluster" link set host master $bridge up
  ip addr add "$net.254/24" dev "$host"
  ip link set "$host" up
  ip netns exec "$cluster" sysctl -qw net.ipv4.ip_forward=1
  for n in $(seq "$nodes"); do
    ip netns add "$cluster-node$n"
    ip -n "$cluster" link add "n$n" type veth peer name eth0 netns "$cluster-node$n"
    ip -n "$cluster" link set "n$n" master $bridge up
    ip -n "$cluster-node$n" addr add "$net.1$n/24" dev eth0
    ip -n "$cluster-node$n" link set lo up
    ip -n "$cluster-node$n" link set eth0 up
    ip -n "$cluster-node$n" route add default via "$api"
    ip netns exec "$cluster-node$n" sysctl -qw net.ipv4.ip_forward=1
    ip -n "$cluster" route add "$pods.$n.0/24" via "$net.1$n"
    for m in $(seq "$nodes"); do
      [ "$m" = "$n" ] || ip -n "$cluster-node$n" route add "$pods.$m.0/24" via "$net.1$m"
    done
  done
}

control_plane() {
  start etcd "$cluster" bin/etcd --data-dir etcd --unsafe-no-fsync --listen-client-urls http://127.0.0.1:2379 \
    --advertise-client-urls http://127.0.0.1:2379 --listen-peer-urls http://127.0.0.1:2380
  start apiserver "$cluster" bin/kube-apiserver --etcd-servers=http://127.0.0.1:2379 --advertise-address="$api" \
    --service-cluster-ip-range=10.96.0.0/16 --allow-privileged=true --authorization-mode=Node,RBAC \
    --enable-admission-plugins=NodeRestriction --kubelet-preferred-address-types=InternalIP \
    --client-ca-file=pki/ca.crt --tls-cert-file=pki/apiserver.crt --tls-private-key-file=pki/apiserver.key \
    --kubelet-client-certificate=pki/kubelet-client.crt --kubelet-client-key=pki/kubelet-client.key \
    --service-account-issuer=https://kubernetes.default.svc --service-account-key-file=pki/sa.pub \
    --service-account-signing-key-file=pki/sa.key
  wait_for 60 kube get --raw /readyz || die "the API server did not start: see $state/log/apiserver.log"
  start controller-manager "$cluster" bin/kube-controller-manager --kubeconfig controller-manager.kubeconfig \
    --leader-elect=false --use-service-account-credentials=true \
    --service-account-private-key-file=pki/sa.key --root-ca-file=pki/ca.crt
  start scheduler "$cluster" bin/kube-scheduler --kubeconfig scheduler.kubeconfig --leader-elect=false
}

# A docker archive made by hand: a busybox that is also the pods' pause image.
pause_image() {
  local layer a
  mkdir -p pause/root/bin
  cp "$(command -v busybox)" pause/root/bin/busybox
  for a in sh sleep ping nc wget ip httpd sha256sum dd cat head ls; do ln -sf busybox "pause/root/bin/$a"; done
  tar -C pause/root -cf pause/layer.tar .
  layer=$(sha256sum pause/layer.tar | cut -d' ' -f1)
  printf '{"architecture":"amd64","os":"linux","config":{"Entrypoint":["/bin/sleep","1000000000"],"Env":["PATH=/bin"]},"rootfs":{"type":"layers","diff_ids":["sha256:%s"]}}' "$layer" > pause/config.json
  printf '[{"Config":"config.json","RepoTags":["%s"],"Layers":["layer.tar"]}]' "$busybox_image" > pause/manifest.json
  tar -C pause -cf busybox.tar manifest.json config.json layer.tar
}

node() {
  local n=$1 d=$state/node$1
  mkdir -p "$d"/{cni,logs}
  cat > "$d/cni/10-pods.conflist" << K
{"cniVersion": "0.4.0", "name": "pods", "plugins": [
  {"type": "bridge", "bridge": "cni0", "isGateway": true,
   "ipam": {"type": "host-local", "dataDir": "$d/ipam", "ranges": [[{"subnet": "$pods.$n.0/24"}]], "routes": [{"dst": "0.0.0.0/0"}]}},
  {"type": "portmap", "capabilities": {"portMappings": true}}]}
K
  # restrict_oom_score_adj: in a container there is no CAP_SYS_RESOURCE to lower the score with
  cat > "$d/containerd.toml" << K
version = 2
root = "$d/containerd"
state = "$d/run"
[grpc]
address = "$d/containerd.sock"
[plugins."io.containerd.grpc.v1.cri"]
restrict_oom_score_adj = true
sandbox_image = "$busybox_image"
[plugins."io.containerd.grpc.v1.cri".cni]
bin_dir = "/usr/lib/cni"
conf_dir = "$d/cni"
K
  cat > "$d/kubelet.yaml" << K
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
authentication: {x509: {clientCAFile: $state/pki/ca.crt}, anonymous: {enabled: false}, webhook: {enabled: true}}
authorization: {mode: Webhook}
tlsCertFile: $state/pki/node$n.crt
tlsPrivateKeyFile: $state/pki/node$n.key
containerRuntimeEndpoint: unix://$d/containerd.sock
cgroupDriver: cgroupfs
cgroupsPerQOS: false
enforceNodeAllocatable: []
failCgroupV1: false
failSwapOn: false
localStorageCapacityIsolation: false
evictionHard: {memory.available: 100Mi, nodefs.available: 0%, imagefs.available: 0%, nodefs.inodesFree: 0%}
podLogsDir: $d/logs
volumePluginDir: $d/volume-plugins
K
  cat > "$d/proxy.yaml" << K
apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
mode: nftables
clientConnection: {kubeconfig: $state/proxy.kubeconfig}
clusterCIDR: $pods.0.0/16
hostnameOverride: node$n
conntrack: {maxPerCore: 0, min: 0, tcpEstablishedTimeout: 0s, tcpCloseWaitTimeout: 0s}
K
  start "containerd$n" "$cluster-node$n" containerd -c "$d/containerd.toml"
  wait_for 30 ctr -a "$d/containerd.sock" version || die "containerd did not start: see $state/log/containerd$n.log"
  ctr -a "$d/containerd.sock" -n k8s.io images import busybox.tar
  start "kubelet$n" "$cluster-node$n" bin/kubelet --config "$d/kubelet.yaml" --kubeconfig "node$n.kubeconfig" \
    --root-dir "$d/kubelet" --cert-dir "$d/certs" --hostname-override "node$n" --node-ip "$net.1$n"
  start "proxy$n" "$cluster-node$n" bin/kube-proxy --config "$d/proxy.yaml"
}

# --- images, parts, down ----------------------------------------------------

local_load() {
  local s archive
  for archive in "$@"; do
    for s in "$state"/node*/containerd.sock; do ctr -a "$s" -n k8s.io images import "$archive"; done
  done
}

local_stop() { cd "$state" && end "$@"; }
local_restart() {
  local p
  cd "$state"
  for p in "$@"; do remembered_alive "pids/$p" || launch "$p"; done
}

local_down() {
  need_root
  if [ -e "$state" ] || ip netns list | grep -qwE "$cluster(-node[0-9]+)?"; then
    step "Taking the cluster $cluster down" local_remove
  else
    say "==> The cluster $cluster is not up"
  fi
}

local_remove() {
  local s c p
  mkdir -p "$state/pids"
  cd "$state"
  # the kubelets first, or they start the containers again
  for p in pids/kubelet*; do [ ! -e "$p" ] || end "${p##*/}"; done
  for s in node*/containerd.sock; do
    [ -S "$s" ] && timeout 5 ctr -a "$s" version > /dev/null 2>&1 || continue
    for c in $(ctr -a "$s" -n k8s.io containers ls -q); do
      ctr -a "$s" -n k8s.io containers info "$c" | grep -o '/run/netns/cni-[0-9a-f-]*' | sort -u >> cni-namespaces || true
      ctr -a "$s" -n k8s.io tasks rm -f "$c" || true
      rm -f /var/lib/cni/results/*-"$c"-*
      printf '%s\n' "$c" >> containers
    done
  done
  for p in pids/*; do [ ! -e "$p" ] || end "${p##*/}"; done
  # containerd's shims outlive it; theirs are the processes that name our socket
  for c in /proc/[0-9]*/cmdline; do
    if grep -qsz -- "^$state/node[0-9]*/containerd.sock" "$c"; then
      c=${c%/cmdline}
      kill -9 "${c##*/}" || true
    fi
  done
  for c in $(sort -u cni-namespaces 2> /dev/null); do ip netns del "${c##*/}" 2> /dev/null || true; done
  unmount_below "$state/"
  for c in $(ip netns list | awk '{ print $1 }' | grep -xE "$cluster(-node[0-9]+)?"); do ip netns del "$c"; done
  ip link del "${cluster:0:13}-h" 2> /dev/null || true
  remove_strays
  cd /
  rm -rf "${state:?}"
}

# What kubelet, containerd and the CNI plugins put outside $state, unasked.
remove_strays() {
  find /var/log/containers -type l -lname "$state/*" -delete 2> /dev/null || true
  [ ! -e made-var-lib-kubelet ] || rm -rf /var/lib/kubelet
  local c
  while read -r c; do
    find /sys/fs/cgroup -depth -type d -path "*/k8s.io/$c*" -exec rmdir {} + 2> /dev/null || true
  done < <(cat containers 2> /dev/null)
  find /sys/fs/cgroup -depth -type d -name k8s.io -exec rmdir {} + 2> /dev/null || true
  rmdir --ignore-fail-on-non-empty /var/log/containers /var/lib/cni/results /var/lib/cni \
    /run/containerd/runc/k8s.io 2> /dev/null || true
}

# Mounts can be stacked, hence more than one pass.
unmount_below() {
  while awk -v d="$1" 'index($2, d) == 1 { found = 1 } END { exit !found }' /proc/mounts; do
    awk -v d="$1" 'index($2, d) == 1 { print $2 }' /proc/mounts | sort -r | xargs -r umount -l
  done
}
