"""Attacks on logons: rows C of the catalogue."""
import base64
import bisect
import contextlib
import math
import os
import random
import socket
import statistics
import threading
import time

import pytest

from attacks import SANITIZED, cpu_seconds, flood, greeted, last_words, logged_on, serves_others, unharmed
from scram import begin_command, challenge
from server import LONG, PASSWORD, eventually

SERVICES = ("imap", "pop3", "submission")


def plain(name, password=PASSWORD, authzid=""):
    return base64.b64encode(b"\0".join(x if isinstance(x, bytes) else x.encode() for x in (authzid, name, password)))


def refusal(w, service, name, password):
    """What a logon with a wrong name or password says."""
    if service == "imap":
        return w.ask(b'a LOGIN {%d+}\r\n%s {%d+}\r\n%s' % (len(name), name, len(password), password))
    if service == "pop3":
        w.ask(b"USER " + name)
        return w.ask(b"PASS " + password)
    return w.ask(b"AUTH PLAIN " + plain(name, password))


REFUSED = {"imap": b"a NO [AUTHENTICATIONFAILED] user name or password is wrong", "pop3": b"-ERR [AUTH] user name or password is wrong",
           "submission": b"535 5.7.8 user name or password is wrong"}


def crowd(new_server, config=""):
    s = new_server(config="auth.failures_max = 1000;\n" + config)
    s.add_domain()
    s.add_person("alice")
    s.add_person("bob")
    s.add_account("DOM\\off", disabled=True)
    s.add_account("DOM\\old", expires="2001-01-01")
    return s.start()


@pytest.fixture(scope="module")
def patient(request):
    """A server that does not slow guessing down, so that its answers can be compared."""
    from server import Server
    s = Server(config="auth.failures_max = 1000;\nauth.failures_time = 1s;\nauth.account_logons_max = 0;\nauth.source_logons_max = 0;\n"
               "front.connections_per_address_max = 1000;\n")
    request.addfinalizer(s.destroy)
    s.add_domain()
    s.add_person("alice")
    s.add_person("bob")
    s.add_account("DOM\\off")
    s.bourse("account", "set", "DOM\\off", "--disabled", "yes")
    return s.start()


def test_c1_guessing_from_one_address(new_server):
    """Slower and slower, then put off; who logged on from there before is let in all the same."""
    s = new_server(config="auth.failures_max = 3;\n")
    s.add_domain()
    s.add_person("alice")
    s.add_person("bob")
    s.start()
    logged_on(s, "alice", folder=None).close()
    with unharmed(s):
        said = []
        for i in range(12):
            with greeted(s) as _:
                pass
            with greeted(s, "imap", seconds=60) as w:
                said.append(refusal(w, "imap", b"DOM\\bob", b"guess%d" % i))
        assert any(line is not None and b"too many failed logons" in line for line in said), said
        assert sum(line == REFUSED["imap"] for line in said) <= 8, said

        def at_once():
            start = time.monotonic()
            logged_on(s, "alice", folder=None).close()
            return time.monotonic() - start < 6
        eventually(at_once)
        s.bourse("account", "password", "DOM\\bob", "--password-stdin", stdin=PASSWORD + "\n", check=False)
        # serves_others logs bob on: from this address he is guessed at, and comes in once the wait is over.
        eventually(lambda: logged_on(s, "bob", folder=None).close() is None, seconds=70, pause=1)


@pytest.mark.parametrize("service", SERVICES)
def test_c2_one_text_for_all(patient, service):
    for name, password in ((b"DOM\\alice", b"wrong"), (b"DOM\\nobody", b"wrong"), (b"NODOM\\alice", b"wrong"), (b"DOM\\off", b"wrong"),
                           (b"alice@example.org", b"wrong"), (b"nobody@example.org", b"x"), (b"x", b"y"), (b"DOM\\alice\\bob", b"wrong"),
                           (b"DOM\\alice\\nobody", b"wrong"), (b"DOM\\alice", b"w" * 200)):
        with greeted(patient, service) as w:
            assert refusal(w, service, name, password) == REFUSED[service], name


