"""The dialogue language: what clients send and what the server must answer, line by line.

    # RFC 1939 section 7           a comment; the first line names the RFC sections that the file is about
    # server: strict               runs against that server of conftest.py instead of "open"
    connect 1 pop3                 client 1 opens a connection (service as in status; its TLS ports shake hands at once)
    logon 1 imap                   the same, then logs this file's account on; a third word: that of "another"
    1: USER $user                  client 1 sends a line; CRLF is added
    1- MAIL FROM:<a>\\nx            client 1 sends octets as they stand
    1- %%NOOP\\r\\n                octets behind '%%' are not packed, whatever '%' has said
    1/ QUIT\\r\\n                    the same, one octet at a time
    1= +OK *                       the next line must match: * is any text, $name takes or repeats a word
    1& * 1 EXISTS                  lines of such a group must match the next lines, in any order
    1? * 1 EXISTS                  some line from here on must match; lines before it are passed over
    1* .                           lines are passed over until this one, none may be missing: as '?', for ends of listings
    1_ 0.3                         the server says nothing for that many seconds
    1~                             client 1 starts TLS
    1%                             from here on client 1 packs and unpacks by raw DEFLATE (RFC 4978); the second time, no longer
    1!                             the server must have closed the connection, with nothing more said
    1.                             client 1 closes
    repeat 1000 1: NOOP            the same line (or octets: 1-) many times, without waiting
    wait 0.2                       seconds
    data TEXT                      kept in $data for later lines
    another NAME                   an account with a mailbox of its own: $NAME, $NAME_box, $NAME_address, password as $password
    mail ADDRESS TEXT              a message, octets as they stand, is delivered to that address through SMTP
    bourse ARGUMENT... [< TEXT]    the administrator's tool, which must succeed; TEXT is a line for it to read
    ntlm USER                      that account may log on by NTLM; its password is set anew

Before a line is used: $user $box $address $password stand for this file's account, $not_today for another day of the week (wed),
\\r \\n \\t \\0 \\xHH \\\\ are octets, {b64:...} is base64, and {lit:...} a non-synchronising literal of its text.
{ntlm:negotiate} is the first message of NTLM, {ntlm:$challenge user=$name password=$password domain=DOM ...} the answer to the server's,
which was $challenge, both in base64; what else may stand there is said in test/client/ntlm.py, and binding=channel is that of this TLS.

Behind '##' stands a remark. "## ERR_NAME" on an expected line says which row of src/base/err.tbl it shows; test_coverage.py holds
the line against the row.
"""
import base64
import re
import shlex
import socket
import ssl
import time
import zlib

import ntlm

SECONDS = 60
REMARK = re.compile(r"\s+##(.*)$")


def utf8_or_latin1(text):
    """Octets of a text that was read from a file: \\xHH is that octet, unless characters beyond Latin-1 stand beside it."""
    return text.encode("latin-1") if all(ord(c) < 256 for c in text) else text.encode("utf-8")


class Client:
    def __init__(self, server, service):
        self.socket = socket.create_connection(("127.0.0.1", server.port(service)), SECONDS)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.rest = b""
        self.pack = self.unpack = None
        if service in ("submissions", "pop3s", "imaps", "https", "nntps"):
            self.tls()

    def tls(self):
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        self.socket = context.wrap_socket(self.socket)

    def deflate(self):
        """Begins or ends what '%' says; what came behind the line that was read last has not been looked at."""
        if self.unpack:
            self.rest += self.unpack.unused_data
            self.pack = self.unpack = None
            return
        self.pack, self.unpack = zlib.compressobj(wbits=-15), zlib.decompressobj(wbits=-15)
        self.rest = self.unpack.decompress(self.rest)

    def send(self, octets):
        if self.pack:
            octets = self.pack.compress(octets) + self.pack.flush(zlib.Z_SYNC_FLUSH)
        self.socket.sendall(octets)

    def receive(self):
        """At least one octet; none at the end."""
        while True:
            try:
                got = self.socket.recv(65536)
            except (ConnectionResetError, ssl.SSLError):
                return b""
            if not got or not self.unpack:
                return got
            clear = self.unpack.decompress(got)
            if clear:
                return clear

    def line(self):
        """The next line without CRLF; None at the end."""
        while b"\r\n" not in self.rest:
            got = self.receive()
            if not got:
                if self.rest:
                    raise AssertionError(f"the connection ended inside a line: {self.rest!r}")
                return None
            self.rest += got
        line, self.rest = self.rest.split(b"\r\n", 1)
        return line.decode("utf-8", "surrogateescape")

    def silent(self, seconds):
        """What the server said within that time: nothing, if all is well."""
        if not self.rest:
            self.socket.settimeout(seconds)
            try:
                self.rest = self.receive() or b"(it closed the connection)"
            except TimeoutError:
                pass
            finally:
                self.socket.settimeout(SECONDS)
        return self.rest


