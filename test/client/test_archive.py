"""Archives into folders: every form they come in, twice, broken off, killed, damaged; and what comes out is what was in them."""
import contextlib
import gzip
import imaplib
import json
import mailbox
import os
import re
import signal
import subprocess
import time

import archives
import pytest
from server import BOURSE, CORPUS, LONG, PASSWORD, Server, eventually

PROBLEMS = 4
SEP = b"From a@b.example Sat Jan  3 01:05:34 1998\n"
DATE = b" 3-Jan-1998 01:05:34 +0000"


@pytest.fixture(scope="module")
def box():
    s = Server()
    try:
        s.start()
        s.add_domain()
        s.add_person("alice")
        s.bourse("public", "enable")
        s.bourse("folder", "create", "public", "Lists")
        s.bourse("folder", "grant", "public", "Lists", "DOM\\alice", "owner")
        yield s
    finally:
        s.destroy()


@pytest.fixture()
def folder(box, request):
    return "Lists/" + request.node.name.replace("[", " ").replace("]", "")


def bring(server, folder, *paths, status=0, box="public", stdin=None):
    done = server.bourse("folder", "import", box, folder, *map(str, paths), "--json", check=False, stdin=stdin)
    assert done.returncode == status, done.stdout + done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def all_of(server, folder, box="public"):
    return server.imap_all("DOM\\alice", f"Public Folders/{folder}" if box == "public" else folder)


def rows(server, folder, what="FLAGS INTERNALDATE"):
    c = server.imap("DOM\\alice")
    count = int(c.select(f'"{folder}"', readonly=True)[1][0])
    found = [row if isinstance(row, bytes) else row[0] for row in c.fetch(f"1:{count}", f"({what})")[1]] if count else []
    c.logout()
    return found


def flags(row):
    return set(re.search(rb"FLAGS \(([^)]*)\)", row).group(1).split()) - {b"\\Recent"}


def date(row):
    return re.search(rb'INTERNALDATE "([^"]*)"', row).group(1)


def what(answer):
    return [(os.path.basename(row["file"]), row["offset"], row["what"]) for row in answer["problems"]]


# ---- the forms ----

def test_mbox(box, folder, tmp_path):
    wanted = list(archives.messages(700))
    archives.write_mbox(tmp_path / "list.mbox", wanted)
    answer = bring(box, folder, tmp_path / "list.mbox")
    assert (answer["read"], answer["added"], answer["there_already"], answer["problems"]) == (700, 700, 0, [])
    assert answer["octets"] == sum(len(m) for m, _ in wanted)
    assert all_of(box, folder) == [m for m, _ in wanted]
    dates = [date(row) for row in rows(box, f"Public Folders/{folder}", "INTERNALDATE")]
    assert dates == [time.strftime("%e-%b-%Y %H:%M:%S +0000", time.gmtime(when)).encode() for _, when in wanted]
    # Once more, packed, by standard input, and from a folder: nothing is added.
    packed = tmp_path / "months"
    packed.mkdir()
    (packed / "2004-January.txt.gz").write_bytes(gzip.compress((tmp_path / "list.mbox").read_bytes()))
    with open(tmp_path / "list.mbox", "rb") as f:
        done = subprocess.run([BOURSE, "--data", box.data, "folder", "import", "public", folder, "-", "--json"], stdin=f, capture_output=True, timeout=120)
    assert json.loads(done.stdout.splitlines()[-1])["there_already"] == 700
    answer = bring(box, folder, packed, tmp_path / "list.mbox")
    assert (answer["read"], answer["added"], answer["there_already"]) == (1400, 0, 1400)
    assert len(all_of(box, folder)) == 700


