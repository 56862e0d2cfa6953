/*
 * A borrowed view of octets. Nothing relies on a NUL at the end; the owner of the octets is said
 * where the view is made. Case folding is ASCII only and knows no locale.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/must.h"

struct str {
	const char *at;
	size_t len;
};

#define S(literal)  ((struct str){ "" literal, sizeof(literal) - 1 })
#define S_INIT(literal)  { "" literal, sizeof(literal) - 1 } /* for static initialisers */
#define STR_NONE    ((struct str){ NULL, 0 })
/* For printf-like calls: printf("%.*s", STR_FMT(s)). */
#define STR_FMT(s)  (int)(s).len, (s).at ? (s).at : ""
#define STR_NPOS    ((size_t)-1)

static inline struct str str_make(const void *at, size_t len)
{
	return (struct str){ at, len };
}

static inline struct str str_from_c(const char *c)
{
	return (struct str){ c, c ? strlen(c) : 0 };
}

static inline char ascii_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

static inline char ascii_upper(char c)
{
	return c >= 'a' && c <= 'z' ? (char)(c & ~0x20) : c;
}

static inline bool ascii_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static inline bool ascii_is_alpha(char c)
{
	char l = ascii_lower(c);

	return l >= 'a' && l <= 'z';
}

/* Space and horizontal tab, the WSP of RFC 5234. */
static inline bool ascii_is_wsp(char c)
{
	return c == ' ' || c == '\t';
}

bool str_eq(struct str a, struct str b);
bool str_ieq(struct str a, struct str b); /* ASCII case folded */
int str_cmp(struct str a, struct str b);  /* octet order, shorter first */
bool str_starts(struct str s, struct str prefix);
bool str_istarts(struct str s, struct str prefix);
/* A * in the pattern is any octets, also none; ASCII case folded. Linear in s for each *. */
bool str_ilike(struct str s, struct str pattern);
bool str_ends(struct str s, struct str suffix);
bool str_iends(struct str s, struct str suffix);

/* Offset of the first (last) c, or of needle, or STR_NPOS. */
size_t str_find(struct str s, char c);
size_t str_rfind(struct str s, char c);
size_t str_find_str(struct str s, struct str needle);

/* View from octet `from` of at most `len` octets; both are clipped to the string. */
static inline struct str str_sub(struct str s, size_t from, size_t len)
{
	if (from > s.len)
		from = s.len;
	if (len > s.len - from)
		len = s.len - from;
	return str_make(s.at ? s.at + from : NULL, len);
}

static inline struct str str_skip(struct str s, size_t n)
{
	return str_sub(s, n, s.len);
}

struct str str_trim(struct str s); /* WSP, CR and LF at both ends */

/* Cut off and return what stands before the first c; *rest is what follows it. False: no c. */
bool str_cut(struct str *rest, char c, struct str *ret_head);

/* Equal, in time that depends on the lengths only. For secrets. */
bool str_eq_constant_time(struct str a, struct str b);

/* Decimal digits only, at least one, no sign, no overflow, at most max. */
bool str_u64(struct str s, uint64_t max, uint64_t *ret) MUST_USE;
bool str_u32(struct str s, uint32_t max, uint32_t *ret) MUST_USE;

bool str_has_control(struct str s); /* C0 octets or DEL */
bool str_is_ascii(struct str s);
size_t str_ascii_span(struct str s); /* octets at the front that are ASCII */
bool str_has_octet(struct str s, char c);

/* A NUL-terminated copy; release with mem_free. */
char *str_dup_c(struct str s) MUST_USE;
