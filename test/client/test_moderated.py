"""Moderated folders: who approves, what waits, what becomes of it; restarts, groups, the administrator's commands."""
import email

import pytest
from server import eventually

NAME = "Public Folders"
HELD = "Held for approval"


@pytest.fixture(scope="module")
def world(server):
    server.add_person("carol")
    server.bourse("public", "enable")
    return server


def make(world, folder, *by):
    world.bourse("folder", "create", "public", folder)
    return world.bourse("folder", "moderate", "public", folder, *(["--by", ",".join(by)] if by else []))


def post(world, name, folder, subject):
    c = world.imap(f"DOM\\{name}")
    said, text = c.append(f'"{NAME}/{folder}"', None, None, f"From: {name}@example.org\r\nSubject: {subject}\r\n\r\ntext\r\n".encode())
    c.logout()
    assert said == "OK", text
    return b"held until a moderator approves it" in text[0]


def subjects(world, name, folder):
    """None: it cannot be opened."""
    c = world.imap(f"DOM\\{name}")
    said, count = c.select(f'"{NAME}/{folder}"', readonly=True)
    rows = []
    if said == "OK" and int(count[0]):
        rows = [email.message_from_bytes(part[1])["Subject"] for part in c.fetch("1:*", "(BODY.PEEK[HEADER.FIELDS (SUBJECT)])")[1]
                if isinstance(part, tuple)]
    c.logout()
    return rows if said == "OK" else None


def held(world, folder):
    return world.json("folder", "held", "public", folder)["rows"]


def state(world, folder):
    return [row["state"] for row in world.json("folder", "list", "public")["rows"] if row["folder"] == folder][0]


def test_approve_and_reject_by_the_tool(world):
    make(world, "Tool", "DOM\\carol")
    assert [post(world, name, "Tool", f"by {name}") for name in ("alice", "bob", "carol")] == [True, True, False]
    assert state(world, "Tool") == "moderated, 2 wait" and state(world, f"Tool/{HELD}") == "posts wait here for approval"
    rows = held(world, "Tool")
    assert [(row["from"], row["subject"]) for row in rows] == [("alice@example.org", "by alice"), ("bob@example.org", "by bob")]
    for ids in (["0"], ["x"], ["999"], [str(rows[0]["id"]), "999"], ["-1"], ["1" * 400]):
        assert world.bourse("folder", "approve", "public", "Tool", *ids, check=False).returncode != 0
    assert subjects(world, "bob", "Tool") == ["by carol"]
    world.bourse("folder", "approve", "public", "Tool", str(rows[0]["id"]))
    world.bourse("folder", "reject", "public", "Tool", str(rows[1]["id"]))
    assert sorted(subjects(world, "bob", "Tool")) == ["by alice", "by carol"] and held(world, "Tool") == []
    # Who has posted it may delete it still, and nobody else.
    assert world.json("rights", "--as", "bob")["ok"]
    for name, may in (("bob", "NO"), ("alice", "OK")):
        c = world.imap(f"DOM\\{name}")
        c.select(f'"{NAME}/Tool"')
        number = [n for n in (b"1", b"2") if b"by alice" in c.fetch(n, "(BODY.PEEK[HEADER])")[1][0][1]][0]
        assert c.store(number, "+FLAGS", r"(\Deleted)")[0] == may
        c.logout()


def test_refusals_and_the_end(world):
    world.bourse("folder", "create", "public", "Refuse")
    for args in (["public", "Refuse", "--by", "DOM\\nobody"], ["public", "Nowhere"], ["alice", "INBOX"], ["public", "/"], ["public", "INBOX"],
                 ["public", "Refuse", "--by", "a@b@c"]):
        assert world.bourse("folder", "moderate", *args, check=False).returncode != 0, args
    assert state(world, "Refuse") == "" and not post(world, "bob", "Refuse", "not moderated")
    for verb in ("held", "approve", "reject"):
        done = world.bourse("folder", verb, "public", "Refuse", *([] if verb == "held" else ["1"]), check=False)
        assert done.returncode != 0 and "not moderated" in done.stdout + done.stderr
    make_again = world.bourse("folder", "moderate", "public", "Refuse", "--by", "carol@example.org")
    assert "Refuse/Held for approval" in make_again.stdout
    assert post(world, "bob", "Refuse", "waits")
    done = world.bourse("folder", "moderate", "public", "Refuse", "--off", check=False)
    assert done.returncode != 0 and "1 posts wait" in done.stdout + done.stderr
    for folder in (f"Refuse/{HELD}",):
        assert world.bourse("folder", "delete", "public", folder, check=False).returncode != 0
        assert world.bourse("folder", "moderate", "public", folder, check=False).returncode != 0
    world.bourse("folder", "approve", "public", "Refuse", str(held(world, "Refuse")[0]["id"]))
    world.bourse("folder", "moderate", "public", "Refuse", "--off")
    assert state(world, "Refuse") == "" and not post(world, "bob", "Refuse", "at once")
    world.bourse("folder", "delete", "public", f"Refuse/{HELD}")
    # A folder that is deleted while it is moderated leaves what waits to its moderators.
    world.bourse("folder", "moderate", "public", "Refuse", "--by", "DOM\\carol")
    assert post(world, "bob", "Refuse", "left over")
    world.bourse("folder", "delete", "public", "Refuse")
    assert subjects(world, "carol", f"Refuse/{HELD}") == ["left over"] and subjects(world, "bob", f"Refuse/{HELD}") is None
    world.bourse("folder", "delete", "public", f"Refuse/{HELD}")


