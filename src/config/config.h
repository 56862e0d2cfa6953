/*
 * The configuration: one row of options.tbl for each option gives its field, default, limits,
 * manual paragraph and reload class. struct config is immutable once made; a reload makes a new
 * one.
 *
 * The file is optional, and written as blocks or as dotted keys:
 *
 *   server { host_name = "mail.example.org" }     # to the end of the line
 *   smtp.message_octets_max = 50M;
 *   listen.smtp = ["127.0.0.1:25", "[::1]:25"]
 *   include "local.conf"
 *
 * An unknown key, a wrong unit or value, or a key set twice in one source stops the parse with
 * file, line and what was meant. Sizes take k, M, G, T (or KiB, MiB, GiB, TiB), all by 1024;
 * durations ms, s, m, h, d.
 *
 * Roles without files get the configuration as octets: config_encode in the attendant,
 * config_decode in the role; both ends must be one build.
 */
#pragma once

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

/* Items in an arena, each with a NUL behind it. */
struct config_list {
	const struct str *at;
	size_t count;
};

/* Where to listen: address empty = each of listen.addresses; "*" = every address; port before
 * base_port is added. */
struct config_endpoint {
	struct str address; /* "", "*" or a numeric IPv4 or IPv6 address without brackets */
	uint16_t port;
};

struct config_listener {
	const struct config_endpoint *at; /* none: switched off */
	size_t count;
};

/* Values of CHOICE options, in the order of their names in options.tbl; log_level is enum log_level
 * of base/log.h. */
enum config_log_format { CONFIG_LOG_TEXT, CONFIG_LOG_JSON };
enum config_id { CONFIG_ID_NOTHING, CONFIG_ID_NAME, CONFIG_ID_FULL };
enum config_certificate_by { CONFIG_BY_FINGERPRINT, CONFIG_BY_ADDRESS };
enum config_tls_minimum { CONFIG_TLS_1_2, CONFIG_TLS_1_3 };
enum config_plaintext {
	CONFIG_PLAINTEXT_NEVER,
	CONFIG_PLAINTEXT_LOOPBACK,
	CONFIG_PLAINTEXT_ALWAYS
};

/* What each type of options.tbl becomes. Strings and paths have a NUL behind them. */
#define CONFIG_C_BOOL     bool
#define CONFIG_C_COUNT    uint64_t
#define CONFIG_C_OCTETS   uint64_t
#define CONFIG_C_DURATION uint64_t /* milliseconds */
#define CONFIG_C_STRING   struct str
#define CONFIG_C_PATH     struct str
#define CONFIG_C_CHOICE   unsigned
#define CONFIG_C_LIST     struct config_list
#define CONFIG_C_LISTENER struct config_listener

#define OPTION(section, key, type, standard, min, max, unit, reload, field, budget, text)          \
	CONFIG_C_##type field;
struct config {
#include "config/options.tbl"
};
#undef OPTION

enum config_type {
	CONFIG_BOOL,
	CONFIG_COUNT,
	CONFIG_OCTETS,
	CONFIG_DURATION,
	CONFIG_STRING,
	CONFIG_PATH,
	CONFIG_CHOICE,
	CONFIG_LIST,
	CONFIG_LISTENER,
};

enum config_reload { CONFIG_LIVE, CONFIG_RESTART };

/* One row of options.tbl. */
struct config_option {
	const char *section, *key;
	enum config_type type;
	const char *standard; /* the default, as written in a file */
	uint64_t min, max;
	const char *unit; /* CHOICE: the names, parted by spaces */
	enum config_reload reload;
	size_t at; /* offset in struct config */
	const char *budget, *text;
};

size_t config_option_count(void);
const struct config_option *config_option(size_t number);

/* The LISTENER options by number; the order is that of options.tbl. */
#define CONFIG_ID_BOOL(field)
#define CONFIG_ID_COUNT(field)
#define CONFIG_ID_OCTETS(field)
#define CONFIG_ID_DURATION(field)
#define CONFIG_ID_STRING(field)
#define CONFIG_ID_PATH(field)
#define CONFIG_ID_CHOICE(field)
#define CONFIG_ID_LIST(field)
#define CONFIG_ID_LISTENER(field) CONFIG_##field,
#define OPTION(section, key, type, standard, min, max, unit, reload, field, budget, text)          \
	CONFIG_ID_##type(field)
/* CONFIG_listen_smtp, CONFIG_listen_submission, ... */
enum config_listener_id {
#include "config/options.tbl"
	CONFIG_LISTENER_COUNT
};
#undef OPTION

/* "smtp", "submissions", ...: the key of the option. */
const char *config_listener_name(enum config_listener_id id);

/*
 * Where this listener really listens: listen.addresses filled in, base_port added. Ports above
 * 65535 and "off" give none. The array lives in the arena.
 */
size_t config_endpoints(struct arena *a, const struct config *c, enum config_listener_id id,
	const struct config_endpoint **ret);

/* A configuration from defaults alone. server_host_name is empty: see config_complete. */
const struct config *config_defaults(struct arena *a);

/* Puts the content of an included file at the end of `to`; false: it cannot be read. path has a
 * NUL. */
typedef bool config_read_fn(void *arg, const char *path, struct buf *to);

/* A text to parse. Later sources go before earlier ones; within one a key may be set once. */
struct config_source {
	struct str text;
	const char *file_name; /* for messages, and the folder that includes start from */
	config_read_fn *read;  /* NULL: include is refused */
	void *arg;
	const struct config_source *next; /* NULL: the last */
};

#define CONFIG_TEXT_OCTETS_MAX   ((size_t)1 << 20) /* one file */
#define CONFIG_INCLUDE_DEPTH_MAX 8

/*
 * Defaults, then what the text sets. ERR_CONFIG with a text such as
 *   bourse.conf:12: smtp.message_octets_max: '50MX' is not a size; write a number with k, M or G
 * Nothing of text is referred to afterwards. The first form knows no include.
 */
enum err config_parse(struct arena *a, struct str text, const char *file_name,
	const struct config **ret, struct failure *f) MUST_USE;
enum err config_parse_sources(struct arena *a, const struct config_source *first,
	const struct config **ret, struct failure *f) MUST_USE;

/* What the system is asked for where the configuration leaves it open: host name, and processes 0 =
 * cores. */
const struct config *config_complete(
	struct arena *a, const struct config *c, struct str host_name, unsigned cores);

/* One name for each RESTART option that differs, parted by ", ": what a reload must refuse. Empty:
 * none. */
void config_restart_needed(struct buf *to, const struct config *now, const struct config *next);

/* Binary, strict; lengths little-endian (base/cursor.h). ERR_TOOBIG; ERR_CORRUPT for anything that
 * config_encode of this build cannot have written, values out of their limits included. The copy
 * lives in the arena. */
enum err config_encode(const struct config *c, struct buf *to) MUST_USE;
enum err config_decode(struct arena *a, struct str octets, const struct config **ret) MUST_USE;

/* As a file that config_parse reads back to the same; `all` false: only what differs from the
 * defaults. */
void config_print(struct buf *to, const struct config *c, bool all);
/* The option part of bourse.conf(5), in mdoc. */
void config_doc(struct buf *to);
/* A paragraph as lines of mdoc: a sentence begins a line, none is longer than 80 columns, nothing
 * reads as a request. */
void config_doc_text(struct buf *to, const char *text);
