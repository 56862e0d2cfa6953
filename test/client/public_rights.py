"""Who may do what with a public folder: the table that an administrator goes by (doc/public-rights.md), and that test_public_rights.py holds
the server to, cell by cell. Nothing of it is taken from the product."""

# What can be done to a folder, and which rights it takes by each protocol: all of the letters; "or" between those that do as well. Nothing:
# the protocol has no such thing. "One's own" is what one has posted oneself.
PROTOCOLS = ("IMAP", "POP3", "SMTP", "NNTP")
OPERATIONS = {
    "see it in a list":                     {"IMAP": "l", "NNTP": "lr"},
    "open it and read":                     {"IMAP": "r", "POP3": "lr", "NNTP": "lr"},
    "have kept what one has read":          {"IMAP": "rs", "POP3": "lrs"},
    "post to it (APPEND, mail to it, POST)": {"IMAP": "i", "SMTP": "p", "NNTP": "lri"},
    "copy messages into it":                {"IMAP": "i"},
    "change flags of one's own":            {"IMAP": "rw or r1"},
    "change flags of others' messages":     {"IMAP": "rw"},
    "mark one's own as deleted":            {"IMAP": "rt or r2"},
    "mark others' messages as deleted":     {"IMAP": "rt"},
    "remove one's own for good":            {"IMAP": "re or r2", "POP3": "lrte or lr2"},
    "remove others' messages for good":     {"IMAP": "re", "POP3": "lrte"},
    "make a folder below it":               {"IMAP": "k"},
    "give it another name":                 {"IMAP": "x"},
    "delete it":                            {"IMAP": "x"},
    "see who may do what":                  {"IMAP": "a"},
    "change who may do what":               {"IMAP": "a"},
}

# The roles, as sets of single rights; edit and delete: all, own, or none.
ROLES = {
    #                     create read   subfolders owner contact visible edit   delete
    "owner":             ("yes", "yes", "yes",     "yes", "yes", "yes",  "all",  "all"),
    "publishing-editor": ("yes", "yes", "yes",     "no",  "no",  "yes",  "all",  "all"),
    "editor":            ("yes", "yes", "no",      "no",  "no",  "yes",  "all",  "all"),
    "publishing-author": ("yes", "yes", "yes",     "no",  "no",  "yes",  "own",  "own"),
    "author":            ("yes", "yes", "no",      "no",  "no",  "yes",  "own",  "own"),
    "nonediting-author": ("yes", "yes", "no",      "no",  "no",  "yes",  "none", "own"),
    "reviewer":          ("no",  "yes", "no",      "no",  "no",  "yes",  "none", "none"),
    "contributor":       ("yes", "no",  "no",      "no",  "no",  "yes",  "none", "none"),
    "none":              ("no",  "no",  "no",      "no",  "no",  "yes",  "none", "none"),
}
SINGLE = ("create", "read", "subfolders", "owner", "contact", "visible", "edit", "delete")
LETTERS = {"create": "ip", "read": "rs", "subfolders": "k", "owner": "xa", "contact": "0", "visible": "l", "edit all": "wn", "edit own": "1",
           "delete all": "te", "delete own": "2"}
RIGHTS = "lrswipkxtean012"

# Whom an entry of a folder's list can be for. A stranger has no account: these rights no list can give him, and nothing is his own.
ENTRIES = {"account": "the account's own", "group": "a group that the account is in", "default": "`authenticated`: all others who have logged on",
           "anonymous": "`anyone`: who has not"}
STRANGERS_NEVER = "skxa012"


def role_rights(role):
    words = dict(zip(SINGLE, ROLES[role]))
    found = "".join(LETTERS[name] for name, word in words.items() if word == "yes")
    found += "".join(LETTERS[f"{name} {words[name]}"] for name in ("edit", "delete") if words[name] != "none")
    return "".join(sorted(found, key=RIGHTS.index))


def has(rights, needed):
    return any(set(way) <= set(rights) for way in needed.split(" or "))


def may(entry, rights, operation, protocol):
    """None: there is no such cell."""
    needed = OPERATIONS[operation].get(protocol)
    if needed is None:
        return None
    return has(set(rights) - set(STRANGERS_NEVER) if entry == "anonymous" else rights, needed)


def page():
    out = ["# Who may do what with a public folder\n\n", "<!-- Made by tools/pages.py from test/client/public_rights.py; change that. -->\n\n",
           "What rights each operation takes, by protocol; what can be done by role; and what no list gives to strangers. `./check` tries every cell, "
           "for an entry of each kind, against a server (test/client/test_public_rights.py). How rights are given: "
           "[public folders](guide/public-folders.md).\n\n",
           "| to | " + " | ".join(PROTOCOLS) + " |\n|" + "---|" * (len(PROTOCOLS) + 1) + "\n"]
    for operation, needs in OPERATIONS.items():
        out.append(f"| {operation} | " + " | ".join(" or ".join(f"`{way}`" for way in needs[p].split(" or ")) if p in needs else "" for p in PROTOCOLS) + " |\n")
    out.append("\n`0`, folder contact, allows nothing. `n` is for shared annotations of messages (RFC 5257). One's own is what one has posted oneself. A folder that "
               "gets another name also takes `k` where it goes; deleting it leaves those below it.\n\n"
               "| may | " + " | ".join(f"`{role}`" for role in ROLES) + " |\n|" + "---|" * (len(ROLES) + 1) + "\n| letters | "
               + " | ".join(f"`{role_rights(role)}`" for role in ROLES) + " |\n")
    for operation, needs in OPERATIONS.items():
        out.append(f"| {operation} | " + " | ".join("yes" if any(has(role_rights(role), n) for n in needs.values()) else "" for role in ROLES) + " |\n")
    out.append("\nAn entry is for one of these; of those that apply to somebody the first kind counts alone:\n\n")
    out += [f"{n}. {text}\n" for n, text in enumerate(ENTRIES.values(), 1)]
    out.append(f"\nWho has not logged on is nobody in particular: whatever a list says, strangers never have {', '.join(f'`{c}`' for c in STRANGERS_NEVER)}.\n")
    return "".join(out)
