#include "directory/app_password.h"

#include "base/mem.h"
#include "directory/change.h"
#include "directory/logon.h"
#include "world.h"

/* ---- text ---- */

static void test_text(void)
{
	unsigned char octets[APP_PASSWORD_OCTETS] = { 0xff, 0xff, 0xf0, 1, 2, 3, 4, 5, 6, 7 };
	char text[APP_PASSWORD_TEXT_OCTETS + 1], plain[APP_PASSWORD_TEXT_OCTETS + 1], id_text[5];
	static const char *const same[] = { "zzzz-0080-g20r-40r7", "ZZZZ 0080 G20R 40R7", "zzzzoo8og2or4or7", " zz zz 00-80g20r-40r7-" };
	uint32_t id = 0;

	octets[2] = 0xf0;
	app_password_text(octets, text);
	OK(strlen(text) == APP_PASSWORD_TEXT_OCTETS && text[4] == '-' && text[14] == '-', "%s", text);
	for (size_t i = 0; i < sizeof(same) / sizeof(*same); i++) {
		bool is = app_password_read(str_from_c(same[i]), &id, plain);

		OK(is && id == 0xfffff && str_starts(str_from_c(plain), S("zzzz-")), "'%s'", same[i]);
	}
	OK(app_password_read(str_from_c(text), &id, plain) && strcmp(plain, text) == 0, "its own form");
	app_password_id_text(0xfffff, id_text);
	IS_STR(str_from_c(id_text), S("zzzz"));
	app_password_id_text(1, id_text);
	IS_STR(str_from_c(id_text), S("0001"));
	OK(!app_password_read(S("correct horse battery"), &id, plain), "an ordinary password");
	OK(!app_password_read(S(""), &id, plain), "none");
	OK(!app_password_read(S("zzzz-0080-g20r-40r"), &id, plain), "too short");
	OK(!app_password_read(S("z---------------------------------------zzz-0080-g20r-40r7"), &id, plain), "too long");
}

/* ---- codec ---- */

static void test_codec(void)
{
	static const struct app_password two[] = {
		{ .id = 5, .label = S_INIT("phone"), .protocols = 7, .made = 10, .expires = 20, .secret = S_INIT("$argon2id$x") },
		{ .id = 6, .label = S_INIT(""), .protocols = 1, .made = 11, .secret = S_INIT("") },
	};
	struct app_password *back = NULL;
	struct arena a;
	struct buf value;
	size_t count = 9;

	arena_init(&a, ARENA_NONE);
	buf_init(&value, 4096);
	IS_NUM(app_passwords_encode(two, 2, &value), ERR_OK);
	IS_NUM(app_passwords_decode(buf_str(&value), &a, &back, &count), ERR_OK);
	OK(count == 2 && back[0].id == 5 && back[1].id == 6 && back[0].expires == 20 && back[0].protocols == 7, "as it was");
	IS_STR(back[0].label, S("phone"));
	OK(app_password_find(back, count, 6) == &back[1] && app_password_find(back, count, 7) == NULL, "by its id");
	for (size_t n = 1; n < value.len; n++) {
		char *part = mem_copy(value.at, n);

		OK(app_passwords_decode(str_make(part, n), &a, &back, &count) == ERR_CORRUPT, "cut at %zu", n);
		mem_free(part);
	}
	buf_put_octet(&value, 0);
	IS_NUM(app_passwords_decode(buf_str(&value), &a, &back, &count), ERR_CORRUPT);
	IS_NUM(app_passwords_decode(STR_NONE, &a, &back, &count), ERR_OK);
	IS_NUM(count, 0);
	buf_clear(&value);
	IS_NUM(app_passwords_encode(two, 0, &value), ERR_OK);
	IS_NUM(value.len, 0);
	IS_NUM(app_passwords_encode(two, APP_PASSWORD_COUNT_MAX + 1, &value), ERR_TOOBIG);
	{
		const struct app_password twins[] = { two[0], two[0] };

		IS_NUM(app_passwords_encode(twins, 2, &value), ERR_OK);
		IS_NUM(app_passwords_decode(buf_str(&value), &a, &back, &count), ERR_CORRUPT);
	}
	buf_done(&value);
	arena_done(&a);
}

