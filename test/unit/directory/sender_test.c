/* As whom an account may send, in the envelope and in the header. */
#include "directory/sender.h"

#include "world.h"

static uint64_t account_of(struct world *w, const char *user)
{
	struct entry domain, account = { .id = 0 };

	IS_NUM(directory_domain(&w->directory, S("DOM"), &w->arena, &domain), ERR_OK);
	IS_NUM(directory_account(&w->directory, domain.id, str_from_c(user), &w->arena, &account), ERR_OK);
	return account.id;
}

static void build(struct world *w)
{
	DO(w, "domain add", "'name':'DOM','mail':['example.org','b\xc3\xbc" "cher.example']");
	DO(w, "account add", "'name':'DOM\\\\alice'");
	DO(w, "account add", "'name':'DOM\\\\bob'");
	DO(w, "account add", "'name':'DOM\\\\zoe'");
	DO(w, "group add", "'name':'DOM\\\\desk','member':'DOM\\\\alice'");
	DO(w, "mailbox add", "'name':'alice','account':'DOM\\\\alice','address':'alice@example.org,al@b\xc3\xbc" "cher.example'");
	DO(w, "mailbox add", "'name':'bob','account':'DOM\\\\bob'");
	DO(w, "mailbox add", "'name':'eve','address':'eve@example.org'");
	DO(w, "mailbox add", "'name':'boss','address':'boss@example.org'");
	DO(w, "mailbox add", "'name':'info','address':'info@example.org'");
	DO(w, "list add", "'name':'both','address':'both@example.org','member':'alice,bob'");
	DO(w, "mailbox grant", "'name':'eve','account':'DOM\\\\bob'");
	DO(w, "mailbox grant", "'name':'boss','account':'DOM\\\\bob','rights':'send-on-behalf'");
	DO(w, "mailbox grant", "'name':'boss','account':'DOM\\\\zoe','rights':'send-on-behalf'");
	DO(w, "mailbox grant", "'name':'info','account':'DOM\\\\bob','rights':'full'");
	DO(w, "mailbox grant", "'name':'info','group':'desk','rights':'send-as'");
}