def test_months_in_their_order(box, folder, tmp_path):
    for n, month in enumerate(("January", "February", "March", "April", "December")):
        (tmp_path / f"2004-{month}.txt").write_bytes(SEP + b"Subject: %d\n\nx\n" % n)
    (tmp_path / "2003-December.txt.gz").write_bytes(gzip.compress(SEP + b"Subject: first") + gzip.compress(b" of all\n\nx\n\n"))
    bring(box, folder, tmp_path)
    assert [m.split(b"\r\n")[0] for m in all_of(box, folder)] == [b"Subject: first of all"] + [b"Subject: %d" % n for n in range(5)]


def test_pipermail(box, folder, tmp_path):
    text = ("From ann at example.net  Sat Jan  3 01:05:34 1998\nFrom: ann at example.net (Ann Adler)\nDate: Sat, 3 Jan 1998 02:05:34 +0100\n"
            "Subject: [devel] hello\nMessage-ID: <1@lists.example>\n\nHello\n\nFrom here on it is text.\n\n\n"
            "From bert at example.net  Sun Jan  4 01:05:34 1998\nFrom: bert at example.net (Bert)\nSubject: [devel] hello\n"
            "In-Reply-To: <1@lists.example>\nMessage-ID: <2@lists.example>\n\n>From the start\n\n")
    (tmp_path / "1998-January.txt").write_text(text)
    assert bring(box, folder, tmp_path / "1998-January.txt")["added"] == 2
    first, second = all_of(box, folder)
    assert first.endswith(b"\r\n\r\nHello\r\n\r\nFrom here on it is text.\r\n\r\n") and second.endswith(b"\r\n\r\nFrom the start\r\n")
    assert b"ann at example.net" in first
    c = box.imap("DOM\\alice")
    c.select(f'"Public Folders/{folder}"')
    assert c.thread("REFERENCES", "UTF-8", "ALL")[1] == [b"(1 2)"]
    c.logout()


def test_flags_of_an_mbox(box, tmp_path):
    fields = [b"Status: RO", b"Status: O\nX-Status: AF", b"X-Status: T\nX-Keywords: $Label1 Work", b"X-Mozilla-Status: 0007", b"X-Status: D",
              b"X-Keywords: \\Bad one(two three"]
    text = b"".join(SEP + b"Subject: %d\n%s\n\nx\n\n" % pair for pair in enumerate(fields))
    internal = SEP + b"X-IMAP: 123 456\nSubject: DON'T DELETE THIS MESSAGE -- FOLDER INTERNAL DATA\n\nx\n\n"
    (tmp_path / "box").write_bytes(internal + text)
    bring(box, "Marked", tmp_path / "box", box="alice")
    assert [flags(row) for row in rows(box, "Marked")] == [{b"\\Seen"}, {b"\\Answered", b"\\Flagged"}, {b"\\Draft", b"$Label1", b"Work"},
                                                            {b"\\Seen", b"\\Answered", b"\\Flagged"}, {b"\\Deleted"}, {b"three"}]
    assert b"Status: RO" in all_of(box, "Marked", "alice")[0]  # nothing of the message is taken away
    bring(box, "Unmarked", tmp_path / "box", "--no-flags", box="alice")
    assert [flags(row) for row in rows(box, "Unmarked")] == [set()] * 6


def test_read_in_a_public_folder(box, folder, tmp_path):
    (tmp_path / "box").write_bytes(SEP + b"Status: RO\nX-Status: F\n\nx\n")
    bring(box, folder, tmp_path / "box")
    assert flags(rows(box, f"Public Folders/{folder}")[0]) == {b"\\Flagged"}  # who has read what is each reader's own


