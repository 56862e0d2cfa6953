"""Every limit is felt where it is documented, with its own reply, and work goes on beside it."""
import hashlib
import os
import re
import signal
import smtplib
import socket
import threading
import time

import pytest

from server import LONG, PASSWORD, Wire, eventually, without_trace


def smtp(server, service="smtp", hello=True):
    w = Wire(server, service)
    assert w.line().startswith(b"220")
    if hello:
        w.send(b"EHLO client.example\r\n")
        w.until(b"250 ")
    return w


def begin(w, to=b"alice@example.org", sender=b"x@elsewhere.org", options=b""):
    assert w.ask(b"MAIL FROM:<%s>%s" % (sender, options)).startswith(b"250")
    assert w.ask(b"RCPT TO:<%s>" % to).startswith(b"250")


def body(octets):
    line = b"x" * 62 + b"\r\n"
    return b"Subject: filling\r\n\r\n" + line * ((octets - 20) // 64)


# ---- quota ----

def quota_server(new_server, config="", **limits):
    s = new_server(config=config)
    s.add_domain()
    s.add_person("bob")
    s.add_account("DOM\\alice")
    s.add_mailbox("alice", "DOM\\alice", "alice@example.org", **limits)
    return s.start()


def deliver(s, octets, to="alice@example.org"):
    with s.smtp() as c:
        c.sendmail("x@elsewhere.org", [to], body(octets))


def hand_in(s, sender="alice", to="bob@example.org"):
    """As alice; the reply that refuses it, or None."""
    with s.smtp("submissions") as c:
        c.login(f"DOM\\{sender}", PASSWORD)
        try:
            c.sendmail(f"{sender}@example.org", [to], body(200))
        except smtplib.SMTPSenderRefused as e:
            return e.smtp_code, e.smtp_error
        except smtplib.SMTPRecipientsRefused as e:
            return list(e.recipients.values())[0]
    return None


def take_refusal(s, to="alice@example.org"):
    with smtp(s) as w:
        assert w.ask(b"MAIL FROM:<>").startswith(b"250")
        return w.ask(b"RCPT TO:<%s>" % to.encode())


def full(s):
    """RCPT's refusal, if there is one."""
    said = take_refusal(s)
    return None if said.startswith(b"250") else said


def test_quota_of_a_mailbox(new_server):
    """Warn, then no sending, then no receiving; deleting undoes it all."""
    s = quota_server(new_server, quota_warn="100K", quota_send="200K", quota_receive="300K", retention_days=0)
    deliver(s, 90_000)
    assert " 4002 " not in s.log() and hand_in(s) is None
    deliver(s, 90_000)
    eventually(lambda: " 4002 " in s.log())
    assert hand_in(s) is None
    deliver(s, 90_000)
    refused = eventually(lambda: hand_in(s))
    assert refused[0] == 552 and refused[1].startswith(b"5.2.2") and b"sending limit" in refused[1]
    # The message that crosses the receiving limit is taken; from then on each one is refused at RCPT, for this recipient alone.
    assert full(s) is None
    deliver(s, 90_000)
    refused = eventually(lambda: full(s))
    assert refused.startswith(b"552 5.2.2 "), refused
    # A limit set below what is there already counts at once.
    s.bourse("mailbox", "set", "alice", "--quota-receive", "2000K", "--quota-send", "200K")
    eventually(lambda: full(s) is None)
    s.bourse("mailbox", "set", "alice", "--quota-receive", "200K", "--quota-send", "200K")
    refused = eventually(lambda: full(s))
    assert refused.startswith(b"552 5.2.2 "), refused
    eventually(lambda: " 4003 " in s.log())
    # Somebody else beside it still gets the mail.
    with s.smtp() as c:
        refusals = c.sendmail("x@elsewhere.org", ["alice@example.org", "bob@example.org"], body(1000))
    assert list(refusals) == ["alice@example.org"]
    c = s.pop3("alice")
    assert c.stat()[0] == 4
    for number in (1, 2, 3):
        c.dele(number)
    c.quit()
    eventually(lambda: full(s) is None)
    eventually(lambda: hand_in(s) is None)
    deliver(s, 1000)


def test_quota_survives_a_restart(new_server):
    s = quota_server(new_server, quota_receive="100K")
    deliver(s, 60_000)
    deliver(s, 60_000)
    s.kill_all()
    s.start()
    with pytest.raises((smtplib.SMTPDataError, smtplib.SMTPRecipientsRefused)):
        deliver(s, 60_000)
    assert s.pop3("alice").stat()[0] == 2


def test_quota_of_the_configuration(new_server):
    """The defaults hold for mailboxes that have no limit of their own, and follow a reload."""
    s = quota_server(new_server, config="quota.warning_octets = 0;\nquota.send_octets = 0;\nquota.receive_octets = 100K;\n")
    deliver(s, 60_000)
    deliver(s, 60_000)
    eventually(lambda: full(s))
    s.write_config("quota.warning_octets = 0;\nquota.send_octets = 0;\nquota.receive_octets = 10M;\n")
    s.bourse("reload")
    eventually(lambda: deliver(s, 60_000) is None)


def test_quota_of_append(new_server):
    s = quota_server(new_server, quota_receive="100K")
    c = s.imap("alice")
    assert c.append("INBOX", None, None, body(60_000))[0] == "OK"
    status, text = c.append("INBOX", None, None, body(60_000))
    assert status == "NO" and text[0].startswith(b"[OVERQUOTA]"), text
    assert c.append("INBOX", None, None, body(1000))[0] == "OK"
    c.logout()


# ---- one message ----

@pytest.fixture(scope="module")
def small(request):
    from server import Server
    s = Server("smtp.message_octets_max = 65536;\nsmtp.recipients_max = 100;\nsmtp.hops_max = 10;\n")
    try:
        s.add_domain()
        s.add_account("DOM\\alice")
        s.add_mailbox("alice", "DOM\\alice", ",".join(["alice@example.org"] + [f"a{i}@example.org" for i in range(30)]))
        for name in range(4):
            s.add_account(f"DOM\\m{name}")
            s.add_mailbox(f"m{name}", f"DOM\\m{name}", ",".join(f"m{name}x{i}@example.org" for i in range(30)))
        s.start()
        yield s
    finally:
        s.destroy()


def test_size_is_announced_and_judged_at_mail(small):
    with Wire(small, "smtp") as w:
        w.line()
        w.send(b"EHLO x\r\n")
        assert b"250 SIZE 65536" in w.until(b"250 ")
        assert w.ask(b"MAIL FROM:<> SIZE=65537").startswith(b"552 5.3.4")
        assert w.ask(b"MAIL FROM:<> SIZE=99999999999999999999").startswith((b"552", b"501"))
        assert w.ask(b"MAIL FROM:<> SIZE=65536").startswith(b"250")


@pytest.mark.parametrize("octets, good", [(60_000, True), (65_536 - 64, True), (65_600, False), (5_000_000, False)])
def test_size_is_judged_while_it_comes(small, octets, good):
    """Nothing was announced; the session is in step afterwards."""
    with smtp(small) as w:
        begin(w)
        assert w.ask(b"DATA").startswith(b"354")
        said = w.ask(body(octets) + b".")
        assert said.startswith(b"250" if good else b"552 5.3.4"), said
        begin(w)
        assert w.ask(b"DATA").startswith(b"354")
        assert w.ask(b"Subject: next\r\n\r\nx\r\n.").startswith(b"250")


def test_size_is_judged_in_chunks(small):
    with smtp(small) as w:
        begin(w)
        said = [w.ask(b"BDAT 30000\r\n" + b"x" * 29998)]
        for _ in range(4):
            w.send(b"BDAT 30000\r\n" + b"y" * 29998 + b"\r\n")
            said.append(w.line())
        w.send(b"BDAT 0 LAST\r\n")
        said.append(w.line())
        assert said[0].startswith(b"250") and any(line.startswith(b"552") for line in said), said
        assert not said[-1].startswith(b"250")
        w.ask(b"RSET")
        begin(w)


def test_recipients(small):
    addresses = [f"m{name}x{i}@example.org".encode() for name in range(4) for i in range(30)]
    with smtp(small) as w:
        assert w.ask(b"MAIL FROM:<>").startswith(b"250")
        said = [w.ask(b"RCPT TO:<%s>" % address) for address in addresses]
        assert all(line.startswith(b"250") for line in said[:100])
        assert all(line.startswith(b"452 4.5.3") for line in said[100:])
        assert w.ask(b"DATA").startswith(b"354")
        assert w.ask(b"Subject: many\r\n\r\nx\r\n.").startswith(b"250")
    for name in range(4):
        c = small.pop3(f"m{name}")
        assert c.stat()[0] == 1, "a mailbox gets a message once, by however many addresses"
        c.quit()


def test_hops(small):
    for hops, good in ((10, True), (11, False)):
        with smtp(small) as w:
            begin(w)
            w.ask(b"DATA")
            said = w.ask(b"Received: from a by b; Thu, 1 Jan 2026 00:00:00 +0000\r\n" * (hops) + b"Subject: x\r\n\r\nx\r\n.")
            assert said.startswith(b"250" if good else b"554 5.4.6"), said


def test_long_lines_of_text_are_kept(small):
    """RFC 5321 section 4.5.3.1.6 asks for 998 octets of a line at least; nothing is cut or folded."""
    text = b"Subject: long\r\n\r\n" + b"y" * 60_000 + b"\r\n"
    with smtp(small) as w:
        begin(w, b"a1@example.org")
        w.ask(b"DATA")
        assert w.ask(text + b".").startswith(b"250")
    assert without_trace(small.pop3_all("alice")[-1]) == text


# ---- connections and commands ----

def test_connections_of_one_address(new_server):
    s = new_server(config="front.connections_per_address_max = 5;\n")
    s.add_domain()
    s.add_person("alice")
    s.add_person("bob")
    s.start()
    for service, word in (("smtp", b"421 4.3.2"), ("pop3", b"-ERR [SYS/TEMP]"), ("imap", b"* BYE")):
        held = [eventually(lambda: admitted(s, service, word)) for _ in range(5)]  # when those of the service before have gone
        with Wire(s, service) as more:
            assert more.line().startswith(word)
            assert more.line() is None
        held[0].close()
        eventually(lambda: admitted(s, service, word)).close()
        for w in held:
            w.close()
        for w in [eventually(lambda: admitted(s, service, word)) for _ in range(5)]:
            w.close()
    # Whoever has logged on does not count any more.
    known = [eventually(lambda: s.pop3(name, service=service)) for name, service in (("alice", "pop3"), ("bob", "pop3s"))]
    strangers = [eventually(lambda: admitted(s, "pop3", b"-ERR")) for _ in range(5)]
    with Wire(s, "pop3") as more:
        assert more.line().startswith(b"-ERR")
    for c in known:
        assert c.noop().startswith(b"+OK")
        c.quit()
    for w in strangers:
        w.close()


def admitted(server, service, word):
    w = Wire(server, service)
    if w.line().startswith(word):
        w.close()
        return None
    return w


def test_oldest_stranger_makes_room(new_server):
    """A flood of connections that say nothing does not keep people out."""
    s = new_server(config="front.connections_max = 20;\nfront.unauthenticated_percent_max = 50;\nfront.connections_per_address_max = 1000;\n")
    s.add_domain()
    s.add_person("alice")
    s.start()
    idle = [Wire(s, "pop3") for _ in range(30)]
    c = eventually(lambda: s.pop3("alice"))
    assert c.stat()[0] == 0
    c.quit()
    assert idle[0].line().startswith(b"+OK")
    assert (idle[0].line() or b"-ERR").startswith(b"-ERR")
    for w in idle:
        w.close()


@pytest.mark.parametrize("service, junk, word", [("smtp", b"WIBBLE", b"421 4.7.0"), ("submission", b"X", b"421 4.7.0"),
                                                 ("pop3", b"WIBBLE", b"-ERR"), ("imap", b"a WIBBLE", b"* BYE")])
def test_junk(server, service, junk, word):
    """Somebody who guesses at commands is told so, and told to go."""
    with Wire(server, service) as w:
        w.line()
        said = []
        for _ in range(50):
            try:
                said.append(w.ask(junk))
            except (BrokenPipeError, ConnectionResetError):
                said.append(None)
            if said[-1] is None:
                break
        assert said[-1] is None and 3 <= len(said) <= 30
        assert said[-2].startswith(word), said[-3:]


@pytest.mark.parametrize("service", ["smtp", "submission", "pop3", "imap"])
def test_endless_line(server, service):
    with Wire(server, service) as w:
        w.line()
        said = None
        try:
            for _ in range(200):
                w.send(b"A" * 10_000)
        except (BrokenPipeError, ConnectionResetError):
            pass
        try:
            said = w.line()
        except ConnectionResetError:
            pass
        assert said is None or said.startswith((b"500 5.5.6", b"-ERR", b"* BYE", b"* BAD")), said


def test_garbage_of_every_kind(server):
    """TLS spoken to a plain port, HTTP, NULs, all octets: an answer or the end, and the server lives."""
    pids = server.pids()
    for service in ("smtp", "submission", "pop3", "imap"):
        for junk in (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(range(256)), b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
                     b"\0" * 5000, bytes(range(256)) * 40, b"\r\n" * 3000, b"\n" * 3000, b"\r" * 3000):
            with Wire(server, service) as w:
                try:
                    w.send(junk)
                    w.socket.shutdown(socket.SHUT_WR)
                    while w.socket.recv(65536):
                        pass
                except (ConnectionError, BrokenPipeError):
                    pass
    assert server.pids() == pids


def test_slow_command(new_server):
    s = new_server(config="smtp.command_time_max = 1s;\nfront.logon_time_max = 1s;\n")
    s.start()
    for service, word in (("smtp", b"421 4.4.2"), ("pop3", b"-ERR [SYS/TEMP]"), ("imap", b"* BYE")):
        before = time.monotonic()
        with Wire(s, service) as w:
            w.line()
            w.send(b"NO")
            assert w.line().startswith(word)
            assert w.line() is None
            assert 0.9 < time.monotonic() - before < 45  # without the options it is a minute


def test_drop_by_drop(new_server):
    """An octet now and then does not lengthen the time for a logon."""
    s = new_server(config="front.logon_time_max = 2s;\n").start()
    with Wire(s, "pop3") as w:
        w.line()
        before = time.monotonic()
        try:
            while time.monotonic() - before < 60:
                w.send(b"U")
                time.sleep(0.2)
        except OSError:
            pass
        assert time.monotonic() - before < 45


# ---- a large mailbox ----

MANY = 200_000 if LONG else 10_000


def message(number):
    text = f"Subject: message {number}\r\n\r\n" + "".join(f"line {i} of {number}\r\n" for i in range(number % 40)) + "..dot\r\n.\r\n"
    return text.encode()


def fill(s, share):
    """Pipelined, as a server with much mail would."""
    with smtp(s) as w:
        for first in range(0, len(share), 20):
            group = share[first:first + 20]
            for number in group:
                w.send(b"MAIL FROM:<>\r\nRCPT TO:<alice@example.org>\r\nDATA\r\n")
                assert [w.line()[:3] for _ in range(3)] == [b"250", b"250", b"354"]
                w.send(re.sub(rb"(?m)^\.", b"..", message(number)) + b".\r\n")
                assert w.line().startswith(b"250")


def test_pop3_with_many_messages(new_server):
    s = new_server()
    s.add_domain()
    s.add_person("alice")
    s.start()
    threads = [threading.Thread(target=fill, args=(s, range(i, MANY, 8))) for i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    begun = time.monotonic()
    c = s.pop3("alice")
    count, octets = c.stat()
    assert count == MANY
    sizes = [int(line.split()[1]) for line in c.list()[1]]
    uids = [line.split()[1] for line in c.uidl()[1]]
    assert time.monotonic() - begun < 60
    assert len(sizes) == MANY and sum(sizes) == octets
    assert len(set(uids)) == MANY
    seen = set()
    for number in list(range(1, MANY + 1, max(1, MANY // 1000))) + [MANY]:
        lines = c.retr(number)[1]
        found = b"\r\n".join(lines) + b"\r\n"
        assert len(found) == sizes[number - 1]
        name = int(re.search(rb"Subject: message (\d+)", found).group(1))
        assert without_trace(found) == message(name)
        seen.add(name)
    assert len(seen) >= min(MANY, 1000)
    for number in range(1, MANY + 1, 2):
        assert c.dele(number).startswith(b"+OK")
    c.quit()
    c = s.pop3("alice")
    assert [line.split()[1] for line in c.uidl()[1]] == uids[1::2]
    c.quit()


# ---- sessions ----

def test_sessions_of_an_account(new_server):
    s = new_server(config="account.sessions_max = 2;\n")
    s.add_domain()
    s.add_person("alice")
    s.add_person("bob")
    s.start()
    standing = [s.imap("alice"), s.imap("alice")]
    with Wire(s, "imap") as w:
        w.line()
        w.send(b"a LOGIN DOM\\alice {%d+}\r\n%s\r\n" % (len(PASSWORD), PASSWORD.encode()))
        assert w.line() == b"a NO [LIMIT] a limit of this server is reached"
        assert w.line().startswith(b"* BYE ")
        assert w.line() is None
    with Wire(s, "pop3") as w:
        w.line()
        w.ask(b"USER DOM\\alice")
        assert w.ask(b"PASS " + PASSWORD.encode()) == b"-ERR [SYS/TEMP] a limit of this server is reached"
        assert w.line() is None
    s.imap("bob").logout()
    standing.pop().logout()
    eventually(lambda: s.pop3("alice").quit())
    s.write_config("account.sessions_max = 1;\n")
    s.bourse("reload")
    assert standing[0].noop()[0] == "OK"  # who is there stays


# ---- password checks ----

def test_guesses_from_one_address(new_server):
    """One address asks for more checks than may wait: the rest of it is refused, and a stranger from another is checked in turn."""
    s = new_server(config="front.connections_per_address_max = 1000;\nauth.failures_max = 1000;\nfront.logon_time_max = 10m;\n")
    s.add_domain()
    s.add_person("alice")
    s.start()
    pid = s.role_pids("directory")[0]

    def client(address):
        c = socket.create_connection(("127.0.0.1", s.port("imap")), 60, source_address=(address, 0))
        w = Wire.__new__(Wire)
        w.socket, w.rest = c, b""
        assert w.line().startswith(b"* OK")
        return w

    guessing, honest = [client("127.9.0.1") for _ in range(240)], client("127.9.0.2")
    beside = client("127.9.0.2")
    os.kill(pid, signal.SIGSTOP)  # so that all of it waits before the first is checked
    try:
        for n, w in enumerate(guessing):
            w.send(b'a LOGIN "DOM\\\\nobody%d" "guess"\r\n' % n)
        assert honest.ask(b"b NOOP").startswith(b"b OK")
        honest.send(b'c LOGIN "DOM\\\\alice" "%s"\r\n' % PASSWORD.encode())
        for _ in range(2):  # the front has come round since, so the question lies before the directory
            assert beside.ask(b"n NOOP").startswith(b"n OK")
    finally:
        os.kill(pid, signal.SIGCONT)
    assert honest.line().startswith(b"c OK")
    said = [w.line() for w in guessing]
    for w in [*guessing, honest, beside]:
        w.close()
    busy = sum(line.startswith(b"a NO [UNAVAILABLE]") for line in said)
    assert 0 < busy < 120 and all(line.startswith(b"a NO [") for line in said), said
    order = [line for line in s.log().splitlines() if " 2001 " in line or (" 2002 " in line and "127.9.0.1" in line)]
    at = next(i for i, line in enumerate(order) if " 2001 " in line)
    assert len(order) - at > 40, f"{at} of {len(order)} were checked before"
    eventually(lambda: "password checks" in s.log())


def test_news_of_annotations(new_server):
    """For a client that does not listen 64 KiB of names of annotations are kept; it is told that there were more (RFC 5464 section 4.4)."""
    server = new_server()
    server.add_domain()
    server.add_person("alice")
    server.start()
    quiet, busy = (Wire(server, "imap") for _ in range(2))

    def ask(wire, command):
        return wire.send(b"a " + command.encode() + b"\r\n").until(b"a ")

    for wire in (quiet, busy):
        wire.line()
        assert ask(wire, f'LOGIN alice "{PASSWORD}"')[-1].startswith(b"a OK")
    assert ask(quiet, "ENABLE METADATA")[0] == b"* ENABLED METADATA"
    for folder in ("INBOX", "Trash", "Junk"):
        values = " ".join(f'/private/{n}{"x" * 240} ""' for n in range(100, 200))
        assert ask(busy, f"SETMETADATA {folder} ({values})")[-1].startswith(b"a OK")
    told = ask(quiet, "NOOP")
    assert told[0].startswith(b"* OK [NOTIFICATIONOVERFLOW]") and len(told) == 2
    assert ask(busy, 'SETMETADATA Sent (/private/comment "x")')[-1].startswith(b"a OK")
    assert ask(quiet, "NOOP")[0] == b"* METADATA Sent /private/comment"
