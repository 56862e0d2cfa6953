"""Real mail programs with a ticket of Kerberos, each set to GSSAPI or GSS-SPNEGO. Each says whether it got in; the server knows as whom."""
import shutil
import subprocess

HOST = "localhost"
PATH = "/usr/lib/cyrus/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def run(kdc, home, cache, *args, text="", **more):
    """Exit status and what it said; an end that does not come is none."""
    env = {**kdc.env, "HOME": str(home), "KRB5CCNAME": f"FILE:{cache}", "TERM": "xterm", "PATH": PATH, **more}
    try:
        done = subprocess.run([str(a) for a in args], input=text, capture_output=True, text=True, env=env, timeout=120)
    except subprocess.TimeoutExpired as e:
        return -1, f"{e.stdout}{e.stderr}"
    return done.returncode, done.stdout + done.stderr


def curl(s, kdc, home, cache, protocol, mechanism):
    scheme, service = {"imap": ("imaps", "imaps"), "pop3": ("pop3s", "pop3s"), "smtp": ("smtps", "submissions")}[protocol]
    what = ["-l"] if protocol == "pop3" else ["-X", "NOOP"]
    return run(kdc, home, cache, "curl", "-sSk", f"{scheme}://{HOST}:{s.port(service)}/", "-u", ":", "--login-options", f"AUTH={mechanism}", *what)


def gsasl(s, kdc, home, cache, protocol, mechanism):
    service = {"imap": "imap", "smtp": "submission"}[protocol]
    return run(kdc, home, cache, "gsasl", "--client", f"--{protocol}", "-m", mechanism, "-z", "alice", "--service", protocol, "--hostname", HOST,
               "--no-cb", "--no-starttls", "--connect", f"{HOST}:{s.port(service)}")


def mbsync(s, kdc, home, cache, protocol, mechanism):
    rc = home / "mbsyncrc"
    (home / "mail").mkdir(exist_ok=True)
    rc.write_text(f"IMAPAccount a\nHost {HOST}\nPort {s.port('imaps')}\nUser alice\nSSLType IMAPS\nCertificateFile {s.data}/tls/self-signed.pem\n"
                  f"AuthMechs {mechanism}\n\nIMAPStore far\nAccount a\n\nMaildirStore near\nPath {home}/mail/\nInbox {home}/mail/INBOX\n\n"
                  "Channel c\nFar :far:\nNear :near:\nPatterns INBOX\nCreate Near\nSyncState *\n")
    return run(kdc, home, cache, "mbsync", "-c", rc, "c")


def fetchmail(s, kdc, home, cache, protocol, mechanism):
    rc = home / "fetchmailrc"
    rc.write_text(f'poll {HOST} protocol {protocol} service {s.port(protocol + "s")} auth gssapi principal "{protocol}/{HOST}" username "alice" '
                  f'ssl sslproto "TLS1.2+" no sslcertck keep mda "/bin/true"\n')
    rc.chmod(0o600)
    code, said = run(kdc, home, cache, "fetchmail", "-f", rc, "--idfile", home / "ids", "--pidfile", home / "pid", "--nodetach", "--nosyslog", "-c", "-v")
    return 0 if code in (0, 1) else code, said


def msmtp(s, kdc, home, cache, protocol, mechanism):
    rc = home / "msmtprc"
    rc.write_text(f'account a\nhost {HOST}\nport {s.port("submissions")}\ntls on\ntls_starttls off\ntls_certcheck off\n'
                  f'auth {mechanism.lower()}\nuser "alice"\nfrom alice@example.org\naccount default: a\n')
    rc.chmod(0o600)
    return run(kdc, home, cache, "msmtp", "-C", rc, "alice@example.org", text="Subject: by msmtp\n\nText.\n")


def mpop(s, kdc, home, cache, protocol, mechanism):
    rc = home / "mpoprc"
    rc.write_text(f'account a\nhost {HOST}\nport {s.port("pop3s")}\ntls on\ntls_starttls off\ntls_certcheck off\nauth {mechanism.lower()}\nuser "alice"\n'
                  f'delivery mbox {home}/mbox\nuidls_file {home}/uidls\nkeep on\naccount default: a\n')
    rc.chmod(0o600)
    return run(kdc, home, cache, "mpop", "-C", rc)


def mutt(s, kdc, home, cache, protocol, mechanism):
    rc = home / "muttrc"
    rc.write_text(f'set folder = "imaps://alice@{HOST}:{s.port("imaps")}/"\nset spoolfile = "+INBOX"\nset imap_authenticators = "{mechanism.lower()}"\n'
                  f'set ssl_verify_host = no\nset certificate_file = "{s.data}/tls/self-signed.pem"\nset imap_pass = "no"\n')
    # It wants a terminal.
    return run(kdc, home, cache, "script", "-qec", f"mutt -n -F {rc} -e \"push '<exit>'\"", "/dev/null")


def imtest(s, kdc, home, cache, protocol, mechanism):
    name, service = {"imap": ("imtest", "imaps"), "pop3": ("pop3test", "pop3s"), "smtp": ("smtptest", "submissions")}[protocol]
    end = {"imap": ". LOGOUT\n", "pop3": "QUIT\n", "smtp": "QUIT\n"}[protocol]
    # It binds to tls-unique, which TLS 1.3 does not have (RFC 9266).
    settings = home / "openssl.cnf"
    settings.write_text("openssl_conf = a\n[a]\nssl_conf = b\n[b]\nsystem_default = c\n[c]\nMaxProtocol = TLSv1.2\n")
    code, said = run(kdc, home, cache, name, "-s", "-m", mechanism, "-p", s.port(service), HOST, text=end, OPENSSL_CONF=str(settings))
    return 0 if "Authenticated." in said else code or 1, said


# program, how it is run, by which protocols and with which mechanisms
PROGRAMS = [
    ("curl", curl, ("imap", "pop3", "smtp"), ("GSSAPI",)),
    ("gsasl", gsasl, ("imap", "smtp"), ("GSSAPI",)),
    ("mbsync", mbsync, ("imap",), ("GSSAPI", "GSS-SPNEGO")),
    ("fetchmail", fetchmail, ("imap", "pop3"), ("GSSAPI",)),
    ("msmtp", msmtp, ("smtp",), ("GSSAPI",)),
    ("mpop", mpop, ("pop3",), ("GSSAPI",)),
    ("mutt", mutt, ("imap",), ("GSSAPI",)),
    ("imtest", imtest, ("imap", "pop3", "smtp"), ("GSSAPI", "GSS-SPNEGO")),
]


def rows():
    return [(title, program, protocol, mechanism) for title, program, protocols, mechanisms in PROGRAMS
            for protocol in protocols for mechanism in mechanisms]


def is_installed(title):
    return shutil.which(title, path=PATH) is not None


def build_has(title, mechanism):
    """Whether that program, as it is built here, can take the mechanism at all."""
    shown = {"msmtp": ["msmtp", "--version"], "mpop": ["mpop", "--version"], "gsasl": ["gsasl", "--client-mechanisms"]}.get(title)
    if shown is None:
        return True
    said = subprocess.run(shown, capture_output=True, text=True, env={"PATH": PATH, "HOME": "/nonexistent"}).stdout
    return mechanism.lower() in said.lower()
