#include "config/value.h"

#include <arpa/inet.h>

#include "base/utf8.h"
#include "config/near.h"

#define QUOTED_MAX 60 /* octets of a wrong value that are repeated to its writer */

struct unit {
	const char *name;
	uint64_t factor;
};

/* The biggest first. */
static const struct unit sizes[] = {
	{ "T", (uint64_t)1 << 40 },
	{ "G", (uint64_t)1 << 30 },
	{ "M", (uint64_t)1 << 20 },
	{ "k", (uint64_t)1 << 10 },
	{ "TiB", (uint64_t)1 << 40 },
	{ "GiB", (uint64_t)1 << 30 },
	{ "MiB", (uint64_t)1 << 20 },
	{ "KiB", (uint64_t)1 << 10 },
	{ "K", (uint64_t)1 << 10 },
	{ "", 1 },
};
static const struct unit spans[] = {
	{ "d", 86400000 },
	{ "h", 3600000 },
	{ "m", 60000 },
	{ "s", 1000 },
	{ "ms", 1 },
};

static void *field(struct config *c, const struct config_option *o)
{
	return (char *)c + o->at;
}

static const void *field_const(const struct config *c, const struct config_option *o)
{
	return (const char *)c + o->at;
}

static enum err wrong(struct buf *why, struct str value, const char *what)
{
	buf_put_octet(why, '\'');
	buf_put(why, str_sub(value, 0, QUOTED_MAX));
	buf_printf(why, "%s' %s", value.len > QUOTED_MAX ? "..." : "", what);
	return ERR_CONFIG;
}

void value_print_number(struct buf *to, enum config_type type, uint64_t number)
{
	const struct unit *u = type == CONFIG_DURATION ? spans : sizes;

	if (type != CONFIG_DURATION && type != CONFIG_OCTETS) {
		buf_put_u64(to, number);
		return;
	}
	if (number == 0) {
		buf_put_c(to, type == CONFIG_DURATION ? "0s" : "0");
		return;
	}
	while (number % u->factor != 0)
		u++;
	/* Past the four letters of sizes comes the long way of writing them. */
	if (type == CONFIG_OCTETS && u - sizes > 3)
		u = &sizes[sizeof(sizes) / sizeof(*sizes) - 1];
	buf_put_u64(to, number / u->factor);
	buf_put_c(to, u->name);
}

static enum err check_limits(
	const struct config_option *o, struct str value, uint64_t number, struct buf *why)
{
	bool below = number < o->min;

	if (!below && number <= o->max)
		return ERR_OK;
	(void)wrong(why, value, below ? "is below the least, " : "is above the most, ");
	value_print_number(why, o->type, below ? o->min : o->max);
	return ERR_CONFIG;
}

/* Digits at the front of s; what follows them goes to ret_unit. */
static bool take_digits(struct str s, uint64_t *ret_number, struct str *ret_unit)
{
	size_t digits = 0;

	while (digits < s.len && ascii_is_digit(s.at[digits]))
		digits++;
	*ret_unit = str_skip(s, digits);
	if (digits == 0)
		return false;
	if (!str_u64(str_sub(s, 0, digits), UINT64_MAX, ret_number))
		*ret_number = UINT64_MAX; /* more than every limit */
	return true;
}

static const struct unit *find_unit(const struct unit *units, size_t count, struct str name)
{
	for (size_t i = 0; i < count; i++)
		if (str_eq(name, str_from_c(units[i].name)))
			return &units[i];
	return NULL;
}

static uint64_t times(uint64_t number, uint64_t factor)
{
	uint64_t product;

	return __builtin_mul_overflow(number, factor, &product) ? UINT64_MAX : product;
}