static void test_envelope(struct world *w)
{
	static const struct {
		const char *user, *address;
		enum err want;
		const char *says;
	} rows[] = {
		{ "alice", "alice@example.org", ERR_OK, "" },
		{ "alice", "AL@xn--bcher-kva.example", ERR_OK, "" },
		{ "alice", "info@example.org", ERR_OK, "" }, /* by its group */
		{ "alice", "", ERR_OK, "" },
		{ "alice", "bob@example.org", ERR_SENDAS, "may send as alice@example.org" },
		{ "alice", "alice@example.com", ERR_SENDAS, "alice@example.org" },
		{ "alice", "both@example.org", ERR_SENDAS, "alice@example.org" },
		{ "alice", "alice", ERR_ADDRESS, "" },
		{ "bob", "eve@example.org", ERR_OK, "" },
		{ "bob", "boss@example.org", ERR_OK, "" },
		{ "bob", "info@example.org", ERR_SENDAS, "the right send-as or send-on-behalf on the mailbox \"info\"" },
		{ "bob", "alice@example.org", ERR_SENDAS, "on behalf of boss@example.org only" },
		{ "zoe", "zoe@example.org", ERR_SENDAS, "as nobody, on behalf of boss@example.org only" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct failure f = { 0 };
		enum err e = sender_judge(&w->directory, account_of(w, rows[i].user), str_from_c(rows[i].address), &w->arena, &f);

		OK(e == rows[i].want && strstr(f.text, rows[i].says) != NULL, "%s as %s: %s %s", rows[i].user, rows[i].address,
			err_name(e), f.text);
	}
}

static void test_header(struct world *w)
{
	static const struct {
		const char *user, *envelope, *from, *second, *sender;
		enum err want;
		const char *writes;
	} rows[] = {
		{ "bob", "bob@example.org", "bob@example.org", NULL, NULL, ERR_OK, "" },
		{ "bob", "bob@example.org", "BOB@example.org.", NULL, NULL, ERR_OK, "" },
		{ "bob", "bob@example.org", "eve@example.org", NULL, NULL, ERR_OK, "" },
		{ "bob", "bob@example.org", "me@elsewhere.example", NULL, NULL, ERR_OK, "" },
		{ "bob", "bob@example.org", NULL, NULL, NULL, ERR_OK, "" },
		{ "bob", "", "bob@example.org", NULL, NULL, ERR_OK, "" },
		/* on behalf: who sends it is told */
		{ "bob", "bob@example.org", "boss@example.org", NULL, NULL, ERR_OK, "bob@example.org" },
		{ "bob", "boss@example.org", "boss@example.org", NULL, NULL, ERR_OK, "bob@example.org" },
		{ "bob", "boss@example.org", "bob@example.org", NULL, NULL, ERR_OK, "bob@example.org" },
		{ "bob", "boss@example.org", NULL, NULL, NULL, ERR_OK, "bob@example.org" },
		{ "bob", "bob@example.org", "bob@example.org", "boss@example.org", NULL, ERR_OK, "bob@example.org" },
		{ "bob", "boss@example.org", "boss@example.org", NULL, "eve@example.org", ERR_OK, "" },
		{ "bob", "boss@example.org", "boss@example.org", NULL, "boss@example.org", ERR_SENDAS, "" },
		{ "bob", "boss@example.org", "boss@example.org", NULL, "me@elsewhere.example", ERR_SENDAS, "" },
		{ "bob", "boss@example.org", "boss@example.org", NULL, "", ERR_SENDAS, "" },
		{ "zoe", "boss@example.org", "boss@example.org", NULL, NULL, ERR_SENDAS, "" },
		/* as somebody else of ours */
		{ "bob", "bob@example.org", "alice@example.org", NULL, NULL, ERR_SENDAS, "" },
		{ "bob", "bob@example.org", "bob@example.org", "alice@example.org", NULL, ERR_SENDAS, "" },
		{ "bob", "bob@example.org", "nobody@example.org", NULL, NULL, ERR_SENDAS, "" },
		{ "bob", "bob@example.org", "alice @example.org", NULL, NULL, ERR_SENDAS, "" },
		{ "bob", "bob@example.org", "info@example.org", NULL, NULL, ERR_SENDAS, "" },
		{ "bob", "bob@example.org", "bob@example.org", NULL, "alice@example.org", ERR_SENDAS, "" },
		{ "bob", "bob@example.org", "bob@example.org", NULL, "me@elsewhere.example", ERR_OK, "" },
		{ "alice", "alice@example.org", "info@example.org", NULL, NULL, ERR_OK, "" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct str authors[2] = { STR_NONE, STR_NONE };
		struct sender_header h = { .envelope = str_from_c(rows[i].envelope), .authors = authors };
		struct sender_answer a;
		enum err e;

		if (rows[i].from != NULL)
			authors[h.authors_count++] = str_from_c(rows[i].from);
		if (rows[i].second != NULL)
			authors[h.authors_count++] = str_from_c(rows[i].second);
		if (rows[i].sender != NULL)
			h.sender = str_from_c(rows[i].sender);
		e = sender_header_judge(&w->directory, account_of(w, rows[i].user), &h, &w->arena, &a);
		OK(e == rows[i].want && a.failure.code == e, "%zu: %s %s", i, err_name(e), a.failure.text);
		OK(str_eq(a.sender, str_from_c(rows[i].writes)), "%zu: writes '%.*s'", i, STR_FMT(a.sender));
	}
}

int main(void)
{
	struct world w;

	world_open(&w);
	build(&w);
	test_envelope(&w);
	test_header(&w);
	world_close(&w);
	return tap_done();
}
