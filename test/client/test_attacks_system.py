"""Attacks on the system around the protocols: rows G of the catalogue."""
import contextlib
import json
import os
import pathlib
import re
import socket
import time

import pytest

from attacks import SANITIZED, flood, greeted, last_words, logged_on, memory_mib, serves_others, unharmed
from server import Wire, eventually


def fds(pid):
    return len(os.listdir(f"/proc/{pid}/fd"))


@pytest.mark.parametrize("form", ("text", "json"))
def test_g1_log_injection(new_server, form):
    """One event is one line, whatever a client calls itself; nothing in it steers a terminal."""
    s = new_server(config=f"log.format = {form};\nauth.failures_max = 1000;\n")
    s.add_domain()
    s.add_person("alice")
    s.add_person("bob")
    s.start()
    hostile = [b"a\r\nb", b"a\x1b[2Jb", b"\x07\x08", b"\xe2\x80\xa8x", b"\xc2\x9b31m", b"\xe2\x80\xaex", b"\"\\", b"x" * 1000, b"\x7f", b"\xff\xfe", b"a=b c=d"]
    for text in hostile:
        with greeted(s, "imap") as w:
            w.send(b"a LOGIN {%d+}\r\n%s {1+}\r\nx\r\n" % (len(text), text))
            w.line()
        with greeted(s, hello=False) as w:
            w.send(b"EHLO " + text + b"\r\nMAIL FROM:<" + text + b"@x.example> SMTPUTF8\r\n")
            last_words_soon(w)
        if b"\r" not in text and b"\x1b" not in text:
            with greeted(s) as w:
                w.ask(b"MAIL FROM:<> SMTPUTF8")
                w.ask(b"RCPT TO:<" + text + b"@example.org>")
    serves_others(s)
    s.stop()
    octets = s.log_path.read_bytes()
    bad = re.search(rb"[\x00-\x09\x0b-\x1f\x7f]|\xc2[\x80-\x9f]|\xe2\x80[\xa8\xa9\xaa-\xae]", octets)
    assert bad is None, octets[max(0, bad.start() - 200):bad.end() + 50]
    octets.decode()
    for line in octets.decode().splitlines():
        if form == "json":
            json.loads(line)
        else:
            assert re.match(r"\d{4}-\d\d-\d\dT[\d:.]+Z [a-z-]+(\.\d+)? (error|warn|notice|info|debug) \d{4} ", line), line
        assert len(line) < 8192


def last_words_soon(w):
    w.socket.settimeout(0.2)
    with contextlib.suppress(TimeoutError, OSError, AssertionError):
        while w.line() is not None:
            pass


def test_g2_connections(server):
    """Two thousand that come and go; every port; no descriptor stays behind."""
    roles = {r["role"]: r["pid"] for r in server.status()["roles"]}
    before = {role: fds(pid) for role, pid in roles.items()}
    with unharmed(server, seconds=30):
        for i in range(2000):
            with contextlib.suppress(OSError):
                c = socket.create_connection(("127.0.0.1", server.port(("smtp", "imap", "pop3", "imaps", "submission", "pop3s", "submissions")[i % 7])), 5)
                if i % 3 == 0:
                    c.send(b"\x16\x03\x01")
                if i % 5 == 0:
                    c.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
                c.close()
        eventually(lambda: all(fds(pid) <= before[role] + 2 for role, pid in roles.items()))
    eventually(lambda: all(fds(pid) <= before[role] + 2 for role, pid in roles.items()))


