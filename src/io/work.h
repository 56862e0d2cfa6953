/*
 * Slow, pure work beside the loop: `run` is called on one of a few threads made beforehand, `done` on the
 * loop's thread. run may touch only what arg owns.
 */
#pragma once

#include "io/loop.h"

typedef void work_fn(void *arg);

/* Makes the threads; before the sandbox, once a process. */
void work_prepare(unsigned threads);
void work_queue(struct loop *loop, work_fn *run, work_fn *done, void *arg);
