#include "ctl/doctor_folder.h"

#include <string.h>

#include "ctl/quote.h"
#include "ctl/steps.h"

static const char *text_of(const json_t *of, const char *name)
{
	const char *text = json_string_value(json_object_get(of, name));

	return text != NULL ? text : "";
}

/* "bourse folder create 'public' 'News'"; who NULL: nobody. */
static json_t *command(const json_t *asked, const char *verb, const char *who)
{
	struct buf b;
	json_t *text;

	buf_init(&b, BUF_NO_CEILING);
	buf_printf(&b, "bourse folder %s ", verb);
	quote_put(&b, text_of(asked, "alias"));
	buf_put_octet(&b, ' ');
	quote_put(&b, text_of(asked, "folder"));
	if (who != NULL) {
		buf_put_octet(&b, ' ');
		quote_put(&b, who);
		buf_put_c(&b, " +lr");
	}
	text = json_stringn(b.at, b.len);
	buf_done(&b);
	return text;
}

static void put_row(json_t *reply, const json_t *asked, bool good, const char *detail, json_t *mend)
{
	json_t *row = json_pack("{s:s,s:s,s:s,s:o}", "step", "read the folder", "ok", good ? "yes" : "no", "detail", detail, "mend", mend);

	if (!good) {
		json_object_set(row, "code", json_object_get(asked, "code"));
		json_object_set(row, "event", json_object_get(asked, "event"));
		json_object_set_new(reply, "message", json_sprintf("refused at \"read the folder\": %s", detail));
	}
	json_array_append_new(json_object_get(reply, "rows"), row);
}

/* rights: letters of RFC 4314 that he has; empty: none. */
static void judge(json_t *reply, const json_t *asked, const char *rights)
{
	const char *folder = text_of(asked, "folder"), *who = text_of(asked, "who");
	bool sees = strchr(rights, 'l') != NULL, reads = strchr(rights, 'r') != NULL;
	json_t *detail, *mend;

	if (sees && reads)
		detail = json_sprintf("%s has %s on \"%s\"", who, rights, folder);
	else if (rights[0] == '\0')
		detail = json_sprintf("the list of \"%s\" gives nothing to %s", folder, who);
	else
		detail = json_sprintf("%s has %s on \"%s\"; it takes l and r", who, rights, folder);
	mend = sees && reads ? json_string("") : command(asked, "grant", who);
	put_row(reply, asked, sees && reads, json_string_value(detail), mend);
	json_decref(detail);
}

static const char *rights_in(const json_t *rows, const char *folder)
{
	const json_t *row;
	size_t i;

	json_array_foreach(rows, i, row)
	{
		if (strcmp(text_of(row, "folder"), folder) == 0)
			return text_of(row, "rights");
	}
	return "";
}

static enum err ask_rights(struct transport *t, json_t *reply, const json_t *asked, struct failure *f)
{
	struct step reach = { .verb = "folder reach", .args = json_pack("{s:O,s:O,s:O,s:O}", "mailbox", json_object_get(asked, "mailbox"),
		"account", json_object_get(asked, "account"), "groups", json_object_get(asked, "groups"), "access", json_object_get(asked, "access")) };
	enum err e = step_ask(t, &reach, f);

	if (e == ERR_OK)
		judge(reply, asked, rights_in(json_object_get(reach.ret, "rows"), text_of(asked, "folder")));
	step_done(&reach);
	return e;
}

enum err doctor_folder(struct transport *t, json_t *reply, struct failure *f)
{
	const json_t *asked = json_object_get(reply, "folder");
	struct step find;
	struct failure none = { 0 };
	json_t *detail;
	enum err e;

	if (!json_is_object(asked))
		return ERR_OK;
	find = (struct step){ .verb = "folder find", .args = json_pack("{s:O,s:O}", "mailbox", json_object_get(asked, "mailbox"), "folder",
		json_object_get(asked, "folder")) };
	e = step_ask(t, &find, &none);
	step_done(&find);
	if (e == ERR_OK)
		return ask_rights(t, reply, asked, f);
	if (e != ERR_NOFOLDER && e != ERR_FOLDERNAME) {
		*f = none;
		return e;
	}
	detail = json_sprintf("there is no folder \"%s\"", text_of(asked, "folder"));
	put_row(reply, asked, false, json_string_value(detail), command(asked, "create", NULL));
	json_decref(detail);
	return ERR_OK;
}
