"""What the server does by itself for what it keeps: reading it again, and removing what has no owner any more."""
import os
import shutil

from server import eventually


def test_scrub(new_server):
    """A closed journal file is read again round after round; damage is logged, and the place survives a restart."""
    s = new_server(config="store.segment_octets = 1M;\nstore.compress = off;\nstore.scrub_interval = 1s;\nstore.scrub_octets = 1G;\n")
    s.add_domain()
    s.add_person("alice")
    s.start()
    for _ in range(4):
        s.send("alice@example.org", os.urandom(200000).hex())
    segment = s.data / "store/journal-0000000001"
    eventually(lambda: (s.data / "store/journal-0000000002").exists())
    rounds = s.log().count(" 4014 every closed")
    eventually(lambda: s.log().count(" 4014 every closed") >= rounds + 4)
    assert " 4005 stored data" not in s.log()
    with open(segment, "r+b") as f:
        f.seek(segment.stat().st_size // 4)  # inside the first message
        octet = f.read(1)
        f.seek(-1, os.SEEK_CUR)
        f.write(bytes([octet[0] ^ 1]))
    eventually(lambda: " 4005 stored data" in s.log())
    line = next(line for line in s.log().splitlines() if " 4005 stored data" in line)
    assert "segment=1 " in line + " ", line
    # It is said once, however often the segment is read again, and so is which message it is.
    rounds = s.log().count(" 4014 every closed")
    eventually(lambda: s.log().count(" 4014 every closed") >= rounds + 3)
    told = [line for line in s.log().splitlines() if " 4005 stored data" in line and "of=directory" not in line]
    assert len(told) == 2 and "segment=" in told[0] and "mailbox=" in told[1] and "uid=" in told[1], told
    state = next(row for row in s.status()["reading_again"] if row["of"] == "store")
    assert state["damage"] == 1 and state["finished"] != "never", state
    assert "READING" in s.bourse("status").stdout.upper()
    s.stop()
    assert (s.data / "store/scrub").read_text().split()[1].isdigit()


def test_scrub_off(new_server):
    s = new_server(config="store.scrub_interval = 1s;\nstore.scrub_octets = 0;\n")
    s.start()
    before = s.log().count(" 4014 every closed")
    s.write_config("store.scrub_interval = 1s;\nstore.scrub_octets = 1G;\n")
    s.bourse("reload")
    eventually(lambda: s.log().count(" 4014 every closed") > 0)
    assert before == 0


def kept(server):
    return server.json("check")["messages_kept"]


def test_removed_while_away(new_server):
    """A store that did not hear of a mailbox's removal hears of it when it meets the directory again."""
    s = new_server()
    s.add_domain()
    s.add_person("alice")
    s.add_person("bob")
    s.start()
    s.send("alice@example.org", "stays")
    s.send("bob@example.org", "goes")
    s.stop()
    aside = s.data.with_name(s.data.name + "-aside")
    shutil.copytree(s.data / "store", aside)
    s.bourse("mailbox", "remove", "bob")
    shutil.rmtree(s.data / "store")
    shutil.move(aside, s.data / "store")
    s.start()
    eventually(lambda: kept(s) == 1)
    assert " 4015 mail of" not in s.log()
    assert len(s.pop3_all("alice")) == 1


def test_doubt(new_server):
    """A directory that is older than the store knows nothing of the mailbox: its mail is kept, and is there when the newer one is."""
    s = new_server()
    s.add_domain()
    s.add_person("alice")
    aside = s.data.with_name(s.data.name + "-aside")
    shutil.copytree(s.data / "directory", aside)
    s.add_person("bob")
    s.start()
    s.send("bob@example.org", "kept on doubt")
    s.stop()
    newer = s.data.with_name(s.data.name + "-newer")
    shutil.move(s.data / "directory", newer)
    shutil.move(aside, s.data / "directory")
    s.start()
    eventually(lambda: " 4015 mail of" in s.log())
    s.stop()
    shutil.rmtree(s.data / "directory")
    shutil.move(newer, s.data / "directory")
    s.start()
    assert len(s.pop3_all("bob")) == 1
