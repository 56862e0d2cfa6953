#include "ctl/call.h"

#include "ctl/wipe.h"
#include "tap.h"

#define WORDS_MAX 16

/* Words are parted by '|'. want: the request's arguments in JSON, or "F " and the message. */
static const struct {
	const char *words, *want;
} cases[] = {
	{ "status", "status {}" },
	{ "account|list", "account list {}" },
	{ "account|show|DOM\\alice", "account show {\"name\":\"DOM\\\\alice\"}" },
	{ "account|set|a|--full-name|Alice A|--disabled",
		"account set {\"disabled\":true,\"full-name\":\"Alice A\",\"name\":\"a\"}" },
	{ "account|set|a|--full-name=Alice=A",
		"account set {\"full-name\":\"Alice=A\",\"name\":\"a\"}" },
	{ "account|set|a|--full-name=", "account set {\"full-name\":\"\",\"name\":\"a\"}" },
	{ "account|set|--disabled|a", "account set {\"disabled\":true,\"name\":\"a\"}" },
	{ "account|set|a|--no-disabled", "account set {\"disabled\":false,\"name\":\"a\"}" },
	{ "account|set|a|--disabled=no", "account set {\"disabled\":false,\"name\":\"a\"}" },
	{ "account|set|a|--disabled|no", "account set {\"disabled\":false,\"name\":\"a\"}" },
	{ "account|set|a|--disabled|yes|--hours|always",
		"account set {\"disabled\":true,\"hours\":\"always\",\"name\":\"a\"}" },
	{ "account|set|a|--disabled=maybe",
		"F --disabled is yes or no; write --disabled or --no-disabled" },
	{ "account|set|a|--no-disabled=no", "F --no-disabled takes no value" },
	{ "mailbox|set|a|--address|x@y, z@y,|--address=w@y",
		"mailbox set {\"address\":[\"x@y\",\"z@y\",\"w@y\"],\"name\":\"a\"}" },
	{ "mailbox|set|a|--address=", "mailbox set {\"address\":[],\"name\":\"a\"}" },
	{ "mailbox|grant|a|b", "mailbox grant {\"account\":\"b\",\"name\":\"a\"}" },
	{ "mailbox|grant|a|--account|b", "mailbox grant {\"account\":\"b\",\"name\":\"a\"}" },
	{ "mailbox|grant|--account|b|a", "mailbox grant {\"account\":\"b\",\"name\":\"a\"}" },
	{ "mailbox|grant|--name|a|b", "mailbox grant {\"account\":\"b\",\"name\":\"a\"}" },
	{ "mailbox|grant|a|--group|g", "mailbox grant {\"group\":\"g\",\"name\":\"a\"}" },
	{ "mailbox|grant|--group=g|a|--rights|read",
		"mailbox grant {\"group\":\"g\",\"name\":\"a\",\"rights\":\"read\"}" },
	{ "mailbox|grant|a", "F ACCOUNT or --group GROUP is missing (who gets the rights); for example: bourse "
			     "mailbox grant sales --group 'DOM\\staff' --rights 'read send-on-behalf'" },
	{ "mailbox|grant", "F MAILBOX is missing (the mailbox); for example: bourse "
			   "mailbox grant sales --group 'DOM\\staff' --rights 'read send-on-behalf'" },
	{ "mailbox|revoke|a|--rights|read", "F ACCOUNT or --group GROUP is missing (who loses the rights); for "
					    "example: bourse mailbox revoke sales 'DOM\\alice'" },
	{ "list|member-add|l|a|b", "list member-add {\"member\":[\"a\",\"b\"],\"name\":\"l\"}" },
	{ "list|member|add|l|a,b", "list member-add {\"member\":[\"a\",\"b\"],\"name\":\"l\"}" },
	{ "list|member-add|l|--member|a", "list member-add {\"member\":[\"a\"],\"name\":\"l\"}" },
	{ "list|member-add|l", "F MEMBER is missing (aliases or addresses); for example: bourse "
			       "list member-add staff alice bob" },
	{ "list|member",
		"F there is no such command of this kind: 'member'; did you mean 'member-add'?" },
	{ "account|show|--|--odd", "account show {\"name\":\"--odd\"}" },
	{ "account|show|-", "account show {\"name\":\"-\"}" },
	{ "--data|/d|status", "status {} data=/d" },
	{ "status|--data=/d|--json|--config|/c|--color=never",
		"status {} data=/d config=/c json color=never" },
	{ "account|add|a", "account add {\"name\":\"a\"} ask" },
	{ "account|add|a|--password", "account add {\"name\":\"a\"} ask" },
	{ "account|add|a|--password-stdin", "account add {\"name\":\"a\"} stdin" },
	{ "account|add|a|--no-password", "account add {\"name\":\"a\"}" },
	{ "account|password|a", "account password {\"name\":\"a\"} ask" },
	{ "restore|/b|--mailbox|a|--folder=x y|--at|2026-11-21T14:00",
		"restore {\"at\":\"2026-11-21T14:00\",\"backup\":\"/b\",\"folder\":\"x y\",\"mailbox\":\"a\"}" },
	{ "restore|--message-id|<a@b>|/b|--uid=1",
		"restore {\"backup\":\"/b\",\"message-id\":\"<a@b>\",\"uid\":\"1\"}" },
	{ "doctor|logon|a", "doctor logon {\"name\":\"a\"}" },
	{ "doctor|logon|a|--protocol|pop3|--password-stdin",
		"doctor logon {\"name\":\"a\",\"protocol\":\"pop3\"} stdin" },
	{ "account|password|a|--no-password",
		"F there is no option 'no-password'; see 'bourse account password --help'" },
	{ "config|check", "config check {}" },
	{ "help|account|add", "help {\"noun\":\"account\",\"verb\":\"add\"}" },
	{ "--help", "- {} help" },
	{ "-h", "- {} help" },
	{ "account|--help", "- {} help" },
	{ "account|add|-h", "account add {} ask help" },
	{ "--version", "- {} version" },
	{ "", "F say what to do; see 'bourse --help'" },
	{ "contact", "F 'contact' needs a second word: add, set, remove, list, show; "
		     "see 'bourse contact --help'" },
	{ "acount|list", "F there is no command 'acount'; did you mean 'account'?" },
	{ "mailbx", "F there is no command 'mailbx'; did you mean 'mailbox'?" },
	{ "statsu", "F there is no command 'statsu'; did you mean 'status'?" },
	{ "qqqqqq", "F there is no command 'qqqqqq'; see 'bourse --help'" },
	{ "account|lsit", "F there is no such command of this kind: 'lsit'; did you mean 'list'?" },
	{ "account|qqqqqq",
		"F there is no such command of this kind: 'qqqqqq'; see 'bourse account --help'" },
	{ "mailbox|gratn|a|b",
		"F there is no such command of this kind: 'gratn'; did you mean 'grant'?" },
	{ "account|set|a|--fullname|x",
		"F there is no option 'fullname'; did you mean 'full-name'?" },
	{ "account|set|a|--qqqqqq",
		"F there is no option 'qqqqqq'; see 'bourse account set --help'" },
	{ "account|set|a|-x", "F there is no option '-x'; see 'bourse account set --help'" },
	{ "status|--full-name|x", "F there is no option 'full-name'; see 'bourse status --help'" },
	{ "--full-name|x|account|set|a",
		"F there is no such option before a command: 'full-name'; see 'bourse --help'" },
	{ "account|set|a|--full-name", "F --full-name needs a value: TEXT" },
	{ "account|set|a|--full-name|x|--full-name|y", "F --full-name is given twice" },
	{ "account|set|a|--full-name|\xff", "F the value of --full-name is not UTF-8" },
	{ "account|show|\xff", "F ACCOUNT is not UTF-8" },
	{ "account|show|a|b", "F one argument too many: 'b'; see 'bourse account show --help'" },
	{ "account|show", "F ACCOUNT is missing (the account); for example: bourse account show "
			  "'DOM\\alice'" },
	{ "status|--data", "F --data needs a value: DIR" },
	{ "status|--data=", "F --data needs a value: DIR" },
	{ "status|--json=yes", "F --json takes no value" },
	{ "status|--color|blue", "F --color is auto, always or never" },
};