/* One with keys beside one without. */
static void test_codec_of_keys(void)
{
	static const struct app_password two[] = {
		{ .id = 5, .label = S_INIT("phone"), .protocols = 7, .secret = S_INIT("$argon2id$x") },
		{ .id = 6, .label = S_INIT("desk"), .protocols = 1, .secret = S_INIT("y"),
			.keys = { S_INIT("SCRAM-SHA-1$"), S_INIT("SCRAM-SHA-256$"), S_INIT("0123456789abcdef") } },
	};
	static const struct app_password bad[] = { { .id = 5, .keys = { [APP_KEY_NT] = S_INIT("0123456789abcde") } } };
	struct entry_account account = { 0 };
	struct app_password *back = NULL;
	struct arena a;
	struct buf value;
	size_t count = 9;

	arena_init(&a, ARENA_NONE);
	buf_init(&value, 4096);
	IS_NUM(app_passwords_encode(two, 2, &value), ERR_OK);
	IS_NUM(value.at[0], 2);
	IS_NUM(app_passwords_decode(buf_str(&value), &a, &back, &count), ERR_OK);
	OK(count == 2 && back[0].keys[APP_KEY_NT].len == 0 && back[1].keys[APP_KEY_NT].len == 16, "as it was");
	IS_STR(back[1].keys[APP_KEY_SCRAM_SHA_256], S("SCRAM-SHA-256$"));
	for (size_t n = 1; n < value.len; n++) {
		char *part = mem_copy(value.at, n);

		OK(app_passwords_decode(str_make(part, n), &a, &back, &count) == ERR_CORRUPT, "cut at %zu", n);
		mem_free(part);
	}
	account.app_passwords = buf_str(&value);
	app_passwords_without_nt(&a, &account);
	IS_NUM(app_passwords_decode(account.app_passwords, &a, &back, &count), ERR_OK);
	OK(back[1].keys[APP_KEY_NT].len == 0 && back[1].keys[APP_KEY_SCRAM_SHA_1].len > 0, "without the NT hash");
	buf_clear(&value);
	IS_NUM(app_passwords_encode(bad, 1, &value), ERR_OK);
	IS_NUM(app_passwords_decode(buf_str(&value), &a, &back, &count), ERR_CORRUPT);
	buf_clear(&value);
	IS_NUM(app_passwords_encode(two, 1, &value), ERR_OK);
	IS_NUM(value.at[0], 1);
	value.at[0] = 2;
	buf_put(&value, S("\0\0\0\0\0\0\0\0\0\0\0\0"));
	IS_NUM(app_passwords_decode(buf_str(&value), &a, &back, &count), ERR_CORRUPT);
	buf_done(&value);
	arena_done(&a);
}

/* ---- logons ---- */

/* The value of a reply's member. */
static struct str member(struct world *w, const char *name)
{
	struct str reply = buf_str(&w->reply), value = STR_NONE;
	char key[64];
	size_t at;

	snprintf(key, sizeof(key), "\"%s\":\"", name);
	at = str_find_str(reply, str_from_c(key));
	if (at != STR_NPOS) {
		value = str_skip(reply, at + strlen(key));
		value = str_sub(value, 0, str_find(value, '"'));
	}
	return value;
}

static enum err try(struct world *w, struct str password, enum service_protocol protocol, struct logon *l)
{
	struct logon_query q = { .name = S("DOM\\alice"), .password = password, .protocol = protocol, .now_seconds = w->now };
	struct logon_grant g;

	return logon_run(l, &w->directory, &q, &w->arena, &g);
}

