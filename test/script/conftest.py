import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "client"))
from server import Server  # noqa: E402

# A dialogue names its server in a line "# server: NAME"; without one it is "open".
CONFIGS = {
    "open": "front.connections_per_address_max = 1000;\nauth.failures_max = 1000;\nlisten.lmtp = 24;\nlisten.http = 80;\n",
    # No password outside TLS.
    "strict": "front.connections_per_address_max = 1000;\nauth.failures_max = 1000;\n",
    # Offers few ways to log on.
    "choosy": "front.connections_per_address_max = 1000;\nauth.mechanisms = [\"SCRAM-*\", \"!*-1*\", \"!*-PLUS\"];\n"
              "auth.pop3_mechanisms = \"PLAIN\";\n",
    # Capabilities that some do not see.
    "hiding": "front.connections_per_address_max = 1000;\nimap.id = full;\nimap.support_url = \"mailto:help@example.org\";\n"
              "imap.hide = [\"UIDPLUS MOVE UTF8=ACCEPT from client 'Example Mail*' version 16*\", \"SPECIAL-USE from account 'DOM\\\\*other'\",\n"
              "\"COMPRESS=DEFLATE UNAUTHENTICATE from everybody\", \"CHILDREN THREAD=REFERENCES from network 127.0.0.0/8\",\n"
              "\"IDLE NAMESPACE from network 192.0.2.0/24\", \"IDLE from account DOM\\\\nobody client *\"];\n",
    # Commands that take a few messages at a time.
    "limited": "front.connections_per_address_max = 1000;\nimap.messages_max = 3;\nimap.saves_max = 2;\n",
    # Users who ask for no particular language get German.
    "german": "front.connections_per_address_max = 1000;\nimap.language = de;\n",
    # Says at every turn how far a command is.
    "chatty": "front.connections_per_address_max = 1000;\nimap.progress_time = 1ms;\nsearch.index = off;\n",
    # Three logons of an account within a minute.
    "paced": "front.connections_per_address_max = 1000;\nauth.failures_max = 1000;\nauth.account_logons_max = 3;\n",
    # NTLM, which is off otherwise; the responses of old clients are taken, from nobody and from everybody.
    "ntlm": "front.connections_per_address_max = 1000;\nauth.failures_max = 1000;\nauth.ntlm = on;\n"
            "auth.ntlm_names = [\"mail.example.org\", \"127.0.0.1\"];\n",
    "ntlm_old": "front.connections_per_address_max = 1000;\nauth.failures_max = 1000;\nauth.ntlm = on;\n"
                "auth.ntlm_v1_networks = loopback;\nauth.ntlm_skew_max = 1h;\nauth.ntlm_binding = ignored;\nauth.ntlm_service = ignored;\n",
    # A logon by NTLM must say where it goes, and over what.
    "ntlm_strict": "front.connections_per_address_max = 1000;\nauth.failures_max = 1000;\nauth.ntlm = on;\n"
                   "auth.ntlm_names = mail.example.org;\nauth.ntlm_binding = demanded;\nauth.ntlm_service = demanded;\n"
                   "auth.ntlm_v1_networks = loopback;\n",
    # Has a public store.
    "public": "front.connections_per_address_max = 1000;\nauth.failures_max = 1000;\nlisten.lmtp = 24;\n",
    # Whoever comes without an account sees the mailbox "guests".
    "anonymous": "front.connections_per_address_max = 1000;\nauth.failures_max = 2;\nanonymous.imap = on;\nanonymous.pop3 = on;\n"
                 'anonymous.mailbox = guests;\nanonymous.logons_max = 0;\nanonymous.message_octets_max = 64k;\n',
    # A public store that strangers read.
    "library": "front.connections_per_address_max = 1000;\nauth.failures_max = 1000;\nanonymous.imap = on;\nanonymous.pop3 = on;\n"
               "anonymous.logons_max = 0;\n",
    # Whoever comes without an account reads the public store as news.
    "newsstand": "front.connections_per_address_max = 1000;\nauth.failures_max = 1000;\nanonymous.nntp = on;\nanonymous.logons_max = 0;\n",
    # Every limit at its least.
    "small": "front.connections_per_address_max = 3;\nauth.failures_max = 2;\nauth.failures_time = 2s;\n"
             "smtp.message_octets_max = 64k;\nsmtp.recipients_max = 100;\nsmtp.hops_max = 10;\n"
             "smtp.command_time_max = 2s;\nfront.logon_time_max = 3s;\nsmtp.data_rate_min = 1M;\nfront.in_transit_octets_max = 1M;\n"
             'imap.comment = "a small server";\nimap.admin = "mailto:postmaster@example.org";\n'
             "quota.messages_max = 900;\nquota.folders_max = 30;\n"
             "imap.prelogon_octets_max = 4096;\nimap.arguments_octets_max = 65536;\nimap.literals_max = 10;\n"
             "pop3.command_octets_max = 255;\nsmtp.command_octets_max = 1024;\n",
}


class Servers:
    """The servers that dialogues run against: each starts when the first dialogue asks for it."""

    def __init__(self):
        self.running = {}

    def get(self, name):
        if name not in self.running:
            server = self.running[name] = Server(CONFIGS[name])
            if name == "strict":
                file = server.data / "bourse.conf"
                file.write_text(file.read_text().replace("without_tls = loopback", "without_tls = never"))
            server.add_domain()
            server.start()
            if name in ("public", "library", "newsstand"):
                server.bourse("public", "enable")
            if name == "anonymous":
                server.bourse("mailbox", "add", "guests", "--address", "guests@example.org")
        return self.running[name]

    def destroy(self):
        for server in self.running.values():
            server.destroy()


@pytest.fixture(scope="session")
def servers():
    s = Servers()
    try:
        yield s
    finally:
        s.destroy()
