/*
 * What bourse setup writes and reads as files: settings added to a bourse.conf that people write
 * themselves, and a certificate looked at before a server stumbles over it.
 */
#pragma once

#include "base/arena.h"
#include "base/err.h"

struct setup_setting {
	const char *key; /* "server.host_name" */
	struct str value;
};

struct setup_settings {
	const struct setup_setting *at;
	size_t count;
};

/*
 * Adds the settings that are missing behind what stands there; the file is replaced in one step and
 * need not be there before, nor its folder. *ret_added counts them; 0: the file is untouched.
 * ERR_EXISTS: one is set to something else, with file and line. ERR_CONFIG: the file is not good
 * before or after. ERR_PERM, ERR_DISKFULL, ERR_IO.
 */
enum err setup_file_add(struct arena *a, const char *path, const struct setup_settings *settings,
	size_t *ret_added, struct failure *f) MUST_USE;

struct setup_certificate {
	const char *chain, *key; /* paths of PEM files */
	struct str host;
};

/*
 * Chain and key can be read, belong together, are valid now and name the host. *ret: until when,
 * for people, in the arena. ERR_CONFIG with the reason.
 */
enum err setup_file_certificate(struct arena *a, const struct setup_certificate *c, struct str *ret,
	struct failure *f) MUST_USE;