static void build(struct world *w)
{
	DO(w, "init", "'name':'Example','domain':'DOM','mail':'example.org'");
	DO(w, "account add", "'name':'DOM\\\\alice','password':'alice-pw'");
	DO(w, "account add", "'name':'DOM\\\\bob','password':'bob-pw'");
	DO(w, "mailbox add", "'name':'alice','account':'DOM\\\\alice'");
}

static struct str make(struct world *w, const char *args)
{
	DO(w, "account app password add", args);
	SAYS(w, "it is shown this once");
	return arena_str(&w->arena, member(w, "password"));
}

static void test_logons(struct world *w)
{
	struct logon l;
	struct str phone = make(w, "'name':'DOM\\\\alice','label':'phone'"), wrong;
	struct str reader = make(w, "'name':'DOM\\\\alice','label':'reader','protocols':'pop3, SMTP','expires':'2026-06-01'");

	IS_NUM(phone.len, APP_PASSWORD_TEXT_OCTETS);
	OK(!str_eq(phone, reader), "each is another");
	IS_NUM(try(w, phone, PROTOCOL_IMAP, &l), ERR_OK);
	IS_NUM(logon_event_of(&l), LOGON_EVENT_ok_app_password);
	IS_STR(logon_secret_of(&l), S("application password \"phone\""));
	IS_NUM(try(w, phone, PROTOCOL_SMTP, &l), ERR_OK);
	IS_NUM(try(w, S("alice-pw"), PROTOCOL_IMAP, &l), ERR_OK);
	IS_STR(logon_secret_of(&l), S("password"));
	IS_NUM(logon_event_of(&l), LOGON_EVENT_ok);
	wrong = arena_str(&w->arena, phone);
	((char *)(uintptr_t)wrong.at)[18] = wrong.at[18] == '0' ? '1' : '0';
	IS_NUM(try(w, wrong, PROTOCOL_IMAP, &l), ERR_AUTH);
	OK(strstr(l.failure.reason, "\"phone\"") != NULL && strcmp(l.failure.text, err_text(ERR_AUTH)) == 0, "%s", l.failure.reason);
	/* what is for other protocols */
	IS_NUM(try(w, reader, PROTOCOL_POP3, &l), ERR_OK);
	IS_NUM(try(w, reader, PROTOCOL_IMAP, &l), ERR_PROTOCOLOFF);
	IS_NUM(logon_event_of(&l), LOGON_EVENT_app_protocol);
	/* over */
	w->now = 1780272000; /* 2026-06-01 */
	IS_NUM(try(w, reader, PROTOCOL_POP3, &l), ERR_EXPIRED);
	IS_NUM(logon_event_of(&l), LOGON_EVENT_app_expired);
	OK(strstr(l.failure.text, "expired on 2026-06-01") != NULL, "%s", l.failure.text);
	w->now = NOW;
	/* of nobody */
	IS_NUM(try(w, S("zzzz-zzzz-zzzz-zzzz"), PROTOCOL_IMAP, &l), ERR_AUTH);
	IS_NUM(logon_event_of(&l), LOGON_EVENT_app_unknown);
	DO(w, "account app password revoke", "'name':'DOM\\\\alice','app-password':'PHONE'");
	IS_NUM(try(w, phone, PROTOCOL_IMAP, &l), ERR_AUTH);
	IS_NUM(logon_event_of(&l), LOGON_EVENT_app_unknown);
	IS_NUM(try(w, reader, PROTOCOL_POP3, &l), ERR_OK);
}

