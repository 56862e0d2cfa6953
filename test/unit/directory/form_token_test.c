/* Tokens of forms: whose they are, how long they last, that each is used once, and the work that one can be made to cost. */
#include "directory/form_token.h"

#include "tap.h"

#define NOW ((uint64_t)10000000)

static struct str make(const struct form_tokens *t, const struct form_owner *owner, uint64_t now, struct buf *to)
{
	buf_clear(to);
	form_token_make(t, owner, now, to);
	return buf_str(to);
}

static void test_owner(void)
{
	struct form_owner own = { 1, 2, 3 }, others[] = { { 9, 2, 3 }, { 1, 9, 3 }, { 1, 2, 9 } };
	struct form_tokens t, elsewhere;
	uint64_t age = 0;
	struct str token;
	struct buf b;
	size_t wrong = 0;

	form_tokens_init(&t);
	form_tokens_init(&elsewhere);
	buf_init(&b, 100);
	token = make(&t, &own, NOW, &b);
	IS_NUM(token.len, WEB_TOKEN_OCTETS);
	OK(form_token_check(&t, &own, token, NOW + 5000, &age) == ERR_OK && age == 5000, "good, and how old it is");
	OK(form_token_check(&t, &own, token, NOW + FORM_TOKEN_MS_MAX, &age) == ERR_OK, "good to the end");
	OK(form_token_check(&t, &own, token, NOW + FORM_TOKEN_MS_MAX + 1, &age) == ERR_FORM, "too old");
	OK(form_token_check(&t, &own, token, NOW - 1, &age) == ERR_FORM, "of a time to come");
	OK(form_token_check(&elsewhere, &own, token, NOW, &age) == ERR_FORM, "another process's");
	for (size_t i = 0; i < 3; i++)
		OK(form_token_check(&t, &others[i], token, NOW, &age) == ERR_FORM, "another's");
	for (size_t i = 0; i < token.len; i++) {
		b.at[i] ^= 1;
		wrong += form_token_check(&t, &own, token, NOW, &age) == ERR_OK;
		b.at[i] ^= 1;
	}
	IS_NUM(wrong, 0);
	OK(form_token_check(&t, &own, str_sub(token, 0, 63), NOW, &age) == ERR_FORM, "too short");
	OK(form_token_check(&t, &own, S(""), NOW, &age) == ERR_FORM, "none");
	buf_done(&b);
	form_tokens_done(&t);
	form_tokens_done(&elsewhere);
}

static void test_use(void)
{
	struct form_owner own = { 1, 2, 3 };
	struct form_tokens t;
	uint64_t age = 0;
	struct str token;
	struct buf b, first;
	enum err e = ERR_OK;

	form_tokens_init(&t);
	buf_init(&b, 100);
	buf_init(&first, 100);
	token = make(&t, &own, NOW, &first);
	OK(form_token_use(&t, token, NOW) == ERR_OK && form_token_check(&t, &own, token, NOW, &age) == ERR_EXISTS, "once");
	for (size_t i = 1; i < FORM_TOKENS_USED; i++)
		if (form_token_use(&t, make(&t, &own, NOW + 1, &b), NOW + 1) != ERR_OK)
			e = ERR_LIMIT;
	OK(e == ERR_OK, "as many as are remembered");
	OK(form_token_use(&t, make(&t, &own, NOW + 2, &b), NOW + 2) == ERR_LIMIT, "no other one: a used one would be forgotten");
	OK(form_token_check(&t, &own, token, NOW + 2, &age) == ERR_EXISTS, "the first is still known");
	OK(form_token_use(&t, make(&t, &own, NOW + FORM_TOKEN_MS_MAX, &b), NOW + FORM_TOKEN_MS_MAX) == ERR_OK, "when the first is too old");
	buf_done(&b);
	buf_done(&first);
	form_tokens_done(&t);
}

static void test_work(void)
{
	char token[WEB_TOKEN_OCTETS];
	char work[24];
	unsigned n = 0, tries[2] = { 0 };

	memset(token, 'a', sizeof(token));
	OK(form_token_worked(str_make(token, sizeof(token)), S(""), 0), "none is asked for");
	OK(!form_token_worked(str_make(token, sizeof(token)), S(""), 1) && !form_token_worked(S("a"), S("1"), 1), "none is given");
	OK(!form_token_worked(str_make(token, sizeof(token)), S("1x"), 1), "no number");
	OK(!form_token_worked(str_make(token, sizeof(token)), S("123456789012345678901"), 1), "too long a number");
	do {
		snprintf(work, sizeof(work), "%u", n++);
		tries[form_token_worked(str_make(token, sizeof(token)), str_from_c(work), 1)]++;
	} while (!form_token_worked(str_make(token, sizeof(token)), str_from_c(work), 10));
	OK(form_token_worked(str_make(token, sizeof(token)), str_from_c(work), 9), "more than was asked for");
	OK(n < 20000 && (n < 20 || (tries[0] > n / 4 && tries[1] > n / 4)), "one bit is every second, ten one in 1024: %u", n);
}

int main(void)
{
	test_owner();
	test_use();
	test_work();
	return tap_done();
}