static enum err set_number(
	const struct config_option *o, struct str value, uint64_t *to, struct buf *why)
{
	const struct unit *unit = &(const struct unit){ "", 1 };
	uint64_t number = 0;
	struct str name;
	bool good = take_digits(value, &number, &name);
	enum err e;

	if (o->type == CONFIG_OCTETS) {
		unit = find_unit(sizes, sizeof(sizes) / sizeof(*sizes), name);
		if (!good || unit == NULL)
			return wrong(why, value, "is not a size; write a number with k, M or G");
	} else if (o->type == CONFIG_DURATION && (number != 0 || name.len != 0)) {
		if (good && name.len == 0)
			return wrong(why, value, "has no unit; write ms, s, m, h or d behind it");
		unit = find_unit(spans, sizeof(spans) / sizeof(*spans), name);
		if (!good || unit == NULL)
			return wrong(
				why, value, "is not a time; write a number with ms, s, m, h or d");
	} else if (!good || name.len != 0) {
		return wrong(why, value,
			good ? "has a unit; this option is a plain number" : "is not a number");
	}
	number = times(number, unit->factor);
	e = check_limits(o, value, number, why);
	if (e == ERR_OK)
		*to = number;
	return e;
}

static enum err set_bool(struct str value, bool *to, struct buf *why)
{
	bool yes = str_eq(value, S("on")) || str_eq(value, S("yes")) || str_eq(value, S("true"));

	if (!yes && !str_eq(value, S("off")) && !str_eq(value, S("no")) &&
		!str_eq(value, S("false")))
		return wrong(why, value, "is not on or off");
	*to = yes;
	return ERR_OK;
}

static enum err set_choice(
	const struct config_option *o, struct str value, unsigned *to, struct buf *why)
{
	struct near near = near_to(value);
	struct str rest = str_from_c(o->unit), name;

	for (unsigned i = 0; rest.len > 0; i++) {
		if (!str_cut(&rest, ' ', &name)) {
			name = rest;
			rest = STR_NONE;
		}
		if (str_eq(name, value)) {
			*to = i;
			return ERR_OK;
		}
		near_try(&near, name);
	}
	(void)wrong(why, value, "is none of: ");
	buf_put_c(why, o->unit);
	if (near_best(&near).len > 0)
		buf_printf(why, "; did you mean '%.*s'?", STR_FMT(near_best(&near)));
	return ERR_CONFIG;
}

static bool is_plain_text(struct str s)
{
	return utf8_valid(s) && !str_has_control(s);
}

static enum err set_text(struct arena *a, const struct config_option *o, struct str value,
	struct str *to, struct buf *why)
{
	if (value.len == 0 && o->min > 0) {
		buf_put_c(why, "must not be empty");
		return ERR_CONFIG;
	}
	if (!is_plain_text(value))
		return wrong(why, STR_NONE, "holds control octets");
	if (value.len > o->max) {
		(void)wrong(why, value, "is longer than ");
		buf_printf(why, "%llu octets", (unsigned long long)o->max);
		return ERR_CONFIG;
	}
	if (o->type == CONFIG_PATH && value.len > 0 && value.at[0] != '/')
		return wrong(why, value, "is not a full path; begin it with /");
	*to = arena_str(a, value);
	return ERR_OK;
}

static enum err check_count(
	const struct config_option *o, const struct value_text *t, size_t max, struct buf *why)
{
	if (t->count > max) {
		buf_printf(why, "%zu values are more than %zu", t->count, max);
		return ERR_CONFIG;
	}
	if (o->type == CONFIG_LIST && t->count < o->min) {
		buf_put_c(why, "the list must not be empty");
		return ERR_CONFIG;
	}
	return ERR_OK;
}

static enum err set_list(struct arena *a, const struct config_option *o, const struct value_text *t,
	struct config_list *to, struct buf *why)
{
	bool none = !t->is_list && t->at[0].len == 0 && o->min == 0; /* an empty default */
	size_t count = none ? 0 : t->count;
	struct str *items = ARENA_ARRAY(a, struct str, count + 1);
	enum err e = check_count(o, t, o->max, why);

