/*
 * The grammar of bourse.conf: settings one after the other, with the place each was written at.
 * Nothing here knows which options there are.
 *
 *   text    = *( setting / block / include )
 *   block   = WORD "{" *setting "}"            ; server { host_name = x } is server.host_name = x
 *   setting = WORD [ "=" ] value end           ; "key: value" too
 *   include = "include" value end              ; outside of blocks only
 *   value   = WORD / STRING / "[" [ value *( "," value ) [ "," ] ] "]"
 *   end     = line end / ";" / before "}"
 *
 * A WORD ends at white space or one of { } [ ] = , ; # "; in a STRING \" and \\ are the only
 * escapes. # begins a comment. The text is UTF-8 (RFC 3629) without control octets other than tab
 * and line ends.
 */
#pragma once

#include "config/config.h"

#define READER_VALUES_MAX 64

struct reader_place {
	const char *file;
	unsigned line; /* 0: nowhere */
};

/* Views live until reader_run returns; place.file as long as the arena. */
struct reader_item {
	struct reader_place place;
	struct str key; /* with the block's name before it: "server.host_name" */
	bool is_list;
	struct str values[READER_VALUES_MAX];
	size_t count; /* 1 unless is_list */
};

/* Not ERR_OK: stop, with the failure filled in. */
typedef enum err reader_each(void *arg, const struct reader_item *item, struct failure *f);

/* Shows every setting of one source (not of source->next), includes followed. The arena is scratch.
 * ERR_CONFIG. */
enum err reader_run(struct arena *a, const struct config_source *source, reader_each *each,
	void *arg, struct failure *f) MUST_USE;
