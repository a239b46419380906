#!/usr/bin/python3
"""Writes too-big.txt: ICMP about packets too long for a link, as scapy makes them (Debian: python3-scapy 2.5.0).

One a line: a name, the message in hexadecimal, and what is in it: local address and port, remote address and port,
protocol, SPI in hexadecimal, MTU.

    ./generate-icmp.py > too-big.txt
"""
from scapy.layers.inet import ICMP, IP, UDP
from scapy.layers.inet6 import ICMPv6PacketTooBig, IPv6, IPv6ExtHdrFragment
from scapy.layers.ipsec import AH, ESP
from scapy.packet import Raw, raw

SPI = 0x2001
L4, R4, L6, R6 = "192.0.2.1", "192.0.2.2", "2001:db8::1", "2001:db8::2"
BODY = Raw(b"\xaa" * 1400)
IN_ESP = ESP(spi=SPI, seq=7) / BODY
IN_AH = AH(spi=SPI, seq=7, nh=4, payloadlen=4, icv=b"\0" * 12) / BODY
IN_UDP = UDP(sport=4500, dport=4500, chksum=0) / Raw(raw(IN_ESP))


def line(name, message, local, remote, protocol, port, spi, mtu):
    print(name, raw(message).hex(), local, port, remote, port, protocol, f"{spi:08x}", mtu)


def four(name, inner, protocol, port, spi, mtu, quoted=548, said=None):
    quote = raw(IP(src=L4, dst=R4, id=3, flags="DF") / inner)[:quoted]
    message = IP(src="198.51.100.1", dst=L4) / ICMP(type=3, code=4, nexthopmtu=mtu if said is None else said) / Raw(quote)
    line(name, message, L4, R4, protocol, port, spi, mtu)


def six(name, inner, protocol, port, spi, mtu, quoted=1232):
    quote = raw(IPv6(src=L6, dst=R6) / inner)[:quoted]
    message = IPv6(src="2001:db8:ffff::1", dst=L6) / ICMPv6PacketTooBig(mtu=mtu) / Raw(quote)
    line(name, message, L6, R6, protocol, port, spi, mtu)


four("esp", IN_ESP, 50, 0, SPI, 1400)
four("esp-eight-octets", IN_ESP, 50, 0, SPI, 1400, quoted=28)
four("ah", IN_AH, 51, 0, SPI, 1280)
four("udp", IN_UDP, 17, 4500, SPI, 1400)
four("udp-eight-octets", IN_UDP, 17, 4500, 0, 1400, quoted=28)
four("without-an-mtu", IN_UDP, 17, 4500, SPI, 1006, said=0)
six("esp6", IN_ESP, 50, 0, SPI, 1400)
six("udp6", IN_UDP, 17, 4500, SPI, 1280)
six("esp6-fragment", IPv6ExtHdrFragment(id=9, offset=0, m=1, nh=50) / IN_ESP, 50, 0, SPI, 1280)
