"""Kerberos: a real domain controller, real tickets, real programs; tickets that are replayed, late, stale, for others; what is in between."""
import hashlib
import os
import re
import shutil
import signal
import time

import kerberos_programs
import pytest
from kdc import PATH, REALM, Kdc
from sasl_wire import Sasl
from server import PASSWORD, Server, eventually

gssapi = pytest.importorskip("gssapi")
from gssapi.raw import ChannelBindings  # noqa: E402

pytestmark = pytest.mark.skipif(shutil.which("krb5kdc", path=PATH) is None, reason="krb5-kdc is not installed")
KRB5 = gssapi.OID.from_int_seq("1.2.840.113554.1.2.2")
SPNEGO = gssapi.OID.from_int_seq("1.3.6.1.5.5.2")
SERVICE = {"imap": "imap", "pop3": "pop", "submission": "smtp"}
HOST = "localhost"
ALICE, BOB = (r'account="DOM\\%s"' % name for name in ("alice", "bob"))  # as they stand in the log
SERVICES = [f"{name}/{HOST}" for name in ("imap", "pop", "smtp", "HTTP", "host")]
CONFIG = 'kerberos.keytab = "mail.keytab";\nauth.failures_max = 1000;\nfront.connections_per_address_max = 1000;\n'


@pytest.fixture(scope="module")
def kdc(tmp_path_factory):
    k = Kdc(tmp_path_factory.mktemp("kerberos") / "kdc").start()
    before = {name: os.environ.get(name) for name in ("KRB5_CONFIG", "KRB5RCACHENAME")}
    os.environ.update({name: k.env[name] for name in before})
    k.service(*SERVICES)
    k.caches = {name: k.person(name, PASSWORD) for name in ("alice", "bob", "newcomer", "stranger", "alice/admin")}
    yield k
    k.stop()
    for name, value in before.items():
        os.environ.pop(name) if value is None else os.environ.update({name: value})


def set_up(s, kdc, keytab=True, realm=True):
    """The realm for DOM; alice, bob, and a mailbox of bob's that alice may open."""
    s.add_domain()
    s.add_person("alice")
    s.add_person("bob")
    s.start()
    if keytab:
        kdc.keytab(s.data / "netlogon/mail.keytab", *SERVICES)
    s.bourse("mailbox", "add", "team", "--account", "DOM\\bob")
    s.bourse("mailbox", "grant", "team", "--account", "DOM\\alice")
    if realm:
        s.bourse("domain", "set", "DOM", "--realm", REALM)
    if keytab:
        eventually(lambda: offered(s))
    return s


@pytest.fixture
def trusting(new_server, kdc):
    def make(more="", **how):
        return set_up(new_server(config=CONFIG + more), kdc, **how)
    return make


@pytest.fixture(scope="module")
def shared(kdc):
    """For what changes nothing."""
    s = Server(CONFIG + "auth.challenge_without_tls = loopback;\n")
    try:
        yield set_up(s, kdc)
    finally:
        s.destroy()


def offered(server, service="imap"):
    with Sasl(server, service) as c:
        if service == "submission":
            c.wire.send(b"EHLO x\r\n")
            said = b"\n".join(c.wire.reply())
        elif service == "imap":
            said = b"\n".join(c.wire.send(b"a CAPABILITY\r\n").until(b"a "))
        else:
            said = b"\n".join(c.wire.send(b"CAPA\r\n").until(b"."))
    assert (b"GSSAPI" in said) == (b"GSS-SPNEGO" in said)
    return b"GSSAPI" in said


def doctor(server):
    return server.bourse("doctor", "logon", "DOM\\alice", "--mechanism", "GSSAPI", check=False).stdout


def logged(server, *texts):
    try:
        return eventually(lambda: all(text in server.log() for text in texts))
    except AssertionError:
        raise AssertionError(f"not all of {texts} in:\n{server.log()[-4000:]}") from None


def row(server):
    return next(r for r in server.status()["controllers"] if r["backend"] == "kerberos")


