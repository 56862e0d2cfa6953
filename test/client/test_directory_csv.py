"""bourse directory import and export: Exchange's CSV format, refused rows, dry runs, and that what goes out comes in again."""
import csv
import io
import random
import stat

import pytest

from server import PASSWORD


def rows_of(text):
    return list(csv.DictReader(io.StringIO(text)))


def imported(server, tmp_path, text, *options, check=True, name="in.csv"):
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return server.json("directory", "import", str(path), *options, check=check)


def exported(server, *options):
    return server.bourse("directory", "export", *options).stdout


def bare(new_server):
    s = new_server()
    s.bourse("init", "E")
    return s


DOMAIN = "Obj-Class,Mode,Directory Name,Mail Domains\r\nDomain,,DOM,example.org%example.net\r\n"


def test_modes(new_server, tmp_path):
    s = bare(new_server)
    assert imported(s, tmp_path, DOMAIN)["made"] == 1
    head = "Obj-Class,Mode,Directory Name,Display Name,E-mail Addresses,Groups,Password,Primary Windows NT Account,Members\n"
    done = imported(s, tmp_path, head + "dl,,staff,Staff,SMTP:staff@example.org,,,,al%crew\n"  # before those it names
                    "dl,,crew,,,,,,al\nMailbox,,al,Al,smtp:al2@example.org%SMTP:al@example.org,,,DOM\\al,\n"
                    f"Account,,DOM\\al,,,a%b,{PASSWORD},,\nRemote,,rem,,,,,,\n", check=False)
    assert (done["made"], done["refused"], done["problems"][0]["name"]) == (4, 1, "rem")
    # An empty field changes nothing; values join those that are there.
    done = imported(s, tmp_path, head + "Mailbox,Modify,al,,al3@example.org,,,,\nAccount,Modify,DOM\\al,,,c%~DELa,,,\ndl,,staff,~DEL,,,,,~DELal\n")
    assert (done["made"], done["changed"], done["refused"]) == (0, 3, 0)
    rows = {row["Directory Name"]: row for row in rows_of(exported(s))}
    assert rows["al"]["E-mail Addresses"] == "SMTP:al@example.org%smtp:al2@example.org%smtp:al3@example.org"
    assert rows["al"]["Display Name"] == "Al" and rows["staff"]["Display Name"] == ""
    assert rows["DOM\\al"]["Groups"] == "DOM\\b%DOM\\c" and rows["staff"]["Members"] == "crew"
    imported(s, tmp_path, head + "Mailbox,Modify,al,,SMTP:al@example.net,,,,\n", "--overwrite")
    assert {r["Directory Name"]: r for r in rows_of(exported(s))}["al"]["E-mail Addresses"] == "SMTP:al@example.net"
    done = imported(s, tmp_path, head + "Account,Delete,DOM\\al,,,,,,\nMailbox,Delete,al,,,,,,\ndl,Delete,staff,,,,,,\nMailbox,Delete,al2,,,,,,\n", check=False)
    assert (done["removed"], done["refused"]) == (3, 1)
    assert [r["Directory Name"] for r in rows_of(exported(s))] == ["DOM", "crew"]


def test_logon_with_imported_password(server, tmp_path):
    head = "Obj-Class,Directory Name,Password,Primary Windows NT Account\n"
    done = imported(server, tmp_path, head + "Mailbox,imp,secret of imp,DOM\\imp\n", "--accounts")
    assert (done["made"], done["accounts_made"]) == (1, 1)
    server.imap("DOM\\imp", password="secret of imp").logout()
    assert "secret" not in exported(server) and "argon2" not in exported(server)
    imported(server, tmp_path, "Obj-Class,Directory Name,Password,Must Change Password\nAccount,DOM\\imp,another one,0\n")
    server.imap("DOM\\imp", password="another one").logout()