	for (size_t i = 0; e == ERR_OK && i < count; i++) {
		items[i] = arena_str(a, t->at[i]);
		if (t->at[i].len == 0 || !is_plain_text(t->at[i]))
			e = wrong(why, t->at[i], "cannot stand in a list");
	}
	if (e == ERR_OK)
		*to = (struct config_list){ items, count };
	return e;
}

bool value_is_address(struct str s)
{
	char text[INET6_ADDRSTRLEN];
	struct in6_addr address;

	if (str_eq(s, S("*")))
		return true;
	if (s.len == 0 || s.len >= sizeof(text) || str_has_octet(s, '\0'))
		return false;
	memcpy(text, s.at, s.len);
	text[s.len] = '\0';
	return inet_pton(AF_INET, text, &address) == 1 || inet_pton(AF_INET6, text, &address) == 1;
}

/* Parts "[::1]:25", "127.0.0.1:25", "::1", "25"; an absent part comes back empty. */
static bool part_endpoint(struct str s, struct str *ret_address, struct str *ret_port)
{
	size_t colon = str_rfind(s, ':'), close = str_rfind(s, ']');

	*ret_port = STR_NONE;
	*ret_address = s;
	if (s.len > 0 && s.at[0] == '[') {
		if (close == STR_NPOS || (close + 1 < s.len && s.at[close + 1] != ':'))
			return false;
		*ret_address = str_sub(s, 1, close - 1);
		*ret_port = str_skip(s, close + 2);
		return close + 2 != s.len && str_has_octet(*ret_address, ':');
	}
	if (colon == STR_NPOS) {
		if (s.len > 0 && ascii_is_digit(s.at[0]) && !str_has_octet(s, '.')) {
			*ret_port = s;
			*ret_address = STR_NONE;
		}
		return s.len > 0;
	}
	if (str_find(s, ':') != colon)
		return true;
	*ret_address = str_sub(s, 0, colon);
	*ret_port = str_skip(s, colon + 1);
	return ret_address->len > 0 && ret_port->len > 0;
}

static enum err set_endpoint(struct arena *a, const struct config_option *o, struct str value,
	struct config_endpoint *to, struct buf *why)
{
	struct str address, port;
	uint32_t number;

	if (!part_endpoint(value, &address, &port))
		return wrong(why, value,
			"is not a place to listen; write a port, an address, or address:port");
	if (address.len > 0 && !value_is_address(address))
		return wrong(why, value, "names no address; write it in digits, or * for all");
	if (port.len == 0)
		port = str_from_c(o->standard);
	if (!str_u32(port, (uint32_t)o->max, &number) || number == 0)
		return wrong(why, value, "has no port from 1 to 65535");
	*to = (struct config_endpoint){ address.len > 0 ? arena_str(a, address) : STR_NONE,
		(uint16_t)number };
	return ERR_OK;
}

static enum err set_listener(struct arena *a, const struct config_option *o,
	const struct value_text *t, struct config_listener *to, struct buf *why)
{
	struct config_endpoint *items = ARENA_ARRAY(a, struct config_endpoint, t->count + 1);
	bool off = !t->is_list && (str_eq(t->at[0], S("off")) || str_eq(t->at[0], S("0")));
	size_t count = off ? 0 : t->count;
	enum err e = check_count(o, t, VALUE_ITEMS_MAX, why);

	for (size_t i = 0; e == ERR_OK && i < count; i++)
		e = set_endpoint(a, o, t->at[i], &items[i], why);
	if (e == ERR_OK)
		*to = (struct config_listener){ items, count };
	return e;
}

