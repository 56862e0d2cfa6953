/*
 * LANGUAGE (RFC 5255 section 3), and NAMESPACE (RFC 2342), whose prefixes have names for the user in other languages
 * (section 3.4).
 */
#include "wire/imap_language.h"
#include "store/imap_engine.h"
#include "store/imap_others.h"

static bool is_translated(const struct imap *i)
{
	return language_row(i->language)->texts_count > 0;
}

static enum step run_namespace(struct imap *i)
{
	imap_others_put_namespaces(i);
	return imap_engine_over(i, ERR_OK, NULL, STR_NONE);
}

static void read_language(struct imap *i, struct imap_args *args)
{
	struct imap_language *l = ARENA_NEW(&i->arena, struct imap_language);

	imap_arg_language(args, i->s->preferred, l);
	i->state = l;
}

static enum step run_language(struct imap *i)
{
	const struct imap_language *l = i->state;
	bool translated;

	if (!l->asked) {
		imap_put_languages(imap_out(i));
		return imap_engine_over(i, ERR_OK, NULL, STR_NONE);
	}
	if (l->none != ERR_OK)
		return imap_engine_over(i, l->none, NULL, IMAP_LANGUAGE_NONE);
	translated = is_translated(i);
	i->language = l->chosen;
	imap_put_language(imap_out(i), i->language);
	if (translated || is_translated(i))
		imap_others_put_namespaces(i);
	return imap_engine_over(i, ERR_OK, NULL, STR_NONE);
}

const struct imap_handler imap_namespace_handler = { NULL, run_namespace, NULL };
const struct imap_handler imap_language_handler = { read_language, run_language, NULL };