class Dialogue:
    def __init__(self, server, values):
        self.server = server
        self.values = dict(values)
        self.clients = {}
        self.speaking = None  # the client of this line
        self.group = None  # client and the patterns of '&' lines not yet looked for

    # ---- texts ----

    def expand(self, text, literal=True):
        octets = {"r": "\r", "n": "\n", "t": "\t", "0": "\0", "\\": "\\"}
        text = re.sub(r"\\(x[0-9a-fA-F]{2}|[rnt0\\])",
                      lambda m: octets.get(m.group(1)) or chr(int(m.group(1)[1:], 16)), text)
        if literal:
            text = re.sub(r"\$(\w+)", lambda m: self.values.get(m.group(1), m.group(0)), text)
        text = re.sub(r"\{b64:([^}]*)\}", lambda m: base64.b64encode(utf8_or_latin1(m.group(1))).decode(), text)
        text = re.sub(r"\{ntlm:([^}]*)\}", lambda m: base64.b64encode(self.ntlm(m.group(1).split())).decode(), text)
        return re.sub(r"\{lit:([^}]*)\}", lambda m: f"{{{len(m.group(1))}+}}\r\n{m.group(1)}", text)

    def ntlm(self, words):
        if words[0] == "negotiate":
            return ntlm.NEGOTIATE_OEM if "oem" in words else ntlm.NEGOTIATE
        how = {key: value or "yes" for key, _, value in (word.partition("=") for word in words[1:])}
        if how.get("binding") == "channel":
            how["binding"] = ntlm.binding_of(self.speaking.socket.getpeercert(binary_form=True))
        elif "binding" in how:
            how["binding"] = ntlm.binding_of(how["binding"].encode())
        return ntlm.answer(base64.b64decode(words[0]), **how)

    def octets(self, text):
        """What is sent for a text: a line with characters beyond ASCII in it is UTF-8."""
        return self.expand(text).encode("latin-1" if text.isascii() else "utf-8")

    def matches(self, pattern, line):
        """True when the line matches; words taken by $name are kept."""
        names, parts = [], []
        for token in re.split(r"(\*|\$\w+)", pattern):
            if token == "*":
                parts.append(".*")
            elif token.startswith("$") and token[1:] in self.values:
                parts.append(re.escape(self.values[token[1:]]))
            elif token.startswith("$") and len(token) > 1:
                names.append(token[1:])
                parts.append(f"(?P<{token[1:]}>[^\\s\\])>]+)")
            else:
                parts.append(re.escape(self.expand(token, literal=False)))
        # A lone star in front is IMAP's untagged mark, not a wildcard.
        expression = "".join(parts)
        if pattern.startswith("* "):
            expression = re.escape("*") + expression[2:]
        found = re.fullmatch(expression, line, re.S)
        if found:
            self.values.update({name: found.group(name) for name in names})
        return bool(found)

    # ---- statements ----

    def statement_connect(self, rest):
        name, service = rest.split()
        self.clients[name] = Client(self.server, service)

    def statement_logon(self, rest):
        name, service, *whose = rest.split()
        user = self.values[whose[0] if whose else "user"]
        self.clients[name] = Client(self.server, service)
        self.values["logon_"] = user
        lines = {
            "nntp": "1= 201 *|1: AUTHINFO USER $logon_|1= 381 *|1: AUTHINFO PASS $password|1= 281 *",
            "pop3": "1= +OK *|1: USER $logon_|1= +OK *|1: PASS $password|1= +OK *",
            "imap": "1= * OK *|1: logon LOGIN $logon_ $password|1* logon OK *",
            "subm": "1= 220 *|1: EHLO client.example|1* 250 *|1: AUTH PLAIN {b64:\\0$logon_\\0$password}|1= 235 *",
        }[service[:4]]
        for line in lines.split("|"):
            self.talk(name + line[1:])

    def statement_wait(self, rest):
        time.sleep(float(rest))

    def statement_data(self, rest):
        self.values["data"] = self.expand(rest)

    def statement_repeat(self, rest):
        count, name, mark, line = re.fullmatch(r"(\d+) (\w+)([:-]) ?(.*)", rest, re.S).groups()
        self.clients[name].send(self.octets(line + ("\\r\\n" if mark == ":" else "")) * int(count))

    def statement_another(self, name):
        box = self.values["box"] + name
        self.server.add_account(f"DOM\\{box}", self.values["password"])
        self.server.add_mailbox(box, f"DOM\\{box}", f"{box}@example.org")
        self.values.update({name: f"DOM\\{box}", f"{name}_box": box, f"{name}_address": f"{box}@example.org"})

    def statement_mail(self, rest):
        address, text = rest.split(" ", 1)
        client = Client(self.server, "smtp")
        body = re.sub(rb"(?m)^\.", b"..", self.octets(text))
        for line in (b"EHLO client.example", b"MAIL FROM:<sender@example.net>", b"RCPT TO:<" + self.octets(address) + b">",
                     b"DATA", body + b".", b"QUIT"):
            self.skip_smtp_reply(client)
            client.send(line + b"\r\n")
        self.skip_smtp_reply(client)
        client.socket.close()

    @staticmethod
    def skip_smtp_reply(client):
        line = "000-"
        while line[3:4] == "-":
            line = client.line()
            assert line is not None and line[0] in "23", f"a message was not delivered: {line!r}"

    def statement_ntlm(self, rest):
        self.server.bourse("account", "set", self.expand(rest), "--ntlm")
        self.server.bourse("account", "password", self.expand(rest), "--password-stdin", stdin=self.values["password"] + "\n")

    def statement_bourse(self, rest):
        rest, read, text = rest.partition(" < ")
        self.server.bourse(*[self.expand(word) for word in shlex.split(rest.replace("\\", "\\\\"))],
                           stdin=self.expand(text) + "\n" if read else None)

    # ---- talk ----

    def run_line(self, text):
        word, _, rest = text.partition(" ")
        if not (re.match(r"\w+&", text)):
            self.look_for_group()
        statement = getattr(self, f"statement_{word}", None)
        if statement:
            statement(rest)
        else:
            self.talk(text)

    def talk(self, text):
        name, mark, rest = re.match(r"(\w+)([:=?*&_~!%./-]) ?(.*)", text, re.S).groups()
        client = self.speaking = self.clients[name]
        if mark == ":":
            client.send(self.octets(rest) + b"\r\n")
        elif mark == "-" and rest.startswith("%%"):
            client.socket.sendall(self.octets(rest[2:]))
        elif mark == "-":
            client.send(self.octets(rest))
        elif mark == "/":
            for octet in self.octets(rest):
                client.send(bytes([octet]))
        elif mark == "~":
            client.tls()
        elif mark == "%":
            client.deflate()
        elif mark == ".":
            client.socket.close()
        elif mark == "!":
            line = client.line()
            assert line is None, f"expected the end of the connection, got {line!r}"
        elif mark == "_":
            said = client.silent(float(rest))
            assert not said, f"expected silence, got {said!r}"
        elif mark == "&":
            assert self.group is None or self.group[0] is client, "one client to a group"
            self.group = (client, (self.group[1] if self.group else []) + [rest])
        else:
            self.expect(client, mark, rest)

    def look_for_group(self):
        if self.group is None:
            return
        client, patterns = self.group
        self.group = None
        while patterns:
            line = client.line()
            found = next((p for p in patterns if line is not None and self.matches(p, line)), None)
            assert found is not None, f"expected one of {patterns!r}, got {line!r}"
            patterns.remove(found)

    def expect(self, client, mark, pattern):
        passed = []
        while True:
            line = client.line()
            if line is not None and self.matches(pattern, line):
                return
            assert line is not None, f"expected {pattern!r}, but the connection ended" + (f" after {passed}" if passed else "")
            assert mark in "?*", f"expected {pattern!r}, got {line!r}"
            passed.append(line)

    def run(self, path):
        for number, raw in enumerate(path.read_text().splitlines() + ["wait 0"], 1):
            text = REMARK.sub("", raw)
            if not text.strip() or text.startswith("#"):
                continue
            try:
                self.run_line(text)
            except Exception as problem:
                raise AssertionError(f"{path.name}:{number}: {text}\n  {type(problem).__name__}: {problem}") from problem


def server_of(path):
    """The server a dialogue asks for."""
    found = re.search(r"(?m)^# server: (\w+)$", path.read_text())
    return found.group(1) if found else "open"
