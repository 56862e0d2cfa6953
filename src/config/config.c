#include "config/config.h"

#include <stdio.h>

#include "base/code.h"
#include "base/utf8.h"
#include "config/near.h"
#include "config/hide.h"
#include "config/issuer.h"
#include "config/network.h"
#include "config/offer.h"
#include "config/reader.h"
#include "config/value.h"

#define OPTION(section, key, type, standard, min, max, unit, reload, field, budget, text)          \
	{ #section, #key, CONFIG_##type, standard, min, max, unit, CONFIG_##reload,                \
		offsetof(struct config, field), budget, text },
static const struct config_option options[] = {
#include "config/options.tbl"
};
#undef OPTION

#define OPTION_COUNT (sizeof(options) / sizeof(*options))

static const struct {
	const char *name;
	size_t at; /* of the struct config_listener */
} listeners[] = {
#define CONFIG_ROW_BOOL(key, field)
#define CONFIG_ROW_COUNT(key, field)
#define CONFIG_ROW_OCTETS(key, field)
#define CONFIG_ROW_DURATION(key, field)
#define CONFIG_ROW_STRING(key, field)
#define CONFIG_ROW_PATH(key, field)
#define CONFIG_ROW_CHOICE(key, field)
#define CONFIG_ROW_LIST(key, field)
#define CONFIG_ROW_LISTENER(key, field) { #key, offsetof(struct config, field) },
#define OPTION(section, key, type, standard, min, max, unit, reload, field, budget, text)          \
	CONFIG_ROW_##type(key, field)
#include "config/options.tbl"
#undef OPTION
};

/* One parse of all sources. */
struct parse {
	struct arena *arena;
	struct config *config;
	struct reader_place places[OPTION_COUNT]; /* where this source set each option */
	struct reader_place latest[OPTION_COUNT]; /* where any source did */
};

size_t config_option_count(void)
{
	return OPTION_COUNT;
}

const struct config_option *config_option(size_t number)
{
	must(number < OPTION_COUNT);
	return &options[number];
}

const char *config_listener_name(enum config_listener_id id)
{
	must((unsigned)id < CONFIG_LISTENER_COUNT);
	return listeners[id].name;
}

static const struct config_listener *listener(const struct config *c, enum config_listener_id id)
{
	must((unsigned)id < CONFIG_LISTENER_COUNT);
	return (const void *)((const char *)c + listeners[id].at);
}

size_t config_endpoints(struct arena *a, const struct config *c, enum config_listener_id id,
	const struct config_endpoint **ret)
{
	const struct config_listener *l = listener(c, id);
	struct config_endpoint *to =
		ARENA_ARRAY(a, struct config_endpoint, l->count * c->listen_addresses.count + 1);
	size_t count = 0;

	for (size_t i = 0; i < l->count; i++) {
		uint64_t port = l->at[i].port + c->listen_base_port;
		struct config_list own = { &l->at[i].address, 1 };
		const struct config_list *list =
			l->at[i].address.len > 0 ? &own : &c->listen_addresses;

		for (size_t j = 0; port <= UINT16_MAX && j < list->count; j++)
			to[count++] = (struct config_endpoint){ list->at[j], (uint16_t)port };
	}
	*ret = to;
	return count;
}

/* ---- parsing ---- */

static bool name_is(const struct config_option *o, struct str key)
{
	size_t section = strlen(o->section);

	return key.len > section && key.at[section] == '.' &&
	       str_eq(str_sub(key, 0, section), str_from_c(o->section)) &&
	       str_eq(str_skip(key, section + 1), str_from_c(o->key));
}

static const struct config_option *find_option(struct str key)
{
	for (size_t i = 0; i < OPTION_COUNT; i++)
		if (name_is(&options[i], key))
			return &options[i];
	return NULL;
}

static enum err refuse_key(const struct reader_item *item, struct failure *f)
{
	struct near near = near_to(item->key);
	struct str shown = str_sub(item->key, 0, 60);
	char names[OPTION_COUNT][64];

