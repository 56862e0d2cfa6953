#include "role/answer.h"

#include <stdlib.h>

void answer_json(struct role_env *env, uint64_t request, bool more, json_t *value)
{
	char *text = json_dumps(value, JSON_COMPACT);

	must(text != NULL);
	role_admin_reply(env, request, more, str_from_c(text));
	free(text);
	json_decref(value);
}

void answer_refuse(struct role_env *env, uint64_t request, enum err e, const char *text)
{
	answer_json(env, request, false, json_pack("{s:b,s:s,s:s}", "ok", 0, "error", err_name(e), "message", text));
}
