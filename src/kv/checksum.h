/* A fast 64-bit hash: index rows are checked with it, digests are made of it. Not for secrets. Host byte order. */
#pragma once

#include "base/str.h"

uint64_t hash64(uint64_t seed, struct str octets);
