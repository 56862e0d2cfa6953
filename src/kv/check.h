/* The generic part of kv_check (kv.h), over the verify functions of a driver that has them: digest of keys, octets of blobs. */
#pragma once

#include "kv/kv_int.h"