def test_refused_rows_can_be_mended(new_server, tmp_path):
    s = bare(new_server)
    imported(s, tmp_path, DOMAIN)
    errors = tmp_path / "refused.csv"
    text = ("Mode,Obj-Class,Directory Name,E-mail Addresses,Members\r\n"
            'Create,Mailbox,"good",,\r\n'
            'Create,Mailbox,bad,"SMTP:bad@elsewhere.org",\r\n'
            "Create,dl,half,,nobody%good\r\n"
            'Create,Mailbox,"torn"x,,\r\n'
            "Create,Thing,thing,,\r\n")
    done = imported(s, tmp_path, text, "--errors", errors, check=False)
    assert (done["made"], done["refused"], len(done["problems"])) == (2, 4, 4)
    assert stat.S_IMODE(errors.stat().st_mode) == 0o600
    refused = {row["Directory Name"]: row for row in rows_of(errors.read_text())}
    assert "elsewhere.org is not a mail domain" in refused["bad"]["Reason"] and "Thing" in refused["thing"]["Reason"]
    assert "nobody" in refused["half"]["Reason"] and refused["half"]["Mode"] == "Update"  # the list is there, its members are not
    assert refused["bad"]["E-mail Addresses"] == "SMTP:bad@elsewhere.org" and "not well formed" in refused[""]["Reason"]
    mended = errors.read_text().replace("elsewhere.org", "example.org").replace("nobody%", "").replace("Thing", "Mailbox")
    mended = "".join(line for line in mended.splitlines(True) if "not well formed" not in line)
    done = imported(s, tmp_path, mended, name="mended.csv")
    assert (done["made"], done["changed"], done["refused"]) == (2, 1, 0)
    assert {r["Directory Name"] for r in rows_of(exported(s))} == {"DOM", "good", "bad", "half", "thing"}
    done = s.bourse("directory", "import", errors, "--errors", errors, check=False)
    assert done.returncode == 2 and errors.read_text(), "the file that is read is not overwritten"


def test_dry_run(new_server, tmp_path):
    s = bare(new_server)
    imported(s, tmp_path, DOMAIN)
    s.start()
    before = exported(s)
    text = ("Obj-Class,Mode,Directory Name,Password,Members,Primary Windows NT Account\nAccount,,DOM\\al,correct horse battery,,\nMailbox,,al,,,DOM\\al\ndl,,staff,,al,\n"
            "Account,,DOM\\zoe,\a,,\nMailbox,Create,al2,,,DOM\\nobody\n")
    done = imported(s, tmp_path, text, "--dry-run", check=False)
    assert (done["made"], done["refused"], done["dry_run"]) == (3, 2, True)
    assert exported(s) == before
    done = imported(s, tmp_path, text, check=False)
    assert (done["made"], done["refused"]) == (3, 2)
    assert exported(s) != before


@pytest.mark.parametrize("octets, options", [
    ("\ufeffDirectory Name,Display Name\nzoe,Zoë\n".encode(), []),
    ("\ufeffDirectory Name,Display Name\nzoe,Zoë\n".encode("utf-16-le"), []),
    ("\ufeffDirectory Name,Display Name\nzoe,Zoë\n".encode("utf-16-be"), []),
    ("Directory Name,Display Name\nzoe,Zoë\n".encode("windows-1252"), ["--charset", "windows-1252"]),
    ("Directory Name;Display Name\nzoe;'Zoë'\n".encode(), ["--separator", ";", "--quote", "'"]),
    ("Directory Name\tDisplay Name\nzoe\tZoë\n".encode(), ["--separator", "tab"]),
], ids=["utf-8", "utf-16le", "utf-16be", "windows-1252", "semicolon", "tab"])
def test_charsets(server, tmp_path, octets, options):
    imported(server, tmp_path, octets, *options)
    assert {r["Directory Name"]: r for r in rows_of(exported(server, "--class", "mailbox"))}["zoe"]["Display Name"] == "Zoë"
    server.bourse("mailbox", "remove", "zoe")


@pytest.mark.parametrize("octets, options, reason", [
    ("Directory Name,Display Name\nzoe,Zoë\n".encode("windows-1252"), [], "--charset"),
    (b"Directory Name\nzoe\n", ["--charset", "klingon"], "not known"),
    (b"Directory Name\n\xe2\x82", [], "within a character"),
    (b"", [], "empty"),
    (b"Directory Name,Nickname\n", [], "no column"),
    (b"\"Directory Name\n", [], "first line"),
    (b"Directory Name\n", ["--separator", "::"], "one ASCII character"),
    (b"Directory Name\n", ["--separator", "%"], "three different"),
])
def test_no_file_to_import(server, tmp_path, octets, options, reason):
    path = tmp_path / "x.csv"
    path.write_bytes(octets)
    done = server.bourse("directory", "import", path, *options, check=False)
    assert done.returncode == 2 and reason in done.stderr, done.stdout + done.stderr


