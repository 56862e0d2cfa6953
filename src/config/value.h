/* Values of options: from text, to text, and as octets between roles. Fields lie at option->at in a
 * struct config. */
#pragma once

#include "base/cursor.h"
#include "config/config.h"

#define VALUE_ITEMS_MAX 32 /* addresses of one listener */

/* What stands in a file after the key. */
struct value_text {
	const struct str *at;
	size_t count; /* 1 unless is_list */
	bool is_list;
};

/* Sets the field; copies go into the arena. ERR_CONFIG, with what is wrong and what would be right
 * in `why`. */
enum err value_set(struct arena *a, const struct config_option *o, const struct value_text *t,
	struct config *c, struct buf *why) MUST_USE;
/* As value_set reads it back to the same. */
void value_print(struct buf *to, const struct config_option *o, const struct config *c);

void value_put(struct wr *w, const struct config_option *o, const struct config *c);
/* Makes the cursor fail for what value_set would not have set. */
void value_get(struct rd *r, struct arena *a, const struct config_option *o, struct config *c);

/* "*", or a numeric IPv4 or IPv6 address. */
bool value_is_address(struct str s);
/* A default or limit for people: "50M", "5m", "1000". */
void value_print_number(struct buf *to, enum config_type type, uint64_t number);
