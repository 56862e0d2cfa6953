#include "ctl/wipe.h"

#include <jansson.h>

#include "tap.h"

int main(void)
{
	json_t *value;
	char *text;

	wipe_json_text(NULL);
	value = json_string("before");
	text = json_dumps(value, JSON_ENCODE_ANY);
	IS_STR(str_from_c(text), S("\"before\""));
	wipe_json_text(text);
	json_decref(value);
	wipe_json_memory();
	value = json_pack("{s:s,s:[i,i]}", "password", "secret", "n", 1, 2);
	text = json_dumps(value, JSON_COMPACT);
	IS_STR(str_from_c(text), S("{\"password\":\"secret\",\"n\":[1,2]}"));
	wipe_json_text(text);
	wipe_json_text(NULL);
	json_decref(value);
	return tap_done();
}