static void describe(struct buf *to, const struct call *c)
{
	static const char *const secrets[] = { "", " stdin", " ask" };
	char *args = json_dumps(c->args, JSON_COMPACT | JSON_SORT_KEYS);

	if (c->command != NULL)
		command_put_name(to, c->command);
	else
		buf_put_c(to, "-");
	buf_printf(to, " %s%s", args, secrets[c->secret]);
	buf_printf(to, "%s%s%s%s", c->data ? " data=" : "", c->data ? c->data : "",
		c->config ? " config=" : "", c->config ? c->config : "");
	buf_printf(to, "%s%s%s", c->json ? " json" : "", c->help ? " help" : "",
		c->version ? " version" : "");
	if (strcmp(c->color, "auto") != 0)
		buf_printf(to, " color=%s", c->color);
	wipe_json_text(args);
}

static void run(const char *words, struct buf *to)
{
	char tool[] = "bourse", copy[512], *argv[WORDS_MAX + 1] = { tool }, *rest = copy;
	struct failure f = { 0 };
	struct call call;
	int argc = 1;

	snprintf(copy, sizeof(copy), "%s", words);
	while (*copy != '\0' && rest != NULL)
		argv[argc++] = strsep(&rest, "|");
	if (call_parse(argc, argv, &call, &f) == ERR_OK)
		describe(to, &call);
	else
		buf_printf(to, "F %s", f.text);
	call_done(&call);
}

int main(void)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct buf got;

		buf_init(&got, 4096);
		run(cases[i].words, &got);
		IS_STR(buf_str(&got), str_from_c(cases[i].want));
		buf_done(&got);
	}
	return tap_done();
}