def test_maildir(box, tmp_path):
    for name in ("", ".Lists", ".Lists.Caf&AOk-", ".Lists.a&AC8-b"):
        for part in ("cur", "new", "tmp"):
            (tmp_path / "Maildir" / name / part).mkdir(parents=True)
    top = tmp_path / "Maildir"
    (top / "dovecot-keywords").write_text("0 $Forwarded\n1 Work\n")
    (top / "cur/1000.a:2,FRS").write_bytes(b"Subject: one\n\nx\n")
    (top / "cur/1001.a:2,DTPb").write_bytes(b"Subject: two\r\n\r\nx")
    (top / "new/1002.a").write_bytes(b"Subject: three\n\nx\n")
    (top / "tmp/1003.a").write_bytes(b"Subject: never\n\nx\n")
    os.utime(top / "new/1002.a", (883789534, 883789534))
    (top / ".Lists/cur/1.a:2,").write_bytes(b"Subject: in a list\n\nx\n")
    (top / ".Lists.Caf&AOk-/cur/1.a:2,S").write_bytes(b"From: a@b.example\n\nx\n")
    (top / ".Lists.a&AC8-b/cur/1.a:2,S").write_bytes(b"From: a@b.example\n\nx\n")
    answer = bring(box, "Moved", top, box="alice")
    assert (answer["added"], answer["folders_made"], answer["problems"]) == (6, 4, [])
    assert len(rows(box, "Moved/Lists/a&-AC8-b")) == 1
    assert [flags(row) for row in rows(box, "Moved")] == [{b"\\Flagged", b"\\Answered", b"\\Seen"}, {b"\\Draft", b"\\Deleted", b"$Forwarded", b"Work"}, set()]
    assert all_of(box, "Moved", "alice") == [b"Subject: one\r\n\r\nx\r\n", b"Subject: two\r\n\r\nx", b"Subject: three\r\n\r\nx\r\n"]
    assert date(rows(box, "Moved")[2]) == DATE
    assert flags(rows(box, "Moved/Lists/Caf&AOk-")[0]) == {b"\\Seen"}
    assert len(rows(box, "Moved/Lists")) == 1
    assert bring(box, "Flat", top, "--flat", box="alice")["folders_made"] == 1


def test_mh(box, tmp_path):
    mh = mailbox.MH(tmp_path / "mh")
    for n in range(12):
        mh.add(f"Subject: {n}\n\nx\n")
    mh.set_sequences({"unseen": [3, 5, 6, 7], "replied": [1], "flagged": [11, 12]})
    mh.add_folder("inner").add("Subject: inner\n\nx\n")
    mh.remove(2)
    (tmp_path / "mh/,2").write_text("Subject: gone\n\nx\n")
    assert bring(box, "Mh", tmp_path / "mh", box="alice")["added"] == 12
    numbers = [1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]
    assert all_of(box, "Mh", "alice") == [b"Subject: %d\r\n\r\nx\r\n" % (n - 1) for n in numbers]
    assert [n for n, row in zip(numbers, rows(box, "Mh")) if b"\\Seen" not in flags(row)] == [3, 5, 6, 7]
    assert [n for n, row in zip(numbers, rows(box, "Mh")) if b"\\Flagged" in flags(row)] == [11, 12]
    assert len(rows(box, "Mh/inner")) == 1


def test_files(box, tmp_path):
    (tmp_path / "in/2003").mkdir(parents=True)
    (tmp_path / "in/10.eml").write_bytes(b"Received: by b.example; Sat, 3 Jan 1998 01:05:34 +0000\nDate: Fri, 2 Jan 1998 01:05:34 +0000\nSubject: ten\n\nx")
    (tmp_path / "in/9.eml").write_bytes(b"Date: Sat, 3 Jan 1998 02:05:34 +0100\r\nSubject: nine\r\n\r\nx\r\r\n")
    (tmp_path / "in/a.eml").write_bytes(b"Date: Thu, 1 Jan 2099 00:00:00 +0000\nSubject: a\n\nx\n")
    (tmp_path / "in/.hidden").write_bytes(b"\0")
    os.utime(tmp_path / "in/a.eml", (883789534, 883789534))
    (tmp_path / "in/2003/1.eml").write_bytes(b"Subject: below\n\nx\n")
    assert bring(box, "Files", tmp_path / "in", box="alice")["added"] == 4
    assert [date(row) for row in rows(box, "Files")] == [DATE] * 3
    assert all_of(box, "Files", "alice")[:2] == [
        b"Received: by b.example; Sat, 3 Jan 1998 01:05:34 +0000\r\nDate: Fri, 2 Jan 1998 01:05:34 +0000\r\nSubject: ten\r\n\r\nx",
        b"Date: Sat, 3 Jan 1998 02:05:34 +0100\r\nSubject: nine\r\n\r\nx\r\r\n"]
    assert bring(box, "Files", tmp_path / "in/9.eml", box="alice")["there_already"] == 1
    assert len(rows(box, "Files/2003")) == 1


