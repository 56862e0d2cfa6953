/* The table of web sessions: who is found, when a session ends, and whose gives way. */
#include "directory/web.h"

#include "tap.h"

static struct web_session *begin(struct web *w, uint64_t account, uint64_t now_ms)
{
	struct web_session given = { .account = account, .mailbox = account + 1, .name = "DOM\\alice", .client = "192.0.2.1:4711" };

	return web_begin(w, &given, now_ms);
}

static struct str token_of(const struct web_session *s)
{
	return str_make(s->token, sizeof(s->token));
}

static void test_find(void)
{
	struct web w;
	struct web_session *a, *b;
	char token[WEB_TOKEN_OCTETS];

	web_init(&w, 1000, 5000);
	a = begin(&w, 1, 0);
	b = begin(&w, 2, 0);
	OK(!str_eq(token_of(a), token_of(b)) && memcmp(a->token, a->form, sizeof(a->token)) != 0, "secrets of their own");
	for (size_t i = 0; i < sizeof(a->token); i++)
		OK(strchr("0123456789abcdef", a->token[i]) != NULL, "a hexadecimal digit");
	OK(web_find(&w, token_of(a), 1) == a && web_find(&w, token_of(b), 1) == b, "found");
	OK(a->account == 1 && a->mailbox == 2 && strcmp(a->name, "DOM\\alice") == 0, "as given");
	memcpy(token, a->token, sizeof(token));
	for (size_t i = 0; i < sizeof(token); i++) {
		token[i] ^= 1;
		OK(web_find(&w, str_make(token, sizeof(token)), 1) == NULL, "octet %zu counts", i);
		token[i] ^= 1;
	}
	OK(web_find(&w, str_make(token, sizeof(token) - 1), 1) == NULL && web_find(&w, S(""), 1) == NULL, "a part is nothing");
	OK(web_form_is(a, str_make(a->form, sizeof(a->form))) && !web_form_is(a, token_of(a)) && !web_form_is(a, S("")), "the form's secret");
	web_end(&w, a);
	OK(web_find(&w, str_make(token, sizeof(token)), 1) == NULL && web_find(&w, token_of(b), 1) == b, "one has ended");
	web_done(&w);
}

static void test_times(void)
{
	struct web w;
	struct web_session *s;

	web_init(&w, 1000, 5000);
	s = begin(&w, 1, 0);
	for (uint64_t now = 0; now < 4999; now += 999)
		OK(web_find(&w, token_of(s), now) == s, "used at %llu", (unsigned long long)now);
	OK(web_find(&w, token_of(s), 5000) == NULL && w.count == 0, "its age ends it");
	s = begin(&w, 1, 10000);
	OK(web_count(&w, 1, 10999) == 1 && web_count(&w, 1, 11000) == 0, "over, if nobody comes");
	OK(web_find(&w, token_of(s), 11000) == NULL, "unused too long");
	s = begin(&w, 1, 20000);
	begin(&w, 2, 21000);
	IS_NUM(w.count, 1); /* the one that was over went with the next that began */
	web_done(&w);
}

static void test_accounts(void)
{
	struct web w;
	struct web_session *first = NULL, *s = NULL;

	web_init(&w, 1000, 5000);
	begin(&w, 2, 0);
	for (size_t i = 0; i < WEB_ACCOUNT_SESSIONS_MAX; i++) {
		s = begin(&w, 1, i);
		first = first ? first : s;
	}
	OK(web_find(&w, token_of(first), 100) == first, "the first was used last");
	begin(&w, 1, 101);
	IS_NUM(web_count(&w, 1, 101), WEB_ACCOUNT_SESSIONS_MAX);
	OK(web_find(&w, token_of(first), 102) == first, "so another gave way");
	web_end_account(&w, 1, first);
	IS_NUM(web_count(&w, 1, 102), 1);
	web_end_account(&w, 1, NULL);
	IS_NUM(web_count(&w, 1, 102), 0);
	IS_NUM(web_count(&w, 2, 102), 1);
	web_done(&w);
}

static void test_full(void)
{
	struct web w;
	struct web_session *first;
	char token[WEB_TOKEN_OCTETS];

	web_init(&w, 1000000, 5000000);
	first = begin(&w, 1, 0);
	memcpy(token, first->token, sizeof(token));
	for (uint64_t i = 2; i <= WEB_SESSIONS_MAX + 1; i++)
		begin(&w, i, 1);
	IS_NUM(w.count, WEB_SESSIONS_MAX);
	OK(web_find(&w, str_make(token, sizeof(token)), 2) == NULL, "the oldest gave way");
	web_done(&w);
}

int main(void)
{
	test_find();
	test_times();
	test_accounts();
	test_full();
	return tap_done();
}
