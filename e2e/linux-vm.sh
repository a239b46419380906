#!/bin/bash
# A real Linux kernel as an IPsec peer: ESP and AH, tunnel and transport mode,
# ESN, XFRM interfaces, none of which the kernel of a container host needs to
# have. QEMU boots Debian's kernel without KVM, in 5 to 15 s.
#
#   linux-vm.sh DIR ROOT TAP...
#   CULVERT_GUEST_KERNEL=FILE linux-vm.sh DIR ROOT TAP...    another kernel, without modules
#
# Run in the network namespace that holds the guest's end of the wire. Each TAP
# is a tap device there, and eth0, eth1, ... in the guest. ROOT is the guest's
# root file system, "/" for this machine's own, read-only under a throw-away
# overlay; DIR is shared read-write as /guest. QEMU waits for somebody to connect
# to the socket DIR/jobs.sock. The guest then says "ready 0" there, and for each
# line N runs /guest/jobs/N.sh as root, with its outputs in N.out and N.err
# beside, and says "N STATUS". DIR/console.log has the kernel's messages.
# SIGTERM ends the guest.
#
# Needs Debian's linux-image-amd64 qemu-system-x86 busybox-static kmod cpio; in
# ROOT bash, iproute2, coreutils and kmod.
set -euo pipefail
dir=$(realpath "$1")
root=$(realpath "$2")
shift 2

image=${CULVERT_GUEST_KERNEL:-}
kernel=
if [ -z "$image" ]; then
  kernel=$(find /lib/modules -mindepth 1 -maxdepth 1 -name '*amd64' -printf '%f\n' | sort -V | tail -1)
  image=/boot/vmlinuz-$kernel
  [ -n "$kernel" ] && [ -e "$image" ] || {
    echo "no kernel of the package linux-image-amd64 here" >&2
    exit 1
  }
fi

initrd=$dir/initrd
rm -rf "$initrd"
mkdir -p "$initrd"/{bin,proc,sys,dev,new,low,up,lib/mods} "$dir/jobs"
cp "$(command -v busybox)" "$initrd/bin/busybox"
touch "$initrd/lib/order"
[ -z "$kernel" ] || for module in virtio_pci virtio_net 9p 9pnet_virtio overlay; do
  modprobe -S "$kernel" --show-depends "$module"
done | awk '$1 == "insmod" && !seen[$2]++ { print $2 }' | while read -r file; do
  cp "$file" "$initrd/lib/mods/"
  basename "$file" >> "$initrd/lib/order"
done
cat > "$initrd/init" <<'INIT'
#!/bin/busybox sh
/bin/busybox --install -s /bin
export PATH=/bin
mount -t proc p /proc; mount -t sysfs s /sys; mount -t devtmpfs d /dev
for module in $(cat /lib/order); do insmod /lib/mods/$module; done
mount -t 9p -o trans=virtio,version=9p2000.L,ro,cache=loose,msize=262144 root /low
mount -t tmpfs t /up; mkdir -p /up/u /up/w
mount -t overlay -o lowerdir=/low,upperdir=/up/u,workdir=/up/w o /new
for d in proc sys dev; do mount --move /$d /new/$d; done
mount -t tmpfs t /new/run; mount -t tmpfs t /new/tmp; mkdir -p /new/guest /new/lib/modules
mount -t 9p -o trans=virtio,version=9p2000.L,ro,cache=loose,msize=262144 modules /new/lib/modules
mount -t 9p -o trans=virtio,version=9p2000.L,rw,msize=262144 guest /new/guest
exec switch_root /new /bin/bash /guest/loop.sh
INIT
chmod +x "$initrd/init"
cat > "$dir/loop.sh" <<'LOOP'
export PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C
ip link set lo up
stty -F /dev/ttyS1 raw -echo
exec 3<> /dev/ttyS1
echo "ready 0" >&3
while read -r job <&3; do
  bash "/guest/jobs/$job.sh" > "/guest/jobs/$job.out" 2> "/guest/jobs/$job.err" < /dev/null 3>&-
  echo "$job $?" >&3
done
LOOP
(cd "$initrd" && find . | cpio -o -H newc --quiet | gzip -1) > "$dir/initrd.gz"

network=()
number=0
for tap in "$@"; do
  network+=(-netdev "tap,id=n$number,ifname=$tap,script=no,downscript=no"
    -device "virtio-net-pci,netdev=n$number,mac=52:54:00:00:00:0$number,romfile=")
  number=$((number + 1))
done
exec qemu-system-x86_64 -accel tcg -cpu max -m 768 -display none -no-reboot -nodefaults \
  -kernel "$image" -initrd "$dir/initrd.gz" \
  -append "console=ttyS0 quiet panic=-1 net.ifnames=0 random.trust_cpu=on" \
  -virtfs "local,path=$root,mount_tag=root,security_model=none,readonly=on,multidevs=remap" \
  -virtfs "local,path=/lib/modules,mount_tag=modules,security_model=none,readonly=on" \
  -virtfs "local,path=$dir,mount_tag=guest,security_model=none" \
  -serial "file:$dir/console.log" \
  -chardev "socket,id=jobs,path=$dir/jobs.sock,server=on,wait=on" -serial chardev:jobs \
  "${network[@]}"
