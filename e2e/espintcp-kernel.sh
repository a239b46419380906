#!/bin/bash
# A small Linux kernel for e2e/linux-vm.sh that carries ESP in TCP (RFC 8229,
# CONFIG_INET_ESPINTCP), which no kernel of Debian's does: from Debian's own
# sources, with what the guest and libreswan need and without modules. Built
# once, in some minutes, and kept in the cache.
#
#   espintcp-kernel.sh            prints the file, in ~/.cache/culvert or $CULVERT_CACHE
#   espintcp-kernel.sh --cached   the same, if it has been built before; else fails
#
# Some 14 minutes of one processor: script/test does not build it by itself, and
# leaves out the tests that need it where it is not there.
#
# Needs Debian's linux-source build-essential flex bison bc libelf-dev xz-utils.
set -euo pipefail
cache=${CULVERT_CACHE:-${HOME:-/root}/.cache/culvert}
dir=$cache/espintcp-kernel
if [ "${1:-}" = --cached ]; then
  [ -e "$dir/.made" ] || {
    echo "no kernel that carries ESP in TCP: run e2e/espintcp-kernel.sh" >&2
    exit 1
  }
  printf '%s\n' "$dir/vmlinuz"
  exit
fi
sources=$(find /usr/src -maxdepth 1 -name 'linux-source-*.tar.xz' | sort -V | tail -1)
[ -n "$sources" ] || {
  echo "no sources of the package linux-source here" >&2
  exit 1
}
config=$(sed -n '/^# The configuration/,$p' "$0" | sed '1d; s/^# /CONFIG_/')
version=$(stat -c %s-%Y "$sources")-$(md5sum <<< "$config" | cut -c 1-8)

mkdir -p "$cache"
exec 9> "$dir.lock"
flock 9
if [ "$(cat "$dir/.made" 2> /dev/null || true)" != "$version" ]; then
  rm -rf "$dir" "$dir.partial"
  mkdir "$dir.partial"
  tar -xJf "$sources" -C "$dir.partial" --strip-components=1
  cd "$dir.partial"
  {
    make -s tinyconfig
    printf '%s\n' "$config" >> .config
    make -s olddefconfig
    printf '%s\n' "$config" | while read -r line; do
      grep -qx "$line" .config || echo "not to be had: $line"
    done
    make -s "-j$(nproc)" bzImage
  } >&2
  mkdir "$dir"
  cp arch/x86/boot/bzImage "$dir/vmlinuz"
  cd /
  rm -rf "$dir.partial"
  printf '%s\n' "$version" > "$dir/.made"
fi
printf '%s\n' "$dir/vmlinuz"
exit
# The configuration beside what "make tinyconfig" gives:
# 64BIT=y
# PRINTK=y
# BUG=y
# TTY=y
# UNIX98_PTYS=y
# SERIAL_8250=y
# SERIAL_8250_CONSOLE=y
# BLK_DEV_INITRD=y
# RD_GZIP=y
# BINFMT_ELF=y
# BINFMT_SCRIPT=y
# POSIX_TIMERS=y
# HIGH_RES_TIMERS=y
# FUTEX=y
# EPOLL=y
# SIGNALFD=y
# TIMERFD=y
# EVENTFD=y
# SHMEM=y
# MEMBARRIER=y
# ADVISE_SYSCALLS=y
# MULTIUSER=y
# FILE_LOCKING=y
# FHANDLE=y
# INOTIFY_USER=y
# PROC_FS=y
# PROC_SYSCTL=y
# SYSFS=y
# DEVTMPFS=y
# TMPFS=y
# TMPFS_XATTR=y
# TMPFS_POSIX_ACL=y
# OVERLAY_FS=y
# PCI=y
# VIRTIO_MENU=y
# VIRTIO_PCI=y
# NETDEVICES=y
# NET_CORE=y
# VIRTIO_NET=y
# NET=y
# UNIX=y
# PACKET=y
# INET=y
# IPV6=y
# XFRM_USER=y
# NET_KEY=y
# INET_ESP=y
# INET_ESPINTCP=y
# INET6_ESP=y
# INET6_ESPINTCP=y
# INET_DIAG=y
# NETWORK_FILESYSTEMS=y
# NET_9P=y
# NET_9P_VIRTIO=y
# 9P_FS=y
# 9P_FS_POSIX_ACL=y
# CRYPTO=y
# CRYPTO_AES=y
# CRYPTO_CBC=y
# CRYPTO_GCM=y
# CRYPTO_SEQIV=y
# CRYPTO_ECHAINIV=y
# CRYPTO_HMAC=y
# CRYPTO_SHA256=y
# CRYPTO_SHA512=y
# CRYPTO_NULL=y
# X86_LOCAL_APIC=y