def context(kdc, service, who="alice", mech=KRB5, binding=None, target=None):
    creds = gssapi.Credentials(usage="initiate", store={"ccache": f"FILE:{kdc.caches[who]}"})
    name = gssapi.Name(f"{target or SERVICE[service]}@{HOST}", gssapi.NameType.hostbased_service)
    flags = gssapi.RequirementFlag.mutual_authentication | gssapi.RequirementFlag.integrity
    return gssapi.SecurityContext(name=name, creds=creds, usage="initiate", mech=mech, flags=flags,
                                  channel_bindings=ChannelBindings(application_data=binding) if binding else None)


def finish(c, ctx, challenge, authzid=b"", choice=b"\1\0\0\0"):
    """The rest of RFC 4752 after the first token."""
    while challenge is not None and not ctx.complete:
        challenge = c.go_on(ctx.step(challenge) or b"")
    if challenge is None:
        return
    offer = ctx.unwrap(challenge)
    assert offer.message == b"\1\0\0\0" and not offer.encrypted
    c.go_on(ctx.wrap(choice + authzid, False).message)


def gssapi_logon(server, service, ctx, authzid=b""):
    """What the server says in the end."""
    with Sasl(server, service) as c:
        finish(c, ctx, c.start("GSSAPI", ctx.step()), authzid)
        return c


def spnego_logon(server, service, ctx):
    with Sasl(server, service) as c:
        challenge = c.start("GSS-SPNEGO", ctx.step())
        while challenge is not None:
            challenge = c.go_on((ctx.step(challenge) if not ctx.complete else None) or b"")
        return c


@pytest.mark.parametrize("service", SERVICE)
def test_right(shared, kdc, service):
    s = shared
    assert offered(s, service)
    assert gssapi_logon(s, service, context(kdc, service)).taken
    assert spnego_logon(s, service, context(kdc, service, mech=SPNEGO)).taken
    # Kerberos without SPNEGO around it, as Windows sends it where both sides know it
    assert spnego_logon(s, service, context(kdc, service)).taken
    with Sasl(s, service) as c:  # without an initial response
        ctx = context(kdc, service)
        assert c.start("GSSAPI") == b""
        finish(c, ctx, c.go_on(ctx.step()))
        assert c.taken
    logged(s, "mechanism=GSSAPI " + ALICE, "mechanism=GSS-SPNEGO " + ALICE)
    # no accounts are made, and no mailbox, for somebody whom the domain does not have
    c = gssapi_logon(s, service, context(kdc, service, "stranger"))
    assert c.refused, c.said


def test_the_authorisation_identity_selects_the_mailbox(shared, kdc):
    s = shared
    for authzid, mailbox in ((b"team", "team"), (b"alice", "alice"), (b"DOM\\alice\\team", "team"), (f"alice@{REALM}".encode(), "alice"),
                             (b"team\0", "team"), (b"alice@example.org", "alice")):
        before = len(s.log())
        c = gssapi_logon(s, "imap", context(kdc, "imap"), authzid)
        assert c.taken, (authzid, c.said)
        lines = eventually(lambda: [line for line in s.log()[before:].splitlines() if " 2001 " in line or " 2003 " in line])
        assert f" mailbox={mailbox} " in lines[-1], (authzid, lines)
    c = gssapi_logon(s, "imap", context(kdc, "imap", "bob"), b"alice")
    assert c.said.startswith(b"a NO") and b"no right to the mailbox" in c.said, c.said
    c = gssapi_logon(s, "imap", context(kdc, "imap"), b"DOM\\bob")
    assert c.refused, c.said


def test_offered_while_there_is_a_keytab(trusting, kdc):
    s = trusting(keytab=False)
    keytab = s.data / "netlogon/mail.keytab"
    assert not offered(s)
    eventually(lambda: row(s)["state"] == "does not answer")
    assert "there is no keytab" in row(s)["why"]
    with Sasl(s, "imap") as c:
        assert c.start("GSSAPI", b"x") is None and c.said.startswith(b"a NO")
    kdc.keytab(keytab, *SERVICES)
    eventually(lambda: offered(s) and row(s)["state"] == "answers")
    keytab.unlink()
    eventually(lambda: not offered(s))
    keytab.write_bytes(b"\5\2\0\0\0\1")
    eventually(lambda: row(s)["state"] == "does not answer" and "there is no keytab" not in row(s)["why"])
    kdc.keytab(keytab, *SERVICES)
    eventually(lambda: offered(s, "pop3") and offered(s, "submission"))
    assert gssapi_logon(s, "imap", context(kdc, "imap")).taken
    logged(s, "domain controller answers: domain=kerberos", "domain controller does not answer: domain=kerberos")


