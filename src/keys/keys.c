#include "keys/keys.h"

#include "base/log.h"
#include "base/mem.h"
#include "io/tls.h"

/* After a reload, connections that began with the old certificate still sign with the old key. */
#define KEYS_KEPT 4
#define SIGNATURE_OCTETS_MAX ((size_t)2048)

struct held_key {
	uint32_t number;
	struct tls_key *key;
};

struct keys {
	struct held_key held[KEYS_KEPT];
	size_t next;
};

static enum err open_keys(struct role_env *env, struct failure *f)
{
	env->state = MEM_NEW(struct keys);
	return ERR_OK;
}

static void take_key(struct keys *keys, const struct msg_private_key *m)
{
	struct held_key *place = &keys->held[keys->next % KEYS_KEPT];
	struct tls_key *key = NULL;

	if (tls_key_load(m->pem, &key) != ERR_OK) {
		log_put(LOG_tls_unusable, LOG_U("key", m->key), LOG_END);
		return;
	}
	tls_key_free(place->key);
	*place = (struct held_key){ .number = m->key, .key = key };
	keys->next++;
}

static const struct tls_key *find_key(const struct keys *keys, uint32_t number)
{
	for (size_t i = 0; i < KEYS_KEPT; i++) {
		if (keys->held[i].key != NULL && keys->held[i].number == number)
			return keys->held[i].key;
	}
	return NULL;
}

static void do_sign(const struct keys *keys, struct link *from, const struct msg_sign *q)
{
	const struct tls_key *key = find_key(keys, q->key);
	struct buf output;
	struct msg answer = { .id = MSG_signature, .signature = { .request = q->request, .code = ERR_NOTLS } };

	buf_init(&output, SIGNATURE_OCTETS_MAX);
	if (key != NULL)
		answer.signature.code = tls_key_sign(key, (enum tls_operation)q->operation, (int)q->padding, q->input, &output);
	answer.signature.output = buf_str(&output);
	link_send(from, &answer);
	buf_done(&output);
}

static void on_message(struct role_env *env, struct link *from, struct msg *m)
{
	if (m->id == MSG_private_key)
		take_key(env->state, &m->private_key);
	else if (m->id == MSG_sign)
		do_sign(env->state, from, &m->sign);
}

const struct role_def keys_role = {
	.role = ROLE_KEYS,
	.profile = SANDBOX_KEYS,
	.prepare = tls_prepare,
	.open = open_keys,
	.message = on_message,
};
