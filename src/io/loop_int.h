/* For the other files of src/io that stand on libuv. */
#pragma once

#include <uv.h>

#include "io/loop.h"

uv_loop_t *loop_uv(struct loop *loop);
