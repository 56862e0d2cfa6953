"""A real MIT Kerberos domain controller of the tests' own: a folder, a realm, a port on loopback. Nothing of the machine's is touched."""
import os
import pathlib
import shutil
import socket
import subprocess

from server import eventually, free_port

PATH = "/usr/sbin:/usr/bin:/sbin:/bin"
REALM = "EXAMPLE.ORG"

CLIENT = """[libdefaults]
default_realm = {realm}
dns_lookup_realm = false
dns_lookup_kdc = false
dns_canonicalize_hostname = false
rdns = false
udp_preference_limit = 1
[realms]
{realm} = {{
 kdc = 127.0.0.1:{port}
}}
"""
SERVER = """[kdcdefaults]
kdc_listen = 127.0.0.1:{port}
kdc_tcp_listen = 127.0.0.1:{port}
[realms]
{realm} = {{
 database_name = {folder}/principal
 key_stash_file = {folder}/stash
 acl_file = {folder}/acl
 supported_enctypes = aes256-cts:normal aes128-cts:normal
 max_life = 1h
}}
"""


class Kdc:
    def __init__(self, folder, realm=REALM):
        self.folder = pathlib.Path(folder)
        self.realm = realm
        self.port = free_port()
        self.process = None
        self.folder.mkdir(parents=True)
        (self.folder / "krb5.conf").write_text(CLIENT.format(realm=realm, port=self.port))
        (self.folder / "kdc.conf").write_text(SERVER.format(realm=realm, port=self.port, folder=self.folder))
        self.env = {"PATH": PATH, "HOME": str(self.folder), "LC_ALL": "C.UTF-8", "KRB5_CONFIG": str(self.folder / "krb5.conf"),
                    "KRB5_KDC_PROFILE": str(self.folder / "kdc.conf"), "KRB5CCNAME": f"FILE:{self.folder}/cc", "TMPDIR": str(self.folder),
                    "KRB5RCACHENAME": f"file2:{self.folder}/replays"}
        self.run("kdb5_util", "-r", realm, "-P", "master", "create", "-s")

    def run(self, program, *args, text=""):
        found = shutil.which(program, path=PATH)
        assert found, f"{program} is not installed"
        done = subprocess.run([found, *map(str, args)], input=text, capture_output=True, text=True, env=self.env, timeout=60)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def admin(self, query):
        said = self.run("kadmin.local", "-r", self.realm, "-q", query)
        return said

    def start(self):
        log = open(self.folder / "log", "ab")
        self.process = subprocess.Popen([shutil.which("krb5kdc", path=PATH), "-n", "-r", self.realm], env=self.env, stdout=log, stderr=log)

        def listens():
            with socket.create_connection(("127.0.0.1", self.port), 1):
                return True
        eventually(listens)
        return self

    def stop(self):
        if self.process is not None:
            self.process.terminate()
            self.process.wait(60)
            self.process = None

    def person(self, name, password):
        self.admin(f'addprinc -pw "{password}" {name}')
        return self.log_on(name, password)

    def log_on(self, name, password):
        """The file with the person's tickets."""
        cache = self.folder / ("cc-" + name.replace("/", "-"))
        self.run("kinit", "-c", f"FILE:{cache}", f"{name}@{self.realm}", text=password + "\n")
        return cache

    def service(self, *names):
        for name in names:
            self.admin(f"addprinc -randkey {name}")

    def keytab(self, file, *names, anew=False):
        """Writes the keys of services; anew: makes new ones first, so that older keytabs are stale."""
        whole = pathlib.Path(str(file) + ".new")
        whole.unlink(missing_ok=True)
        for name in names:
            self.admin(f"ktadd {'' if anew else '-norandkey '}-k {whole} {name}")
        whole.chmod(0o644)
        os.replace(whole, file)
