"""The table of rows: for each its name, unit, who takes part, how it is measured, the machine's limit and the goal.

A goal is (factor, against): against "best" is the best of the peers in that row, "machine" the machine's limit, a server's
name that server, and "value" a figure in the row's unit. MORE: a higher figure is better; LESS: a lower one."""
from typing import NamedTuple

MORE, LESS = "more", "less"
SMTP = ("bourse", "postfix", "opensmtpd")
LMTP = ("bourse", "dovecot", "dovecot-sdbox", "cyrus")
READERS = ("bourse", "dovecot", "dovecot-sdbox", "cyrus")
INDEXED = ("bourse", "cyrus")  # Debian 12's Dovecot has fts_squat alone, which ends with a segmentation fault
EVERYBODY = ("bourse", "postfix", "opensmtpd", "dovecot", "dovecot-sdbox", "cyrus")
SASL = ("bourse", "dovecot")
MECHANISMS = ("PLAIN", "LOGIN", "SCRAM-SHA-1", "SCRAM-SHA-256", "NTLM")
ALONE = ("NTLM",)  # Debian 12's Dovecot has it by a helper of Samba only, which asks a domain controller
BARE = "bare event loop, same load"
OCTETS = "bare event loop sending as many octets and lines"


class Row(NamedTuple):
    key: str  # group.what
    name: str
    unit: str
    better: str
    who: tuple
    how: str
    limit: str = ""  # what the machine's figure is
    goals: tuple = ()
    ask: tuple = ()  # IMAP commands: before (not timed), timed, after (not timed)
    detail: bool = False  # not in the README's table


def deliveries():
    way = {"smtp": (SMTP, "until the last message is in its mailbox"), "lmtp": (LMTP, "until the last 250")}
    for protocol, (who, until) in way.items():
        for key, connections, what in (("1", 1, "4 KiB"), ("8", 8, "4 KiB"), ("64", 64, "4 KiB"), ("real", 64, "real mail")):
            group, name = f"{protocol}-{key}", f"{protocol.upper()}, {connections} connection{'s' * (connections > 1)}, {what}"
            goals = ()
            if key == "64":
                goals = ((30, "postfix"), (0.5, "machine")) if protocol == "smtp" else ((8, "dovecot"), (0.5, "machine"))
            yield Row(group + ".rate", name, "deliveries/s", MORE, who, f"kept connections, 100 mailboxes, {until}", BARE, goals)
            yield Row(group + ".p99", name + ": p99 of the 250", "ms", LESS, who, "from MAIL to the final 250", BARE, detail=key == "8")
            if protocol == "smtp" and key == "64":
                yield Row(group + ".accepted", name + ": 250s", "messages/s", MORE, who, "a queue counts as accepted", BARE, detail=True)


def imap(key, name, command, before=(), after=(), **more):
    return Row("imap." + key, name, "ms", LESS, READERS, f"`{command}`", OCTETS, more.pop("goals", ((2, "best"),)),
               (before, command, after), **more)


def mechanisms():
    """Logons by SASL, the same accounts and costs at both: Argon2id for what brings a password, iterations of SCRAM, NTLMv2."""
    for name in MECHANISMS:
        key, password, who = name.lower(), name in ("PLAIN", "LOGIN"), SASL[:1] if name in ALONE else SASL
        how = f"IMAP, `AUTHENTICATE {name}`, 8 connections, " + ("Argon2id, 19 MiB, 2 passes" if password else
                                                              "keys as stored" if "SCRAM" in name else "NTLMv2, the NT hash as stored")
        yield Row(f"logon-by.{key}", f"Logons by {name}", "logons/s", MORE, who, how, "password checks alone" if password else "",
                  ((2, "best"),))
        yield Row(f"logon-by.{key}-cpu", f"Logons by {name}, processor time of all the server's processes", "ms", LESS, who,
                  how + ", per logon", "", ((2, "best"),), detail=True)


