/*
 * Comma-separated values (RFC 4180) as Exchange's directory import and export have them. Pure.
 *
 * Records end with CR LF, LF or CR; empty lines count for nothing. A field that begins with the quote is quoted: separators and
 * line ends stand for themselves in it, the quote is doubled. A quote elsewhere stands for itself. Several values of one field
 * stand between `many` characters; one that contains that character, or begins with the quote, is quoted inside the field by the
 * same rules.
 */
#pragma once

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

#define CSV_RECORD_OCTETS_MAX ((size_t)4 << 20)
#define CSV_FIELDS_MAX        ((size_t)1000)
#define CSV_VALUES_MAX        ((size_t)50000)

struct csv_format {
	char separator, quote, many;
};

#define CSV_EXCHANGE ((struct csv_format){ ',', '"', '%' })

enum csv_state { CSV_BEGIN, CSV_BARE, CSV_QUOTED, CSV_CLOSED };

struct csv_span {
	size_t at, len;
};

struct csv {
	struct csv_format format;
	struct buf text; /* of the fields of one record */
	struct csv_span fields[CSV_FIELDS_MAX];
	size_t count;
	uint64_t from, to;   /* octets of the input that are the record, its line end left out */
	uint64_t line;       /* of the record's begin, from 1 */
	/* inside */
	enum csv_state state;
	enum err wrong;      /* the record that is being read is none */
	size_t field_at;
	uint64_t at, lines;
	bool began, given, after_cr;
};

void csv_init(struct csv *c, const struct csv_format *format);
void csv_done(struct csv *c);

/*
 * Takes octets off *rest. ERR_OK: a record is there, in force until the next call. ERR_NEEDMORE: rest is empty. The record of
 * from, to and line is none, and the next call goes on behind it: ERR_SYNTAX (something follows a closing quote), ERR_TOOBIG.
 */
enum err csv_next(struct csv *c, struct str *rest) MUST_USE;
/* There is no more: ERR_OK or a refusal as above for a record without line end, ERR_NOTFOUND: there is none. ERR_SYNTAX also: a
 * quote was not closed. */
enum err csv_end(struct csv *c) MUST_USE;

/* Field number i, empty when the record has fewer. A view. */
struct str csv_field(const struct csv *c, size_t i);

/* The values of one field; empty ones are left out. ERR_SYNTAX, ERR_TOOBIG. */
enum err csv_values(const struct csv_format *format, struct str field, struct arena *a, const struct str **ret,
	size_t *ret_count) MUST_USE;

/* Appends a field, with a separator in front unless it is the first of its record. */
void csv_put(struct buf *to, const struct csv_format *format, struct str field, bool first);
/* Appends a value to those of a field that is being made; not the first: behind `many`. */
void csv_put_value(struct buf *field, const struct csv_format *format, struct str value);
/* Appends the line end. */
void csv_put_end(struct buf *to);