def test_c2_one_time_for_all(patient):
    """Whether an account exists cannot be seen by how long the refusal takes: medians of 60, taken in turns."""
    seen = []
    # A neighbour on the machine makes noise, which another try has not; a hash that was not made would be a factor of ten.
    while len(seen) < 4 and (not seen or max(seen[-1].values()) >= 1.5 * min(seen[-1].values())):
        seen.append(medians_of_refusals(patient))
    assert max(seen[-1].values()) < 1.5 * min(seen[-1].values()), seen


def medians_of_refusals(patient):
    names = {b"DOM\\alice": [], b"DOM\\nobody": [], b"NODOM\\alice": [], b"DOM\\off": [], b"nobody@example.org": []}
    for _ in range(12):
        with contextlib.ExitStack() as held:
            sessions = {name: held.enter_context(greeted(patient, "imap")) for name in names}
            for _ in range(5):
                for name, took in names.items():
                    start = time.perf_counter()
                    assert refusal(sessions[name], "imap", name, b"wrong") == REFUSED["imap"]
                    took.append(time.perf_counter() - start)
    return {name: statistics.median(took) for name, took in names.items()}


def logon_name_first(w, service, name, password):
    """The mechanism LOGIN, in two responses."""
    assert w.ask(b"a AUTHENTICATE LOGIN" if service == "imap" else b"AUTH LOGIN").startswith((b"+", b"334"))
    assert w.ask(base64.b64encode(name)).startswith((b"+", b"334"))
    return w.ask(base64.b64encode(password))


def logon_plain(w, service, name, password):
    return w.ask((b"a AUTHENTICATE PLAIN " if service == "imap" else b"AUTH PLAIN ") + plain(name, password))


def logon_scram(w, service, name, password):
    """The whole exchange, with a proof that costs this side nothing to make."""
    said = w.ask(begin_command(service, "SCRAM-SHA-256") + b" " + base64.b64encode(b"n,,n=" + name + b",r=abc"))
    nonce = challenge(said).split(b",")[0]
    return w.ask(base64.b64encode(b"c=biws," + nonce + b",p=" + base64.b64encode(bytes(32))))


WAYS = [("imap", logon_scram), ("pop3", logon_scram), ("submission", logon_scram), ("imap", refusal), ("imap", logon_plain), ("imap", logon_name_first), ("pop3", refusal), ("pop3", logon_plain), ("submission", refusal),
        ("submission", logon_name_first)]


def same_distribution(a, b):
    """The two-sided Kolmogorov-Smirnov test's p."""
    a, b = sorted(a), sorted(b)
    distance = at_a = at_b = 0
    for value in sorted(a + b):
        at_a, at_b = bisect.bisect_right(a, value, at_a), bisect.bisect_right(b, value, at_b)
        distance = max(distance, abs(at_a / len(a) - at_b / len(b)))
    size = math.sqrt(len(a) * len(b) / (len(a) + len(b)))
    x = (size + 0.12 + 0.11 / size) * distance
    return min(1, max(0, 2 * sum((-1) ** (k - 1) * math.exp(-2 * k * k * x * x) for k in range(1, 101)))) if x > 0.2 else 1


def test_the_test_of_distributions():
    rng = random.Random(1)
    a, b = [rng.gauss(25, 1) for _ in range(2000)], [rng.gauss(25, 1) for _ in range(2000)]
    assert same_distribution(a, b) > 0.01 and same_distribution(a, [x + 0.3 for x in b]) < 0.001


def median_error(a, b):
    """The standard error of the difference of two medians; from quartiles, which stragglers do not move."""
    def one(samples):
        low, _, high = statistics.quantiles(samples, n=4)
        return 1.253 * (high - low) / 1.349 / math.sqrt(len(samples))
    return math.hypot(one(a), one(b))


