"""A real OpenLDAP slapd of the tests' own: a folder, a port on loopback, people."""
import os
import pathlib
import shutil
import signal
import socket
import subprocess

from server import eventually, free_port

BASE = "dc=corp,dc=example"
SEARCHER = f"cn=mail,{BASE}"
SEARCHER_PASSWORD = "search for me"
SLAPD = shutil.which("slapd", path="/usr/sbin:/usr/bin:" + os.environ.get("PATH", ""))
SLAPADD = shutil.which("slapadd", path="/usr/sbin:/usr/bin:" + os.environ.get("PATH", ""))

CONFIG = """
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb
moduleload ppolicy
pidfile {folder}/slapd.pid
{tls}
database mdb
maxsize 10485760
suffix "{base}"
rootdn "cn=root,{base}"
rootpw root
directory {folder}/db
index uid eq
overlay ppolicy
ppolicy_default "cn=policy,{base}"
ppolicy_use_lockout
access to attrs=userPassword by anonymous auth by * none
access to * by dn.exact="{searcher}" read by anonymous auth by * none
"""
TREE = """dn: {base}
objectClass: organization
objectClass: dcObject
o: Corp
dc: corp

dn: {searcher}
objectClass: organizationalRole
objectClass: simpleSecurityObject
cn: mail
userPassword: {password}

dn: cn=policy,{base}
objectClass: organizationalRole
objectClass: pwdPolicy
cn: policy
pwdAttribute: userPassword
pwdLockout: TRUE
pwdMaxFailure: 20
pwdMustChange: TRUE

"""
PERSON = """dn: uid={uid},{base}
objectClass: inetOrgPerson
uid: {uid}
cn: {name}
sn: {name}
userPassword: {password}
{more}
"""


class LdapServer:
    """people: uid -> (full name, password, more LDIF lines). certificate: (file, key) for StartTLS and ldaps://."""

    def __init__(self, folder, people, certificate=None):
        self.folder = pathlib.Path(folder)
        self.port, self.tls_port = free_port(), free_port()
        self.process = None
        (self.folder / "db").mkdir(parents=True)
        tls = f"TLSCertificateFile {certificate[0]}\nTLSCertificateKeyFile {certificate[1]}" if certificate else ""
        self.has_tls = bool(certificate)
        (self.folder / "slapd.conf").write_text(CONFIG.format(folder=self.folder, base=BASE, searcher=SEARCHER, tls=tls))
        ldif = TREE.format(base=BASE, searcher=SEARCHER, password=SEARCHER_PASSWORD)
        for uid, (name, password, *more) in people.items():
            ldif += PERSON.format(uid=uid, base=BASE, name=name, password=password, more="\n".join(more)).rstrip("\n") + "\n\n"
        done = subprocess.run([SLAPADD, "-q", "-f", self.folder / "slapd.conf"], input=ldif, text=True, capture_output=True)
        assert done.returncode == 0, done.stdout + done.stderr

    @property
    def url(self):
        return f"ldap://127.0.0.1:{self.port}"

    @property
    def tls_url(self):
        return f"ldaps://127.0.0.1:{self.tls_port}"

    def start(self):
        urls = self.url + (" " + self.tls_url if self.has_tls else "")
        with open(self.folder / "slapd.log", "ab") as log:
            self.process = subprocess.Popen([SLAPD, "-d", "0", "-f", self.folder / "slapd.conf", "-h", urls], stdout=log, stderr=log,
                                            stdin=subprocess.DEVNULL)

        def listens():
            assert self.process.poll() is None, (self.folder / "slapd.log").read_text()
            socket.create_connection(("127.0.0.1", self.port), 5).close()
            return True

        eventually(listens)
        return self

    def stop(self):
        if self.process is not None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(60)
            self.process = None

    def freeze(self):
        """It takes connections and says nothing."""
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self):
        self.process.send_signal(signal.SIGCONT)
