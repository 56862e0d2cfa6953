/* ID (RFC 2971), and what is hidden from whoever the client says that it is (imap.hide). */
#include "config/hide.h"
#include "store/imap_command.h"

struct imap_caps imap_id_offered(const struct session *s)
{
	struct imap_caps caps = imap_caps_of(IMAP_AFTER_LOGON);
	struct hide_client who = { .account = s->account,
		.name = s->client_name,
		.version = s->client_version,
		.address = s->client };

	hide_from(&s->hide, &who, &caps);
	return caps;
}

static void read_id(struct imap *i, struct imap_args *args)
{
	struct imap_id *id = ARENA_NEW(&i->arena, struct imap_id);

	imap_arg_id(args, id);
	i->state = id;
}

static enum step run_id(struct imap *i)
{
	const struct imap_id *id = i->state;
	struct imap_caps before = i->offered;

	session_client(i->s, imap_id_value(id, S("name")), imap_id_value(id, S("version")));
	i->offered = imap_id_offered(i->s);
	buf_put_c(imap_out(i), "* ");
	buf_put(imap_out(i), i->s->id);
	buf_put_c(imap_out(i), "\r\n");
	if (memcmp(&before, &i->offered, sizeof(before)) != 0)
		imap_command_put_capabilities(i);
	return imap_engine_over(i, ERR_OK, NULL, STR_NONE);
}

const struct imap_handler imap_id_handler = { read_id, run_id, NULL };
