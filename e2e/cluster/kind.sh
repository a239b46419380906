# The same cluster made by kind, where a Docker engine and kind are installed.
# Sourced by script/cluster after local.sh; kubectl and Helm are the machine's
# own when it has them.

kind_build() {
  local p
  mkdir -p "$cache/kind-bin"
  for p in kubectl helm; do
    if command -v "$p" > /dev/null; then ln -sfn "$(command -v "$p")" "$cache/kind-bin/$p"; fi
  done
  if [ ! -e "$cache/kind-bin/kubectl" ] || [ ! -e "$cache/kind-bin/helm" ]; then
    local_build
  else
    ln -sfn "$cache/kind-bin" "$cache/bin"
  fi
}

kind_up() {
  need_root
  kind_build
  mkdir -p "$state"
  if kind get clusters 2> /dev/null | grep -qx "$cluster"; then
    say "==> The kind cluster $cluster is up already"
  else
    step "Starting a two-node cluster with kind" kind_create
  fi
  kind get kubeconfig --name "$cluster" > "$state/admin.kubeconfig"
  "$cache/bin/kubectl" --kubeconfig "$state/admin.kubeconfig" get nodes | sed 's/^/    /'
}

kind_create() {
  printf '%s\n' 'kind: Cluster' 'apiVersion: kind.x-k8s.io/v1alpha4' \
    'networking: {podSubnet: 10.244.0.0/16}' 'nodes: [{role: control-plane}, {role: worker}]' > "$state/kind.yaml"
  kind create cluster --name "$cluster" --config "$state/kind.yaml" --kubeconfig "$state/admin.kubeconfig"
}

kind_load() {
  local archive
  for archive in "$@"; do kind load image-archive --name "$cluster" "$archive"; done
}

kind_stop() { die "parts of a kind cluster cannot be stopped one by one"; }
kind_restart() { kind_stop; }

kind_down() {
  step "Taking the kind cluster $cluster down" kind delete cluster --name "$cluster"
  rm -rf "${state:?}"
}
