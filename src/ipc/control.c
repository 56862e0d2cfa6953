#include "ipc/control.h"

#include "base/cursor.h"

enum err control_request_put(const struct control_request *q, struct buf *to)
{
	struct wr w = wr_to(to);

	wr_str(&w, q->verb);
	wr_str(&w, q->json);
	return wr_end(&w);
}

enum err control_request_get(struct str packet, struct control_request *ret)
{
	struct rd r = rd_from(packet);
	struct control_request q = { .verb = rd_str(&r) };

	q.json = rd_str(&r);
	if (rd_end(&r) != ERR_OK)
		return ERR_PEER;
	*ret = q;
	return ERR_OK;
}

enum err control_reply_put(const struct control_reply *a, struct buf *to)
{
	struct wr w = wr_to(to);

	wr_bool(&w, a->more);
	wr_str(&w, a->json);
	return wr_end(&w);
}

enum err control_reply_get(struct str packet, struct control_reply *ret)
{
	struct rd r = rd_from(packet);
	struct control_reply a = { .more = rd_bool(&r) };

	a.json = rd_str(&r);
	if (rd_end(&r) != ERR_OK)
		return ERR_PEER;
	*ret = a;
	return ERR_OK;
}
