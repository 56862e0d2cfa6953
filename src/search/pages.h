/*
 * SQLite's files with a checksum in each page. SQLite itself does not notice an octet that a disk
 * has changed in the middle of a posting list, and an index that leaves out a message would make a
 * search wrong. The last 8 of the 4,096 octets of a page are hash64 of the others, begun with the
 * page's number; a page that does not agree, and a read of anything but a page, fails with
 * SQLITE_CORRUPT. Names are used as they are, files are not locked: one process has them, through
 * one connection each.
 */
#pragma once

#define PAGES_VFS            "bourse-pages"
#define PAGES_OCTETS         4096
#define PAGES_RESERVE_OCTETS 8

/* Makes the VFS known to SQLite. Once a process, from one thread. */
void pages_register(void);
