/* Rights on a mailbox: their words, what follows from them, and who has them by what. */
#include "directory/right.h"

#include "tap.h"

static void test_words(void)
{
	static const struct {
		const char *text;
		enum err want;
		uint32_t rights;
		const char *back;
	} rows[] = {
		{ "read", ERR_OK, RIGHT_READ, "read" },
		{ "read send-on-behalf", ERR_OK, RIGHT_READ | RIGHT_SEND_ON_BEHALF, "read send-on-behalf" },
		{ " send-as,FULL , read", ERR_OK, RIGHT_FULL | RIGHT_READ | RIGHT_SEND_AS, "full read send-as" },
		{ "owner,full,read,send-as,send-on-behalf", ERR_OK, RIGHT_ALL, "owner full read send-as send-on-behalf" },
		{ "read read", ERR_OK, RIGHT_READ, "read" },
		{ "", ERR_SYNTAX, 0, "" },
		{ " , ", ERR_SYNTAX, 0, "" },
		{ "rea", ERR_SYNTAX, 0, "" },
		{ "reads", ERR_SYNTAX, 0, "" },
		{ "read;full", ERR_SYNTAX, 0, "" },
		{ "send_as", ERR_SYNTAX, 0, "" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint32_t rights = 0;
		struct buf b;

		buf_init(&b, 128);
		OK(right_words_get(str_from_c(rows[i].text), &rights) == rows[i].want, "'%s'", rows[i].text);
		IS_NUM(rights, rows[i].rights);
		right_words_put(&b, rights);
		IS_STR(buf_str(&b), str_from_c(rows[i].back));
		buf_done(&b);
	}
}

static void test_implied(void)
{
	IS_NUM(right_implied(0), 0);
	IS_NUM(right_implied(RIGHT_OWNER), RIGHT_ALL);
	IS_NUM(right_implied(RIGHT_FULL), RIGHT_FULL | RIGHT_READ);
	IS_NUM(right_implied(RIGHT_READ), RIGHT_READ);
	IS_NUM(right_implied(RIGHT_SEND_AS), RIGHT_SENDS);
	IS_NUM(right_implied(RIGHT_SEND_ON_BEHALF), RIGHT_SEND_ON_BEHALF);
	OK((right_implied(RIGHT_FULL) & RIGHT_SENDS) == 0, "who may open everything may not send as it for that");
	OK((right_implied(RIGHT_SENDS) & RIGHT_OPENS) == 0, "and the other way round");
}

static void test_held(void)
{
	static const struct entry_grant grants[] = { { 10, RIGHT_READ }, { 20, RIGHT_SEND_AS }, { 21, RIGHT_FULL }, { 22, RIGHT_READ } };
	static const uint64_t in[] = { 20, 22 };
	struct entry e = entry_defaults(ENTRY_MAILBOX, 1);
	struct entry_ids none = { NULL, 0 }, groups = { in, 2 };
	struct right_held h;

	e.mailbox.account = 7;
	e.mailbox.rights = (struct entry_grants){ grants, 4 };
	h = right_of(&e.mailbox, 7, &none);
	OK(h.primary && h.rights == RIGHT_ALL && h.group == 0, "the primary account may do everything");
	h = right_of(&e.mailbox, 8, &none);
	OK(!h.primary && h.rights == 0 && h.group == 0, "a stranger nothing");
	h = right_of(&e.mailbox, 10, &none);
	OK(h.rights == RIGHT_READ && h.group == 0, "what it has by itself");
	h = right_of(&e.mailbox, 8, &groups);
	OK(h.rights == (RIGHT_READ | RIGHT_SENDS) && h.group == 20, "what its groups have together, not another's");
	h = right_of(&e.mailbox, 10, &groups);
	OK(h.rights == (RIGHT_READ | RIGHT_SENDS) && h.group == 20, "and both");
	e.mailbox.account = 0;
	h = right_of(&e.mailbox, 0, &none);
	OK(h.rights == 0 && !h.primary, "nobody is not the owner of nobody's mailbox");
}

int main(void)
{
	test_words();
	test_implied();
	test_held();
	return tap_done();
}
