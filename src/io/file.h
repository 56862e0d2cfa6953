/*
 * Descriptors and whole files. errno is turned into enum err here and never seen above:
 * ENOENT -> ERR_NOTFOUND, EACCES/EPERM -> ERR_PERM, EEXIST -> ERR_EXISTS, ENOSPC/EDQUOT -> ERR_DISKFULL, others -> ERR_IO.
 */
#pragma once

#include "base/buf.h"
#include "base/err.h"

enum err file_err(int errno_value);

/* Sets *fd to -1 after closing; accepts -1. */
void fd_close(int *fd);
enum err fd_nonblocking(int fd) MUST_USE;

enum err file_read(const char *path, struct buf *to) MUST_USE; /* whole file; ERR_TOOBIG over the buffer's ceiling */
/* Written beside, flushed and renamed into place, folder flushed; mode as given. */
enum err file_replace(const char *path, struct str octets, unsigned mode) MUST_USE;
enum err folder_make(const char *path, unsigned mode) MUST_USE; /* fine when it exists; ERR_EXISTS: as something else */

/* An anonymous file in memory, close-on-exec, sealable. -1 when the system has no memory for it. */
int memfd_new(const char *name);
enum err memfd_add(int fd, struct str octets) MUST_USE;
/* No more changes of any kind, by anybody. */
enum err memfd_seal(int fd) MUST_USE;
/* True when the descriptor is a memfd sealed against writing, shrinking and growing. */
bool memfd_is_sealed(int fd);

/* A read-only view of a descriptor's octets; release with fd_unmap. ERR_IO, ERR_TOOBIG over max. An empty file maps to an empty view. */
enum err fd_map(int fd, size_t octets_max, struct str *ret) MUST_USE;
void fd_unmap(struct str *view);