enum err value_set(struct arena *a, const struct config_option *o, const struct value_text *t,
	struct config *c, struct buf *why)
{
	if (t->is_list && o->type != CONFIG_LIST && o->type != CONFIG_LISTENER) {
		buf_put_c(why, "takes one value, not a list");
		return ERR_CONFIG;
	}
	switch (o->type) {
	case CONFIG_BOOL:
		return set_bool(t->at[0], field(c, o), why);
	case CONFIG_COUNT:
	case CONFIG_OCTETS:
	case CONFIG_DURATION:
		return set_number(o, t->at[0], field(c, o), why);
	case CONFIG_STRING:
	case CONFIG_PATH:
		return set_text(a, o, t->at[0], field(c, o), why);
	case CONFIG_CHOICE:
		return set_choice(o, t->at[0], field(c, o), why);
	case CONFIG_LIST:
		return set_list(a, o, t, field(c, o), why);
	case CONFIG_LISTENER:
		return set_listener(a, o, t, field(c, o), why);
	}
	must(o->type <= CONFIG_LISTENER);
	return ERR_CONFIG;
}

static void print_string(struct buf *to, struct str s)
{
	buf_put_octet(to, '"');
	for (size_t i = 0; i < s.len; i++) {
		if (s.at[i] == '"' || s.at[i] == '\\')
			buf_put_octet(to, '\\');
		buf_put_octet(to, s.at[i]);
	}
	buf_put_octet(to, '"');
}

static void print_choice(struct buf *to, const char *names, unsigned number)
{
	struct str rest = str_from_c(names), name = rest;

	for (unsigned i = 0; i <= number; i++)
		if (!str_cut(&rest, ' ', &name))
			name = rest;
	buf_put(to, name);
}

static void print_list(struct buf *to, const struct config_list *list)
{
	buf_put_c(to, list->count == 1 ? "" : "[");
	for (size_t i = 0; i < list->count; i++) {
		buf_put_c(to, i > 0 ? ", " : "");
		print_string(to, list->at[i]);
	}
	buf_put_c(to, list->count == 1 ? "" : "]");
}

static void print_endpoint(struct buf *to, const struct config_endpoint *e)
{
	const char *format = str_has_octet(e->address, ':') ? "\"[%.*s]:%u\"" : "\"%.*s:%u\"";

	if (e->address.len == 0)
		buf_put_u64(to, e->port);
	else
		buf_printf(to, format, STR_FMT(e->address), (unsigned)e->port);
}

static void print_listener(struct buf *to, const struct config_listener *l)
{
	if (l->count == 0) {
		buf_put_c(to, "off");
		return;
	}
	buf_put_c(to, l->count == 1 ? "" : "[");
	for (size_t i = 0; i < l->count; i++) {
		buf_put_c(to, i > 0 ? ", " : "");
		print_endpoint(to, &l->at[i]);
	}
	buf_put_c(to, l->count == 1 ? "" : "]");
}

void value_print(struct buf *to, const struct config_option *o, const struct config *c)
{
	const void *at = field_const(c, o);

	switch (o->type) {
	case CONFIG_BOOL:
		buf_put_c(to, *(const bool *)at ? "on" : "off");
		break;
	case CONFIG_COUNT:
	case CONFIG_OCTETS:
	case CONFIG_DURATION:
		value_print_number(to, o->type, *(const uint64_t *)at);
		break;
	case CONFIG_STRING:
	case CONFIG_PATH:
		print_string(to, *(const struct str *)at);
		break;
	case CONFIG_CHOICE:
		print_choice(to, o->unit, *(const unsigned *)at);
		break;
	case CONFIG_LIST:
		print_list(to, at);
		break;
	case CONFIG_LISTENER:
		print_listener(to, at);
		break;
	}
}

static void put_list(struct wr *w, const struct config_list *list)
{
	wr_u32(w, (uint32_t)list->count);
	for (size_t i = 0; i < list->count; i++)
		wr_str(w, list->at[i]);
}

static void put_listener(struct wr *w, const struct config_listener *l)
{
	wr_u32(w, (uint32_t)l->count);
	for (size_t i = 0; i < l->count; i++) {
		wr_str(w, l->at[i].address);
		wr_u16(w, l->at[i].port);
	}
}

