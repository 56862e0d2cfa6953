"""SCRAM as a client speaks it (RFC 5802, RFC 7677), in our own words, over all protocols."""
import base64
import hashlib
import hmac
import os

HASHES = {"SCRAM-SHA-1": "sha1", "SCRAM-SHA-256": "sha256"}


def escaped(name):
    return name.replace("=", "=3D").replace(",", "=2C")


class Scram:
    """One exchange. flag: what stands first, such as "n", "y" or "p=tls-exporter"; data: the binding's octets."""

    def __init__(self, mechanism, name, password, authzid="", flag=None, data=b"", nonce=None):
        self.hash = HASHES[mechanism.removesuffix("-PLUS")]
        self.password = password.encode()
        self.header = f"{flag or 'n'},{'a=' + escaped(authzid) if authzid else ''},".encode()
        self.data = data
        self.nonce = nonce or base64.b64encode(os.urandom(12))
        self.bare = b"n=" + escaped(name).encode() + b",r=" + self.nonce
        self.salt = self.iterations = self.signature = None

    def first(self):
        return self.header + self.bare

    def final(self, server_first):
        """The last message to what the server has said; self.signature is what it must say then."""
        fields = dict(field.split(b"=", 1) for field in server_first.split(b","))
        assert list(fields) == [b"r", b"s", b"i"], server_first
        assert fields[b"r"].startswith(self.nonce) and len(fields[b"r"]) >= len(self.nonce) + 20, server_first
        self.salt, self.iterations = base64.b64decode(fields[b"s"]), int(fields[b"i"])
        salted = hashlib.pbkdf2_hmac(self.hash, self.password, self.salt, self.iterations)
        key = self.mac(salted, b"Client Key")
        without_proof = b"c=" + base64.b64encode(self.header + self.data) + b",r=" + fields[b"r"]
        message = b",".join((self.bare, server_first, without_proof))
        proof = bytes(a ^ b for a, b in zip(key, self.mac(hashlib.new(self.hash, key).digest(), message)))
        self.signature = b"v=" + base64.b64encode(self.mac(self.mac(salted, b"Server Key"), message))
        return without_proof + b",p=" + base64.b64encode(proof)

    def mac(self, key, text):
        return hmac.new(key, text, self.hash).digest()


def begin_command(service, mechanism):
    return {"imap": b"a AUTHENTICATE ", "pop3": b"AUTH ", "submission": b"AUTH "}[service.removesuffix("s")] + mechanism.encode()


def challenge(line):
    """The octets of a challenge; None for any other line."""
    for go in (b"+ ", b"334 "):
        if line.startswith(go):
            return base64.b64decode(line[len(go):])
    return None


def last_line(w, service):
    """The end of what the server says: capabilities may stand before a tagged line, replies of SMTP may have more than one."""
    if service.startswith("imap"):
        return lambda line: line if line.startswith((b"a ", b"+")) else w.until(b"a ")[-1]
    if service.startswith("submission"):
        return lambda line: line if line[3:4] != b"-" else w.reply()[-1]
    return lambda line: line


def log_on(w, service, client, mechanism, initial=True):
    """Carries one exchange through; what the server said at the end. The server must have proven itself before it says yes."""
    end, command = last_line(w, service), begin_command(service, mechanism)
    if initial:
        said = end(w.ask(command + b" " + base64.b64encode(client.first())))
    else:
        said = end(w.ask(command))
        if challenge(said) is None:
            return said
        assert challenge(said) == b"", said
        said = end(w.ask(base64.b64encode(client.first())))
    if challenge(said) is None:
        return said
    said = end(w.ask(base64.b64encode(client.final(challenge(said)))))
    if challenge(said) is None:
        return said
    assert hmac.compare_digest(challenge(said), client.signature), "the server does not know the password"
    return end(w.ask(b""))