def test_who_is_a_moderator(world):
    """Owners of the folder, who is named, members of groups that are; and nobody else, whatever the folder above gives."""
    world.bourse("group", "add", "DOM\\editors", "--member", "DOM\\carol")
    world.bourse("folder", "create", "public", "Who")
    world.bourse("folder", "grant", "public", "Who", "DOM\\alice", "owner")
    world.bourse("folder", "grant", "public", "Who", "DOM\\bob", "editor")
    world.bourse("folder", "grant", "public", "Who", "anyone", "lr")
    world.bourse("folder", "moderate", "public", "Who", "--by", "$DOM\\editors")
    rights = {row["identifier"]: row["rights"] for row in world.json("folder", "rights", "public", f"Who/{HELD}")["rows"]}
    assert set(rights) == {"anyone", "authenticated", "DOM\\alice", "$DOM\\editors"}
    assert rights["anyone"] == rights["authenticated"] == "" and rights["$DOM\\editors"] == "lrsted"
    assert [post(world, name, "Who", name) for name in ("alice", "bob", "carol")] == [False, True, False]
    assert subjects(world, "bob", f"Who/{HELD}") is None
    world.bourse("group", "member-remove", "DOM\\editors", "DOM\\carol")
    assert post(world, "carol", "Who", "no longer")
    # Others than before; the owner stays one.
    world.bourse("folder", "moderate", "public", "Who", "--by", "DOM\\bob")
    assert [post(world, name, "Who", name) for name in ("alice", "bob", "carol")] == [False, False, True]
    rights = {row["identifier"] for row in world.json("folder", "rights", "public", f"Who/{HELD}")["rows"]}
    assert rights == {"anyone", "authenticated", "DOM\\alice", "DOM\\bob"}
    # Without a name those who are there stay.
    world.bourse("folder", "moderate", "public", "Who")
    assert not post(world, "bob", "Who", "still")


def test_it_survives(world):
    """A kill right behind the answer, and a name that is changed."""
    make(world, "Lasts", "DOM\\carol")
    assert post(world, "bob", "Lasts", "before the kill")
    world.kill_all()
    world.start()
    assert subjects(world, "carol", f"Lasts/{HELD}") == ["before the kill"] and subjects(world, "alice", "Lasts") == []
    assert post(world, "bob", "Lasts", "behind it")
    world.bourse("folder", "rename", "public", "Lasts", "Lasted")
    assert post(world, "bob", "Lasted", "renamed") and len(held(world, "Lasted")) == 3
    total = world.json("public", "show")
    assert total["ok"]
    world.bourse("check")


def test_pop3_and_the_limit(world):
    """A moderator may look at what waits by POP3; what waits counts."""
    make(world, "Quota", "DOM\\carol")
    world.bourse("public", "set", "--quota-messages", "unlimited")
    assert post(world, "bob", "Quota", "by POP3")
    p = world.pop3(f"DOM\\carol\\{NAME}/Quota/{HELD}")
    assert any(b"by POP3" in line for line in p.retr(1)[1])
    p.quit()
    count = sum(row["messages"] for row in world.json("folder", "list", "public")["rows"])
    world.bourse("public", "set", "--quota-messages", str(count))

    def is_full():
        c = world.imap("DOM\\bob")
        said = c.append(f'"{NAME}/Quota"', None, None, b"Subject: too many\r\n\r\n")[0]
        c.logout()
        return said == "NO"

    eventually(is_full)
    assert len(held(world, "Quota")) >= 1
    world.bourse("public", "set", "--quota-messages", "unlimited")