void value_put(struct wr *w, const struct config_option *o, const struct config *c)
{
	const void *at = field_const(c, o);

	switch (o->type) {
	case CONFIG_BOOL:
		wr_bool(w, *(const bool *)at);
		break;
	case CONFIG_COUNT:
	case CONFIG_OCTETS:
	case CONFIG_DURATION:
		wr_u64(w, *(const uint64_t *)at);
		break;
	case CONFIG_STRING:
	case CONFIG_PATH:
		wr_str(w, *(const struct str *)at);
		break;
	case CONFIG_CHOICE:
		wr_u32(w, *(const unsigned *)at);
		break;
	case CONFIG_LIST:
		put_list(w, at);
		break;
	case CONFIG_LISTENER:
		put_listener(w, at);
		break;
	}
}

/* A count of items; each of them takes at least four octets, which bounds what is allotted. */
static uint32_t get_count(struct rd *r, uint64_t min, uint64_t max)
{
	uint32_t count = rd_u32(r);

	if (count >= min && count <= max && count <= r->rest.len / 4)
		return count;
	rd_fail(r);
	return 0;
}

static struct str get_text(struct rd *r, struct arena *a, const struct config_option *o)
{
	struct str s = rd_str(r);

	if (s.len < o->min || s.len > o->max || !is_plain_text(s) ||
		(o->type == CONFIG_PATH && s.len > 0 && s.at[0] != '/'))
		rd_fail(r);
	return r->failed ? STR_NONE : arena_str(a, s);
}

static struct config_list get_list(struct rd *r, struct arena *a, const struct config_option *o)
{
	size_t count = get_count(r, o->min, o->max);
	struct str *items = ARENA_ARRAY(a, struct str, count + 1);

	for (size_t i = 0; i < count; i++) {
		struct str s = rd_str(r);

		if (s.len == 0 || !is_plain_text(s))
			rd_fail(r);
		items[i] = arena_str(a, s);
	}
	return (struct config_list){ items, count };
}

static struct config_listener get_listener(struct rd *r, struct arena *a)
{
	size_t count = get_count(r, 0, VALUE_ITEMS_MAX);
	struct config_endpoint *items = ARENA_ARRAY(a, struct config_endpoint, count + 1);

	for (size_t i = 0; i < count; i++) {
		struct str address = rd_str(r);

		items[i].port = rd_u16(r);
		if (items[i].port == 0 || (address.len > 0 && !value_is_address(address)))
			rd_fail(r);
		items[i].address = address.len > 0 ? arena_str(a, address) : STR_NONE;
	}
	return (struct config_listener){ items, count };
}

static uint64_t get_number(struct rd *r, const struct config_option *o)
{
	uint64_t number = o->type == CONFIG_CHOICE ? rd_u32(r) : rd_u64(r);

	if (number < o->min || number > o->max)
		rd_fail(r);
	return number;
}

void value_get(struct rd *r, struct arena *a, const struct config_option *o, struct config *c)
{
	void *at = field(c, o);

	switch (o->type) {
	case CONFIG_BOOL:
		*(bool *)at = rd_bool(r);
		break;
	case CONFIG_COUNT:
	case CONFIG_OCTETS:
	case CONFIG_DURATION:
		*(uint64_t *)at = get_number(r, o);
		break;
	case CONFIG_STRING:
	case CONFIG_PATH:
		*(struct str *)at = get_text(r, a, o);
		break;
	case CONFIG_CHOICE:
		*(unsigned *)at = (unsigned)get_number(r, o);
		break;
	case CONFIG_LIST:
		*(struct config_list *)at = get_list(r, a, o);
		break;
	case CONFIG_LISTENER:
		*(struct config_listener *)at = get_listener(r, a);
		break;
	}
}
