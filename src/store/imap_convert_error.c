#include "store/imap_convert_error.h"

#include "mail/recode.h"

static const struct {
	struct str text, code;
} rows[] = {
	[IMAP_CONVERT_NOTHING] = { S_INIT("there is no such part"), S_INIT("BADPARAMETERS") },
	[IMAP_CONVERT_IMPOSSIBLE] = { S_INIT("no such conversion"), S_INIT("BADPARAMETERS") },
	[IMAP_CONVERT_ENCODING] = { S_INIT("the part's Content-Transfer-Encoding is not known"), S_INIT("BADPARAMETERS") },
	[IMAP_CONVERT_FROM] = { S_INIT("the part's charset is not known"), S_INIT("BADPARAMETERS") },
	[IMAP_CONVERT_IRRELEVANT] = { S_INIT("this conversion does not take that"), S_INIT("BADPARAMETERS") },
	[IMAP_CONVERT_CHARSET] = { S_INIT("no text is made in that charset"), S_INIT("BADPARAMETERS") },
	[IMAP_CONVERT_REPLACEMENT] = { S_INIT("the replacement is not in that charset, or too long"), S_INIT("BADPARAMETERS") },
	[IMAP_CONVERT_LOST] = { S_INIT("a character of the text is not in that charset"), S_INIT("BADPARAMETERS") },
	[IMAP_CONVERT_MISSING] = { S_INIT("a header needs a charset"), S_INIT("MISSINGPARAMETERS") },
	[IMAP_CONVERT_UNREADABLE] = { S_INIT("the message cannot be read"), S_INIT("BADPARAMETERS") },
	[IMAP_CONVERT_LATER] = { S_INIT("the message cannot be read now"), S_INIT("TEMPFAIL") },
};

/* Types hold no quote and no backslash (RFC 2045 section 5.1). */
static void put_type(struct buf *to, struct str type)
{
	buf_put_octet(to, ' ');
	if (type.at == NULL)
		buf_put(to, S("NIL"));
	else
		buf_printf(to, "\"%.*s\"", STR_FMT(type));
}

static void put_params(struct buf *to, const struct imap_convert *args, uint32_t blamed, bool utf8)
{
	const char *before = " (";

	for (size_t n = 0; n < args->params_count; n++) {
		if ((blamed >> n & 1) == 0)
			continue;
		buf_put_c(to, before);
		before = " ";
		imap_put_string(to, args->params[n].name, utf8);
		buf_put_octet(to, ' ');
		imap_put_string(to, args->params[n].value, utf8);
	}
	buf_put(to, blamed != 0 ? S(")") : S(""));
}

void imap_convert_put_error(struct imap *i, const struct imap_convert *args, const struct imap_convert_error *error)
{
	struct buf *to = imap_out(i), text;

	buf_init(&text, BUF_NO_CEILING);
	language_put(&text, i->language, rows[error->why].text);
	buf_put(to, S("(ERROR "));
	imap_put_string(to, buf_str(&text), imap_utf8(i));
	buf_done(&text);
	buf_printf(to, " %.*s", STR_FMT(rows[error->why].code));
	if (error->why != IMAP_CONVERT_LATER) {
		put_type(to, error->source);
		put_type(to, error->target);
	}
	if (error->why == IMAP_CONVERT_MISSING)
		buf_put(to, S(" (\"charset\")"));
	else
		put_params(to, args, error->blamed, imap_utf8(i));
	buf_put_octet(to, ')');
}

enum imap_convert_why imap_convert_why_of(enum err e)
{
	return e == ERR_IO ? IMAP_CONVERT_LATER : IMAP_CONVERT_UNREADABLE;
}

/* A parameter that is known, given for the first time; absent: it was not. */
static struct str take(const struct imap_convert *args, struct str name, uint32_t *known, uint32_t *ret_bit)
{
	*ret_bit = 0;
	for (size_t n = 0; n < args->params_count; n++) {
		if (!str_ieq(args->params[n].name, name))
			continue;
		*ret_bit = (uint32_t)1 << n;
		*known |= *ret_bit;
		return args->params[n].value;
	}
	return STR_NONE;
}

enum imap_convert_why imap_convert_judge(const struct imap_convert *args, enum conversion_what what,
	struct imap_convert_wants *ret, uint32_t *ret_blamed)
{
	uint32_t known = 0, charset_bit = 0, replacement_bit = 0;
	uint32_t all = ((uint32_t)1 << args->params_count) - 1;
	struct str charset = STR_NONE;
	struct recode recode;
	enum recode_result result;

	*ret = (struct imap_convert_wants){ .charset = STR_NONE };
	*ret_blamed = all;
	if (what == CONVERSION_AS_IS)
		return all == 0 ? IMAP_CONVERT_FINE : IMAP_CONVERT_IRRELEVANT;
	charset = take(args, CONVERSION_CHARSET, &known, &charset_bit);
	ret->replacement = take(args, CONVERSION_REPLACEMENT, &known, &replacement_bit);
	ret->charset_given = charset.at != NULL;
	ret->charset = charset_made(ret->charset_given ? charset : S("utf-8"));
	*ret_blamed = all & ~known;
	if (ret->charset.at == NULL)
		*ret_blamed |= charset_bit;
	if (*ret_blamed != 0)
		return ret->charset.at == NULL ? IMAP_CONVERT_CHARSET : IMAP_CONVERT_IRRELEVANT;
	result = recode_open(&recode, STR_NONE, ret->charset, ret->replacement);
	if (result == RECODE_OK)
		recode_done(&recode);
	*ret_blamed = result == RECODE_OK ? 0 : result == RECODE_REPLACEMENT ? replacement_bit : charset_bit;
	if (result == RECODE_OK)
		return IMAP_CONVERT_FINE;
	return result == RECODE_REPLACEMENT ? IMAP_CONVERT_REPLACEMENT : IMAP_CONVERT_CHARSET;
}
