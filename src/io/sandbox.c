#include "io/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <seccomp.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "io/file.h"

#define P(profile) (1u << SANDBOX_##profile)
#define FILES      (P(DIRECTORY) | P(STORE) | P(NETLOGON))
#define EVERY      ((1u << SANDBOX_PROFILE_COUNT) - 1)

struct call {
	const char *name;
	int number;
	unsigned profiles;
};

#define CALL(name, profiles) { #name, SCMP_SYS(name), profiles },
static const struct call calls[] = {
#include "io/sandbox.tbl"
};
#undef CALL

/* The address sanitizer's own needs, in instrumented builds only. */
static const struct call sanitizer_calls[] = {
	{ "sigaltstack", SCMP_SYS(sigaltstack), EVERY },
	{ "rt_sigaction", SCMP_SYS(rt_sigaction), EVERY },
	{ "mprotect", SCMP_SYS(mprotect), EVERY },
	{ "readlink", SCMP_SYS(readlink), EVERY },
	{ "open", SCMP_SYS(open), EVERY },
	{ "openat", SCMP_SYS(openat), EVERY },
	{ "prlimit64", SCMP_SYS(prlimit64), EVERY },
	{ "getcpu", SCMP_SYS(getcpu), EVERY },
	{ "prctl", SCMP_SYS(prctl), EVERY },
	{ "sched_getaffinity", SCMP_SYS(sched_getaffinity), EVERY },
};

struct profile_row {
	const char *name;
	uint64_t fds, address_octets, cpu_seconds; /* 0: not limited */
	const char *const *reads;                  /* folders beside its own that it may read */
};

/* What resolving a name, checking a certificate and a PAM module need. Not where anybody keeps data of his own. */
static const char *const system_folders[] = { "/etc", "/usr", "/lib", "/lib64", "/run", "/var/lib/sss", "/var/cache/nscd", NULL };

static const struct profile_row profiles[SANDBOX_PROFILE_COUNT] = {
	[SANDBOX_KEYS] = { "keys", 64, (uint64_t)256 << 20 },
	[SANDBOX_FRONT] = { "front", 65536, (uint64_t)4 << 30 },
	[SANDBOX_PARSER] = { "parser", 64, (uint64_t)512 << 20, 10 },
	[SANDBOX_DIRECTORY] = { "directory", 1024, 0 },
	[SANDBOX_STORE] = { "store", 65536, 0 },
	[SANDBOX_TRANSPORT] = { "transport", 1024, (uint64_t)1 << 30 },
	[SANDBOX_NETLOGON] = { "netlogon", 1024, 0, 0, system_folders },
};

uint64_t sandbox_descriptors(enum sandbox_profile p)
{
	struct rlimit r;

	must((unsigned)p < SANDBOX_PROFILE_COUNT);
	if (getrlimit(RLIMIT_NOFILE, &r) < 0 || r.rlim_max == RLIM_INFINITY || r.rlim_max > profiles[p].fds)
		return profiles[p].fds;
	return r.rlim_max;
}

const char *sandbox_profile_name(enum sandbox_profile p)
{
	must((unsigned)p < SANDBOX_PROFILE_COUNT);
	return profiles[p].name;
}

const char *sandbox_call(enum sandbox_profile p, size_t nth)
{
	for (size_t i = 0; i < sizeof(calls) / sizeof(*calls); i++) {
		if ((calls[i].profiles & 1u << p) && nth-- == 0)
			return calls[i].name;
	}
	return NULL;
}

bool sandbox_chroot(const char *empty_root)
{
	return chroot(empty_root) == 0 && chdir("/") == 0;
}

enum err sandbox_become(uint32_t uid, uint32_t gid)
{
	if (geteuid() != 0 || uid == 0)
		return ERR_OK;
	if (setgroups(0, NULL) < 0 || setresgid(gid, gid, gid) < 0 || setresuid(uid, uid, uid) < 0)
		return ERR_PERM;
	must(geteuid() == uid && setuid(0) < 0);
	return ERR_OK;
}

/* ---- Landlock: the kernel's header is older than the kernel, so the few numbers are here ---- */

