"""Who is logged on, and with what: `bourse session list`; the connection that goes from one account to the next."""
import imaplib
import json
import os
import signal
import zlib

from attacks import SANITIZED, logged_on, memory_mib
from server import PASSWORD, Wire, eventually


def rows(server, *account):
    """All of them; a long list comes in several objects."""
    said = server.bourse("session", "list", *account, "--json").stdout
    return [row for line in said.splitlines() for row in json.loads(line)["rows"]]


def test_session_list(server):
    eventually(lambda: rows(server) == [])  # those of the test before
    with logged_on(server, "alice") as a, logged_on(server, "bob", service="pop3s"), logged_on(server, "alice", service="imaps"):
        assert a.ask(b'i ID ("name" "Example \xc3\xb6 Mail" "version" "16.2" "os" "none")').startswith(b"* ID ")
        assert a.line().startswith(b"i OK")
        assert a.ask(b"w IDLE").startswith(b"+")
        found = rows(server)
        assert [row["account"] for row in found] == ["DOM\\alice", "DOM\\bob", "DOM\\alice"]
        first, second, third = found
        assert (first["program"], first["version"], first["doing"]) == ("Example ö Mail", "16.2", "idle")
        assert first["client"].startswith("127.0.0.1:") and first["mailbox"] == "alice"
        assert (first["service"], second["service"], third["service"]) == ("imap", "pop3s", "imaps")
        assert second["program"] == third["program"] == ""
        assert [row["account"] for row in rows(server, "dom\\BOB")] == ["DOM\\bob"]
        assert "Example ö Mail" in server.bourse("session", "list").stdout
        said = [line for line in server.log().splitlines() if "5005" in line and "Example" in line]
        assert len(said) == 1, said
    eventually(lambda: rows(server) == [])


def test_one_connection_for_many(server):
    """As an administrator's program does it: one TLS connection, one account after the other; counted as one session at most."""
    w = Wire(server, "imaps")
    w.line()
    for n in range(50):
        name = ("alice", "bob")[n % 2]
        w.send(b'l%d LOGIN "DOM\\\\%s" "%s"\r\ns%d STATUS INBOX (MESSAGES)\r\nu%d UNAUTHENTICATE\r\n' % (n, name.encode(), PASSWORD.encode(), n, n))
        assert w.until(b"u%d " % n)[-1].startswith(b"u%d OK" % n)
        assert len(rows(server)) <= 1
    eventually(lambda: rows(server) == [])
    assert w.ask(b"z SELECT INBOX").startswith(b"z BAD")
    w.close()


def test_the_front_dies_meanwhile(new_server):
    """A connection without TLS outlives the front that handed it over, and comes back to the next one; one inside TLS ends with it."""
    s = new_server()
    s.add_domain()
    s.add_person("alice")
    s.start()
    with logged_on(s) as plain, logged_on(s, service="imaps") as inside:
        front, = s.role_pids("front-user")
        os.kill(front, signal.SIGKILL)
        eventually(lambda: s.role_pids("front-user") not in ([], [front]) and all(r["state"] == "ready" for r in s.status()["roles"]))
        assert inside.line() is None
        assert plain.ask(b"u UNAUTHENTICATE").startswith(b"u OK")
        assert plain.ask(b"v SELECT INBOX").startswith(b"v BAD")
        assert plain.ask(b'w LOGIN "DOM\\\\alice" "%s"' % PASSWORD.encode()).startswith(b"w OK")
        assert plain.ask(b"x NOOP").startswith(b"x OK")


def test_rules_come_with_a_reload(new_server):
    """imap.hide is in force for the next session; one that stands goes on as it began. A wrong rule is refused, in words."""
    s = new_server()
    s.add_domain()
    s.add_person("alice")
    s.start()

    def offers(w, tag=b"q"):
        w.send(tag + b" CAPABILITY\r\n")
        return b" IDLE" in w.until(tag + b" ")[0]

    def offered_anew():
        with logged_on(s) as w:
            return offers(w)

    with logged_on(s) as before:
        assert offers(before)
        s.write_config('imap.hide = ["IDLE from network loopback"];\n')
        s.bourse("reload")
        eventually(lambda: not offered_anew())
        assert offers(before)
        with logged_on(s) as after:
            assert after.ask(b"i IDLE").startswith(b"+")
        s.write_config('imap.hide = ["IDEL from everybody"];\n')
        done = s.bourse("reload", check=False)
        assert done.returncode != 0 and "does not know" in done.stdout + done.stderr, done
        assert not offered_anew()


def test_known_library_compresses(server):
    """imaplib over a packed stream: a folder of real size comes through whole."""
    for n in range(20):
        server.send("alice@example.org", f"{n} " + "the same words again " * 2000)
    c = imaplib.IMAP4("127.0.0.1", server.port("imap"))
    c.login("DOM\\alice", PASSWORD)
    imaplib.Commands["COMPRESS"] = ("AUTH", "SELECTED")
    assert c._simple_command("COMPRESS", "DEFLATE")[0] == "OK"
    pack, unpack, sock, rest = zlib.compressobj(wbits=-15), zlib.decompressobj(wbits=-15), c.sock, [b""]
    came = [0]

    def fill():
        got = sock.recv(65536)
        assert got
        came[0] += len(got)
        rest[0] += unpack.decompress(got)

    def read(size):
        while len(rest[0]) < size:
            fill()
        out, rest[0] = rest[0][:size], rest[0][size:]
        return out

    def readline():
        while b"\n" not in rest[0]:
            fill()
        return read(rest[0].index(b"\n") + 1)

    c.read, c.readline = read, readline
    c.send = lambda octets: sock.sendall(pack.compress(octets) + pack.flush(zlib.Z_SYNC_FLUSH))
    assert int(c.select()[1][0]) >= 20
    found = [part[1] for part in c.fetch("1:*", "(BODY.PEEK[])")[1] if isinstance(part, tuple)]
    assert sum(len(m) for m in found) > 20 * 40000 and all(m.endswith(b"\r\n") for m in found)
    assert came[0] < sum(len(m) for m in found) / 10
    assert all(f"{n} the same words again".encode() in b"".join(found) for n in range(20))
    c.logout()


def test_a_crowd_that_packs(new_server):
    """doc/budgets.md: windows for packing are shared, one for unpacking belongs to each session; a list longer than one message between roles."""
    s = new_server(config="account.sessions_max = 1000;\nfront.connections_per_address_max = 1000;\n")
    s.add_domain()
    s.add_person("alice")
    s.start()
    store, = s.role_pids("store")
    crowd = [logged_on(s, folder=None) for _ in range(210)]
    assert len(rows(s)) == 210
    before = memory_mib(store)
    for w in crowd:
        assert w.ask(b"c COMPRESS DEFLATE").startswith(b"c OK")
        pack, unpack = zlib.compressobj(wbits=-15), zlib.decompressobj(wbits=-15)
        w.send(pack.compress(b"n NOOP\r\n" * 5000) + pack.flush(zlib.Z_SYNC_FLUSH))
        got = b""
        while got.count(b"n OK") < 5000:
            got += unpack.decompress(w.socket.recv(65536))
    taken = memory_mib(store) - before
    for w in crowd:
        w.close()
    assert SANITIZED or taken < (32 * 272 + 210 * 64) / 1024 + 8, f"{taken:.1f} MiB for 210 packed sessions"
