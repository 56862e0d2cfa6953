"""The dialogue language: what clients send and what the server must answer, line by line.

    # RFC 1939 section 7           a comment; the first lines name the RFC sections that the file is about
    connect 1 pop3                 client 1 opens a connection (service as in status; its TLS ports shake hands at once)
    1: USER $user                  client 1 sends a line; CRLF is added
    1- MAIL FROM:<a>\\nx            client 1 sends octets as they stand
    1= +OK *                       the next line must match: * is any text, $name takes or repeats a word
    1? * 1 EXISTS                  some line from here on must match; lines before it are passed over
    1* .                           lines are passed over until this one, none may be missing: as '?', for ends of listings
    1~                             client 1 starts TLS
    1!                             the server must have closed the connection, with nothing more said
    1.                             client 1 closes
    repeat 1000 1: NOOP            the same line many times, without waiting
    wait 0.2                       seconds
    data TEXT                      kept in $data for later lines

Before a line is used: $user $box $address $password stand for this file's account, \\r \\n \\t \\0 \\xHH \\\\ are octets, {b64:...}
is base64, and {lit:...} a non-synchronising literal of its text.
"""
import base64
import re
import socket
import ssl
import time

SECONDS = 20


class Client:
    def __init__(self, server, service):
        self.socket = socket.create_connection(("127.0.0.1", server.port(service)), SECONDS)
        self.rest = b""
        if service in ("submissions", "pop3s", "imaps"):
            self.tls()

    def tls(self):
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        self.socket = context.wrap_socket(self.socket)

    def send(self, octets):
        self.socket.sendall(octets)

    def line(self):
        """The next line without CRLF; None at the end."""
        while b"\r\n" not in self.rest:
            try:
                got = self.socket.recv(65536)
            except (ConnectionResetError, ssl.SSLError):
                got = b""
            if not got:
                if self.rest:
                    raise AssertionError(f"the connection ended inside a line: {self.rest!r}")
                return None
            self.rest += got
        line, self.rest = self.rest.split(b"\r\n", 1)
        return line.decode("utf-8", "surrogateescape")


class Dialogue:
    def __init__(self, server, values):
        self.server = server
        self.values = dict(values)
        self.clients = {}

    def expand(self, text, literal=True):
        octets = {"r": "\r", "n": "\n", "t": "\t", "0": "\0", "\\": "\\"}
        text = re.sub(r"\\(x[0-9a-fA-F]{2}|[rnt0\\])",
                      lambda m: octets.get(m.group(1)) or chr(int(m.group(1)[1:], 16)), text)
        if literal:
            text = re.sub(r"\$(\w+)", lambda m: self.values.get(m.group(1), m.group(0)), text)
        text = re.sub(r"\{b64:([^}]*)\}", lambda m: base64.b64encode(m.group(1).encode("latin-1")).decode(), text)
        return re.sub(r"\{lit:([^}]*)\}", lambda m: f"{{{len(m.group(1))}+}}\r\n{m.group(1)}", text)

    def matches(self, pattern, line):
        """True when the line matches; words taken by $name are kept."""
        names, parts = [], []
        for token in re.split(r"(\*|\$\w+)", pattern):
            if token == "*":
                parts.append(".*")
            elif token.startswith("$") and token[1:] in self.values:
                parts.append(re.escape(self.values[token[1:]]))
            elif token.startswith("$"):
                names.append(token[1:])
                parts.append(f"(?P<{token[1:]}>[^\\s\\])]+)")
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

    def run_line(self, text):
        if text.startswith("connect "):
            _, name, service = text.split()
            self.clients[name] = Client(self.server, service)
        elif text.startswith("wait "):
            time.sleep(float(text.split()[1]))
        elif text.startswith("data "):
            self.values["data"] = self.expand(text[5:])
        elif text.startswith("repeat "):
            _, count, rest = text.split(" ", 2)
            name, line = rest.split(": ", 1)
            self.clients[name].send((self.expand(line) + "\r\n").encode("latin-1") * int(count))
        else:
            self.talk(text)

    def talk(self, text):
        name, mark, rest = re.match(r"(\w+)([:=?*~!.-]) ?(.*)", text, re.S).groups()
        client = self.clients[name]
        if mark == ":":
            client.send((self.expand(rest) + "\r\n").encode("latin-1" if rest.isascii() else "utf-8"))
        elif mark == "-":
            client.send(self.expand(rest).encode("latin-1"))
        elif mark == "~":
            client.tls()
        elif mark == ".":
            client.socket.close()
        elif mark == "!":
            line = client.line()
            assert line is None, f"expected the end of the connection, got {line!r}"
        else:
            self.expect(client, mark, rest)

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
        for number, raw in enumerate(path.read_text().splitlines(), 1):
            text = re.sub(r"\s+##.*$", "", raw)
            if not text.strip() or text.startswith("#"):
                continue
            try:
                self.run_line(text)
            except Exception as problem:
                raise AssertionError(f"{path.name}:{number}: {text}\n  {type(problem).__name__}: {problem}") from problem
