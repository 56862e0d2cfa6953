/*
 * Up to version 0.1 an account had the names of groups as free text, and nothing followed from them. Here they become groups:
 * of each name one in the account's domain, with those accounts as members. Done once, before the directory is asked anything
 * (the organisation's revision says so); stopped at any moment it goes on at the next start.
 */
#pragma once

#include "directory/directory.h"

struct group_past {
	size_t groups;  /* made, or filled */
	size_t skipped; /* names that cannot be a group's: they were dropped */
};

/* Nothing is left to be done when *ret is zero. ERR_IO, ERR_CORRUPT, ERR_DISKFULL, ERR_TOOBIG. */
enum err group_past_convert(struct directory *d, uint64_t now_seconds, struct group_past *ret) MUST_USE;