def test_standard_input_and_missing_file(server, tmp_path):
    done = server.bourse("directory", "import", "-", stdin="Directory Name\npiped\n")
    assert "1 made" in done.stdout
    server.bourse("mailbox", "remove", "piped")
    assert server.bourse("directory", "import", tmp_path / "none.csv", check=False).returncode == 1
    assert server.bourse("directory", "export", "--class", "thing", check=False).returncode == 2


def test_export_of_a_part(server):
    assert {r["Obj-Class"] for r in rows_of(exported(server, "--class", "account"))} == {"Account"}
    assert {r["Directory Name"] for r in rows_of(exported(server, "--domain", "example.org"))} >= {"DOM", "alice", "bob"}
    assert rows_of(exported(server, "--domain", "example.com")) == []
    server.bourse("directory", "export", "--output", server.data.parent / "out.csv")
    assert (server.data.parent / "out.csv").read_text() == exported(server)
    (server.data.parent / "out.csv").unlink()


def test_public_store(new_server, tmp_path):
    s = bare(new_server)
    s.start()
    made = "Obj-Class,Mode,Directory Name,MDB-Storage-Quota,MDB-Over-Hard-Quota-Limit\r\n"
    assert imported(s, tmp_path, made + "Public,Modify,club,,2048\r\n", check=False)["refused"] == 1
    assert imported(s, tmp_path, made + "Public,Update,club,1024,2048\r\n")["made"] == 1
    shown = {row["property"]: row["value"] for row in s.json("public", "show")["rows"]}
    assert (shown["quota-warn"], shown["quota-receive"]) == ("1M", "2M")
    assert imported(s, tmp_path, made + "Public,Update,CLUB,,4096\r\n")["changed"] == 1
    refused = imported(s, tmp_path, made + "Public,Update,other,,4096\r\nPublic,Delete,club,,\r\nPublic,Create,club,,\r\n", check=False)
    assert refused["refused"] == 3
    assert [r["Directory Name"] for r in rows_of(exported(s, "--class", "public"))] == ["club"]
    s.bourse("folder", "create", "club", "News")
    assert imported(s, tmp_path, "Obj-Class,Mode,Directory Name,New Name\r\nPublic,Modify,club,shared\r\n")["changed"] == 1
    assert "News" in s.bourse("folder", "list", "shared").stdout


# ---- whatever is in a directory goes out and comes in again ----

NASTY = ["", "x", "~DEL", "~~DEL", "~DELx", "a,b", 'a"b', '"', "a%b", "%", " x", "x ", "Zoë Ünïcode", "日本語", "=1+1", "a;b\tc".replace("\t", " ")]


GROUPS = ["sales", "~DEL", "~~DEL", "a%b", "%", "Zoë Ünïcode", "日本語", "x y"]


def some(rng, values, most):
    return rng.sample(values, rng.randrange(min(most, len(values)) + 1))


