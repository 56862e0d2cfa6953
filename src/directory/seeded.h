/* A number for a text that strangers choose: with a seed they do not know, they cannot make many texts have the same one. */
#pragma once

#include "base/str.h"

/* h: the number of what stands before it, 0 for nothing. Never 0. */
uint64_t seeded(const uint64_t seed[2], struct str s, uint64_t h);
