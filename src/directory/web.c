#include "directory/web.h"

#include "base/code.h"
#include "base/mem.h"
#include "io/clock.h"

void web_init(struct web *w, uint64_t idle_ms, uint64_t age_ms)
{
	*w = (struct web){ .idle_ms = idle_ms, .age_ms = age_ms };
	map_init(&w->by_token);
	map_init(&w->by_account);
	list_init(&w->sessions);
}

void web_set(struct web *w, uint64_t idle_ms, uint64_t age_ms)
{
	w->idle_ms = idle_ms;
	w->age_ms = age_ms;
}

static uint64_t key_of(const char *token)
{
	uint64_t key;

	memcpy(&key, token, sizeof(key));
	return key;
}

static void count(struct web *w, uint64_t account, intptr_t change)
{
	intptr_t now = (intptr_t)map_remove(&w->by_account, account) + change;

	if (now > 0)
		map_put(&w->by_account, account, (void *)now);
}

void web_end(struct web *w, struct web_session *s)
{
	count(w, s->account, -1);
	list_remove(&s->node);
	map_remove(&w->by_token, key_of(s->token));
	w->count--;
	mem_wipe(s, sizeof(*s));
	mem_free(s);
}

void web_done(struct web *w)
{
	LIST_EACH (node, &w->sessions)
		web_end(w, LIST_OF(node, struct web_session, node));
	map_done(&w->by_token);
	map_done(&w->by_account);
}

static bool is_over(const struct web *w, const struct web_session *s, uint64_t now_ms)
{
	return now_ms - s->used_ms >= w->idle_ms || now_ms - s->begun_ms >= w->age_ms;
}

/* The one unused for longest stands in front. */
static void end_unused(struct web *w, uint64_t now_ms)
{
	while (!list_empty(&w->sessions)) {
		struct web_session *s = LIST_OF(w->sessions.next, struct web_session, node);

		if (w->count < WEB_SESSIONS_MAX && now_ms - s->used_ms < w->idle_ms)
			return;
		web_end(w, s);
	}
}

static void make_room(struct web *w, uint64_t account)
{
	if ((uintptr_t)map_get(&w->by_account, account) < WEB_ACCOUNT_SESSIONS_MAX)
		return;
	LIST_EACH (node, &w->sessions) {
		struct web_session *s = LIST_OF(node, struct web_session, node);

		if (s->account == account) {
			web_end(w, s);
			return;
		}
	}
}

static void put_random(char to[WEB_TOKEN_OCTETS])
{
	unsigned char octets[WEB_TOKEN_OCTETS / 2];
	struct buf text;

	random_octets(octets, sizeof(octets));
	buf_init(&text, WEB_TOKEN_OCTETS);
	hex_put(&text, str_make(octets, sizeof(octets)));
	memcpy(to, text.at, WEB_TOKEN_OCTETS);
	mem_wipe(text.at, text.len);
	mem_wipe(octets, sizeof(octets));
	buf_done(&text);
}

struct web_session *web_begin(struct web *w, const struct web_session *given, uint64_t now_ms)
{
	struct web_session *s = MEM_NEW(struct web_session);

	end_unused(w, now_ms);
	make_room(w, given->account);
	*s = *given;
	list_init(&s->node);
	s->begun_ms = s->used_ms = now_ms;
	do {
		put_random(s->token);
	} while (map_get(&w->by_token, key_of(s->token)) != NULL);
	put_random(s->form);
	map_put(&w->by_token, key_of(s->token), s);
	list_add_tail(&w->sessions, &s->node);
	w->count++;
	count(w, s->account, 1);
	return s;
}

struct web_session *web_find(struct web *w, struct str token, uint64_t now_ms)
{
	struct web_session *s = token.len == WEB_TOKEN_OCTETS ? map_get(&w->by_token, key_of(token.at)) : NULL;

	if (s == NULL || !str_eq_constant_time(token, str_make(s->token, WEB_TOKEN_OCTETS)))
		return NULL;
	if (is_over(w, s, now_ms)) {
		web_end(w, s);
		return NULL;
	}
	s->used_ms = now_ms;
	list_remove(&s->node);
	list_add_tail(&w->sessions, &s->node);
	return s;
}

bool web_form_is(const struct web_session *s, struct str form)
{
	return str_eq_constant_time(form, str_make(s->form, WEB_TOKEN_OCTETS));
}

void web_end_account(struct web *w, uint64_t account, const struct web_session *but)
{
	LIST_EACH (node, &w->sessions) {
		struct web_session *s = LIST_OF(node, struct web_session, node);

		if (s->account == account && s != but)
			web_end(w, s);
	}
}

size_t web_count(struct web *w, uint64_t account, uint64_t now_ms)
{
	size_t sessions = 0;

	LIST_EACH (node, &w->sessions) {
		const struct web_session *s = LIST_OF(node, struct web_session, node);

		sessions += s->account == account && !is_over(w, s, now_ms);
	}
	return sessions;
}