def test_a_token_is_good_once(shared, kdc):
    s = shared
    for mechanism, oid in (("GSSAPI", KRB5), ("GSS-SPNEGO", SPNEGO)):
        ctx = context(kdc, "imap", mech=oid)
        token = ctx.step()
        with Sasl(s, "imap") as first, Sasl(s, "imap") as second:
            challenge = first.start(mechanism, token)
            assert challenge is not None
            assert second.start(mechanism, token) is None and second.refused, second.said
        with Sasl(s, "pop3") as third:  # nor elsewhere
            assert third.start(mechanism, token) is None and third.refused
    # nor after a restart of the role that has accepted it
    os.kill(s.role_pids("netlogon")[0], signal.SIGKILL)
    eventually(lambda: row(s)["state"] == "answers")
    with Sasl(s, "imap") as c:
        assert c.start("GSSAPI", token) is None and c.refused, c.said
    logged(s, "is a replay")
    assert gssapi_logon(s, "imap", context(kdc, "imap")).taken


def test_late_stale_and_for_others(trusting, kdc, tmp_path):
    s = trusting("kerberos.skew_max = 1s;\n")
    ctx = context(kdc, "imap")
    token = ctx.step()
    time.sleep(2.5)
    with Sasl(s, "imap") as c:
        assert c.start("GSSAPI", token) is None and c.refused, c.said
    logged(s, "Clock skew too great")
    eventually(lambda: "Clock skew too great" in row(s)["refused_because"])
    said = doctor(s)
    assert "Clock skew too great" in said and "a principal leads to the account" in said and f"alice@{REALM}" in said
    def of_another_service():
        with Sasl(s, "imap") as c:
            assert c.start("GSSAPI", context(kdc, "imap", target="pop").step()) is None and c.refused
        return "for another service, pop/localhost" in s.log()
    eventually(of_another_service)  # within that second
    # the service has new keys, and the server's keytab the old ones
    kdc.service("imap/stale")
    old = tmp_path / "old.keytab"
    kdc.keytab(old, "imap/stale")
    kdc.keytab(tmp_path / "new.keytab", "imap/stale", anew=True)
    shutil.copy(old, s.data / "netlogon/mail.keytab")
    creds = gssapi.Credentials(usage="initiate", store={"ccache": f"FILE:{kdc.caches['alice']}"})
    def refused_for_its_key():
        ctx = gssapi.SecurityContext(name=gssapi.Name("imap@stale", gssapi.NameType.hostbased_service), creds=creds, usage="initiate", mech=KRB5)
        with Sasl(s, "imap") as c:
            assert c.start("GSSAPI", ctx.step()) is None and c.refused, c.said
        return "kvno" in row(s)["refused_because"]
    eventually(refused_for_its_key)
    kdc.keytab(s.data / "netlogon/mail.keytab", *SERVICES)
    eventually(lambda: gssapi_logon(s, "imap", context(kdc, "imap")).taken)