	for (size_t i = 0; i < OPTION_COUNT; i++) {
		snprintf(names[i], sizeof(names[i]), "%s.%s", options[i].section, options[i].key);
		near_try(&near, str_from_c(names[i]));
	}
	if (near_best(&near).len == 0)
		return fail(f, ERR_CONFIG, "%s:%u: there is no option '%.*s'", item->place.file,
			item->place.line, STR_FMT(shown));
	return fail(f, ERR_CONFIG, "%s:%u: there is no option '%.*s'; did you mean '%.*s'?",
		item->place.file, item->place.line, STR_FMT(shown), STR_FMT(near_best(&near)));
}

static enum err set(void *arg, const struct reader_item *item, struct failure *f)
{
	struct parse *p = arg;
	const struct config_option *o = find_option(item->key);
	struct value_text text = { item->values, item->count, item->is_list };
	struct reader_place *place;
	struct buf why;
	enum err e;

	if (o == NULL)
		return refuse_key(item, f);
	place = &p->places[o - options];
	if (place->line != 0)
		return fail(f, ERR_CONFIG,
			"%s:%u: %s.%s is set already at %s:%u; remove one of the two",
			item->place.file, item->place.line, o->section, o->key, place->file,
			place->line);
	*place = item->place;
	p->latest[o - options] = item->place;
	buf_init(&why, sizeof(f->text));
	e = value_set(p->arena, o, &text, p->config, &why);
	if (e != ERR_OK)
		(void)fail(f, e, "%s:%u: %s.%s: %.*s", item->place.file, item->place.line,
			o->section, o->key, STR_FMT(buf_str(&why)));
	buf_done(&why);
	return e;
}

/* ---- what no option can tell alone ---- */

static const char *check_listen(const struct config *c, const char **ret_key)
{
	*ret_key = "listen.addresses";
	for (size_t i = 0; i < c->listen_addresses.count; i++)
		if (!value_is_address(c->listen_addresses.at[i]))
			return "an address is neither in digits nor *";
	*ret_key = "listen.base_port";
	for (unsigned id = 0; id < CONFIG_LISTENER_COUNT; id++) {
		const struct config_listener *l = listener(c, id);

		for (size_t i = 0; i < l->count; i++)
			if (l->at[i].port + c->listen_base_port > UINT16_MAX)
				return "added to the port of a listener it goes above 65535";
	}
	return NULL;
}

static const char *check_networks(const struct config *c, const char **ret_key)
{
	static const char *const keys[] = { "lmtp.networks", "auth.ntlm_v1_networks" };
	const struct config_list *lists[] = { &c->lmtp_networks, &c->auth_ntlm_v1_networks };

	for (size_t l = 0; l < sizeof(lists) / sizeof(*lists); l++) {
		*ret_key = keys[l];
		for (size_t i = 0; i < lists[l]->count; i++)
			if (!network_valid(lists[l]->at[i]))
				return "an item is neither loopback, an address in digits, nor address/bits";
	}
	return NULL;
}

static const char *check_hide(const struct config *c, const char **ret_key)
{
	*ret_key = "imap.hide";
	for (size_t i = 0; i < c->imap_hide.count; i++)
		if (hide_wrong(c->imap_hide.at[i]) != NULL)
			return hide_wrong(c->imap_hide.at[i]);
	return NULL;
}

static const char *check_mechanisms(const struct config *c, const char **ret_key)
{
	static const char *const keys[] = { "auth.mechanisms", "auth.smtp_mechanisms", "auth.pop3_mechanisms", "auth.imap_mechanisms",
		"auth.http_mechanisms", "auth.nntp_mechanisms" };
	const struct config_list *lists[] = { &c->auth_mechanisms, &c->auth_smtp_mechanisms, &c->auth_pop3_mechanisms,
		&c->auth_imap_mechanisms, &c->auth_http_mechanisms, &c->auth_nntp_mechanisms };

	for (size_t l = 0; l < sizeof(lists) / sizeof(*lists); l++) {
		*ret_key = keys[l];
		for (size_t i = 0; i < lists[l]->count; i++)
			if (offer_wrong(lists[l]->at[i]) != NULL)
				return offer_wrong(lists[l]->at[i]);
	}
	return NULL;
}

