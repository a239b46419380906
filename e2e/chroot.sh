#!/bin/bash
# Root file systems of other Debian releases, for peers that this machine's
# release lacks or that cannot be installed beside each other; from the mirror
# that apt uses here. Each is made once and kept in the cache.
#
#   chroot.sh NAME     prints the folder: ~/.cache/culvert/NAME or $CULVERT_CACHE/NAME
#
# Needs root and Debian's mmdebstrap.
set -euo pipefail
name=$1
case $name in
  libreswan)
    release=trixie
    packages=libreswan,iproute2,kmod,procps
    ;;
  strongswan-6)
    release=forky
    packages=strongswan-charon,libcharon-extra-plugins,libstrongswan-extra-plugins,libstrongswan-standard-plugins,iproute2,iptables
    ;;
  *)
    echo "no such root file system: $name" >&2
    exit 2
    ;;
esac

cache=${CULVERT_CACHE:-${HOME:-/root}/.cache/culvert}
dir=$cache/$name
mkdir -p "$cache"
exec 9> "$dir.lock"
flock 9
if [ "$(cat "$dir/.made" 2> /dev/null || true)" != "$release $packages" ]; then
  mirror=$(apt-get indextargets --no-release-info --format '$(REPO_URI)' 'Created-By: Packages' | grep -m 1 '/debian/*$')
  rm -rf "$dir" "$dir.partial"
  # a mirror may be a snapshot of some weeks ago; its signature is checked all the same
  mmdebstrap --quiet --variant=minbase --aptopt='Acquire::Check-Valid-Until "false"' --include="$packages" "$release" "$dir.partial" "$mirror" >&2
  rm -rf "$dir.partial"/var/cache/apt/* "$dir.partial"/var/lib/apt/lists/*
  printf '%s\n' "$release $packages" > "$dir.partial/.made"
  mv "$dir.partial" "$dir"
fi
printf '%s\n' "$dir"