def test_who_a_principal_is(trusting, kdc):
    s = trusting(realm=False)
    assert gssapi_logon(s, "imap", context(kdc, "imap")).refused
    logged(s, "no domain has its realm")
    assert "has no Kerberos realm" in doctor(s)
    s.bourse("account", "set", "DOM\\bob", "--add-principal", f"alice@{REALM}")
    assert gssapi_logon(s, "imap", context(kdc, "imap")).taken
    logged(s, BOB)
    s.bourse("domain", "set", "DOM", "--realm", REALM)
    # another than alice, whatever stands before the slash
    assert gssapi_logon(s, "imap", context(kdc, "imap", "alice/admin")).refused
    s.bourse("account", "set", "DOM\\alice", "--add-principal", f"alice/admin@{REALM}")
    assert gssapi_logon(s, "imap", context(kdc, "imap", "alice/admin")).taken
    # one principal, one account; one realm, one domain
    s.add_domain("CORP", "corp.example")
    for words in (("account", "set", "DOM\\alice", "--add-principal", f"alice@{REALM}"), ("domain", "set", "CORP", "--realm", REALM),
                  ("domain", "set", "CORP", "--realm", "a b"), ("account", "set", "DOM\\alice", "--add-principal", "alice")):
        with pytest.raises(Exception):
            s.bourse(*words)
    s.bourse("account", "set", "DOM\\bob", "--disabled")
    c = gssapi_logon(s, "imap", context(kdc, "imap"))
    assert c.said.startswith(b"a NO") and b"disabled" in c.said, c.said


def test_accounts_are_made_where_others_serve_the_domain(trusting, kdc):
    s = trusting(realm=False)
    s.add_domain("CORP", "corp.example")
    s.bourse("domain", "set", "CORP", "--backend", "pam", "--service", "nothing", "--realm", REALM, "--make-accounts", "--make-mailboxes")
    for _ in range(2):
        assert gssapi_logon(s, "imap", context(kdc, "imap", "newcomer")).taken
    assert "newcomer" in s.bourse("account", "list").stdout


def end_point(c):
    return hashlib.sha256(c.wire.socket.getpeercert(True)).digest()


def is_bound(c, kdc, mechanism, octets):
    """One logon, bound to those octets."""
    ctx = context(kdc, "imap", mech=KRB5 if mechanism == "GSSAPI" else SPNEGO, binding=octets)
    challenge = c.start(mechanism, ctx.step())
    if mechanism == "GSSAPI":
        finish(c, ctx, challenge)
    while challenge is not None and mechanism != "GSSAPI":
        challenge = c.go_on((ctx.step(challenge) if not ctx.complete else None) or b"")
    assert c.taken or c.refused, c.said
    return c.taken


def test_channel_bindings_and_services(trusting, kdc):
    s = trusting()
    for setting in ("given", "demanded", "ignored"):
        s.write_config(CONFIG + f"kerberos.binding = {setting};\nkerberos.any_service = {'on' if setting == 'ignored' else 'off'};\n")
        s.bourse("reload")
        for mechanism in ("GSSAPI", "GSS-SPNEGO"):
            for right, taken in ((True, True), (False, setting == "ignored"), (None, setting != "demanded")):
                with Sasl(s, "imap") as c:
                    octets = None if right is None else b"tls-server-end-point:" + (end_point(c) if right else bytes(32))
                    assert is_bound(c, kdc, mechanism, octets) == taken, (setting, mechanism, right, c.said)
        assert gssapi_logon(s, "imap", context(kdc, "imap", target="host")).taken == (setting == "ignored")
    logged(s, "bound to another connection", "does not bind its logon", "for another service, host/localhost")


def test_web(shared, kdc, tmp_path):
    """Negotiate over HTTPS (RFC 4559): curl checks the last token, which goes with the answer; the account is asked for on the same connection."""
    url = f"https://{HOST}:{shared.port('https')}/account"
    code, said = kerberos_programs.run(kdc, tmp_path, kdc.caches["alice"], "curl", "-sSkf", "-D", "-", "--negotiate", "-u", ":", url)
    assert code == 0 and "alice" in said and re.search(r"(?i)www-authenticate: negotiate [\w+/=]{20,}", said), said
    logged(shared, "service=https client=127.0.0.1")
    code, said = kerberos_programs.run(kdc, tmp_path, kdc.caches["stranger"], "curl", "-sSkf", "--negotiate", "-u", ":", url)
    assert code == 22, said


def other_octet(octets, i):
    return b"".join((octets[:i], bytes([octets[i] ^ 0x55]), octets[i:][1:]))