@pytest.mark.skipif(not CORPUS.is_dir(), reason=f"{CORPUS} is missing: no real messages to import")
def test_real_messages(box, folder, tmp_path):
    """As files, and in an mbox: the same octets."""
    paths = sorted(CORPUS.glob("*/*.eml"))
    wanted = [re.sub(rb"(?<!\r)\n", b"\r\n", path.read_bytes()) for path in paths]
    bring(box, folder, *sorted(p for p in CORPUS.iterdir() if p.is_dir()), "--flat", "--duplicates", "--format", "eml", "--no-flags")
    found = all_of(box, folder)
    assert sorted(found) == sorted(wanted)
    whole = [(m, 1000000000) for m in wanted if b"\r\n\r\n" in m and m.endswith(b"\r\n") and not m.startswith((b"From ", b">From "))]
    assert len(whole) > 600
    archives.write_mbox(tmp_path / "real.mbox", whole)
    answer = bring(box, folder + " mbox", tmp_path / "real.mbox", "--duplicates", "--format", "mboxrd", "--no-flags")
    assert answer["added"] == len(whole)
    assert all_of(box, folder + " mbox") == [m for m, _ in whole]


# ---- twice, broken off, killed ----

def test_twins(box, folder, tmp_path):
    one = b"Message-ID: <1@x>\nDate: Sat, 3 Jan 1998 01:05:34 +0000\nSubject: one\n\ntext\n"
    gateway = b"Received: by other.example; Sat, 3 Jan 1998 01:09:34 +0000\nSubject: [list] one\nMessage-ID: <1@x>\nDate: Sat, 3 Jan 1998 02:05:34 +0100\n\ntext\n-- \nlist\n"
    later = one.replace(b"1998 01", b"1999 01")
    bare = b"Subject: nothing else\n\ntext\n"
    for n, text in enumerate((one, gateway, later, bare, bare, bare + b"more\n")):
        (tmp_path / f"{n}.eml").write_bytes(text)
    answer = bring(box, folder, tmp_path, "--verbose")
    assert (answer["added"], answer["there_already"]) == (4, 2)
    assert [(os.path.basename(row["file"]), row["what"]) for row in answer["twins"]] == [("1.eml", "it comes a second time"), ("4.eml", "it comes a second time")]
    answer = bring(box, folder, tmp_path, "--verbose")
    assert (answer["added"], answer["there_already"]) == (0, 6)
    assert {row["what"] for row in answer["twins"]} == {f"the folder has it as UID {n}" for n in range(1, 5)}
    assert bring(box, folder, tmp_path, "--duplicates")["added"] == 6
    assert len(all_of(box, folder)) == 10
    # What has come by other ways counts, and what was removed does not.
    c = box.imap("DOM\\alice")
    c.select(f'"Public Folders/{folder}"')
    c.append(f'"Public Folders/{folder}"', None, None, b"Message-ID: <9@x>\r\nSubject: posted\r\n\r\nx\r\n")
    c.store("1:10", "+FLAGS", "\\Deleted")
    c.expunge()
    c.logout()
    (tmp_path / "9.eml").write_bytes(b"Message-ID: <9@x>\nSubject: posted, and changed on its way\n\nx\n")
    answer = bring(box, folder, tmp_path)
    assert (answer["added"], answer["there_already"]) == (4, 3)


