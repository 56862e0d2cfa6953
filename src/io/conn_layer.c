#include "io/conn_layer.h"

#include "base/mem.h"
#include "io/conn_tls.h"

static char scratch[CONN_READ_OCTETS]; /* packed octets between the system and the buffer */

void conn_layer_free(struct layer *l)
{
	if (l == NULL)
		return;
	deflate_free(l->deflate);
	buf_done(&l->in);
	buf_done(&l->out);
	mem_free(l);
}

bool conn_layer_holds(const struct conn *c)
{
	return c->layer != NULL && c->layer->in.len > 0;
}

/* What is packed goes through a buffer of its own, as there may not be room for all that it holds. */
enum conn_taken conn_layer_read(struct conn *c)
{
	struct layer *l = c->layer;
	size_t before = c->in.len, used;
	ssize_t r = 1;
	enum err e;

	if (l->in.len == 0) {
		r = conn_tls_read(c, scratch, sizeof(scratch));
		buf_put(&l->in, str_make(scratch, r > 0 ? (size_t)r : 0));
	}
	if (r == -2) {
		conn_die(c, ERR_IO);
		return CONN_TAKEN_DEAD;
	}
	e = deflate_unpack(l->deflate, buf_str(&l->in), &c->in, &used);
	buf_drop(&l->in, used);
	if (l->in.len == 0)
		buf_shrink(&l->in);
	l->hungry = false;
	l->broken = e == ERR_SYNTAX;
	/* What has been unpacked is worth an answer; then it is over. */
	c->in_ended = r == 0 || l->broken || (e == ERR_NOTFOUND && l->in.len > 0);
	return c->in.len > before || c->in_ended ? CONN_TAKEN_SOME : CONN_TAKEN_NONE;
}

struct str conn_layer_piece(struct conn *c)
{
	struct layer *l = c->layer;

	if (l == NULL)
		return buf_str(&c->out);
	if (l->plain_octets > 0)
		return str_sub(buf_str(&c->out), 0, l->plain_octets);
	if (l->out.len == 0 && c->out.len > 0)
		buf_drop(&c->out, deflate_pack(l->deflate, buf_str(&c->out), &l->out));
	if (c->out.len == 0 && l->finishing) {
		deflate_put_end(&l->out);
		l->finishing = false;
	}
	return buf_str(&l->out);
}

void conn_layer_drop(struct conn *c, size_t n)
{
	struct layer *l = c->layer;

	if (l == NULL || l->plain_octets > 0) {
		buf_drop(&c->out, n);
		if (l != NULL)
			l->plain_octets -= n;
		return;
	}
	buf_drop(&l->out, n);
	if (l->out.len == 0)
		buf_shrink(&l->out);
}

void conn_start_deflate(struct conn *c)
{
	must(c->layer == NULL && c->in.len == 0);
	c->layer = MEM_NEW(struct layer);
	c->layer->deflate = deflate_new();
	c->layer->plain_octets = c->out.len;
	buf_init(&c->layer->in, CONN_READ_OCTETS);
	buf_init(&c->layer->out, DEFLATE_OUT_OCTETS_MAX);
}

bool conn_is_deflated(const struct conn *c)
{
	return c->layer != NULL;
}

bool conn_in_broken(const struct conn *c)
{
	return c->layer != NULL && c->layer->broken;
}

void conn_hungry(struct conn *c)
{
	if (c->layer == NULL)
		return;
	c->layer->hungry = true;
	if (conn_layer_holds(c))
		conn_arm(c);
}

void conn_finish_deflate(struct conn *c)
{
	must(c->layer != NULL);
	c->layer->finishing = true;
	conn_flush(c);
}

void conn_end_deflate(struct conn *c)
{
	must(c->layer != NULL && !conn_has_output(c));
	conn_unread(c, buf_str(&c->layer->in));
	conn_layer_free(c->layer);
	c->layer = NULL;
	conn_arm(c);
}
