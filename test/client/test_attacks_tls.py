"""Attacks on TLS and STARTTLS: rows B of the catalogue."""
import contextlib
import socket
import ssl
import struct
import subprocess
import time

import pytest

from attacks import SANITIZED, begin, cpu_seconds, greeted, last_words, logged_on, serves_others, unharmed
from server import PASSWORD, Wire, any_tls, without_trace

START = {"smtp": b"STARTTLS", "submission": b"STARTTLS", "imap": b"a STARTTLS", "pop3": b"STLS"}
INJECTED = {"smtp": b"EHLO inj\r\n", "submission": b"EHLO inj\r\n", "imap": b"b NOOP\r\n", "pop3": b"CAPA\r\n"}
HELLO = b"\x16\x03\x01\x00\x50\x01\x00\x00\x4c\x03\x03"


@pytest.mark.parametrize("service", START)
def test_b1_commands_in_the_same_segment(server, service):
    """Not answered, not carried over: the connection ends, with nothing or with the go-ahead alone."""
    for tail in (INJECTED[service], INJECTED[service] + HELLO, HELLO, b"\r\n", b"x"):
        with greeted(server, service) as w:
            w.send(START[service] + b"\r\n" + tail)
            said = last_words(w)
            assert len(said) <= 1 and not any(b"NOOP" in line or b"250" in line or b"capab" in line for line in said), said


@pytest.mark.parametrize("service", START)
def test_b1_commands_a_moment_later(server, service):
    with greeted(server, service) as w:
        w.send(START[service] + b"\r\n")
        time.sleep(0.001)
        with contextlib.suppress(OSError):
            w.send(INJECTED[service] * 3)
        w.socket.settimeout(5)
        got = b""
        with contextlib.suppress(OSError):
            while octets := w.socket.recv(65536):
                got += octets
        first, _, rest = got.partition(b"\r\n")
        assert first.startswith((b"220", b"a OK", b"+OK")) and not rest.strip(b"\x15\x03\x01\x00\x02\x0a\x16F"), got


def test_b1_state_is_as_at_the_greeting(server):
    with greeted(server, "submission") as w:
        assert w.ask(b"AUTH LOGIN").startswith(b"334")
        assert w.ask(b"*").startswith(b"501")
        assert w.ask(b"STARTTLS").startswith(b"220")
        w.tls()
        assert w.ask(b"MAIL FROM:<bob@example.org>").startswith((b"503", b"530"))
        assert w.ask(b"AUTH PLAIN").startswith(b"503")
    with greeted(server, "pop3") as w:
        assert w.ask(b"USER DOM\\bob").startswith(b"+OK")
        assert w.ask(b"STLS").startswith(b"+OK")
        w.tls()
        assert w.ask(b"PASS " + PASSWORD.encode()).startswith(b"-ERR")
        assert w.ask(b"STLS").startswith(b"-ERR")


def test_b3_no_password_in_the_clear(new_server):
    s = new_server()
    config = s.data / "bourse.conf"
    config.write_text(config.read_text().replace("plaintext_without_tls = loopback", "plaintext_without_tls = never"))
    s.add_domain()
    s.add_person("bob")
    s.start()
    with greeted(s, "imap") as w:
        assert b"LOGINDISABLED" in w.ask(b"a CAPABILITY")
        w.line()
        assert w.ask(b"b LOGIN x y").startswith(b"b NO [PRIVACYREQUIRED]")
        assert w.ask(b"c AUTHENTICATE PLAIN").startswith(b"c NO [PRIVACYREQUIRED]")
    with greeted(s, "pop3") as w:
        assert w.ask(b"USER bob").startswith(b"-ERR")
        assert w.ask(b"AUTH PLAIN").startswith(b"-ERR")
    with greeted(s, "submission") as w:
        assert w.ask(b"AUTH PLAIN").startswith(b"538")
        assert w.ask(b"MAIL FROM:<bob@example.org>").startswith(b"530")


@pytest.mark.parametrize("version", ("SSLv3", "TLSv1", "TLSv1_1"))
def test_b4_old_versions(server, version):
    """A ClientHello that offers nothing newer ends in an alert, on every kind of port."""
    number = {"SSLv3": 0x0300, "TLSv1": 0x0301, "TLSv1_1": 0x0302}[version]
    suites = struct.pack(">5H", 0x002f, 0x000a, 0x0005, 0xc013, 0x009c)
    body = struct.pack(">H", number) + b"r" * 32 + b"\0" + struct.pack(">H", len(suites)) + suites + b"\x01\0"
    octets = b"\x16" + struct.pack(">HH", number, len(body) + 4) + b"\x01" + struct.pack(">I", len(body))[1:] + body
    for service in ("imaps", "pop3s", "submissions"):
        with Wire(server, service, tls=False) as w:
            w.send(octets)
            w.socket.settimeout(5)
            got = b""
            with contextlib.suppress(OSError):
                while more := w.socket.recv(4096):
                    got += more
            assert got[:1] in (b"", b"\x15"), got