def test_dry_run(box, folder, tmp_path):
    archives.write_mbox(tmp_path / "list.mbox", [*archives.messages(600, seed=3), *archives.messages(10, seed=3)])
    answer = bring(box, folder, tmp_path / "list.mbox", "--dry-run")
    assert (answer["would_be_added"], answer["there_already"], answer["folders_made"], answer["message"]) == (600, 10, 1, "nothing was kept")
    assert folder not in box.bourse("folder", "list", "public").stdout
    bring(box, folder, tmp_path / "list.mbox", "--dry-run")
    (tmp_path / "first.eml").write_bytes(next(archives.messages(1, seed=3))[0])
    bring(box, folder, tmp_path / "first.eml")
    for _ in range(2):  # the second run knows nothing of the first
        answer = bring(box, folder, tmp_path / "list.mbox", "--dry-run")
        assert (answer["would_be_added"], answer["there_already"]) == (599, 11)
    assert len(all_of(box, folder)) == 1
    assert bring(box, folder, tmp_path / "list.mbox")["added"] == 599


def test_killed(box, folder, tmp_path):
    """The tool, then the store, at any moment: run again, all is there once and in order."""
    wanted = list(archives.messages(2500, seed=4))
    archives.write_mbox(tmp_path / "list.mbox", wanted)
    command = [BOURSE, "--data", box.data, "folder", "import", "public", folder, tmp_path / "list.mbox", "--json"]

    def begun():
        rows = box.json("folder", "list", "public")["rows"]
        return [row for row in rows if row["folder"] == folder and row["messages"] > 0]

    tool = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    eventually(begun)
    tool.kill()
    tool.wait()
    tool = subprocess.Popen(command, stdout=subprocess.PIPE)
    os.kill(box.role_pids("store")[0], signal.SIGKILL)
    out, _ = tool.communicate(timeout=120)
    assert tool.returncode == 0, out
    answer = json.loads(out.splitlines()[-1])
    assert answer["read"] == 2500 and answer["problems"] == []
    assert all_of(box, folder) == [m for m, _ in wanted]


def test_keywords_without_room(box, tmp_path):
    (tmp_path / "box").write_bytes(b"".join(SEP + b"X-Keywords: a%d b%d\n\n%d\n\n" % (n, n, n) for n in range(200)))
    answer = bring(box, "Words", tmp_path / "box", box="alice")
    assert answer["added"] == 200 and answer["keywords_left_out"] == 250
    answer = bring(box, "Words", tmp_path / "box", "--duplicates", box="alice")
    assert answer["added"] == 200
    (tmp_path / "box").write_bytes(b"".join(SEP + b"X-Keywords: c%d\n\nmore %d\n\n" % (n, n) for n in range(100)))
    assert bring(box, "Words", tmp_path / "box", box="alice")["keywords_left_out"] == 100  # the folder has room for 200


# ---- what is wrong ----