def random_directory(rng):
    """Rows for import as dictionaries, and nothing that only the writer of this test could have meant."""
    accounts = [f"DOM\\user{i}" for i in range(12)]
    boxes = [f"box{i}" for i in range(12)]
    lists = [f"list{i}" for i in range(5)]
    size = lambda: rng.choice(["unlimited", "default"])  # noqa: E731
    yield {"Obj-Class": "Domain", "Directory Name": "DOM", "Mail Domains": ["example.org", "example.net"], "Postmaster": "box3"}
    yield {"Obj-Class": "Domain", "Directory Name": "OTHER", "Mail Domains": []}
    for name in accounts:
        yield {"Obj-Class": "Account", "Directory Name": name, "Full Name": rng.choice(NASTY), "Description": rng.choice(NASTY),
               "Cannot Change Password": rng.choice(["0", "1", "yes", "no"]), "Account Disabled": rng.choice(["yes", "no"]),
               "Account Expires": rng.choice(["never", "2031-02-03"]), "Groups": some(rng, [f"DOM\\{n}" for n in GROUPS], 4),
               "Logon Hours": rng.choice(["always", "mon-fri 08-18, sat 09-12", "sun 00-24"]), "Networks": rng.choice([[], ["192.0.2.0/24", "loopback"]]), "Protocols": rng.choice([[], ["imap", "http"]]),
               "User Rights": some(rng, ["log on locally", "set mailbox limits"], 2)}
    for i, name in enumerate(boxes):
        warn = rng.choice([1, 500, 1024, 1048576])
        yield {"Obj-Class": "Mailbox", "Directory Name": name, "Display Name": rng.choice(NASTY), "First Name": rng.choice(NASTY),
               "Primary Windows NT Account": accounts[i], "E-mail Addresses": some(rng, [f"b{i}@example.org", f"b{i}@example.net", f"b%{i}@example.org"], 3),
               "MDB-Storage-Quota": rng.choice([size(), str(warn), f"{warn * 1024 - 1} octets"]), "Message Limit": rng.choice([size(), "77"]),
               "Deleted Item Days": rng.choice(["default", "0", "30"]), "POP3": rng.choice("01"), "Hide from AB": rng.choice("01"),
               "Mailbox Disabled": rng.choice("01"), "Obj-Users": some(rng, [a for a in accounts if a != accounts[i]], 4)}
    for i in range(4):
        yield {"Obj-Class": "Remote", "Directory Name": f"rem{i}", "Display Name": rng.choice(NASTY), "E-mail Address": f"o%{i}@elsewhere.org",
               "E-mail Addresses": some(rng, [f"r{i}@example.org"], 1)}
    for i, name in enumerate(lists):
        yield {"Obj-Class": "dl", "Directory Name": name, "Display Name": rng.choice(NASTY), "Owner": rng.choice(["", *accounts]),
               "E-mail Addresses": some(rng, [f"l{i}@example.org", f"l{i}@example.net"], 2), "Members": some(rng, boxes + lists[:i], 9)}
    yield {"Obj-Class": "Public", "Directory Name": rng.choice(["public", "Archive of all"[:7]]), "MDB-Over-Hard-Quota-Limit": rng.choice([size(), "4096"]),
           "Message Limit": rng.choice([size(), "100000"]), "Deleted Item Days": rng.choice(["default", "0", "30"])}


def field(value):
    """As the import wants it: a text that begins like ~DEL is marked, values that hold the separator are quoted."""
    def mark(text):
        return "~" + text if text.lstrip("~").startswith("DEL") and text.startswith("~") else text

    if isinstance(value, str):
        return mark(value)
    parts = [f'"{v.replace(chr(34), chr(34) * 2)}"' if "%" in v or v.startswith('"') else v for v in map(mark, value)]
    return "%".join(parts)


def written(rows):
    names = sorted({name for row in rows for name in row} - {"Obj-Class"})
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(["Obj-Class", "Mode", *names])
    for row in rows:
        writer.writerow([row["Obj-Class"], "Create", *(field(row.get(name, "")) for name in names)])
    return out.getvalue()


@pytest.mark.parametrize("seed", range(3))
def test_round_trip(new_server, tmp_path, seed):
    rng = random.Random(seed)
    rows = list(random_directory(rng))
    rng.shuffle(rows)
    first, second = bare(new_server), bare(new_server)
    first.start()
    second.start()
    done = imported(first, tmp_path, written(rows))
    assert (done["made"], done["refused"]) == (len(rows), 0), done
    out = exported(first)
    shown = {row["Directory Name"]: row for row in rows_of(out)}
    for row in rows:  # what was said is there
        have = shown[row["Directory Name"]]
        for name in ("Display Name", "Full Name", "Description"):
            if name in row:
                assert have[name] == field(row[name]), (row, have)
        for name in ("Groups", "Members", "Obj-Users"):
            assert sorted(have[name].split("%")) == sorted(field(row.get(name, [])).split("%")), (row, have)
    done = imported(second, tmp_path, out)
    assert (done["made"], done["refused"]) == (len(rows), 0), done
    assert exported(second) == out
    # Once more on top of itself changes nothing.
    done = imported(second, tmp_path, out)
    assert (done["made"], done["changed"], done["refused"]) == (0, len(rows), 0)
    assert exported(second) == out