@pytest.mark.parametrize("service", SERVICE)
def test_bad_input(shared, kdc, service):
    s = shared
    syntax = {"imap": b"a BAD", "pop3": b"-ERR", "submission": b"501 5.5."}[service]
    whole = context(kdc, service).step()
    for mechanism in ("GSSAPI", "GSS-SPNEGO"):
        with Sasl(s, service) as c:
            assert c.start(mechanism, b"") is None and not c.taken
        with Sasl(s, service) as c:
            assert c.start(mechanism) == b""
            assert c.raw(b"*") is None and not c.taken
            assert c.start(mechanism) == b""  # and once more
            assert c.raw(b"not base64!") is None and c.said.startswith(syntax), c.said
        with Sasl(s, service) as c:
            # longer than a command of IMAP may be before logon, which ends the connection
            assert c.start(mechanism, b"x" * 9300) is None and (c.said is None or not c.taken)
        for octets in (b"\0", b"\x60", b"\x60\x84\xff\xff\xff\xff", b"\x60\x80" + whole, whole[:-1], whole[:20],
                       other_octet(whole, 300), other_octet(whole, -20), other_octet(whole, 2), other_octet(whole, 16), b"NTLMSSP\0\1\0\0\0", os.urandom(700)):
            with Sasl(s, service) as c:
                assert c.start(mechanism, octets) is None and c.refused, (octets[:30], c.said)
    for choice in (b"\2\0\0\0", b"\1\0\1\0", b"\1\0\0", b"", b"\1\0\0\0a\0b", b"\1\0\0\0\xff"):
        with Sasl(s, service) as c:
            ctx = context(kdc, service)
            finish(c, ctx, c.start("GSSAPI", ctx.step()), choice=choice)
            assert not c.taken and c.said.startswith(syntax), (choice, c.said)
    with Sasl(s, service) as c:  # the text of another context
        ctx = context(kdc, service)
        other = context(kdc, service)
        other.step()
        challenge = c.go_on(b"") if ctx.step(c.start("GSSAPI", ctx.step())) is None else None
        assert challenge is not None
        assert c.go_on(challenge) is None and c.refused, "its own offer sent back"
    with Sasl(s, service) as c:  # a token where nothing is expected
        ctx = context(kdc, service)
        c.start("GSSAPI", ctx.step())
        assert c.go_on(b"behind") is None and c.said.startswith(syntax), c.said
    assert gssapi_logon(s, service, context(kdc, service)).taken


def test_netlogon_dies_in_between(shared, kdc):
    s = shared
    with Sasl(s, "imap") as c:
        ctx = context(kdc, "imap")
        assert ctx.step(c.start("GSSAPI", ctx.step())) is None
        os.kill(s.role_pids("netlogon")[0], signal.SIGKILL)
        assert c.go_on(b"") is None and (c.refused or c.temporary), c.said
    eventually(lambda: gssapi_logon(s, "imap", context(kdc, "imap")).taken)


def test_many_at_once(shared, kdc):
    s = shared
    at_work = [(Sasl(s, "imap"), context(kdc, "imap")) for _ in range(40)]
    challenges = [c.start("GSSAPI", ctx.step()) for c, ctx in at_work]
    for (c, ctx), challenge in zip(at_work, challenges):
        finish(c, ctx, challenge)
        assert c.taken, c.said
        c.wire.socket.close()
    # Contexts that nobody goes on with cost nothing for long: those who hang up are forgotten.
    for _ in range(40):
        with Sasl(s, "imap") as c:
            assert c.start("GSSAPI", context(kdc, "imap").step()) is not None
    assert gssapi_logon(s, "imap", context(kdc, "imap")).taken


@pytest.mark.parametrize("title,program,protocol,mechanism", kerberos_programs.rows())
def test_programs(shared, kdc, tmp_path, title, program, protocol, mechanism):
    if not kerberos_programs.is_installed(title) or not kerberos_programs.build_has(title, mechanism):
        pytest.skip(f"{title} is not installed, or is built without {mechanism}")
    before = shared.log().count(f"mechanism={mechanism} {ALICE}")
    code, said = program(shared, kdc, tmp_path, kdc.caches["alice"], protocol, mechanism)
    assert code == 0, said
    eventually(lambda: shared.log().count(f"mechanism={mechanism} {ALICE}") > before)