static const char *check_anonymous(const struct config *c, const char **ret_key)
{
	*ret_key = "anonymous.name";
	if (str_has_octet(c->anonymous_name, '\\') || str_has_octet(c->anonymous_name, '@'))
		return "has a backslash or an @ in it, and would be taken for an account";
	return NULL;
}

static const char *check_issuer(const struct config *c, const char **ret_key)
{
	*ret_key = "oauth.keys";
	if (c->oauth_keys.len > 0 && c->oauth_issuer.len == 0)
		return "needs oauth.issuer beside it";
	if (c->oauth_keys.len > 0 && issuer_url_wrong(c->oauth_keys) != NULL)
		return issuer_url_wrong(c->oauth_keys);
	*ret_key = "oauth.issuer";
	return c->oauth_issuer.len > 0 ? issuer_url_wrong(c->oauth_issuer) : NULL;
}

/* NULL, or what is wrong, and the key of the option to name. */
static const char *check(const struct config *c, const char **ret_key)
{
	uint64_t send = c->quota_send_octets, receive = c->quota_receive_octets;

	*ret_key = "tls.certificate";
	if (c->tls_certificate.len > 0 && c->tls_key.len == 0)
		return "needs tls.key beside it";
	*ret_key = "tls.key";
	if (c->tls_key.len > 0 && c->tls_certificate.len == 0)
		return "needs tls.certificate beside it";
	*ret_key = "quota.warning_octets";
	if (send != 0 && c->quota_warning_octets > send)
		return "is above quota.send_octets, so that nobody would be warned";
	*ret_key = "quota.send_octets";
	if (receive != 0 && send > receive)
		return "is above quota.receive_octets";
	if (check_networks(c, ret_key) != NULL)
		return check_networks(c, ret_key);
	if (check_hide(c, ret_key) != NULL)
		return check_hide(c, ret_key);
	if (check_mechanisms(c, ret_key) != NULL)
		return check_mechanisms(c, ret_key);
	if (check_issuer(c, ret_key) != NULL)
		return check_issuer(c, ret_key);
	if (check_anonymous(c, ret_key) != NULL)
		return check_anonymous(c, ret_key);
	return check_listen(c, ret_key);
}

static enum err check_whole(const struct parse *p, const char *file_name, struct failure *f)
{
	const char *key = NULL, *what = check(p->config, &key);
	const struct reader_place *place;

	if (what == NULL)
		return ERR_OK;
	place = &p->latest[find_option(str_from_c(key)) - options];
	if (place->line == 0)
		return fail(f, ERR_CONFIG, "%s: %s: %s", file_name, key, what);
	return fail(f, ERR_CONFIG, "%s:%u: %s: %s", place->file, place->line, key, what);
}

static struct config *make_defaults(struct arena *a)
{
	struct config *c = ARENA_NEW(a, struct config);
	struct buf why;

	buf_init(&why, 256);
	for (size_t i = 0; i < OPTION_COUNT; i++) {
		struct str standard = str_from_c(options[i].standard);
		enum err e = value_set(
			a, &options[i], &(struct value_text){ &standard, 1, false }, c, &why);

		must(e == ERR_OK);
	}
	buf_done(&why);
	return c;
}

const struct config *config_defaults(struct arena *a)
{
	return make_defaults(a);
}

enum err config_parse(struct arena *a, struct str text, const char *file_name,
	const struct config **ret, struct failure *f)
{
	struct config_source source = { .text = text, .file_name = file_name };

	return config_parse_sources(a, &source, ret, f);
}