#define LANDLOCK_FS_ALL_ABI1   ((uint64_t)0x1fff)
#define LANDLOCK_FS_REFER      ((uint64_t)1 << 13) /* ABI 2 */
#define LANDLOCK_FS_TRUNCATE   ((uint64_t)1 << 14) /* ABI 3 */
#define LANDLOCK_FS_IOCTL_DEV  ((uint64_t)1 << 15) /* ABI 5 */
#define LANDLOCK_NET_TCP       ((uint64_t)3)       /* ABI 4: bind, connect */
#define LANDLOCK_NET_BIND      ((uint64_t)1)
#define LANDLOCK_SCOPED_ALL    ((uint64_t)3)       /* ABI 6: abstract sockets, signals */
#define LANDLOCK_FOLDER_RIGHTS ((uint64_t)0x1 << 1 | 1 << 2 | 1 << 3 | 1 << 4 | 1 << 5 | 1 << 7 | 1 << 8)

#define LANDLOCK_FOLDER_READS  ((uint64_t)0x1 << 2 | 1 << 3)

struct landlock_attr {
	uint64_t fs, net, scoped;
};

struct landlock_folder {
	uint64_t rights;
	int32_t fd;
} __attribute__((packed));

static struct landlock_attr landlock_all(int abi)
{
	struct landlock_attr a = { .fs = LANDLOCK_FS_ALL_ABI1 };

	a.fs |= abi >= 2 ? LANDLOCK_FS_REFER : 0;
	a.fs |= abi >= 3 ? LANDLOCK_FS_TRUNCATE : 0;
	a.fs |= abi >= 5 ? LANDLOCK_FS_IOCTL_DEV : 0;
	a.net = abi >= 4 ? LANDLOCK_NET_TCP : 0;
	a.scoped = abi >= 6 ? LANDLOCK_SCOPED_ALL : 0;
	return a;
}

static enum err allow_folder(int rules, const char *folder, uint64_t rights)
{
	struct landlock_folder row = { .rights = rights };
	int fd = open(folder, O_PATH | O_CLOEXEC);
	enum err e = ERR_OK;

	if (fd < 0)
		return file_err(errno);
	row.fd = fd;
	if (syscall(SYS_landlock_add_rule, rules, 1, &row, 0) < 0)
		e = file_err(errno);
	fd_close(&fd);
	return e;
}

static enum err allow_folders(int rules, const struct sandbox *s, uint64_t handled)
{
	uint64_t own = LANDLOCK_FOLDER_RIGHTS | LANDLOCK_FS_REFER | LANDLOCK_FS_TRUNCATE;
	const char *const *reads = profiles[s->profile].reads;
	enum err e = s->folder != NULL ? allow_folder(rules, s->folder, own & handled) : ERR_OK;

	for (; e == ERR_OK && reads != NULL && *reads != NULL; reads++) {
		e = allow_folder(rules, *reads, LANDLOCK_FOLDER_READS & handled);
		if (e == ERR_NOTFOUND)
			e = ERR_OK;
	}
	return e;
}

static enum err enter_landlock(const struct sandbox *s, int *ret_abi)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, 1);
	struct landlock_attr attr;
	size_t size;
	int rules;
	enum err e = ERR_OK;

	*ret_abi = abi > 0 ? (int)abi : 0;
	if (abi <= 0)
		return ERR_OK;
	attr = landlock_all((int)abi);
	if (s->profile == SANDBOX_TRANSPORT)
		attr.net = 0;
	if (s->profile == SANDBOX_NETLOGON)
		attr.net &= LANDLOCK_NET_BIND;
	size = abi >= 6 ? sizeof(attr) : abi >= 4 ? offsetof(struct landlock_attr, scoped) : offsetof(struct landlock_attr, net);
	rules = (int)syscall(SYS_landlock_create_ruleset, &attr, size, 0);
	if (rules < 0)
		return file_err(errno);
	e = allow_folders(rules, s, attr.fs);
	if (e == ERR_OK && syscall(SYS_landlock_restrict_self, rules, 0) < 0)
		e = file_err(errno);
	fd_close(&rules);
	return e;
}

/* ---- seccomp ---- */

static bool allow(scmp_filter_ctx f, int number)
{
	return number < 0 || seccomp_rule_add(f, SCMP_ACT_ALLOW, number, 0) == 0;
}

