#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>

#define ERR(name, text, smtp, enhanced, imap_status, imap_code, pop3_code, http)                   \
	{ #name, text, smtp, enhanced, imap_status, imap_code, pop3_code, http },
static const struct err_row rows[ERR_COUNT] = {
#include "base/err.tbl"
};
#undef ERR

const struct err_row *err_row(enum err e)
{
	must((unsigned)e < ERR_COUNT);
	return &rows[e];
}

const char *err_name(enum err e)
{
	return err_row(e)->name;
}

const char *err_text(enum err e)
{
	return err_row(e)->text;
}

bool err_valid(uint64_t number)
{
	return number < ERR_COUNT;
}

enum err fail(struct failure *f, enum err e, const char *format, ...)
{
	va_list args;

	must(e != ERR_OK);
	if (f->code != ERR_OK)
		return f->code;
	f->code = e;
	if (format == NULL) {
		snprintf(f->text, sizeof(f->text), "%s", err_text(e));
		return e;
	}
	va_start(args, format);
	vsnprintf(f->text, sizeof(f->text), format, args);
	va_end(args);
	return e;
}

void fail_reason(struct failure *f, const char *format, ...)
{
	va_list args;

	if (f->reason[0] != '\0')
		return;
	va_start(args, format);
	vsnprintf(f->reason, sizeof(f->reason), format, args);
	va_end(args);
}
