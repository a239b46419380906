#!/usr/bin/python3
"""Writes syn-packets.txt: TCP segments before and after their maximum segment size was lowered, as scapy makes them
(Debian: python3-scapy 2.5.0).

One case a line: a name, the limit, the packet before and the packet after in hexadecimal. Scapy computes the checksums of
both from scratch.

    ./generate-syn.py > syn-packets.txt
"""
from scapy.layers.inet import IP, TCP, IPOption_Router_Alert
from scapy.layers.inet6 import IPv6, IPv6ExtHdrDestOpt, IPv6ExtHdrFragment, IPv6ExtHdrHopByHop, IPv6ExtHdrRouting, PadN, RouterAlert
from scapy.packet import Raw, raw

V4 = [
    ("v4", IP(src="10.1.0.5", dst="10.2.0.9", id=77, flags="DF")),
    ("v4-options", IP(src="10.1.0.5", dst="10.2.0.9", id=78, options=[IPOption_Router_Alert()])),
]
V6 = [
    ("v6", IPv6(src="fd00:1::5", dst="fd00:2::9", fl=0x12345)),
    ("v6-hop-by-hop", IPv6(src="fd00:1::5", dst="fd00:2::9") / IPv6ExtHdrHopByHop(options=[RouterAlert()])),
    ("v6-chain", IPv6(src="fd00:1::5", dst="fd00:2::9") / IPv6ExtHdrHopByHop(options=[PadN(optdata=b"\0" * 4)])
     / IPv6ExtHdrRouting(addresses=["fd00:2::9"], segleft=0) / IPv6ExtHdrDestOpt(options=[PadN(optdata=b"\0" * 12)])),
    ("v6-atomic-fragment", IPv6(src="fd00:1::5", dst="fd00:2::9") / IPv6ExtHdrFragment(id=5, offset=0, m=0)),
]
STAMP = ("Timestamp", (0x01020304, 0))


def orders(mss):
    """The option first, as Linux has it; behind one and two no-operations, so at an odd and an even distance; last."""
    yield "first", [("MSS", mss), ("SAckOK", b""), STAMP, ("NOP", None), ("WScale", 7)]
    yield "odd", [("NOP", None), ("MSS", mss), ("WScale", 7)]
    yield "even", [("NOP", None), ("NOP", None), ("MSS", mss), ("SAckOK", b"")]
    yield "last", [("WScale", 7), STAMP, ("NOP", None), ("SAckOK", b""), ("MSS", mss)]
    yield "before-the-end", [("MSS", mss), ("EOL", None)]
    yield "unknown-before", [(253, b"\x01\x02\x03\x04\x05"), ("MSS", mss)]


def line(name, limit, before, after):
    print(name, limit, raw(before).hex(), raw(after).hex())


def tcp(flags, options, payload=b""):
    return TCP(sport=40000, dport=443, seq=0x11223344, ack=0x55667788 if "A" in flags else 0, flags=flags,
               window=64240, options=options) / Raw(payload)


for family, header in V4 + V6:
    for flags in ["S", "SA", "SEC"]:
        for (place, before), (_, after) in zip(orders(1460), orders(1322)):
            line(f"{family}-{flags}-{place}", 1322, header / tcp(flags, before), header / tcp(flags, after))
    # data in the SYN (TCP Fast Open), an odd number of octets
    line(f"{family}-data", 1322, header / tcp("S", [("MSS", 8960)], b"hello"), header / tcp("S", [("MSS", 1322)], b"hello"))
    for name, segment in [
        ("smaller", tcp("S", [("MSS", 1200)])),
        ("equal", tcp("S", [("MSS", 1322)])),
        ("without", tcp("S", [("SAckOK", b""), STAMP])),
        ("no-options", tcp("S", [])),
        ("not-a-syn", tcp("A", [("MSS", 1460)])),
        ("behind-the-end", tcp("S", [("EOL", None), ("MSS", 1460)])),
    ]:
        line(f"{family}-{name}", 1322, header / segment, header / segment)
