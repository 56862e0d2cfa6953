"""SASL exchanges of the tests' own, octet by octet, over IMAP, POP3 and submission."""
import base64

from server import Wire

TAKEN = {"pop3": b"+OK", "imap": b"a OK", "submission": b"235"}
REFUSED = {"pop3": b"-ERR [AUTH]", "imap": b"a NO [AUTHENTICATIONFAILED]", "submission": b"535 5.7.8"}
TEMPORARY = {"pop3": b"-ERR [SYS/TEMP]", "imap": b"a NO [UNAVAILABLE]", "submission": b"454 4.7.0"}
VERB = {"pop3": b"AUTH ", "imap": b"a AUTHENTICATE ", "submission": b"AUTH "}


class Sasl:
    """One connection; start and go_on give the challenge, decoded, or None at the end, which `said` has then."""

    def __init__(self, server, service, tls=True):
        self.service = service
        self.wire = Wire(server, service + "s" if tls else service, tls=tls)
        self.said = None
        self.wire.line()
        if service == "submission":
            self.wire.send(b"EHLO x\r\n")
            self.wire.reply()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.wire.socket.close()

    def _next(self, octets):
        self.wire.send(octets + b"\r\n")
        while True:
            self.said = self.wire.line()
            if self.said is None or self.service != "imap" or not self.said.startswith(b"* "):
                break
        if self.said is not None and self.said.startswith((b"+ ", b"334 ")) and self.said != b"+ OK":
            return base64.b64decode(self.said.split(b" ", 1)[1])
        return None

    def start(self, mechanism, initial=None):
        line = VERB[self.service] + mechanism.encode()
        if initial is not None:
            line += b" " + (base64.b64encode(initial) or b"=")
        return self._next(line)

    def go_on(self, octets):
        return self._next(base64.b64encode(octets))

    def raw(self, line):
        return self._next(line)

    @property
    def taken(self):
        return self.said.startswith(TAKEN[self.service])

    @property
    def refused(self):
        return self.said.startswith(REFUSED[self.service])

    @property
    def temporary(self):
        return self.said.startswith(TEMPORARY[self.service])
