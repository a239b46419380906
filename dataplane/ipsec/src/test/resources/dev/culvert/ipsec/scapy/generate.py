#!/usr/bin/python3
"""Writes esp-packets.txt: ESP packets in tunnel mode as scapy makes them (Debian: python3-scapy 2.5.0).

One packet a line: proposal keywords, SPI, sequence number (64 bits), encryption key with salt, integrity key or "-",
inner packet, ESP packet (from the ESP header on). All but the keywords in hexadecimal.

For AEADs the IV is the sequence number, as RFC 4106 section 3.1 suggests and Culvert does, so that the packets can be
compared octet by octet. Scapy 2.5.0 leaves the upper half of the sequence number out of an HMAC; with ESN this script
computes the ICV of those itself (RFC 4303 section 2.2.1).

    ./generate.py > esp-packets.txt
"""
import hashlib
import hmac
import struct

from scapy.layers.inet import ICMP, IP, TCP, UDP
from scapy.layers.inet6 import ICMPv6EchoRequest, IPv6
from scapy.layers.ipsec import ESP, SecurityAssociation
from scapy.packet import Raw, raw

SUITES = [
    ("aes128gcm16", "AES-GCM", 16, 4, None, None, 0, 8),
    ("aes192gcm16", "AES-GCM", 24, 4, None, None, 0, 8),
    ("aes256gcm16", "AES-GCM", 32, 4, None, None, 0, 8),
    ("chacha20poly1305", "CHACHA20-POLY1305", 32, 4, None, None, 0, 8),
    ("aes128-sha1", "AES-CBC", 16, 0, "HMAC-SHA1-96", hashlib.sha1, 20, 16),
    ("aes128-sha256", "AES-CBC", 16, 0, "SHA2-256-128", hashlib.sha256, 32, 16),
    ("aes192-sha384", "AES-CBC", 24, 0, "SHA2-384-192", hashlib.sha384, 48, 16),
    ("aes256-sha512", "AES-CBC", 32, 0, "SHA2-512-256", hashlib.sha512, 64, 16),
]
INNER = [
    IP(src="10.2.0.9", dst="10.1.0.5", id=1) / ICMP(id=7, seq=1) / Raw(b"ping"),
    IP(src="10.2.0.9", dst="10.1.0.5", id=2, flags="DF") / TCP(sport=443, dport=40000, seq=1, flags="PA") / Raw(bytes(range(256)) * 5),
    IP(src="10.2.0.9", dst="10.1.0.5", id=3) / UDP(sport=53, dport=5353),
    IPv6(src="fd00:2::9", dst="fd00:1::5") / ICMPv6EchoRequest(id=7, seq=1, data=b"ping over six"),
]
SPI = 0xC0DE0001


def octets(seed, length):
    return hashlib.shake_128(seed.encode()).digest(length)


for keywords, crypt, key_length, salt, auth, digest, auth_length, iv_length in SUITES:
    for esn in (False, True):
        key = octets(keywords + " key", key_length + salt)
        auth_key = octets(keywords + " integrity", auth_length) if auth else None
        for number, inner in enumerate(INNER, 1):
            outer = IP(src="192.0.2.2", dst="192.0.2.1") if inner.version == 4 else IPv6(src="2001:db8::2", dst="2001:db8::1")
            # Numbers that a fresh window takes: with ESN the first packets end in all four bytes of the lower half.
            sequence = number if not esn else 0x10000 * number
            high = sequence >> 32
            sa = SecurityAssociation(
                ESP, spi=SPI, crypt_algo=crypt, crypt_key=key, auth_algo=auth, auth_key=auth_key,
                tunnel_header=outer, esn_en=esn, esn=high)
            iv = struct.pack("!Q", sequence) if iv_length == 8 else octets(f"{keywords} {number}", iv_length)
            sealed = sa.encrypt(inner, seq_num=sequence & 0xFFFFFFFF, iv=iv)
            esp = raw(sealed[ESP])
            if esn and auth:
                icv = sa.auth_algo.icv_size
                covered = esp[:-icv] + struct.pack("!L", high)
                esp = esp[:-icv] + hmac.new(auth_key, covered, digest).digest()[:icv]
            print(
                keywords + ("-esn" if esn else ""), f"{SPI:08x}", f"{sequence:016x}", key.hex(),
                auth_key.hex() if auth_key else "-", raw(inner).hex(), esp.hex())