/* Calls that are allowed with some arguments only. */
static bool allow_checked(scmp_filter_ctx f, enum sandbox_profile p)
{
	bool good = seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)) == 0;

	good = good && seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(ioctl), 1, SCMP_A1(SCMP_CMP_EQ, FIONBIO)) == 0;
	good = good && seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1, SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)getpid())) == 0;
	for (int i = 0; good && i < 4; i++) {
		static const int commands[4] = { F_GETFL, F_SETFL, F_DUPFD_CLOEXEC, F_GETFD };

		good = seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(fcntl), 1, SCMP_A1(SCMP_CMP_EQ, (scmp_datum_t)commands[i])) == 0;
	}
	for (int i = 0; good && i < 2; i++) {
		static const int seals[2] = { F_ADD_SEALS, F_GET_SEALS };

		good = seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(fcntl), 1, SCMP_A1(SCMP_CMP_EQ, (scmp_datum_t)seals[i])) == 0;
	}
	for (int i = 0; good && i < 3 && (1u << p & FILES); i++) {
		static const int locks[3] = { F_SETLK, F_SETLKW, F_GETLK };

		good = seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(fcntl), 1, SCMP_A1(SCMP_CMP_EQ, (scmp_datum_t)locks[i])) == 0;
	}
	if (good && !UNDER_ASAN)
		good = seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)) == 0;
	/* Modules are loaded when a question needs them: memory that is written and memory that runs are never the same. */
	if (good && p == SANDBOX_NETLOGON)
		good = seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC | PROT_WRITE, PROT_EXEC)) == 0;
	if (good && p == SANDBOX_NETLOGON)
		good = seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(fcntl), 1, SCMP_A1(SCMP_CMP_EQ, F_SETFD)) == 0;
	/* Kerberos locks its replay cache and keytabs for the open file, so that threads do not share a lock. */
	for (int i = 0; good && i < 2 && p == SANDBOX_NETLOGON; i++) {
		static const int locks[2] = { F_OFD_SETLK, F_OFD_SETLKW };

		good = seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(fcntl), 1, SCMP_A1(SCMP_CMP_EQ, (scmp_datum_t)locks[i])) == 0;
	}
	if (good && p == SANDBOX_FRONT)
		good = seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(socketpair), 1, SCMP_A0(SCMP_CMP_EQ, AF_UNIX)) == 0;
	return good;
}

static enum err enter_seccomp(enum sandbox_profile p)
{
	/* What a library tries and can do without must not end the logons of others. */
	scmp_filter_ctx f = seccomp_init(p == SANDBOX_NETLOGON ? SCMP_ACT_ERRNO(EPERM) : SCMP_ACT_KILL_PROCESS);
	bool good = f != NULL && seccomp_attr_set(f, SCMP_FLTATR_CTL_TSYNC, 1) == 0;

	for (size_t i = 0; good && i < sizeof(calls) / sizeof(*calls); i++)
		good = !(calls[i].profiles & 1u << p) || allow(f, calls[i].number);
	for (size_t i = 0; good && UNDER_ASAN && i < sizeof(sanitizer_calls) / sizeof(*sanitizer_calls); i++)
		good = allow(f, sanitizer_calls[i].number);
	good = good && allow_checked(f, p);
	good = good && seccomp_load(f) == 0;
	seccomp_release(f);
	return good ? ERR_OK : ERR_PERM;
}

static enum err lower(int resource, rlim_t to)
{
	struct rlimit r;

	if (getrlimit((__rlimit_resource_t)resource, &r) < 0)
		return file_err(errno);
	if (r.rlim_max == RLIM_INFINITY || r.rlim_max > to)
		r.rlim_max = to;
	r.rlim_cur = r.rlim_max;
	return setrlimit((__rlimit_resource_t)resource, &r) < 0 ? file_err(errno) : ERR_OK;
}

static enum err enter_rlimits(const struct sandbox *s)
{
	const struct profile_row *row = &profiles[s->profile];
	enum err e = lower(RLIMIT_NOFILE, s->fds_max ? s->fds_max : row->fds);

	if (e == ERR_OK)
		e = lower(RLIMIT_CORE, 0);
	if (e == ERR_OK)
		e = lower(RLIMIT_NPROC, 0);
	if (e == ERR_OK && row->address_octets > 0 && !UNDER_ASAN)
		e = lower(RLIMIT_AS, row->address_octets);
	if (e == ERR_OK && row->cpu_seconds > 0)
		e = lower(RLIMIT_CPU, row->cpu_seconds * (UNDER_ASAN ? 5 : 1));
	return e;
}

enum err sandbox_enter(const struct sandbox *s, struct sandbox_report *ret)
{
	enum err e;

	must((unsigned)s->profile < SANDBOX_PROFILE_COUNT);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
		return file_err(errno);
	e = enter_rlimits(s);
	if (e == ERR_OK)
		e = enter_landlock(s, &ret->landlock_abi);
	if (e == ERR_OK)
		e = enter_seccomp(s->profile);
	return e;
}
