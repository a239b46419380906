# The Debian packages that the end-to-end tests and script/demo need beside the
# cluster's own: the real peer and the tools to look at the wire. Sourced.

lab_packages() {
  need_packages strongswan-charon strongswan-swanctl libcharon-extra-plugins libstrongswan-extra-plugins \
    libstrongswan-standard-plugins iproute2 nftables tcpdump tshark iperf3 iputils-ping procps curl
}
