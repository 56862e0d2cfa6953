/* What an administrator reads when the file is wrong: every kind of fault, to the letter. */
#include "config/config.h"

#include "tap.h"

static const struct {
	const char *text, *want;
} cases[] = {
	{ "smtp {\n\tmessage_octets_max = 50MX\n}\n",
		"bourse.conf:2: smtp.message_octets_max: '50MX' is not a size; write a number with k, M or G" },
	{ "smtp.max_message = 50M", "bourse.conf:1: there is no option 'smtp.max_message'; did you mean 'smtp.message_octets_max'?" },
	{ "smpt { hops_max = 5 }", "bourse.conf:1: there is no option 'smpt.hops_max'; did you mean 'smtp.hops_max'?" },
	{ "server { hostname = x }", "bourse.conf:1: there is no option 'server.hostname'; did you mean 'server.host_name'?" },
	{ "imap.idle_timeout = 30m", "bourse.conf:1: there is no option 'imap.idle_timeout'; did you mean 'imap.idle_time_max'?" },
	{ "listen.stmp = 25", "bourse.conf:1: there is no option 'listen.stmp'; did you mean 'listen.smtp'?" },
	{ "log { levl = debug }", "bourse.conf:1: there is no option 'log.levl'; did you mean 'log.level'?" },
	{ "colour = green", "bourse.conf:1: there is no option 'colour'" },
	{ "smtp = 5", "bourse.conf:1: there is no option 'smtp'; did you mean 'listen.smtp'?" },
	{ ". = 5", "bourse.conf:1: there is no option '.'" },
	{ "smtp. = 5", "bourse.conf:1: there is no option 'smtp.'; did you mean 'listen.smtp'?" },
	{ "smtp.hops_max.x = 5", "bourse.conf:1: there is no option 'smtp.hops_max.x'; did you mean 'smtp.hops_max'?" },
	{ "Smtp.hops_max = 50", "bourse.conf:1: there is no option 'Smtp.hops_max'; did you mean 'smtp.hops_max'?" },
	{ "log.level = info\n\nlog.level = debug\n", "bourse.conf:3: log.level is set already at bourse.conf:1; remove one of the two" },
	{ "log { level = info }\nlog.level = info\n", "bourse.conf:2: log.level is set already at bourse.conf:1; remove one of the two" },
	{ "log.level = loud", "bourse.conf:1: log.level: 'loud' is none of: error warn notice info debug" },
	{ "log.level = wran", "bourse.conf:1: log.level: 'wran' is none of: error warn notice info debug; did you mean 'warn'?" },
	{ "log.level = Info", "bourse.conf:1: log.level: 'Info' is none of: error warn notice info debug; did you mean 'info'?" },
	{ "log.level", "bourse.conf:1: a value is missing" },
	{ "log.level =", "bourse.conf:1: a value is missing" },
	{ "log.level = [info]", "bourse.conf:1: log.level: takes one value, not a list" },
	{ "log.level = info debug", "bourse.conf:1: more than one value; put a text with spaces in \"quotes\", or end the line or write ;" },
	{ "organisation.name = Example Limited", "bourse.conf:1: more than one value; put a text with spaces in \"quotes\", or end the line or write ;" },
	{ "organisation.name = \"Example\nLimited\"", "bourse.conf:1: the string is not closed; write a \" at its end" },
	{ "organisation.name = \"C:\\mail\"", "bourse.conf:1: after a \\ only \" or another \\ may stand; write \\\\ for a backslash" },
	{ "smtp {\n\thops_max = 50\n", "bourse.conf:1: the block is not closed; write } after its last option" },
	{ "smtp {\n\thops_max = 50\n}\n}\n", "bourse.conf:4: } closes nothing" },
	{ "smtp {\n\tlimits {\n", "bourse.conf:2: a block cannot stand inside another" },
	{ "smtp.hops_max = 5", "bourse.conf:1: smtp.hops_max: '5' is below the least, 10" },
	{ "smtp.hops_max = 5000", "bourse.conf:1: smtp.hops_max: '5000' is above the most, 1000" },
	{ "smtp.hops_max = 50s", "bourse.conf:1: smtp.hops_max: '50s' has a unit; this option is a plain number" },
	{ "smtp.hops_max = fifty", "bourse.conf:1: smtp.hops_max: 'fifty' is not a number" },
	{ "smtp.command_time_max = 300", "bourse.conf:1: smtp.command_time_max: '300' has no unit; write ms, s, m, h or d behind it" },
	{ "smtp.command_time_max = 5min", "bourse.conf:1: smtp.command_time_max: '5min' is not a time; write a number with ms, s, m, h or d" },
	{ "imap.idle_time_max = 5m", "bourse.conf:1: imap.idle_time_max: '5m' is below the least, 30m" },
	{ "pop3.idle_time_max = 30s", "bourse.conf:1: pop3.idle_time_max: '30s' is below the least, 10m" },
	{ "store.compress = zstd", "bourse.conf:1: store.compress: 'zstd' is not on or off" },
	{ "listen.smtp = mail.example:25", "bourse.conf:1: listen.smtp: 'mail.example:25' names no address; write it in digits, or * for all" },
	{ "listen.smtp = 70000", "bourse.conf:1: listen.smtp: '70000' has no port from 1 to 65535" },
	{ "listen.smtp = [::1]:25", "bourse.conf:1: more than one value; put a text with spaces in \"quotes\", or end the line or write ;" },
	{ "listen.addresses = []", "bourse.conf:1: listen.addresses: the list must not be empty" },
	{ "\nlisten.addresses = eth0", "bourse.conf:2: listen.addresses: an address is neither in digits nor *" },
	{ "listen.base_port = 60000\nlisten.smtp = 6000", "bourse.conf:1: listen.base_port: added to the port of a listener it goes above 65535" },
	{ "tls.certificate = cert.pem", "bourse.conf:1: tls.certificate: 'cert.pem' is not a full path; begin it with /" },
	{ "log.level = info\ntls.certificate = /c", "bourse.conf:2: tls.certificate: needs tls.key beside it" },
	{ "tls.key = /k", "bourse.conf:1: tls.key: needs tls.certificate beside it" },
	{ "quota.warning_octets = 3G", "bourse.conf:1: quota.warning_octets: is above quota.send_octets, so that nobody would be warned" },
	{ "quota.send_octets = 3G", "bourse.conf:1: quota.send_octets: is above quota.receive_octets" },
	{ "quota.receive_octets = 1G", "bourse.conf: quota.send_octets: is above quota.receive_octets" },
	{ "include \"more.conf\"", "bourse.conf:1: include is not possible here" },
	{ "user.keys = \"\"", "bourse.conf:1: user.keys: must not be empty" },
	{ "auth.plaintext_without_tls = local", "bourse.conf:1: auth.plaintext_without_tls: 'local' is none of: never loopback always" },
	{ "log.level = info\n\xff\n", "bourse.conf:2: not valid UTF-8" },
	{ "log.level = \x1b[0m", "bourse.conf:1: a control octet stands here" },
	{ "organisation.name = \"0123456789012345678901234567890123456789012345678901234567890123456789"
	  "012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789"
	  "01234567890123456789012345678901234567890123456789\"",
		"bourse.conf:1: organisation.name: '012345678901234567890123456789012345678901234567890123456789...' is longer than 200 octets" },
};

int main(void)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct config *c = NULL;
		struct failure f = { 0 };
		struct arena a;

		arena_init(&a, ARENA_NONE);
		OK(config_parse(&a, str_from_c(cases[i].text), "bourse.conf", &c, &f) == ERR_CONFIG && c == NULL,
			"case %zu is refused", i);
		IS_STR(str_from_c(f.text), str_from_c(cases[i].want));
		arena_done(&a);
	}
	return tap_done();
}
