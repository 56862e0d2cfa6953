#include "role/backup.h"

#include <jansson.h>

#include "io/file.h"
#include "role/answer.h"

static void let_go(struct backup *b)
{
	if (b->held)
		kv_hold(b->kv, false);
	b->held = false;
}

static void on_timer(void *arg)
{
	let_go(arg);
}

static void keep(struct backup *b)
{
	if (!b->held)
		kv_hold(b->kv, true);
	b->held = true;
	timer_set(b->timer, BACKUP_HOLD_MS);
}

void backup_start(struct backup *b, struct role_env *env, struct kv *kv)
{
	*b = (struct backup){ .env = env, .kv = kv };
	b->timer = timer_new(env->loop, on_timer, b);
}

void backup_stop(struct backup *b)
{
	if (b->timer == NULL)
		return;
	let_go(b);
	timer_free(b->timer);
	b->timer = NULL;
}

static void refuse(struct backup *b, uint64_t request, enum err e)
{
	answer_refuse(b->env, request, e, err_text(e));
}

static void list(struct backup *b, uint64_t request, uint32_t from)
{
	struct kv_segment rows[BACKUP_ROWS];
	json_t *array = json_array();
	size_t n;

	keep(b);
	n = kv_segments(b->kv, from, rows, BACKUP_ROWS);
	for (size_t i = 0; i < n; i++)
		json_array_append_new(array, json_pack("[I,I,b]", (json_int_t)rows[i].number, (json_int_t)rows[i].octets,
			(int)rows[i].closed));
	answer_json(b->env, request, false, json_pack("{s:b,s:o}", "ok", 1, "rows", array));
}

static void give(struct backup *b, uint64_t request, uint32_t number)
{
	struct msg m = { .id = MSG_admin_file, .fd_count = 1 };
	enum err e = kv_segment_open(b->kv, number, &m.fds[0]);

	keep(b);
	if (e != ERR_OK) {
		refuse(b, request, e);
		return;
	}
	m.admin_file = (struct msg_admin_file){ .request = request, .json = S("{\"ok\":true}") };
	link_send(&b->env->attendant, &m);
	fd_close(&m.fds[0]);
}

static uint32_t number_of(const json_t *args, const char *name)
{
	json_int_t n = json_integer_value(json_object_get(args, name));

	return n > 0 && n <= UINT32_MAX ? (uint32_t)n : 0;
}

bool backup_request(struct backup *b, const struct msg_admin_request *q)
{
	struct str word = str_skip(q->verb, str_find(q->verb, ' ') == STR_NPOS ? q->verb.len : str_find(q->verb, ' ') + 1);
	json_t *whole;
	const json_t *args;

	if (!str_eq(word, S("segments")) && !str_eq(word, S("segment")) && !str_eq(word, S("release")))
		return false;
	whole = json_loadb(q->json.at, q->json.len, 0, NULL);
	args = json_object_get(whole, "args");
	if (str_eq(word, S("segments"))) {
		list(b, q->request, number_of(args, "from"));
	} else if (str_eq(word, S("segment"))) {
		give(b, q->request, number_of(args, "number"));
	} else {
		let_go(b);
		answer_json(b->env, q->request, false, json_pack("{s:b}", "ok", 1));
	}
	json_decref(whole);
	return true;
}