def test_b4_weak_ciphers(server):
    for cipher in ("AES128-SHA", "AES256-GCM-SHA384", "ECDHE-RSA-AES128-SHA", "NULL-SHA256", "ADH-AES128-SHA256"):
        context = any_tls()
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        with contextlib.suppress(ssl.SSLError):
            context.set_ciphers(cipher + ":@SECLEVEL=0")
            with pytest.raises((ssl.SSLError, OSError)):
                context.wrap_socket(socket.create_connection(("127.0.0.1", server.port("imaps")), 5))


def test_b4_random_names(server):
    """A name that nobody bears costs nothing and tells nothing."""
    with unharmed(server, seconds=30, front_user=24):
        for i in range(150):
            with any_tls().wrap_socket(socket.create_connection(("127.0.0.1", server.port("imaps")), 5), server_hostname=f"n{i}.example") as c:
                assert c.compression() is None


def test_b4_octet_by_octet(server):
    """A handshake in records of one octet, and one that is never finished."""
    with unharmed(server, seconds=20):
        for cut in (1, 3):
            left, right = ssl.MemoryBIO(), ssl.MemoryBIO()
            tls = any_tls().wrap_bio(left, right)
            with contextlib.suppress(ssl.SSLWantReadError):
                tls.do_handshake()
            hello = right.read()[5:]
            with Wire(server, "imaps", tls=False) as w:
                with contextlib.suppress(OSError):
                    for i in range(0, len(hello), cut):
                        w.send(b"\x16\x03\x01" + struct.pack(">H", len(hello[i:i + cut])) + hello[i:i + cut])
                w.socket.settimeout(2)
                with contextlib.suppress(OSError):
                    w.socket.recv(4096)
        held = [Wire(server, "imaps", tls=False) for _ in range(25)]
        for w in held:
            w.send(HELLO)
        serves_others(server)
        for w in held:
            w.close()


@pytest.mark.parametrize("command", (b"K\n", b"k\n", b"R\n"), ids=("update requested", "update", "renegotiation"))
def test_b4_key_updates(server, command):
    """Thousands of them: either the connection ends or they are worked off; nobody waits for it."""
    version = "-tls1_2" if command == b"R\n" else "-tls1_3"
    with unharmed(server, seconds=30):
        client = subprocess.Popen(["openssl", "s_client", "-connect", f"127.0.0.1:{server.port('imaps')}", version, "-brief"],
                                  stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            before = cpu_seconds(server.role_pids("front-user")[0])
            with contextlib.suppress(BrokenPipeError):
                for _ in range(2000):
                    client.stdin.write(command)
                    client.stdin.flush()
                    time.sleep(0.0005)
            serves_others(server)
            spent = cpu_seconds(server.role_pids("front-user")[0]) - before
            assert SANITIZED or spent < 1.5, f"{spent:.1f} s"
        finally:
            client.kill()
            client.wait()


@pytest.mark.parametrize("octets", (9000, 10000, 12000, 16000, 16384))
def test_records_that_fill_no_buffer(server, octets):
    """All of a message arrives, whatever the size of the records it comes in (RFC 8446 section 5.1)."""
    count = 65536 // octets + 1
    body = (b"x" * 70 + b"\r\n") * 3000
    body = body[:count * octets - 5] + b"\r\n"
    with greeted(server, seconds=10) as w:
        assert w.ask(b"STARTTLS").startswith(b"220")
        w.tls()
        w.send(b"EHLO attacker.example\r\n")
        w.until(b"250 ")
        begin(w)
        assert w.ask(b"DATA").startswith(b"354")
        whole = body + b".\r\n"
        for i in range(0, len(whole), octets):
            w.send(whole[i:i + octets])
        assert w.line().startswith(b"250")
    assert without_trace(server.pop3_all("DOM\\alice")[-1]) == body


def test_store_hangs_up_inside_tls(server):
    """What a session said last comes through the relay before the end."""
    with logged_on(server, service="imaps") as w:
        assert w.ask(b"z LOGOUT").startswith(b"* BYE")
        assert last_words(w)[0].startswith(b"z OK")