def test_g2_nothing_is_left_behind(server):
    """Sessions of every kind, ended in every way, leave neither descriptors nor memory."""
    roles = {r["role"]: r["pid"] for r in server.status()["roles"]}

    def round_of_all():
        for service in ("imap", "imaps", "pop3", "pop3s"):
            for way in ("politely", "at once", "in the middle"):
                w = logged_on(server, "bob", service)
                if way == "politely":
                    w.ask(b"z LOGOUT" if service.startswith("imap") else b"QUIT")
                elif way == "in the middle":
                    w.send(b"z APPEND INBOX {100000+}\r\nabc" if service.startswith("imap") else b"RETR 1\r\nRE")
                w.close()
            w = greeted(server, "submission" if "s" == service[-1] else "smtp")
            w.send(b"MAIL FROM:<>\r\nRCPT TO:<alice@example.org>\r\nBDAT 1000\r\nabc")
            w.close()
    round_of_all()
    eventually(lambda: all(fds(pid) < 100 for pid in roles.values()))
    time.sleep(0.5)
    before = {role: (fds(pid), memory_mib(pid)) for role, pid in roles.items()}
    with unharmed(server, seconds=60):
        for _ in range(8):
            round_of_all()
    eventually(lambda: all(fds(pid) <= before[role][0] + 2 for role, pid in roles.items()))
    for role, pid in roles.items():
        assert SANITIZED or memory_mib(pid) < before[role][1] + 8, role  # a sanitizer keeps what was freed


def test_g2_client_gets_no_descriptor_of_ours(server):
    """What the fronts hold: sockets, memory files and events; no file of the data folder, no terminal, no device."""
    with logged_on(server, "bob", "imaps"):
        for role in server.status()["roles"]:
            if role["role"] in ("front-mx", "front-user", "parser", "keys"):
                for link in pathlib.Path(f"/proc/{role['pid']}/fd").iterdir():
                    target = os.readlink(link)
                    assert target.startswith(("socket:", "anon_inode:", "pipe:", "/memfd:", "/dev/null", str(server.log_path))), (role["role"], target)


BUDGETS = [
    # option, service, what is sent behind the greeting, what is said then
    ("smtp.command_octets_max = 1024;", "smtp", b"NOOP " + b"x" * 1030, b"500 5.5.6"),
    ("", "smtp", b"NOOP " + b"x" * 2050, b"500 5.5.6"),
    ("", "submission", b"AUTH PLAIN " + b"A" * 12290, b"500 5.5.6"),
    ("", "pop3", b"PASS " + b"A" * 12290, b"-ERR line too long"),
    ("", "pop3", b"USER " + b"A" * 12290, b"-ERR line too long"),
    ("", "imap", b"a ID (" + b"x" * 8200, b"* BYE line too long"),
    ("imap.prelogon_octets_max = 4096;", "imap", b"a ID (" + b"x" * 4100, b"* BYE line too long"),
]


@pytest.mark.parametrize("option, service, octets, said", BUDGETS, ids=range(len(BUDGETS)))
def test_budget_lines(new_server, option, service, octets, said):
    s = new_server(config=option + "\n").start()
    with greeted(s, service) as w:
        flood(w, octets)
        found = last_words(w)
        assert found and found[0].startswith(said), found


def test_budget_time_before_logon(new_server):
    """From the greeting to the logon, whatever is said meanwhile."""
    s = new_server(config="front.logon_time_max = 2s;\n").start()
    for service, noop, word in (("imap", b"a NOOP", b"* BYE"), ("submission", b"NOOP", b"421"), ("pop3", b"CAPA", b"-ERR")):
        with greeted(s, service) as w:
            start = time.monotonic()
            said = []
            with contextlib.suppress(OSError):
                while time.monotonic() - start < 60:
                    w.send(noop + b"\r\n")
                    time.sleep(0.1)
            said = last_words(w)
            assert time.monotonic() - start < 45  # without the option it is a minute
            assert said[-1].startswith(word), said[-1]
    with Wire(s, "imaps", tls=False) as w:  # half a handshake
        start = time.monotonic()
        w.send(b"\x16\x03\x01")
        last_words_until_closed(w)
        assert time.monotonic() - start < 45


def last_words_until_closed(w):
    w.socket.settimeout(60)
    with contextlib.suppress(OSError):
        while w.socket.recv(4096):
            pass
