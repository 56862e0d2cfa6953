/*
 * What a role may still do once it runs: stated in one table (sandbox.tbl), entered once, never left.
 * Two steps, because data is opened in between: first the user is changed, then everything else is dropped
 * (root folder, Landlock, rlimits, seccomp). What is not in the table kills the process; in netlogon, where libraries and modules of
 * others run, it fails instead.
 */
#pragma once

#include "base/err.h"

enum sandbox_profile {
	SANDBOX_KEYS,
	SANDBOX_FRONT,
	SANDBOX_PARSER,
	SANDBOX_DIRECTORY,
	SANDBOX_STORE,
	SANDBOX_TRANSPORT,
	SANDBOX_NETLOGON,
	SANDBOX_PROFILE_COUNT
};

struct sandbox {
	enum sandbox_profile profile;
	const char *folder; /* absolute; readable and writable; NULL: no file system at all */
	uint64_t fds_max;   /* descriptors; 0 = the profile's own number */
};

/* What the kernel gave. A missing part is logged by the caller, seccomp is never missing. */
struct sandbox_report {
	int landlock_abi; /* 0: not in this kernel */
	bool chrooted;
};

/* When started as root: becomes uid and gid for good. Otherwise, or with uid 0, does nothing. */
enum err sandbox_become(uint32_t uid, uint32_t gid) MUST_USE;
/* All threads that the role needs must exist. empty_root is used when the caller may chroot (see sandbox_chroot). */
enum err sandbox_enter(const struct sandbox *s, struct sandbox_report *ret) MUST_USE;
/* To be called before sandbox_become by a role with no files; no effect without the right to. */
bool sandbox_chroot(const char *empty_root);

/* How many descriptors a process of the profile may have; to be asked before or after sandbox_enter. */
uint64_t sandbox_descriptors(enum sandbox_profile p);
const char *sandbox_profile_name(enum sandbox_profile p);
/* The system calls of a profile, for the documentation and the test; NULL ends. */
const char *sandbox_call(enum sandbox_profile p, size_t nth);