/* By what was kept of it for a mechanism that does not send it; of one that nothing was kept of, the log says what is to be done. */
static void test_by_mechanism(struct world *w)
{
	const struct str *keys;
	size_t count = 0;
	struct logon_query q = { .name = S("DOM\\alice"), .protocol = PROTOCOL_IMAP, .proof = LOGON_BY_MECHANISM, .now_seconds = w->now };
	struct logon_grant g;
	struct logon l;

	logon_prepare(&l, &w->directory, &q, &w->arena);
	keys = logon_factor_keys(&l, APP_KEY_SCRAM_SHA_256, &count);
	OK(count == 1 && str_starts(keys[0], S("SCRAM-SHA-256$")), "the keys of \"reader\"");
	logon_factor_proved(&l, 1);
	logon_proven(&l, true, NULL);
	IS_NUM(logon_decide(&l, &g), ERR_PROTOCOLOFF);
	logon_prepare(&l, &w->directory, &q, &w->arena);
	keys = logon_factor_keys(&l, APP_KEY_SCRAM_SHA_256, &count);
	logon_factor_proved(&l, 0);
	logon_proven(&l, true, NULL);
	IS_NUM(logon_decide(&l, &g), ERR_OK);
	IS_NUM(logon_event_of(&l), LOGON_EVENT_ok);
	q.protocol = PROTOCOL_POP3;
	logon_prepare(&l, &w->directory, &q, &w->arena);
	keys = logon_factor_keys(&l, APP_KEY_SCRAM_SHA_1, &count);
	logon_factor_proved(&l, 1);
	logon_proven(&l, true, NULL);
	IS_NUM(logon_decide(&l, &g), ERR_OK);
	IS_STR(logon_secret_of(&l), S("application password \"reader\""));
	logon_prepare(&l, &w->directory, &q, &w->arena);
	keys = logon_factor_keys(&l, APP_KEY_NT, &count);
	OK(count == 1 && keys[0].len == 0, "NTLM is off for the account");
	logon_proven(&l, false, NULL);
	IS_NUM(logon_decide(&l, &g), ERR_AUTH);
	IS_NUM(logon_event_of(&l), LOGON_EVENT_wrong_proof);
	OK(strstr(l.failure.reason, "taken by PLAIN and LOGIN only") != NULL && strcmp(l.failure.text, err_text(ERR_AUTH)) == 0, "%s",
		l.failure.reason);
}

static void test_only(struct world *w)
{
	struct logon l;
	struct str desk = make(w, "'name':'DOM\\\\alice','label':'desk'");

	DO(w, "account set", "'name':'DOM\\\\alice','app-passwords-only':'yes','must-change':'yes'");
	IS_NUM(try(w, S("alice-pw"), PROTOCOL_IMAP, &l), ERR_APPPASSWORD);
	IS_NUM(logon_event_of(&l), LOGON_EVENT_app_needed);
	IS_NUM(try(w, S("alice-wrong"), PROTOCOL_IMAP, &l), ERR_AUTH);
	OK(try(w, desk, PROTOCOL_IMAP, &l) == ERR_OK, "what its owner must change is another password");
	DO(w, "account set", "'name':'DOM\\\\alice','disabled':'yes'");
	IS_NUM(try(w, desk, PROTOCOL_IMAP, &l), ERR_ACCOUNTOFF);
	DO(w, "account set", "'name':'DOM\\\\alice','app-passwords-only':'no','must-change':'no','disabled':'no'");
	IS_NUM(try(w, S("alice-pw"), PROTOCOL_IMAP, &l), ERR_OK);
}