@pytest.mark.skipif(not LONG, reason="compares microseconds: hours, on a machine that does nothing else")
@pytest.mark.parametrize("service, way", WAYS, ids=[f"{service}-{way.__name__}" for service, way in WAYS])
def test_t14_one_time_for_all(patient, service, way, capsys):
    """
    An account that exists and one that does not, in turns: one distribution, and medians within 1 % and 50 us. With 1,000 samples the
    medians of one distribution can be that far apart: what chance alone does is allowed. A refusal of SCRAM takes 150 us in all, of which
    a distribution shows each single one: there the medians must be within 5 us.
    """
    samples = int(os.environ.get("BOURSE_SAMPLES", 10_000))
    took = {b"DOM\\alice": [], b"DOM\\nobody": []}
    while len(took[b"DOM\\nobody"]) < samples:
        with greeted(patient, service) as w:
            for _ in range(4):  # fewer than would make the server hang up
                for name in random.sample(list(took), 2):
                    start = time.perf_counter()
                    said = way(w, service, name, b"wrong")
                    took[name].append(time.perf_counter() - start)
                    assert said == REFUSED[service], said
    known, unknown = (statistics.median(t) for t in took.values())
    p = same_distribution(*took.values())
    with capsys.disabled():
        print(f"\n  {service} {way.__name__}: medians {known * 1e3:.3f} and {unknown * 1e3:.3f} ms, p {p:.3f}, {samples} each", flush=True)
    noise = 3 * median_error(*took.values())
    if way is logon_scram:
        assert abs(known - unknown) < 5e-6 + noise
        return
    assert abs(known - unknown) < 0.01 * known + noise and abs(known - unknown) < 50e-6 + noise
    assert p > 0.01


def test_c2_vrfy_tells_nothing(server):
    with greeted(server) as w:
        assert w.ask(b"VRFY alice") == w.ask(b"VRFY nobody") == w.ask(b"VRFY alice@example.org")
        assert w.ask(b"EXPN alice").startswith(b"252")


SASL = [
    (b"AUTH PLAIN =", b"501"), (b"AUTH PLAIN AAAA", b"501"), (b"AUTH PLAIN !!!!", b"501"), (b"AUTH PLAIN A", b"501"), (b"AUTH NOSUCH", b"504"),
    (b"AUTH", b"501"), (b"AUTH " + b"X" * 300, b"501"), (b"AUTH PLAIN a b", b"501"), (b"AUTH PLAIN " + plain("DOM\\alice", "x", "DOM\\bob"), b"5"),
    (b"AUTH PLAIN " + plain(b"DOM\\al\0ice", b"x"), b"501"), (b"AUTH PLAIN " + plain(b"DOM\\alice", b"a\0b"), b"501"),
    (b"AUTH PLAIN " + plain(b"DOM\\alice", b"\xff\xfe"), b"5"), (b"AUTH PLAIN " + plain(b"\xc0\xae", b"x"), b"5"), (b"AUTH PLAIN AA==AA==", b"501"),
]


@pytest.mark.parametrize("command, want", SASL, ids=range(len(SASL)))
def test_c3_sasl(patient, command, want):
    with greeted(patient, "submission") as w:
        said = w.ask(command)
        assert said.startswith(want), said
        # The session is as it was.
        assert w.ask(b"auth plain").startswith(b"334")
        assert w.ask(b"*").startswith(b"501 5.7.0")
        assert w.ask(b"AUTH PLAIN").startswith(b"334")
        assert w.ask(b"").startswith(b"5")
        assert w.ask(b"aUtH pLaIn " + plain("DOM\\bob")).startswith(b"235")
        assert w.ask(b"AUTH PLAIN " + plain("DOM\\bob")).startswith(b"503")


def test_c3_not_on_port_25(server):
    with greeted(server) as w:
        assert w.ask(b"AUTH PLAIN " + plain("DOM\\bob")).startswith(b"500")


def test_c3_half_a_logon(patient):
    """Starts that are never finished, and connections lost in the middle."""
    with unharmed(patient, seconds=40):
        for service, start, want in (("submission", b"AUTH LOGIN", b"334"), ("imap", b"a AUTHENTICATE LOGIN", b"+ "), ("pop3", b"AUTH LOGIN", b"+ ")):
            held = []
            for _ in range(100):
                w = greeted(patient, service, hello=service == "submission")
                assert w.ask(start).startswith(want)
                held.append(w)
            for i, w in enumerate(held):
                if i % 2:
                    w.send(base64.b64encode(b"DOM\\bob") + b"\r\n")
                w.close()
        serves_others(patient)
        with greeted(patient, "submission") as w:  # one connection, often
            for _ in range(9):
                assert w.ask(b"AUTH PLAIN").startswith(b"334")
                assert w.ask(b"*").startswith(b"501")
            assert w.ask(b"NOOP").startswith(b"250")