def inbox(world, name):
    """The mails of an INBOX, whole; by IMAP, so that they stay."""
    return [email.message_from_bytes(octets) for octets in world.imap_all(f"DOM\\{name}")]


def told(world, name, subject):
    """Those about a post of that subject: (their own subject, their text)."""
    found = []
    for mail in inbox(world, name):
        if not mail.is_multipart() or mail["Auto-Submitted"] != "auto-generated":
            continue
        text, post = mail.get_payload()
        inner = post.get_payload(0) if post.get_content_type() == "message/rfc822" else email.message_from_string(post.get_payload())
        if inner["Subject"] == subject:
            found.append((mail["Subject"], text.get_payload(decode=True).decode()))
    return found


def test_moderators_are_told(world):
    """Of each post once, by mail with the post in it: over a restart, members of groups too, and nobody else."""
    world.add_person("dan")
    world.add_account("DOM\\boxless")
    world.bourse("group", "add", "DOM\\inner", "--member", "DOM\\dan")
    world.bourse("group", "add", "DOM\\outer", "--member", "DOM\\inner,DOM\\boxless")
    make(world, "Told", "DOM\\carol", "$DOM\\outer")
    assert post(world, "bob", "Told", "first of Told")
    for name in ("carol", "dan"):
        (subject, text), = eventually(lambda: told(world, name, "first of Told"))
        assert subject == "A post waits for approval" and f'move it from "{NAME}/Told/{HELD}" into "{NAME}/Told"' in text
    assert [post(world, "bob", "Told", f"more {n}") for n in range(3)] == [True] * 3
    eventually(lambda: len(told(world, "dan", "more 2")) == 1)
    world.stop()
    world.start()
    assert post(world, "bob", "Told", "behind a restart")
    eventually(lambda: told(world, "dan", "behind a restart"))
    assert all(len(told(world, name, subject)) == 1 for name in ("carol", "dan") for subject in ("first of Told", "more 0", "more 1", "more 2"))
    assert told(world, "bob", "first of Told") == [] and told(world, "alice", "first of Told") == []
    # A moderator's own are not told of; nor what was approved.
    assert not post(world, "carol", "Told", "the moderator's")
    world.bourse("folder", "approve", "public", "Told", str(held(world, "Told")[0]["id"]))
    assert post(world, "bob", "Told", "the last one")
    eventually(lambda: told(world, "dan", "the last one"))
    assert told(world, "dan", "the moderator's") == [] and len(told(world, "dan", "first of Told")) == 1


def test_a_large_post_is_told_of_by_its_header(world):
    make(world, "Large", "DOM\\carol")
    c = world.imap("DOM\\bob")
    large = b"Subject: large one\r\n\r\n" + b"x" * 70 + b"\r\n" + (b"y" * 70 + b"\r\n") * 130000
    assert c.append(f'"{NAME}/Large"', None, None, large)[0] == "OK"
    c.logout()
    (_, text), = eventually(lambda: told(world, "carol", "large one"))
    assert "only its header" in text
    assert max(len(mail.as_bytes()) for mail in inbox(world, "carol")) < 100000


def test_a_word_to_the_author(world):
    make(world, "Word", "DOM\\carol")
    assert post(world, "bob", "Word", "off topic")
    ident = str(held(world, "Word")[0]["id"])
    for word in ("two\nlines", "x" * 901, "\x07"):
        assert world.bourse("folder", "reject", "public", "Word", ident, "--word", word, check=False).returncode != 0
    done = world.bourse("folder", "reject", "public", "Word", ident, "--word", "Über uns bitte nicht")
    assert "1 rejected, and who posted 1 of them was told" in done.stdout
    (subject, text), = eventually(lambda: told(world, "bob", "off topic"))
    assert subject == "Your post was not approved" and "Über uns bitte nicht" in text and held(world, "Word") == []
    # A stranger has no mailbox here.
    world.bourse("folder", "address", "Word", "word@example.org")
    world.bourse("folder", "grant", "public", "Word", "anyone", "+p")
    with world.smtp() as s:
        s.sendmail("stranger@example.net", ["word@example.org"], b"Subject: from outside\r\n\r\ntext\r\n")
    ident = str(eventually(lambda: held(world, "Word"))[0]["id"])
    done = world.bourse("folder", "reject", "public", "Word", ident, "--word", "no")
    assert "who posted 0 of them was told" in done.stdout and subjects(world, "carol", "Word") == []
