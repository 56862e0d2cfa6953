"""A client's half of NTLM (MS-NLMP), with all that one may want wrong in it: NTLMv2 with MIC, channel binding, service and time,
NTLMv1 and NTLM2 session by the openssl command, LM alone and anonymous."""
import hashlib
import hmac
import os
import struct
import subprocess
import time

UNICODE, OEM, NTLM, EXTENDED, ANONYMOUS = 0x1, 0x2, 0x200, 0x80000, 0x800
NEGOTIATE = b"NTLMSSP\0" + struct.pack("<II", 1, 0x20000000 | 0x80000 | 0x8000 | NTLM | 4 | OEM | UNICODE) + bytes(16)
NEGOTIATE_OEM = b"NTLMSSP\0" + struct.pack("<II", 1, NTLM | 4 | OEM) + bytes(16)
TICKS = 10_000_000


def md4(octets):
    """RFC 1320; hashlib has it only where OpenSSL's legacy provider is loaded."""
    def turn(v, bits):
        v &= 0xFFFFFFFF
        return (v << bits | v >> 32 - bits) & 0xFFFFFFFF

    state = [0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476]
    text = octets + b"\x80" + bytes((55 - len(octets)) % 64) + struct.pack("<Q", 8 * len(octets))
    orders = [list(range(16)), [i % 4 * 4 + i // 4 for i in range(16)], [0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15]]
    shifts = [(3, 7, 11, 19), (3, 5, 9, 13), (3, 9, 11, 15)]
    mix = [lambda b, c, d: b & c | ~b & d, lambda b, c, d: b & c | b & d | c & d, lambda b, c, d: b ^ c ^ d]
    for at in range(0, len(text), 64):
        words = struct.unpack("<16I", text[at:at + 64])
        a, b, c, d = state
        for i in range(48):
            r = i // 16
            a, b, c, d = d, turn(a + mix[r](b, c, d) + words[orders[r][i % 16]] + (0, 0x5A827999, 0x6ED9EBA1)[r], shifts[r][i % 4]), b, c
        state = [(x + y) & 0xFFFFFFFF for x, y in zip(state, (a, b, c, d))]
    return struct.pack("<4I", *state)


def nt_hash(password):
    return md4(password.encode("utf-16-le"))


def hmac_md5(key, octets):
    return hmac.new(key, octets, hashlib.md5).digest()


def des(part, block):
    """Single DES with a key of seven octets: three rounds of it with the same key are Triple DES, which every openssl has."""
    bits = int.from_bytes(part, "big")
    key = bytes((bits >> 49 - 7 * i & 0x7F) << 1 for i in range(8))
    return subprocess.run(["openssl", "enc", "-des-ede3", "-K", (key * 3).hex(), "-nopad"], input=block, capture_output=True,
                          check=True).stdout


def v1_response(password, challenge):
    key = nt_hash(password) + bytes(5)
    return b"".join(des(key[i:i + 7], challenge) for i in (0, 7, 14))


def pairs_of(info):
    found, at = {}, 0
    while True:
        kind, octets = struct.unpack_from("<HH", info, at)
        found[kind] = info[at + 4:at + 4 + octets]
        at += 4 + octets
        if kind == 0:
            return found


class Challenge:
    """The server's message, taken apart."""

    def __init__(self, octets):
        assert octets[:12] == b"NTLMSSP\0\2\0\0\0", octets
        self.octets = octets
        self.flags, self.challenge = struct.unpack_from("<I8s", octets, 20)
        octets_of = lambda at: octets[(f := struct.unpack_from("<HHI", octets, at))[2]:f[2] + f[0]]  # noqa: E731
        self.name, self.info = octets_of(12), octets_of(40)
        self.pairs = pairs_of(self.info)
        self.time = struct.unpack("<Q", self.pairs[7])[0]

    def name_of(self, kind):
        return self.pairs[kind].decode("utf-16-le")


def binding_of(certificate):
    """What MsvAvChannelBindings is for a connection by that certificate, in DER, when it was signed with SHA-256."""
    application = b"tls-server-end-point:" + hashlib.sha256(certificate).digest()
    return hashlib.md5(bytes(16) + struct.pack("<I", len(application)) + application).digest()


def answer(challenge, user, password, domain="", workstation="CLIENT", **how):
    """The third message. how: v1, session, lm, anonymous; mic="wrong"; curl (no MIC, the server's pairs as they are); service;
    binding (octets); ago (seconds by which the clock is slow); oem; first (what negotiate was); lying."""
    c = Challenge(challenge)
    encoded = (lambda s: s.encode()) if how.get("oem") else (lambda s: s.encode("utf-16-le"))
    first = how.get("first", NEGOTIATE_OEM if how.get("oem") else NEGOTIATE)
    lm, nt, key = b"", b"", bytes(16)
    if how.get("v1"):
        nt = lm = v1_response(password, c.challenge)
    elif how.get("session"):
        own = os.urandom(8)
        lm, nt = own + bytes(16), v1_response(password, hashlib.md5(c.challenge + own).digest()[:8])
    elif how.get("lm"):
        lm = os.urandom(24)
    elif how.get("anonymous"):
        lm, user = b"\0", ""
    else:
        now = c.time if "ago" not in how else int((time.time() + 11644473600 - float(how["ago"])) * TICKS)
        info = c.info[:-4]
        if not how.get("curl"):
            info += struct.pack("<HHI", 6, 4, 2) + struct.pack("<HH", 10, 16) + how.get("binding", bytes(16))
            service = how.get("service", "").encode("utf-16-le")
            info += struct.pack("<HH", 9, len(service)) + service
        blob = b"\1\1" + bytes(6) + struct.pack("<Q", now) + os.urandom(8) + bytes(4) + info + bytes(8)
        v2 = hmac_md5(nt_hash(password), (user.upper() + domain).encode("utf-16-le"))
        proof = hmac_md5(v2, c.challenge + blob)
        nt, key = proof + blob, hmac_md5(v2, proof)
    flags = (OEM if how.get("oem") else UNICODE) | NTLM | (EXTENDED if how.get("session") else 0) | (ANONYMOUS if how.get("anonymous") else 0)
    fields, payload = b"", b""
    for part in (lm, nt, encoded(domain), encoded(user), encoded(workstation), b""):
        fields += struct.pack("<HHI", len(part), len(part), 88 + len(payload) + (9999 if how.get("lying") else 0))
        payload += part
    head = b"NTLMSSP\0" + struct.pack("<I", 3) + fields + struct.pack("<I", flags) + bytes(8)
    mic = hmac_md5(key, first + c.octets + head + bytes(16) + payload)
    if how.get("mic") == "wrong":
        mic = bytes([mic[0] ^ 1]) + mic[1:]
    return head + (bytes(16) if how.get("curl") else mic) + payload