def test_c3_too_long(patient):
    with unharmed(patient):
        for service, start in (("submission", b"AUTH PLAIN"), ("pop3", b"AUTH PLAIN"), ("imap", b"a AUTHENTICATE PLAIN")):
            with greeted(patient, service) as w:
                w.ask(start)
                flood(w, b"A" * 12290 + b"\r\n")
                said = last_words(w)
                assert len(said) <= 1 and (not said or said[0].startswith((b"500 5.5.6", b"-ERR line too long", b"* BYE line too long"))), said


NAMES = [b"%{var}", b"%s%n%x", b"' OR 1=1--", b"*)(uid=*", b"../x", b"x/../y", b"-rf", b"\xc3\x28", b"\xc0\xae", b"x" * 1000, b"DOM\\a\\b\\c\\d",
         b"a@b@c", "ａｌｉｃｅ".encode(), "a‮b".encode(), b"\\", b"\\\\\\", b"@", b"DOM\\", b"\\alice", b"\xe2\x80\xa8"]


@pytest.mark.parametrize("service", SERVICES)
def test_c4_names(patient, service):
    with unharmed(patient, seconds=60):
        for name in NAMES:
            with greeted(patient, service) as w:
                said = refusal(w, service, name, b"x")
                assert said.startswith(REFUSED[service][:8]) or b"BAD" in said or said.startswith((b"501", b"-ERR syntax", b"500")), (name, said)
                assert w.ask(b"x NOOP" if service == "imap" else b"CAPA" if service == "pop3" else b"NOOP").startswith((b"x OK", b"+OK", b"250"))


def test_c4_line_ends_in_a_name(patient):
    """An IMAP literal may hold what no line can: one reply line, one log line."""
    for name in (b"a\r\nb OK", b"a\nb", b"a\x1b[2Jb", b"a\rb"):
        with greeted(patient, "imap") as w:
            said = refusal(w, "imap", name, b"x\r\ny")
            assert said.startswith((b"a NO", b"a BAD")) and b"\r" not in said and b"\n" not in said
            assert w.ask(b"c NOOP").startswith(b"c OK")
    for line in patient.log().splitlines():
        assert "\x1b" not in line and not line.startswith("b OK"), line


