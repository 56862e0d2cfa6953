#include "ctl/setup_file.h"

#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>

#include "config/reader.h"
#include "io/file.h"

#define FILE_MODE   0644
#define FOLDER_MODE 0755

/* ---- settings ---- */

struct adding {
	const struct setup_settings *settings;
	bool *there; /* one for each */
};

static bool read_include(void *arg, const char *path, struct buf *to)
{
	return file_read(path, to) == ERR_OK;
}

static enum err look_at(void *arg, const struct reader_item *item, struct failure *f)
{
	struct adding *adding = arg;

	for (size_t i = 0; i < adding->settings->count; i++) {
		const struct setup_setting *s = &adding->settings->at[i];

		if (!str_eq(item->key, str_from_c(s->key)))
			continue;
		adding->there[i] = true;
		if (item->count != 1 || !str_eq(item->values[0], s->value))
			return fail(f, ERR_EXISTS,
				"%s:%u sets %s to something else; change it there, or answer as it "
				"says",
				item->place.file, item->place.line, s->key);
	}
	return ERR_OK;
}

static void put_quoted(struct buf *to, struct str value)
{
	buf_put_octet(to, '"');
	for (size_t i = 0; i < value.len; i++) {
		if (value.at[i] == '"' || value.at[i] == '\\')
			buf_put_octet(to, '\\');
		buf_put_octet(to, value.at[i]);
	}
	buf_put_octet(to, '"');
}

static size_t put_missing(struct buf *to, const struct adding *adding)
{
	size_t added = 0;

	for (size_t i = 0; i < adding->settings->count; i++) {
		if (adding->there[i])
			continue;
		if (added++ == 0 && to->len > 0 && to->at[to->len - 1] != '\n')
			buf_put_octet(to, '\n');
		if (added == 1)
			buf_put_c(to, "# From bourse setup; all options: bourse.conf(5).\n");
		buf_printf(to, "%s = ", adding->settings->at[i].key);
		put_quoted(to, adding->settings->at[i].value);
		buf_put_c(to, ";\n");
	}
	return added;
}

static enum err make_folder_of(struct arena *a, const char *path, struct failure *f)
{
	size_t slash = str_rfind(str_from_c(path), '/');
	struct str folder = arena_str(a, str_make(path, slash == STR_NPOS ? 0 : slash));
	enum err e = folder.len > 0 ? folder_make(folder.at, FOLDER_MODE) : ERR_OK;

	return e == ERR_OK
		       ? ERR_OK
		       : fail(f, e, "%s: the folder cannot be made: %s", folder.at, err_text(e));
}

static enum err replace(
	struct arena *a, const struct config_source *source, struct buf *text, struct failure *f)
{
	const struct config *whole;
	struct config_source after = *source;
	enum err e;

	after.text = buf_str(text);
	e = config_parse_sources(a, &after, &whole, f);
	if (e == ERR_OK)
		e = make_folder_of(a, source->file_name, f);
	if (e != ERR_OK)
		return e;
	e = file_replace(source->file_name, buf_str(text), FILE_MODE);
	return e == ERR_OK
		       ? ERR_OK
		       : fail(f, e, "%s: cannot be written: %s", source->file_name, err_text(e));
}

enum err setup_file_add(struct arena *a, const char *path, const struct setup_settings *settings,
	size_t *ret_added, struct failure *f)
{
	struct adding adding = { settings, ARENA_ARRAY(a, bool, settings->count + 1) };
	struct config_source source = { .file_name = path, .read = read_include };
	size_t added = 0;
	struct buf text;
	enum err e;

	buf_init(&text, CONFIG_TEXT_OCTETS_MAX);
	e = file_read(path, &text);
	if (e != ERR_OK && e != ERR_NOTFOUND)
		(void)fail(f, e, "%s: cannot be read: %s", path, err_text(e));
	else
		e = ERR_OK;
	source.text = arena_str(a, buf_str(&text));
	if (e == ERR_OK)
		e = reader_run(a, &source, look_at, &adding, f);
	if (e == ERR_OK)
		added = put_missing(&text, &adding);
	if (e == ERR_OK && added > 0)
		e = replace(a, &source, &text, f);
	buf_done(&text);
	if (e == ERR_OK)
		*ret_added = added;
	return e;
}

/* ---- certificate ---- */

static struct str day_of(struct arena *a, const ASN1_TIME *time)
{
	struct tm day = { 0 };

	if (ASN1_TIME_to_tm(time, &day) != 1)
		return S("?");
	return arena_printf(a, "%04d-%02d-%02d", day.tm_year + 1900, day.tm_mon + 1, day.tm_mday);
}

static enum err look_into(
	struct arena *a, X509 *leaf, struct str host, struct str *ret, struct failure *f)
{
	struct str first = day_of(a, X509_get0_notBefore(leaf)),
		   last = day_of(a, X509_get0_notAfter(leaf));

	if (X509_cmp_current_time(X509_get0_notBefore(leaf)) > 0)
		return fail(
			f, ERR_CONFIG, "the certificate is not valid before %.*s", STR_FMT(first));
	if (X509_cmp_current_time(X509_get0_notAfter(leaf)) < 0)
		return fail(f, ERR_CONFIG, "the certificate ended on %.*s", STR_FMT(last));
	if (X509_check_host(leaf, host.at, host.len, 0, NULL) != 1)
		return fail(f, ERR_CONFIG, "the certificate does not name %.*s", STR_FMT(host));
	*ret = arena_printf(a, "names %.*s, valid until %.*s", STR_FMT(host), STR_FMT(last));
	return ERR_OK;
}

enum err setup_file_certificate(
	struct arena *a, const struct setup_certificate *c, struct str *ret, struct failure *f)
{
	SSL_CTX *context = SSL_CTX_new(TLS_server_method());
	enum err e;

	must(context != NULL);
	if (SSL_CTX_use_certificate_chain_file(context, c->chain) != 1)
		e = fail(f, ERR_CONFIG, "%s: no certificate in PEM can be read from it", c->chain);
	else if (SSL_CTX_use_PrivateKey_file(context, c->key, SSL_FILETYPE_PEM) != 1)
		e = fail(f, ERR_CONFIG, "%s: no private key in PEM that belongs to %s", c->key,
			c->chain);
	else
		e = look_into(a, SSL_CTX_get0_certificate(context), c->host, ret, f);
	SSL_CTX_free(context);
	return e;
}
