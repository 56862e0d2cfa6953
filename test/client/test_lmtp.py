"""LMTP with the client of Python's library: each recipient's own reply, who may connect, and what an MTA relies on."""
import imaplib
import smtplib

import pytest

from server import PASSWORD, Wire, eventually


def make(new_server, config):
    s = new_server(config=config)
    s.add_domain()
    s.add_person("alice")
    s.add_person("bob")
    return s.start()


def count(s, name):
    with imaplib.IMAP4("127.0.0.1", s.port("imap")) as c:
        c.login(f"DOM\\{name}", PASSWORD)
        return int(c.select("INBOX")[1][0])


def test_library_client(new_server):
    s = make(new_server, "listen.lmtp = 24;\n")
    with smtplib.LMTP("127.0.0.1", s.port("lmtp")) as c:  # it reads one reply, so it may name one recipient
        assert c.sendmail("list@elsewhere.org", ["alice@example.org"], b"Subject: small\r\n\r\nhello\r\n") == {}
        assert c.sendmail("", ["bob@example.org"], b"Subject: large\r\n\r\n" + b"x" * 70 + b"\r\n" * 40000) == {}
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            c.sendmail("", ["nobody@example.org"], b"Subject: lost\r\n\r\n")
    assert (count(s, "alice"), count(s, "bob")) == (1, 1)
    eventually(lambda: "service=lmtp" in s.log())


def test_networks(new_server):
    """lmtp.networks acts, at a reload too."""
    s = make(new_server, 'listen.lmtp = 24;\nlmtp.networks = ["192.0.2.0/24", "2001:db8::/32"];\n')
    with Wire(s, "lmtp") as w:
        assert w.line().startswith(b"550 5.7.1 ")
        assert w.line() is None
    s.write_config('listen.lmtp = 24;\nlmtp.networks = "127.0.0.0/30";\n')
    s.bourse("reload")

    def greeted():
        with Wire(s, "lmtp") as w:
            return w.line().startswith(b"220 ")
    assert eventually(greeted)


def test_wrong_network(new_server):
    s = new_server(config='listen.lmtp = 24;\nlmtp.networks = ["192.0.2.0/33"];\n')
    status, said = s.start_refused()
    assert status != 0 and "lmtp.networks: an item is neither loopback, an address in digits, nor address/bits" in said


def test_not_held_to_limits_for_strangers(new_server):
    s = make(new_server, "listen.lmtp = 24;\nfront.connections_per_address_max = 2;\n")
    standing = [Wire(s, "lmtp") for _ in range(6)]
    assert all(w.line().startswith(b"220 ") for w in standing)
    for w in standing:
        w.close()