static void test_requests(struct world *w)
{
	NO(w, "account app password add", "'name':'DOM\\\\bob'", SYNTAX, "needs label");
	NO(w, "account app password add", "'name':'DOM\\\\nobody','label':'x'", NOTFOUND, "no account");
	NO(w, "account app password add", "'name':'DOM\\\\bob','label':'x','protocols':'imap http'", SYNTAX, "not \"http\"");
	NO(w, "account app password add", "'name':'DOM\\\\bob','label':'x','expires':'2020-01-01'", SYNTAX, "a day that is over");
	NO(w, "account app password add",
		"'name':'DOM\\\\bob','label':'12345678901234567890123456789012345678901234567890123456789012345'", TOOBIG, "64 octets");
	DO(w, "account app password add", "'name':'DOM\\\\bob','label':'one','protocols':' imap  pop3 '");
	SAYS(w, "\"protocols\":\"imap pop3\"");
	NO(w, "account app password add", "'name':'DOM\\\\bob','label':'ONE'", EXISTS, "already");
	NO(w, "logon list", "", UNSUPPORTED, "a server at work");
	NO(w, "logon allow", "'source':'192.0.2.1'", UNSUPPORTED, "a server at work");
	NO(w, "account app password revoke", "'name':'DOM\\\\bob','app-password':'two'", NOTFOUND, "\"two\"");
	DO(w, "account app password list", "'name':'DOM\\\\bob'");
	SAYS(w, "\"label\":\"one\"");
	SAYS(w, "\"last_used\":\"never\"");
	OK(!replied(w, "argon2"), "no secret is shown");
	DO(w, "account show", "'name':'DOM\\\\bob'");
	OK(!replied(w, "argon2") && !replied(w, "\"one\""), "nor there");
}

static void test_bound(struct world *w)
{
	char args[128];

	for (size_t i = 1; i < APP_PASSWORD_COUNT_MAX; i++) {
		snprintf(args, sizeof(args), "'name':'DOM\\\\bob','label':'n%zu'", i);
		DO(w, "account app password add", args);
	}
	NO(w, "account app password add", "'name':'DOM\\\\bob','label':'more'", LIMIT, "revoke one first");
}

static uint64_t id_of(struct world *w, const char *name)
{
	struct entry e, domain;

	must(directory_domain(&w->directory, S("DOM"), &w->arena, &domain) == ERR_OK);
	must(directory_account(&w->directory, domain.id, str_from_c(name), &w->arena, &e) == ERR_OK);
	return e.id;
}

static void test_uses(struct world *w)
{
	struct app_uses uses;
	struct app_use use = { .account = id_of(w, "bob"), .id = 77, .seconds = NOW, .service = SERVICE_IMAPS, .client = "192.0.2.1" }, got;

	app_use_note(&w->directory, &use); /* nobody keeps any */
	app_uses_init(&uses);
	w->directory.app_uses = &uses;
	IS_NUM(app_use_get(&w->directory, use.account, 77, &got), ERR_OK);
	IS_NUM(got.seconds, 0);
	app_use_note(&w->directory, &use);
	OK(app_use_get(&w->directory, use.account, 77, &got) == ERR_OK && got.seconds == NOW, "before it is written");
	app_uses_write(&w->directory);
	kv_dispatch(w->kv);
	OK(uses.by_key.count == 0 && app_use_get(&w->directory, use.account, 77, &got) == ERR_OK && got.seconds == NOW &&
			got.service == SERVICE_IMAPS && strcmp(got.client, "192.0.2.1") == 0,
		"and after it");
	for (uint32_t i = 1; i <= APP_PASSWORD_USES_MAX + 10; i++)
		app_use_note(&w->directory, &(struct app_use){ .account = 1000, .id = i, .seconds = 1 });
	IS_NUM(uses.by_key.count, APP_PASSWORD_USES_MAX);
	app_use_note(&w->directory, &use);
	/* with the account goes everything */
	DO(w, "account remove", "'name':'DOM\\\\bob'");
	IS_NUM(app_use_get(&w->directory, use.account, 77, &got), ERR_OK);
	IS_NUM(got.seconds, 0);
	app_uses_write(&w->directory);
	w->directory.app_uses = NULL;
	app_uses_done(&uses);
}

int main(void)
{
	struct world w;

	test_text();
	test_codec();
	test_codec_of_keys();
	world_open(&w);
	build(&w);
	test_logons(&w);
	test_by_mechanism(&w);
	test_only(&w);
	test_requests(&w);
	test_bound(&w);
	test_uses(&w);
	world_close(&w);
	return tap_done();
}
