# The Debian packages that the end-to-end tests and script/demo need beside the
# cluster's own: the real peers and the tools to look at the wire. Sourced.

lab_packages() {
  need_packages strongswan-charon strongswan-swanctl libcharon-extra-plugins libstrongswan-extra-plugins \
    libstrongswan-standard-plugins iproute2 nftables tcpdump tshark iperf3 iputils-ping procps curl openssl python3 \
    python3-scapy ike-scan
}

# Peers with a kernel or a Debian of their own, which script/demo does without:
# what e2e/linux-vm.sh and e2e/chroot.sh need.
vm_packages() {
  need_packages linux-image-amd64 qemu-system-x86 busybox-static kmod cpio mmdebstrap
}

vm_peers() {
  step "Unpacking libreswan of Debian trixie for its tests" "$root/e2e/chroot.sh" libreswan
  step "Unpacking strongSwan 6.1 of Debian forky, for ML-KEM" "$root/e2e/chroot.sh" strongswan-6
}
