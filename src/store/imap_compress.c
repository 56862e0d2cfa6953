/* COMPRESS (RFC 4978). TLS never compresses here (io/tls.c), so that no other layer does. */
#include "store/imap_engine.h"

static void read_compress(struct imap *i, struct imap_args *args)
{
	if (!str_ieq(imap_arg_atom(args), S("DEFLATE")))
		imap_args_fail(args, ERR_SYNTAX);
}

static enum step start(struct imap *i)
{
	conn_start_deflate(i->s->conn);
	return STEP_AGAIN;
}

static enum step run_compress(struct imap *i)
{
	if (!imap_caps_has(&i->offered, IMAP_CAP_COMPRESS_DEFLATE))
		return imap_engine_over(i, ERR_COMMAND, NULL, STR_NONE);
	if (conn_is_deflated(i->s->conn))
		return imap_engine_over(i, ERR_COMPRESSED, NULL, STR_NONE);
	/* Section 3: whether it is packed or not, nobody could tell. */
	if (session_in(i->s).len > 0)
		return imap_engine_over(i, ERR_PIPELINING, NULL,
			S("nothing may be sent before COMPRESS is answered"));
	i->then = start;
	return imap_engine_over(i, ERR_OK, NULL, S("DEFLATE active"));
}

const struct imap_handler imap_compress_handler = { read_compress, run_compress, NULL };
