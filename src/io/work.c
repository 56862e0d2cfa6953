#include "io/work.h"

#include <stdio.h>
#include <stdlib.h>
#include <uv.h>

#include "base/mem.h"
#include "io/loop_int.h"

struct work {
	uv_work_t uv;
	work_fn *run, *done;
	void *arg;
};

static void on_run(uv_work_t *uv)
{
	struct work *w = uv->data;

	w->run(w->arg);
}

static void on_done(uv_work_t *uv, int status)
{
	struct work *w = uv->data;
	struct work copy = *w;

	mem_free(w);
	copy.done(copy.arg);
}

void work_queue(struct loop *loop, work_fn *run, work_fn *done, void *arg)
{
	struct work *w = MEM_NEW(struct work);

	w->uv.data = w;
	w->run = run;
	w->done = done;
	w->arg = arg;
	must(uv_queue_work(loop_uv(loop), &w->uv, on_run, on_done) == 0);
}

static void nothing(void *arg)
{
}

void work_prepare(unsigned threads)
{
	struct loop *own = loop_new(); /* the caller's has handles that never end */
	char number[16];

	snprintf(number, sizeof(number), "%u", threads);
	setenv("UV_THREADPOOL_SIZE", number, 1);
	/* The first piece of work makes all threads and waits until they run. */
	work_queue(own, nothing, nothing, NULL);
	loop_run(own);
	loop_free(own);
}
