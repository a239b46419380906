#!/usr/bin/python3
"""Writes ip-packets.txt: whole IP packets with ESP or AH as scapy makes them (Debian: python3-scapy 2.5.0).

One packet a line: tunnel or transport, native or udp, proposal keywords, SPI, sequence number (64 bits), encryption key
with salt or "-", integrity key or "-", the packet before, the packet on the wire. All behind the keywords in hexadecimal.

What scapy leaves to others is done here: with ESN the upper half of the sequence number goes into the HMAC of ESP (RFC
4303 section 2.2.1).

    ./generate-ip.py > ip-packets.txt
"""
import hashlib
import hmac
import struct

from scapy.layers.inet import ICMP, IP, TCP, UDP, IPOption_RR, IPOption_Router_Alert
from scapy.layers.inet6 import (ICMPv6EchoRequest, IPv6, IPv6ExtHdrHopByHop, IPv6ExtHdrRouting, HBHOptUnknown,
                                RouterAlert)
from scapy.layers.ipsec import AH, ESP, SecurityAssociation
from scapy.packet import Raw, raw

ESP_SUITES = [
    ("aes256gcm16", "AES-GCM", 32, 4, None, None, 0, 8),
    ("chacha20poly1305", "CHACHA20-POLY1305", 32, 4, None, None, 0, 8),
    ("aes128-sha256", "AES-CBC", 16, 0, "SHA2-256-128", hashlib.sha256, 32, 16),
    ("aes256-sha512", "AES-CBC", 32, 0, "SHA2-512-256", hashlib.sha512, 64, 16),
]
AH_SUITES = [
    ("sha1", "HMAC-SHA1-96", 20),
    ("sha256", "SHA2-256-128", 32),
    ("sha384", "SHA2-384-192", 48),
    ("sha512", "SHA2-512-256", 64),
]
LEFT, RIGHT, LEFT6, RIGHT6 = "192.0.2.1", "192.0.2.2", "2001:db8::1", "2001:db8::2"
WITHIN = [
    IP(src="10.2.0.9", dst="10.1.0.5", id=1) / ICMP(id=7, seq=1) / Raw(b"ping"),
    IPv6(src="fd00:2::9", dst="fd00:1::5") / ICMPv6EchoRequest(id=7, seq=1, data=b"ping over six"),
]
OWN4 = [
    IP(src=RIGHT, dst=LEFT, id=9, ttl=61) / ICMP(id=7, seq=1) / Raw(b"ping"),
    IP(src=RIGHT, dst=LEFT, id=10, flags="DF", tos=0xB8) / TCP(sport=443, dport=40000, seq=1, flags="PA") / Raw(b"x" * 99),
    IP(src=RIGHT, dst=LEFT, id=11) / UDP(sport=53, dport=5353) / Raw(b"y"),
]
OPTIONS4 = [
    IP(src=RIGHT, dst=LEFT, id=12, options=[IPOption_Router_Alert()]) / UDP(sport=1, dport=2) / Raw(b"alert"),
    IP(src=RIGHT, dst=LEFT, id=13, options=[IPOption_RR(routers=["10.9.9.9", "0.0.0.0"])]) / UDP(sport=1, dport=2),
]
OWN6 = [
    IPv6(src=RIGHT6, dst=LEFT6, tc=0x2E << 2, fl=0x12345) / ICMPv6EchoRequest(id=7, seq=1, data=b"six"),
    IPv6(src=RIGHT6, dst=LEFT6) / TCP(sport=443, dport=40000) / Raw(b"z" * 50),
]
EXTENSIONS6 = [
    IPv6(src=RIGHT6, dst=LEFT6) / IPv6ExtHdrHopByHop(options=[RouterAlert()]) / UDP(sport=3, dport=4) / Raw(b"hop"),
    # a hop-by-hop option that may change on the way (the third bit of its type), and a route that has a router to visit
    IPv6(src=RIGHT6, dst="2001:db8::77")
    / IPv6ExtHdrHopByHop(options=[HBHOptUnknown(otype=0x3E, optlen=4, optdata=b"abcd")])
    / IPv6ExtHdrRouting(addresses=[LEFT6], segleft=1) / UDP(sport=3, dport=4) / Raw(b"routed"),
]
SPI = 0xC0DE0001


def octets(seed, length):
    return hashlib.shake_128(seed.encode()).digest(length)


def tunnels():
    for within in WITHIN:
        yield "tunnel", IP(src=RIGHT, dst=LEFT, id=1), within
        yield "tunnel", IPv6(src=RIGHT6, dst=LEFT6), within


def transports(packets):
    for packet in packets:
        yield "transport", None, packet


def arrived(packet):
    """The packet as it is at its destination, every router of its route visited (RFC 8200 section 4.4)."""
    packet = packet.__class__(raw(packet))
    if IPv6ExtHdrRouting in packet and packet[IPv6ExtHdrRouting].segleft:
        route = packet[IPv6ExtHdrRouting]
        visited = [packet.dst, *route.addresses]
        packet.dst, route.addresses, route.segleft = visited[-1], visited[:-1], 0
    return packet


def line(mode, path, keywords, sequence, key, auth_key, before, wire):
    print(mode, path, keywords, f"{SPI:08x}", f"{sequence:016x}", key.hex() if key else "-",
          auth_key.hex() if auth_key else "-", raw(before).hex(), wire.hex())


def esp(keywords, crypt, key_length, salt, auth, digest, auth_length, iv_length, esn, udp, case):
    mode, outer, before = case
    key = octets(keywords + " key", key_length + salt)
    auth_key = octets(keywords + " integrity", auth_length) if auth else None
    sequence, high = 5, 0
    version = outer.version if outer else before.version
    if udp and version == 6:
        return  # scapy has UDP encapsulation for IPv4
    association = SecurityAssociation(
        ESP, spi=SPI, crypt_algo=crypt, crypt_key=key, auth_algo=auth, auth_key=auth_key, tunnel_header=outer,
        nat_t_header=UDP(sport=4500, dport=4500) if udp else None, esn_en=esn, esn=high)
    iv = struct.pack("!Q", sequence) if iv_length == 8 else octets(keywords, iv_length)
    sealed = association.encrypt(before, seq_num=sequence, iv=iv)
    wire = raw(sealed)
    if esn and auth:
        icv = association.auth_algo.icv_size
        body = raw(sealed[ESP])[:-icv]
        wire = wire[:-icv] + hmac.new(auth_key, body + struct.pack("!L", high), digest).digest()[:icv]
    line(mode, "udp" if udp else "native", keywords + ("-esn" if esn else ""), sequence, key, auth_key, before, wire)


def ah(keywords, auth, auth_length, esn, case):
    mode, outer, before = case
    auth_key = octets(keywords + " integrity", auth_length)
    association = SecurityAssociation(AH, spi=SPI, auth_algo=auth, auth_key=auth_key, tunnel_header=outer, esn_en=esn, esn=0)
    wire = raw(arrived(association.encrypt(before, seq_num=5)))
    line(mode, "native", keywords + ("-esn" if esn else ""), 5, None, auth_key, arrived(before), wire)


for suite in ESP_SUITES:
    for with_esn in (False, True):
        for in_udp in (False, True):
            for given in [*tunnels(), *transports(OWN4 + OWN6 + ([] if in_udp else EXTENSIONS6[:1]))]:
                esp(*suite, with_esn, in_udp, given)
for suite in AH_SUITES:
    for with_esn in (False, True):
        for given in [*tunnels(), *transports(OWN4 + OPTIONS4 + OWN6 + EXTENSIONS6)]:
            ah(*suite, with_esn, given)
