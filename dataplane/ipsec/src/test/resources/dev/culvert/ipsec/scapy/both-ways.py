#!/usr/bin/python3
"""Opens and seals packets as scapy does (Debian: python3-scapy 2.5.0), for ScapyBothWaysTest.

Standard input has a case a line: proposal keywords, tunnel or transport, native or udp, the outer addresses' IP version,
SPI, sequence number (64 bits), encryption key with salt or "-", integrity key or "-", the packet before, and what Culvert
made of it. All behind the version in hexadecimal. Each is answered by a line of what scapy finds in Culvert's packet and
what scapy makes of the packet before.

What scapy leaves to others is done here:
- with ESN the upper half of the sequence number goes into the HMAC of ESP (RFC 4303 section 2.2.1);
- it has ESP in UDP for IPv4 only: over IPv6 it gets and makes what is behind the UDP header as if that were not there.
"""
import hashlib
import re
import struct
import sys

from scapy.layers.inet import IP, UDP
from scapy.layers.inet6 import IPv6
from scapy.layers.ipsec import AH, ESP, SecurityAssociation
from scapy.packet import Raw, raw

LEFT, RIGHT, LEFT6, RIGHT6 = "192.0.2.1", "192.0.2.2", "2001:db8::1", "2001:db8::2"
INTEGRITY = {
    "sha1": "HMAC-SHA1-96",
    "sha256": "SHA2-256-128",
    "sha384": "SHA2-384-192",
    "sha512": "SHA2-512-256",
    "aescmac": "AES-CMAC-96",
}
CIPHERS = {"3des": "3DES", "null": "NULL", "chacha20poly1305": "CHACHA20-POLY1305"}
MODES = {"": "AES-CBC", "ctr": "AES-CTR", "gcm": "AES-GCM", "ccm": "AES-CCM"}


def cipher(keyword):
    """Scapy's name, and the length of the ICV where there is a choice."""
    if keyword in CIPHERS:
        return CIPHERS[keyword], None
    mode, icv = re.fullmatch(r"aes(?:128|192|256)([a-z]*)(\d*)", keyword).groups()
    return MODES[mode], int(icv) if mode == "ccm" else None


class Case:
    def __init__(self, line):
        keywords, mode, carrier, version, spi, sequence, key, integrity_key, before, ours = line.split()
        words = keywords.split("-")
        self.esn = words[-1] == "esn"
        words = words[:-1] if self.esn else words
        self.is_ah = words[0] in INTEGRITY
        self.udp = carrier == "udp"
        self.version = int(version)
        self.header = IP(src=LEFT, dst=RIGHT) if self.version == 4 else IPv6(src=LEFT6, dst=RIGHT6)
        self.high, self.low = divmod(int(sequence, 16), 1 << 32)
        self.before, self.ours = bytes.fromhex(before), bytes.fromhex(ours)
        crypt, icv = (None, None) if self.is_ah else cipher(words[0])
        auth = words[0] if self.is_ah else words[1] if len(words) > 1 else None
        self.sa = SecurityAssociation(
            AH if self.is_ah else ESP, spi=int(spi, 16), crypt_algo=crypt, crypt_icv_size=icv,
            crypt_key=bytes.fromhex(key) if key != "-" else None, auth_algo=INTEGRITY.get(auth),
            auth_key=bytes.fromhex(integrity_key) if integrity_key != "-" else None,
            tunnel_header=self.header if mode == "tunnel" else None,
            nat_t_header=UDP(sport=4500, dport=4500) if self.udp and self.version == 4 else None,
            esn_en=self.esn, esn=self.high)
        self.by_hand = self.esn and auth is not None and not self.is_ah
        self.iv = hashlib.shake_128(line.encode()).digest(self.sa.crypt_algo.iv_size)

    def icv(self, body):
        mac = self.sa.auth_algo.new_mac(self.sa.auth_key)
        mac.update(body)
        return mac.finalize()[:self.sa.auth_algo.icv_size]

    def opened(self):
        wire = self.ours
        if not self.is_ah:
            length = 0 if self.udp else len(self.header)
            header, esp = wire[:length], wire[length:]
            if self.by_hand:
                body, icv = esp[:-self.sa.auth_algo.icv_size], esp[-self.sa.auth_algo.icv_size:]
                if icv != self.icv(body + struct.pack("!L", self.high)):
                    return b""
                esp = body + self.icv(body)
            if self.udp and self.version == 4:
                header = raw(self.header / UDP(sport=4500, dport=4500, chksum=0) / Raw(esp))[:-len(esp)]
            elif self.udp:
                self.header.nh = 50
                header = raw(self.header / Raw(esp))[:-len(esp)]
            wire = header + esp
        return raw(self.sa.decrypt(self.header.__class__(wire)))

    def sealed(self):
        packet = IP(self.before) if self.before[0] >> 4 == 4 else IPv6(self.before)
        packet = self.sa.encrypt(packet, seq_num=self.low, iv=self.iv)
        wire = raw(packet[ESP]) if self.udp else raw(packet)
        if self.by_hand:
            size = self.sa.auth_algo.icv_size
            wire = wire[:-size] + self.icv(raw(packet[ESP])[:-size] + struct.pack("!L", self.high))
        return wire


for text in sys.stdin:
    print(Case(text).opened().hex() or "-", Case(text).sealed().hex())