enum err config_parse_sources(struct arena *a, const struct config_source *first,
	const struct config **ret, struct failure *f)
{
	struct parse p = { .arena = a, .config = make_defaults(a) };
	struct arena scratch;
	enum err e = ERR_OK;

	must(f->code == ERR_OK);
	arena_init(&scratch, ARENA_NONE);
	for (const struct config_source *s = first; e == ERR_OK && s != NULL; s = s->next) {
		memset(p.places, 0, sizeof(p.places));
		e = reader_run(&scratch, s, set, &p, f);
		if (e == ERR_OK && s->next == NULL)
			e = check_whole(&p, first->file_name, f);
	}
	arena_done(&scratch);
	if (e == ERR_OK)
		*ret = p.config;
	return e;
}

const struct config *config_complete(
	struct arena *a, const struct config *c, struct str host_name, unsigned cores)
{
	struct config *full = ARENA_NEW(a, struct config);
	bool usable = host_name.len > 0 && host_name.len <= 255 && utf8_valid(host_name) &&
		      !str_has_control(host_name);

	*full = *c;
	cores = cores == 0 ? 1 : cores > 256 ? 256 : cores;
	if (full->server_host_name.len == 0)
		full->server_host_name = arena_str(a, usable ? host_name : S("localhost"));
	if (full->organisation_name.len == 0 && full->server_host_name.len <= 200)
		full->organisation_name = full->server_host_name;
	if (full->front_mx_processes == 0)
		full->front_mx_processes = cores;
	if (full->front_user_processes == 0)
		full->front_user_processes = cores;
	if (full->parser_processes == 0)
		full->parser_processes = cores;
	return full;
}

static bool same(const struct config_option *o, const struct config *a, const struct config *b)
{
	struct buf one, other;
	bool equal;

	buf_init(&one, BUF_NO_CEILING);
	buf_init(&other, BUF_NO_CEILING);
	value_print(&one, o, a);
	value_print(&other, o, b);
	equal = str_eq(buf_str(&one), buf_str(&other));
	buf_done(&one);
	buf_done(&other);
	return equal;
}

void config_restart_needed(struct buf *to, const struct config *now, const struct config *next)
{
	const char *comma = "";

	for (size_t i = 0; i < OPTION_COUNT; i++) {
		if (options[i].reload != CONFIG_RESTART || same(&options[i], now, next))
			continue;
		buf_printf(to, "%s%s.%s", comma, options[i].section, options[i].key);
		comma = ", ";
	}
}

/* ---- octets ---- */

/* Of the table: both ends must have the same rows. */
static uint32_t fingerprint(void)
{
	uint32_t sum = 0;
	char row[160];

	for (size_t i = 0; i < OPTION_COUNT; i++) {
		const struct config_option *o = &options[i];
		int len = snprintf(row, sizeof(row), "%s.%s %d %llu %llu %s\n", o->section, o->key,
			(int)o->type, (unsigned long long)o->min, (unsigned long long)o->max,
			o->unit);

		must(len > 0 && (size_t)len < sizeof(row));
		sum = crc32c(sum, str_make(row, (size_t)len));
	}
	return sum;
}

enum err config_encode(const struct config *c, struct buf *to)
{
	struct wr w = wr_to(to);

	wr_u32(&w, fingerprint());
	for (size_t i = 0; i < OPTION_COUNT; i++)
		value_put(&w, &options[i], c);
	return wr_end(&w);
}

enum err config_decode(struct arena *a, struct str octets, const struct config **ret)
{
	struct config *c = ARENA_NEW(a, struct config);
	struct rd r = rd_from(octets);
	const char *key;

	if (rd_u32(&r) != fingerprint())
		rd_fail(&r);
	for (size_t i = 0; i < OPTION_COUNT && !r.failed; i++)
		value_get(&r, a, &options[i], c);
	if (rd_end(&r) != ERR_OK || check(c, &key) != NULL)
		return ERR_CORRUPT;
	*ret = c;
	return ERR_OK;
}

/* ---- text ---- */