def test_c10_as_one_then_as_the_other(patient):
    """Who one is never depends on who was there before; many at once, over all protocols."""
    patient.send("alice@example.org", subject="for alice")
    problems = []

    def check(name, service):
        try:
            for _ in range(4):
                with logged_on(patient, name, service, folder=None) as w:
                    if service == "imap":
                        w.send(b"f STATUS INBOX (MESSAGES)\r\n")
                        lines = w.until(b"f ")
                        assert lines[-1].startswith(b"f OK"), lines
                with greeted(patient, service) as w:
                    assert refusal(w, service, b"DOM\\" + name.encode(), b"x") == REFUSED[service]
        except Exception as e:
            problems.append(e)
    threads = [threading.Thread(target=check, args=(name, service)) for name in ("alice", "bob") for service in ("imap", "pop3") for _ in range(2)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert not problems, problems[:2]
    # A delegate's right counts at the logon, and an ended account's sessions end.
    with greeted(patient, "imap") as w:
        assert w.ask(b'a LOGIN "DOM\\\\bob\\\\alice" "%s"' % PASSWORD.encode()).startswith(b"a NO [AUTHORIZATIONFAILED]")


def test_c10_rights_taken_away(new_server):
    s = new_server()
    s.add_domain()
    s.add_person("alice")
    s.add_person("bob")
    s.start()
    with logged_on(s, "alice") as w, logged_on(s, "alice", "pop3") as p:
        s.bourse("account", "set", "DOM\\alice", "--disabled", "yes")
        assert any(line.startswith(b"* BYE") for line in last_words(w))
        last_words(p)
    with greeted(s, "imap") as w:
        assert refusal(w, "imap", b"DOM\\alice", PASSWORD.encode()).startswith(b"a NO [CONTACTADMIN]")


# ---- from the front to the store ----

@pytest.mark.parametrize("service", ("imap", "imaps"))
def test_hand_over_takes_every_octet_once(patient, service):
    """Commands behind LOGIN reach the session exactly once and in order, wherever the stream is cut."""
    logon = b'a LOGIN "DOM\\\\alice" "%s"\r\n' % PASSWORD.encode()
    tail = b"".join(b"t%d NOOP\r\n" % i for i in range(200))
    octets = logon + tail
    for cut in (0, 5, len(logon) - 1, len(logon), len(logon) + 1, len(logon) + 7, len(logon) + 1000):
        with greeted(patient, service) as w:
            w.send(octets[:cut])
            time.sleep(0.01)
            w.send(octets[cut:])
            assert w.line().startswith(b"a OK")
            assert [w.line().split()[0] for _ in range(200)] == [b"t%d" % i for i in range(200)]
            assert w.ask(b"z LOGOUT").startswith(b"* BYE")


@pytest.mark.parametrize("service", ("pop3", "pop3s"))
def test_hand_over_pop3(patient, service):
    for wait in (0, 0.002, 0.05):
        with greeted(patient, service) as w:
            w.send(b"USER DOM\\alice\r\nPASS " + PASSWORD.encode() + b"\r\n" + b"NOOP\r\n" * 50)
            time.sleep(wait)
            w.send(b"STAT\r\nQUIT\r\n")
            said = last_words(w)
            assert len(said) == 1 + 1 + 50 + 2 and all(line.startswith(b"+OK") for line in said), said[-3:]


@pytest.mark.parametrize("service", ("imap", "imaps"))
def test_hand_over_of_much(patient, service):
    """More than the front holds, sent at once behind the logon, in records that fit nowhere."""
    with unharmed(patient):
        body = b"x" * 62 + b"\r\n"
        append = b"b APPEND INBOX {%d+}\r\n" % (64 * 5000) + body * 5000 + b"\r\nc NOOP\r\n"
        with greeted(patient, service) as w:
            octets = b'a LOGIN "DOM\\\\bob" "%s"\r\n' % PASSWORD.encode() + append
            for i in range(0, len(octets), 10000):
                w.send(octets[i:i + 10000])
            assert [w.line()[:4] for _ in range(3)] == [b"a OK", b"b OK", b"c OK"]


def test_hand_over_half_closed(patient):
    """Who says all and then ends his side is still answered."""
    with greeted(patient, "imap") as w:
        w.send(b'a LOGIN "DOM\\\\alice" "%s"\r\nb NOOP\r\nc LOGOUT\r\n' % PASSWORD.encode())
        w.socket.shutdown(socket.SHUT_WR)
        said = last_words(w)
        assert [line[:4] for line in said] == [b"a OK", b"b OK", b"* BY", b"c OK"], said


def test_hand_over_to_nobody(patient):
    """Gone before the answer came: nothing is left behind."""
    with unharmed(patient, seconds=40):
        for _ in range(60):
            w = greeted(patient, "imap")
            w.send(b'a LOGIN "DOM\\\\alice" "%s"\r\n' % PASSWORD.encode())
            w.close()
        eventually(lambda: serves_others(patient) is None)


def test_c1_a_crowd_that_hangs_up(new_server):
    """Passwords that nobody waits for cost no hash, and do not keep the others from logging on."""
    s = new_server(config="front.connections_per_address_max = 1000;\n")
    s.add_domain()
    s.add_person("alice")
    s.add_person("bob")
    s.start()
    logged_on(s, "bob", folder=None).close()
    with unharmed(s, seconds=60):
        before = cpu_seconds(s.role_pids("directory")[0])
        for _ in range(600):
            w = greeted(s, "imap")
            w.send(b"a LOGIN DOM\\alice guess\r\n")
            w.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            w.close()
        start = time.monotonic()
        logged_on(s, "bob", folder=None).close()
        took, spent = time.monotonic() - start, cpu_seconds(s.role_pids("directory")[0]) - before
        assert SANITIZED or (took < 60 and spent < 6), (took, spent)
