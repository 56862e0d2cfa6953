"""Failed logons: counted over all protocols, kept over a restart, told with their sources; and sessions that time alone ends."""
import imaplib
import poplib
import re
import time

import pytest

from server import PASSWORD, eventually


@pytest.fixture
def server(new_server):
    s = new_server(config="auth.failures_max = 1000;\nfront.connections_per_address_max = 1000;\n")
    s.add_domain()
    s.bourse("domain", "set", "DOM", "--lockout-threshold", "4", "--lockout-duration", "0")
    s.add_person("alice")
    return s.start()


def fail(server, service="pop3"):
    with pytest.raises((poplib.error_proto, imaplib.IMAP4.error)):
        server.pop3("alice", "wrong") if service == "pop3" else server.imap("alice", "wrong")


def shown(server):
    rows = server.json("account", "show", "DOM\\alice")["rows"]
    return [(row["property"], row["value"]) for row in rows]


def test_count_is_kept(server):
    server.pop3("alice").quit()
    fail(server)
    fail(server, "imap")
    assert dict(shown(server))["failed-logons"] == "2"
    notes = [value for name, value in shown(server) if name == "failed-logon"]
    assert len(notes) == 2 and "from 127.0.0.1, imap, " in notes[0] and "from 127.0.0.1, pop3, " in notes[1]
    server.stop()
    server.start()
    assert dict(shown(server))["failed-logons"] == "2"
    fail(server)
    fail(server)
    assert dict(shown(server))["locked"] == "until unlocked"
    states = {row["name"]: row["state"] for row in server.json("account", "list")["rows"]}
    assert states["DOM\\alice"] == "locked"
    # The log names each of those that did it.
    eventually(lambda: server.log().count(" 2015 one of the failed logons") == 4 and server.log().count(" 2014 account locked") == 1)
    told = server.bourse("doctor", "logon", "alice", check=False).stdout
    assert "bourse account unlock" in told
    # As they are in the engine at once: a restart that nobody prepared.
    server.kill_all()
    server.start()
    fail(server)
    with pytest.raises(poplib.error_proto):
        server.pop3("alice")
    server.bourse("account", "unlock", "DOM\\alice")
    server.pop3("alice").quit()
    assert dict(shown(server))["failed-logons"] == "0"


def test_one_address_cannot_keep_an_account_locked(new_server):
    """Tries that the throttle refuses are not made, and do not count."""
    server = new_server(config="auth.failures_max = 3;\nauth.failures_time = 1h;\n")
    server.add_domain()
    server.bourse("domain", "set", "DOM", "--lockout-threshold", "50")
    server.add_person("alice")
    server.start()
    for _ in range(20):
        fail(server)
    assert int(dict(shown(server))["failed-logons"]) < 15
    assert dict(shown(server))["locked"] == "no"


def test_time_ends_a_session(server):
    """Nobody changes anything: the account expires while its session idles."""
    client = server.imap("alice")
    end = int(time.time()) + 4
    server.bourse("account", "set", "DOM\\alice", "--expires", time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(end)))
    if time.time() < end - 2:
        assert client.noop()[0] == "OK"

    def ended():
        return client.sock.recv(4096).startswith(b"* BYE the account or its password has expired")

    assert eventually(ended, 60)
    with pytest.raises(imaplib.IMAP4.error):
        server.imap("alice", PASSWORD)


def test_password_that_ends_soon(server):
    server.bourse("domain", "set", "DOM", "--lockout-threshold", "0", "--password-age-max", "10")
    server.pop3("alice").quit()
    eventually(lambda: re.search(r" 2013 logged on with a password that soon .* days=(9|10) ", server.log()))
    states = {row["name"]: row["state"] for row in server.json("account", "list")["rows"]}
    assert re.fullmatch("password ends in (9|10) days", states["DOM\\alice"])
    server.bourse("domain", "set", "DOM", "--password-warning", "5")
    before = len(server.log())
    server.pop3("alice").quit()
    assert " 2013 logged on" not in server.log()[before:]