def test_what_is_no_archive(box, folder, tmp_path):
    top = tmp_path / "in"
    top.mkdir()
    (top / "good.eml").write_bytes(b"Subject: good\n\nx\n")
    (top / "junk").write_bytes(bytes(range(256)) * 40)
    (top / "empty").write_bytes(b"")
    (top / "list.xz").write_bytes(b"\xfd7zXZ\0junk")
    (top / "cut.gz").write_bytes(gzip.compress(SEP + b"Subject: a\n\nx\n\n" + SEP + b"Subject: z\n\n" + os.urandom(3000).hex().encode() + b"\n")[:-400])
    (top / "bad.gz").write_bytes(b"\x1f\x8b" + b"\xff" * 100)
    (top / "cut.mbox").write_bytes(SEP + b"Subject: b\n\nx\n\n" + SEP + b"Subject: c\n\nx and then the conne")
    (top / "late.mbox").write_bytes(SEP.replace(b"From", b"rom") + b"x\n\n" + SEP + b"Subject: d\n\nx\n")
    os.mkfifo(top / "pipe")
    os.symlink(top, top / "loop")
    os.symlink(top / "good.eml", top / "link.eml")
    answer = bring(box, folder, top, status=PROBLEMS)
    assert [m.split(b"\r\n")[0] for m in all_of(box, folder)] == [b"Subject: a", b"Subject: b", b"Subject: good"]
    told = {name: (offset, text) for name, offset, text in what(answer)}
    assert told["junk"][1].startswith("it is neither an mbox nor a message")
    assert told["empty"][1] == "it is empty"
    assert "xz -dc FILE | bourse folder import ... -" in told["list.xz"][1]
    assert "damaged" in told["bad.gz"][1]
    assert told["cut.mbox"] == (57, "the file ends in the middle of the message; get the whole file, or take it as it is with --cut")
    assert "standard input" in told["pipe"][1] and "symbolic link" in told["loop"][1] and "symbolic link" in told["link.eml"][1]
    assert told["late.mbox"][1].startswith("it is neither")
    assert [offset for name, offset, _ in what(answer) if name == "cut.gz"][0] == 57
    assert {name for name, _, _ in what(answer)} == {"junk", "empty", "list.xz", "bad.gz", "cut.gz", "cut.mbox", "pipe", "loop", "link.eml", "late.mbox"}
    # As it is told to be: then what comes first is passed over.
    answer = bring(box, folder, top / "late.mbox", top / "cut.mbox", "--format", "mbox", "--cut", status=PROBLEMS)
    assert answer["added"] == 2 and [row[0] for row in what(answer)] == ["late.mbox"]
    # The whole file comes later.
    (top / "cut.mbox").write_bytes(SEP + b"Subject: b\n\nx\n\n" + SEP + b"Subject: e\n\nwhole\n\n")
    assert bring(box, folder, top / "cut.mbox")["added"] == 1


def refused(server, *args):
    done = server.bourse("folder", "import", *map(str, args), check=False)
    assert done.returncode in (1, 2, 3), done.stdout
    return done.stderr


def test_refusals(box, tmp_path):
    (tmp_path / "a.eml").write_bytes(b"Subject: a\n\nx\n")
    os.mkfifo(tmp_path / "pipe")
    assert "nothing was imported" in refused(box, "public", "Lists", tmp_path / "a.eml", tmp_path / "missing")
    assert "standard input" in refused(box, "public", "Lists", tmp_path / "pipe")
    assert "neither a file nor a folder" in refused(box, "public", "Lists", "/dev/null")
    assert "--format is mbox" in refused(box, "public", "Lists", tmp_path / "a.eml", "--format", "pst")
    assert "nobody" in refused(box, "nobody", "Lists", tmp_path / "a.eml")
    assert "can be no folder's name" in refused(box, "public", "Lists//x", tmp_path / "a.eml")
    assert "needs a name" in refused(box, "public", "", tmp_path / "a.eml")
    assert "PATH is missing" in refused(box, "public", "Lists")
    if os.geteuid() != 0:
        (tmp_path / "a.eml").chmod(0)
        assert "Permission denied" in refused(box, "public", "Lists", tmp_path / "a.eml")


def test_one_line_without_end(box, folder):
    """20 MiB in one line, then a message: the one is too large for nobody, the other is there."""
    text = SEP + b"Subject: long\n\n" + b"x" * (20 << 20) + b"\n\n" + SEP + b"Subject: short\n\nx\n"
    done = subprocess.run([BOURSE, "--data", box.data, "folder", "import", "public", folder, "-", "--json"], input=text, capture_output=True, timeout=120)
    assert done.returncode == 0 and json.loads(done.stdout.splitlines()[-1])["added"] == 2, done
    c = box.imap("DOM\\alice")
    c.select(f'"Public Folders/{folder}"', readonly=True)
    sizes = [int(re.search(rb"RFC822.SIZE (\d+)", row).group(1)) for row in c.fetch("1:2", "(RFC822.SIZE)")[1]]
    c.logout()
    assert sizes == [(20 << 20) + 19, 21]


