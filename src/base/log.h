/*
 * Structured log records. Which records exist, their levels and stable event codes: log.tbl.
 * One record is one line, as text or JSON; control octets and line ends in values are escaped and
 * values are cut at 1 KiB, so that no peer can forge a record. Base does no I/O: the sink is given.
 *
 *   log_put(LOG_delivered, LOG_S("to", address), LOG_U("uid", uid), LOG_END);
 */
#pragma once

#include "base/buf.h"

enum log_level { LOG_LEVEL_ERROR, LOG_LEVEL_WARN, LOG_LEVEL_NOTICE, LOG_LEVEL_INFO, LOG_LEVEL_DEBUG };

#define LOG(code, name, level, text) LOG_##name,
enum log_event {
#include "base/log.tbl"
	LOG_COUNT
};
#undef LOG

enum log_kind { LOG_KIND_END, LOG_KIND_STR, LOG_KIND_U64, LOG_KIND_SECRET };

struct log_field {
	enum log_kind kind;
	const char *name;
	struct str text;
	uint64_t number;
};

#define LOG_S(name_, str_)    ((struct log_field){ LOG_KIND_STR, (name_), (str_), 0 })
#define LOG_C(name_, c_)      ((struct log_field){ LOG_KIND_STR, (name_), str_from_c(c_), 0 })
#define LOG_U(name_, number_) ((struct log_field){ LOG_KIND_U64, (name_), STR_NONE, (number_) })
#define LOG_SECRET(name_)     ((struct log_field){ LOG_KIND_SECRET, (name_), STR_NONE, 0 })
#define LOG_END               ((struct log_field){ LOG_KIND_END, NULL, STR_NONE, 0 })

struct log_row {
	unsigned code;
	const char *name;
	enum log_level level;
	const char *text;
};

/* Where lines go and how; set once at the start of a role. line ends in '\n' and is borrowed. */
struct log_setup {
	void (*sink)(enum log_level level, struct str line);
	int64_t (*now_ms)(void); /* milliseconds since 1970 */
	const char *role;        /* "front-mx" */
	enum log_level most;     /* records above it are dropped */
	bool json;
};

void log_setup(const struct log_setup *setup);
const struct log_row *log_row(enum log_event event);
/* Fields until LOG_END. */
void log_put(enum log_event event, ...);
