"""Clients that ask to be told of everything (NOTIFY, RFC 5465) and do not read."""
import re

from server import PASSWORD, Wire, quoted

MESSAGES = 20
TEXT = b"Subject: x\r\n\r\n" + (b"0123456789abcdef" * 4 + b"\r\n") * 4000


def anonymous_octets(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        return int(re.search(r"RssAnon:\s+(\d+)", status.read()).group(1)) << 10


def selected(server):
    wire = Wire(server, "imap", 60)
    wire.line()
    wire.send(f"a LOGIN alice {quoted(PASSWORD)}\r\nb SELECT INBOX\r\n".encode()).until(b"b OK")
    return wire


def test_what_nobody_reads_is_not_kept(new_server):
    """Their memory is bounded, the others go on, and whoever reads late hears of every message."""
    server = new_server()
    server.add_domain()
    server.add_person("alice")
    server.start()
    store = server.role_pids("store")[0]
    deaf = [selected(server) for _ in range(6)]
    for wire in deaf:
        wire.send(b"n NOTIFY SET (selected (MessageNew (UID BODY.PEEK[]) MessageExpunge FlagChange)) "
                  b"(personal (MessageNew MessageExpunge FlagChange MailboxName))\r\n").until(b"n OK")
    busy = selected(server)
    before = anonymous_octets(store)
    for _ in range(MESSAGES):
        busy.send(b"x APPEND INBOX {%d+}\r\n" % len(TEXT) + TEXT + b"\r\n").until(b"x OK")
        busy.send(b"y STORE 1:* +FLAGS.SILENT (\\Seen)\r\n").until(b"y OK")
        busy.send(b"z STORE 1:* -FLAGS.SILENT (\\Seen)\r\n").until(b"z OK")
    # What was to be told is 6 times 20 times 264 KiB: 31 MiB.
    assert anonymous_octets(store) - before < 16 << 20
    for wire in deaf[:2]:
        heard = set()
        while len(heard) < MESSAGES:
            line = wire.line()
            assert line is not None
            found = re.match(rb"\* \d+ FETCH \(UID (\d+) BODY\[\] ", line)
            if found:
                heard.add(int(found.group(1)))
        assert heard == set(range(1, MESSAGES + 1))