ROWS = [
    *deliveries(),
    Row("disk.device", "Octets to the disk per octet delivered", "octets", LESS, EVERYBODY,
        "block device counter, flushed before and after, real mail, 64 connections", BARE),
    Row("disk.process", "Octets to the disk per octet delivered, by /proc/PID/io", "octets", LESS, EVERYBODY,
        "write_bytes of all processes; without the file system's journal", BARE, detail=True),
    Row("disk.store", "Store per octet delivered", "octets", LESS, EVERYBODY, "growth of the data folder (blocks), real mail", BARE),
    Row("disk.message", "Store per message of real mail", "KiB", LESS, EVERYBODY, "the same, per message", BARE, detail=True),

    Row("pop3.one", "POP3 whole mailbox, 1 session", "messages/s", MORE, READERS, "RETR of all, pipelined, 4 KiB", BARE,
        ((2, "best"), (40000, "value"))),
    Row("pop3.many", "POP3 whole mailbox, 16 sessions", "messages/s", MORE, READERS, "16 mailboxes at once", BARE,
        ((2, "best"), (40000, "value"))),

    Row("imap.select", "IMAP LOGIN and SELECT", "ms", LESS, READERS, "connection, LOGIN and SELECT INBOX", "one password check",
        ((2, "best"),)),
    imap("flags", "FETCH FLAGS", "FETCH 1:* (FLAGS)"),
    imap("sync", "FETCH what a sync asks", "FETCH 1:* (UID FLAGS INTERNALDATE RFC822.SIZE)"),
    imap("envelope", "FETCH ENVELOPE", "FETCH 1:* (ENVELOPE)"),
    imap("structure", "FETCH BODYSTRUCTURE", "FETCH 1:* (BODYSTRUCTURE)"),
    imap("fields", "FETCH header fields", "FETCH 1:* (BODY.PEEK[HEADER.FIELDS (FROM SUBJECT DATE MESSAGE-ID)])"),
    imap("bodies", "FETCH bodies", "FETCH 1:* (BODY.PEEK[])"),
    imap("sort", "SORT DATE", "SORT (DATE) UTF-8 ALL"),
    imap("thread", "THREAD", "THREAD REFERENCES UTF-8 ALL"),
    imap("store", "STORE +FLAGS on 10 %", "STORE 1:{tenth} +FLAGS (\\Flagged)", (), ("STORE 1:{tenth} -FLAGS.SILENT (\\Flagged)",)),
    imap("from", "SEARCH FROM", 'SEARCH FROM "person7@"'),
    Row("text.text", "SEARCH TEXT, as shipped", "ms", LESS, READERS, '`SEARCH TEXT "quixotically"`', OCTETS, ((100, "best"),),
        ((), 'SEARCH TEXT "quixotically"', ())),
    Row("text.body", "SEARCH BODY, as shipped", "ms", LESS, READERS, '`SEARCH BODY "quixotically"`', OCTETS, ((100, "best"),),
        ((), 'SEARCH BODY "quixotically"', ())),
    Row("plain.text", "SEARCH TEXT, no index of words", "ms", LESS, READERS, "Bourse with search.index = off; the others as shipped", OCTETS,
        ((2, "best"),), ((), 'SEARCH TEXT "quixotically"', ())),
    Row("plain.body", "SEARCH BODY, no index of words", "ms", LESS, READERS, "as above", OCTETS,
        ((2, "best"),), ((), 'SEARCH BODY "quixotically"', ())),
    Row("index.text", "SEARCH TEXT, with an index", "ms", LESS, INDEXED, "Cyrus: squatter with Xapian, fuzzy", OCTETS,
        ((2, "best"),), ((), 'SEARCH TEXT "quixotically"', ())),
    Row("index.body", "SEARCH BODY, with an index", "ms", LESS, INDEXED, "as above", OCTETS, ((2, "best"),),
        ((), 'SEARCH BODY "quixotically"', ())),
    Row("expunge.expunge", "EXPUNGE of 10 %", "ms", LESS, READERS, "after STORE +FLAGS.SILENT (\\Deleted), not timed", OCTETS, ((2, "best"),)),
    Row("qresync.select", "SELECT with QRESYNC after flags of 1 % changed", "ms", LESS, READERS,
        "`SELECT INBOX (QRESYNC (...))`, logged on; every hundredth message was changed by another session", OCTETS, ((2, "best"),)),
    Row("box.deliver", "Delivery into the large mailbox, 1 connection", "deliveries/s", MORE, READERS,
        "the way each takes mail; 200 messages", BARE, detail=True),
    Row("drain.one", "POP3 of the large mailbox, 1 session", "messages/s", MORE, READERS, "RETR of all, once", BARE, ((2, "best"),), detail=True),
    Row("crash.select", "Start after kill -9, until SELECT is answered", "ms", LESS, READERS,
        "killed under 8 delivering connections"),

    Row("logon.rate", "Logons, 8 at a time", "logons/s", MORE, READERS, "Argon2id, 19 MiB, 2 passes, everywhere", "password checks alone"),
    *mechanisms(),
    Row("tls.rate", "TLS connections, one after the other", "connections/s", MORE, READERS, "P-256, to the IMAP greeting",
        "handshakes alone, both sides on one core"),
    Row("idle.after", "{crowd} IDLE sessions told of a mail, after its 250", "ms", LESS, READERS, "one folder, until the last one knows",
        BARE, ((5, "value"),)),
    Row("idle.whole", "{crowd} IDLE sessions told of a mail, after its last octet", "ms", LESS, READERS, "the delivery included", BARE),
    Row("thousand.after", "1,000 IDLE sessions told of a mail, after its 250", "ms", LESS, READERS, "as above, with 1,000 sessions",
        BARE, ((2, "best"),)),
    Row("thousand.whole", "1,000 IDLE sessions told of a mail, after its last octet", "ms", LESS, READERS, "the delivery included", BARE,
        detail=True),
    *[Row(f"memory.{channel}-{state}", f"Memory of an idle session, {title}, {what}", "KiB", LESS, READERS,
          "PSS of all processes but for pages of files, and the kernel's objects for them, per further session", "the kernel's objects of a bare connection", goals, detail=detail)
      for channel, title, goal in (("plain", "plain", 16), ("tls", "TLS", 40))
      for state, what, goals, detail in (("logged-on", "logged on", ((goal, "value"),), True), ("idling", "in IDLE", ((goal, "value"),), False))],
]
FIRST = ("envelope", "structure", "fields", "sort", "thread")  # what a cache of the server's own may help the second time
at = next(i for i, row in enumerate(ROWS) if row.key == "text.text")
ROWS[at:at] = [row._replace(key="first." + row.key.split(".")[1], name=row.name + ", the first time",
                            detail=row.key.split(".")[1] not in FIRST)
               for row in ROWS if row.key.startswith("imap.")]
BY_KEY = {row.key: row for row in ROWS}
ON_BOX = ("first", "imap", "text", "plain", "index", "qresync", "box", "drain", "expunge", "crash")  # on one large mailbox
GROUPS = list(dict.fromkeys(row.key.split(".")[0] for row in ROWS))


def of_group(group):
    return [row for row in ROWS if row.key.split(".")[0] == group]
