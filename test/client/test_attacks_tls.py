"""Attacks on TLS and STARTTLS: rows B of the catalogue."""
import contextlib
import socket
import ssl
import struct
import subprocess
import tempfile
import time
import warnings

import pytest

from attacks import SANITIZED, begin, cpu_seconds, greeted, last_words, logged_on, serves_others, unharmed
from server import LONG, PASSWORD, Wire, any_tls, without_trace

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
        got = b""
        with contextlib.suppress(OSError):
            while octets := w.socket.recv(65536):
                got += octets
        first, _, rest = got.partition(b"\r\n")
        # What comes so soon that it is read together ends the connection, as in the test before.
        assert first.startswith((b"220", b"a OK", b"+OK") if first else b"") and not rest.strip(b"\x15\x03\x01\x00\x02\x0a\x16F"), got


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
    with unharmed(server, seconds=3000 if LONG else 30, front_user=24):
        for i in range(10_000 if LONG else 150):
            with any_tls().wrap_socket(socket.create_connection(("127.0.0.1", server.port("imaps")), 60), server_hostname=f"n{i}.example") as c:
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


def hello_of(**options):
    """The octets of a ClientHello, and the object that made them."""
    left, right = ssl.MemoryBIO(), ssl.MemoryBIO()
    context = any_tls()
    for name, value in options.items():
        setattr(context, name, value)
    tls = context.wrap_bio(left, right)
    with contextlib.suppress(ssl.SSLWantReadError):
        tls.do_handshake()
    return right.read()


def test_b4_half_a_hello_at_a_time(server):
    """Records of one octet that do make a whole ClientHello are answered, or refused; the octets of it never come back."""
    hello = hello_of()[5:]
    with Wire(server, "imaps", tls=False) as w:
        for i in range(len(hello)):
            w.send(b"\x16\x03\x01\x00\x01" + hello[i:i + 1])
        w.socket.settimeout(60)
        said = w.socket.recv(65536)
        assert said[:1] in (b"\x16", b"\x15", b""), said[:20]


def test_b4_another_protocol_by_alpn(server):
    """No service here speaks what an ALPN names: nothing else than the service's own protocol is ever agreed on."""
    for service in ("imaps", "pop3s", "submissions"):
        for names in (["h2"], ["h2", "http/1.1"], ["imap"], ["x" * 255]):
            context = any_tls()
            context.set_alpn_protocols(names)
            with contextlib.suppress(ssl.SSLError, OSError):
                with context.wrap_socket(socket.create_connection(("127.0.0.1", server.port(service)), 10)) as c:
                    assert c.selected_alpn_protocol() is None
                    assert c.recv(4096)[:1] in b"*+2"


def test_b4_no_early_data(server):
    """A session that is resumed may not bring commands with its hello (RFC 8446 section 8: they can be played again)."""
    with tempfile.TemporaryDirectory() as folder:
        session, early = f"{folder}/s", f"{folder}/early"
        with open(early, "wb") as f:
            f.write(b"a CAPABILITY\r\n")
        common = ["openssl", "s_client", "-connect", f"127.0.0.1:{server.port('imaps')}", "-tls1_3"]
        first = subprocess.run([*common, "-sess_out", session, "-ign_eof"], input=b"a LOGOUT\r\n", capture_output=True, timeout=120)
        assert b"a OK" in first.stdout
        with open(session, "rb") as f:
            assert b"SESSION" in f.read()
        shown = subprocess.run(["openssl", "sess_id", "-in", session, "-text", "-noout"], capture_output=True, timeout=120).stdout
        assert b"Max Early Data: 0" in shown, shown
        second = subprocess.run([*common, "-sess_in", session, "-early_data", early, "-ign_eof"], input=b"z LOGOUT\r\n",
                                capture_output=True, timeout=120)
        assert b"Early data was accepted" not in second.stdout and b"a OK" not in second.stdout


def test_b4_a_huge_certificate(server):
    """A client's certificate is not asked for; one that comes all the same, a megabyte of it, ends the connection."""
    with unharmed(server, seconds=30):
        with Wire(server, "imaps", tls=False) as w:
            w.send(hello_of())
            w.socket.settimeout(5)
            with contextlib.suppress(OSError):
                w.socket.recv(65536)
            handshake = b"\x0b" + struct.pack(">I", 1 << 20)[1:] + b"c" * (1 << 20)
            with contextlib.suppress(OSError):
                for i in range(0, len(handshake), 16384):
                    w.send(b"\x16\x03\x03" + struct.pack(">H", len(handshake[i:i + 16384])) + handshake[i:i + 16384])
            with contextlib.suppress(OSError):
                while w.socket.recv(65536):
                    pass


# Version by cipher, what a client may insist on: only what is modern comes about.
GOOD = ("ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES256-GCM-SHA384", "ECDHE-ECDSA-CHACHA20-POLY1305")
BAD = ("AES128-SHA", "AES256-GCM-SHA384", "ECDHE-ECDSA-AES128-SHA", "ECDHE-ECDSA-AES256-SHA384", "ECDHE-ECDSA-AES128-CCM8", "NULL-SHA256", "AECDH-AES128-SHA",
       "ADH-AES128-SHA256", "PSK-AES128-GCM-SHA256", "CAMELLIA128-SHA")


@pytest.mark.parametrize("service", ("imaps", "submissions"))
def test_t30_matrix(server, service):
    reached = set()
    for version in (ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1, ssl.TLSVersion.TLSv1_2):
        for cipher in GOOD + BAD:
            context = any_tls()
            with contextlib.suppress(ssl.SSLError, OSError, ValueError):
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    context.minimum_version = context.maximum_version = version
                context.set_ciphers(cipher + ":@SECLEVEL=0")
                with context.wrap_socket(socket.create_connection(("127.0.0.1", server.port(service)), 60)) as c:
                    reached.add((c.version(), c.cipher()[0]))
    assert reached == {("TLSv1.2", cipher) for cipher in GOOD}
    context = any_tls()
    with context.wrap_socket(socket.create_connection(("127.0.0.1", server.port(service)), 60)) as c:
        assert c.version() == "TLSv1.3" and c.compression() is None


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
    with greeted(server) as w:
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