def test_without_a_server(tmp_path):
    """A server is started for it, and ends with it."""
    s = Server()
    try:
        s.bourse("init", "Test", "--domain", "DOM", "--mail", "example.org")
        s.add_person("alice")
        archives.write_mbox(tmp_path / "list.mbox", archives.messages(50))
        assert bring(s, "Old", tmp_path / "list.mbox", box="alice")["added"] == 50
        s.start()
        assert len(all_of(s, "Old", "alice")) == 50
    finally:
        s.destroy()


# ---- out again ----

def test_out_again(box, tmp_path):
    (tmp_path / "box").write_bytes(b"".join(SEP + b"Subject: %d\nStatus: RO\nX-Status: F\nX-Keywords: Work $Forwarded\n\nx\n>From %d\nlast\n\n" % (n, n) for n in range(20))
                                   + SEP + b"From: <c@d.example>\nSubject: no flags\n\nbare\n\n")
    bring(box, "Out", tmp_path / "box", box="alice")
    wanted, marks, dates = all_of(box, "Out", "alice"), [flags(row) for row in rows(box, "Out")], [date(row) for row in rows(box, "Out")]
    assert marks[0] == {b"\\Seen", b"\\Flagged", b"Work", b"$Forwarded"}
    c = box.imap("DOM\\alice")
    c.select("Out")
    c.store("1", "-FLAGS.SILENT", "(\\Flagged Work)")
    c.store("1", "+FLAGS.SILENT", "(\\Answered)")
    c.logout()
    marks[0] = {b"\\Seen", b"\\Answered", b"$Forwarded"}
    for form in ("mbox", "maildir", "eml"):
        answer = box.json("folder", "export", "alice", "Out", str(tmp_path / form), "--format", form)
        assert (answer["written"], answer["octets"], answer["problems"]) == (21, sum(map(len, wanted)), [])
        assert bring(box, f"Back {form}", tmp_path / form, box="alice")["added"] == 21
        again = all_of(box, f"Back {form}", "alice")
        assert [date(row) for row in rows(box, f"Back {form}")] == dates
        if form == "mbox":  # where the flags are fields of the message
            assert again[0] == b"Subject: 0\r\nStatus: RO\r\nX-Status: A\r\nX-Keywords: $Forwarded\r\n\r\nx\r\nFrom 0\r\nlast\r\n"
            assert again[20] == wanted[20]
        else:
            assert again == wanted
        if form != "eml":
            assert [flags(row) for row in rows(box, f"Back {form}")] == marks
    assert box.bourse("folder", "export", "alice", "Out", str(tmp_path / "bare"), "--no-flags").returncode == 0
    bring(box, "Back bare", tmp_path / "bare", "--format", "mboxrd", "--no-flags", box="alice")
    assert all_of(box, "Back bare", "alice") == wanted
    done = subprocess.run([BOURSE, "--data", box.data, "folder", "export", "alice", "Out", "-", "--no-flags"], capture_output=True, timeout=60)
    assert done.stdout == (tmp_path / "bare").read_bytes()
    senders = [line.split()[1] for line in done.stdout.splitlines() if line.startswith(b"From ")]
    assert senders == [b"MAILER-DAEMON"] * 20 + [b"c@d.example"]


def test_out_refusals(box, tmp_path):
    def said(*args):
        done = box.bourse("folder", "export", *map(str, args), check=False)
        assert done.returncode in (1, 2), done
        return done.stderr
    (tmp_path / "there").write_text("x")
    assert "File exists" in said("public", "Lists", tmp_path / "there")
    assert "File exists" in said("public", "Lists", tmp_path / "there", "--format", "maildir")
    assert "--format is mbox" in said("public", "Lists", tmp_path / "new", "--format", "pst")
    assert "standard output" in said("public", "Lists", "-", "--format", "eml")
    assert "No such file" in said("public", "Lists", tmp_path / "no/where")
    said("public", "Nothing", tmp_path / "new")
    assert not (tmp_path / "new").exists()