void config_print(struct buf *to, const struct config *c, bool all)
{
	struct arena scratch;
	const struct config *standard;
	const char *section = "";

	arena_init(&scratch, ARENA_NONE);
	standard = config_defaults(&scratch);
	for (size_t i = 0; i < OPTION_COUNT; i++) {
		const struct config_option *o = &options[i];

		if (!all && same(o, c, standard))
			continue;
		if (strcmp(section, o->section) != 0)
			buf_printf(to, "%s%s {\n", *section ? "}\n" : "", o->section);
		section = o->section;
		buf_printf(to, "\t%s = ", o->key);
		value_print(to, o, c);
		buf_put_octet(to, '\n');
	}
	buf_put_c(to, *section ? "}\n" : "");
	arena_done(&scratch);
}

static const char *argument_name(enum config_type type)
{
	static const char *const names[] = { "on | off", "number", "size", "time", "text", "path",
		"choice", "address ...", "place ..." };

	return names[type];
}

#define DOC_COLUMNS 78

static size_t word_len(const char *c)
{
	return strcspn(c, " ");
}

/* The first octet of a line must not be taken for a request. */
static void doc_word(struct buf *to, const char *word, size_t len, bool first)
{
	if (first && (*word == '.' || *word == '\''))
		buf_put_c(to, "\\&");
	for (size_t i = 0; i < len; i++) {
		if (word[i] == '\\')
			buf_put_c(to, "\\e");
		else if (word[i] == '-' && (i == 0 || word[i - 1] == '-'))
			buf_put_c(to, "\\-");
		else
			buf_put_octet(to, word[i]);
	}
}

void config_doc_text(struct buf *to, const char *text)
{
	size_t begin = to->len;
	bool ended = false; /* a sentence */

	while (*text != '\0') {
		size_t len = word_len(text);
		bool first = to->len == begin;

		if (!first && (ended || to->len - begin + 1 + len > DOC_COLUMNS)) {
			buf_put_octet(to, '\n');
			begin = to->len;
			first = true;
		}
		buf_put_c(to, first ? "" : " ");
		doc_word(to, text, len, first);
		ended = len > 0 && text[len - 1] == '.';
		text += len;
		text += *text == ' ';
	}
	buf_put_octet(to, '\n');
}

static void doc_limits(struct buf *to, const struct config_option *o)
{
	if (o->type == CONFIG_COUNT || o->type == CONFIG_OCTETS || o->type == CONFIG_DURATION) {
		buf_put_c(to, "From ");
		value_print_number(to, o->type, o->min);
		buf_put_c(to, " to ");
		value_print_number(to, o->type, o->max);
		buf_printf(to, "%s%s.\n", *o->unit ? " " : "", o->unit);
	}
	if (o->type == CONFIG_CHOICE) {
		buf_put_c(to, "One of ");
		for (const char *c = o->unit; *c != '\0'; c++)
			buf_put_c(to, *c == ' ' ? ", " : (const char[]){ *c, '\0' });
		buf_put_c(to, ".\n");
	}
	buf_printf(to, "Default: %s.\n", *o->standard ? o->standard : "empty");
	if (o->reload == CONFIG_RESTART)
		buf_put_c(to, "A change needs a restart.\n");
	if (*o->budget)
		buf_printf(to, "Budget: %s.\n", o->budget);
}

void config_doc(struct buf *to)
{
	const char *section = "";

	for (size_t i = 0; i < OPTION_COUNT; i++) {
		const struct config_option *o = &options[i];

		if (strcmp(section, o->section) != 0)
			buf_printf(to, "%s.Ss %s\n.Bl -tag -width Ds\n", *section ? ".El\n" : "",
				o->section);
		section = o->section;
		buf_printf(to, ".It Ic %s.%s No = Ar %s\n", o->section, o->key,
			argument_name(o->type));
		config_doc_text(to, o->text);
		doc_limits(to, o);
	}
	buf_put_c(to, ".El\n");
}
