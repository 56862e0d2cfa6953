#include "attendant/attendant_int.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <pwd.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/mem.h"
#include "io/file.h"

#define PATH_OCTETS 4096
/* For a machine where nobody has made the users of the package: numbers between those that systemd gives to services that bring
 * no user (from 61184) and those of users (up to 60000) and what stands above them. */
#define UID_WITHOUT_ACCOUNT 60900u

static bool read_include(void *arg, const char *path, struct buf *to)
{
	return file_read(path, to) == ERR_OK;
}

static enum err read_config_file(struct attendant *a, struct buf *text, char path[PATH_OCTETS], struct failure *f)
{
	const struct attendant_options *o = &a->options;
	enum err e = ERR_NOTFOUND;

	if (o->config_path != NULL) {
		snprintf(path, PATH_OCTETS, "%s", o->config_path);
		e = file_read(path, text);
	}
	if (o->config_path == NULL && o->data_folder != NULL) {
		snprintf(path, PATH_OCTETS, "%s/bourse.conf", o->data_folder);
		e = file_read(path, text);
	}
	if (o->config_path == NULL && e == ERR_NOTFOUND) {
		snprintf(path, PATH_OCTETS, "/etc/bourse/bourse.conf");
		e = file_read(path, text);
	}
	if (e == ERR_NOTFOUND && o->config_path == NULL)
		return ERR_OK; /* every option has a default */
	if (e != ERR_OK)
		return fail(f, ERR_CONFIG, "%s: cannot be read (%s)", path, err_text(e));
	return ERR_OK;
}

enum err attendant_load_config(struct attendant *a, struct arena *arena, const struct config **ret, struct failure *f)
{
	char path[PATH_OCTETS], base[64] = "";
	struct buf text;
	struct config_source given = { .file_name = "command line" };
	struct config_source file = { .file_name = path, .read = read_include, .next = &given };
	enum err e;

	buf_init(&text, CONFIG_TEXT_OCTETS_MAX);
	e = read_config_file(a, &text, path, f);
	if (a->options.base_port_given)
		snprintf(base, sizeof(base), "listen.base_port = %u\n", a->options.base_port);
	given.text = str_from_c(base);
	file.text = buf_str(&text);
	if (e == ERR_OK)
		e = config_parse_sources(arena, &file, ret, f);
	buf_done(&text);
	return e;
}

static struct str role_user_name(const struct config *c, enum role role)
{
	switch (role) {
	case ROLE_KEYS:
		return c->user_keys;
	case ROLE_FRONT_MX:
		return c->user_front_mx;
	case ROLE_FRONT_USER:
		return c->user_front_user;
	case ROLE_PARSER:
		return c->user_parser;
	case ROLE_DIRECTORY:
		return c->user_directory;
	case ROLE_STORE:
		return c->user_store;
	case ROLE_TRANSPORT:
		return c->user_transport;
	case ROLE_NETLOGON:
		return c->user_netlogon;
	case ROLE_ATTENDANT:
	case ROLE_COUNT:
	default:
		return STR_NONE;
	}
}

/* A look-up may ask many services of the machine's; there are several processes of a role. */
void attendant_role_user(struct attendant *a, enum role role, uint32_t *ret_uid, uint32_t *ret_gid)
{
	struct str name = role_user_name(a->config, role);
	struct role_user *known = &a->users[role];

	if (!known->known && geteuid() == 0) {
		const struct passwd *user = name.at != NULL ? getpwnam(name.at) : NULL;

		known->uid = user ? user->pw_uid : UID_WITHOUT_ACCOUNT + (unsigned)role;
		known->gid = user ? user->pw_gid : UID_WITHOUT_ACCOUNT + (unsigned)role;
	}
	known->known = true;
	*ret_uid = known->uid;
	*ret_gid = known->gid;
}

static enum err make_folder(const char *path, unsigned mode, struct failure *f)
{
	enum err e = folder_make(path, mode);

	if (e != ERR_OK)
		return fail(f, e, "%s: the folder cannot be made: %s; give another with --data", path, err_text(e));
	return ERR_OK;
}

/* The role's user may be another than last time: the package came later, or its users were named anew. What is in the folder
 * was made by the role, which is not to be trusted with our rights: its plain files only, and none that has a second name. */
static enum err give_folder(const char *path, uint32_t uid, uint32_t gid)
{
	int folder = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *files = folder >= 0 ? fdopendir(folder) : NULL;
	const struct dirent *file;
	struct stat st;
	enum err e = ERR_OK;

	if (files == NULL)
		return file_err(errno);
	if (fstat(folder, &st) < 0 || fchown(folder, uid, gid) < 0)
		e = file_err(errno);
	while (e == ERR_OK && st.st_uid != uid && (file = readdir(files)) != NULL) {
		int fd = openat(folder, file->d_name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
		struct stat own;

		if (fd >= 0 && fstat(fd, &own) == 0 && S_ISREG(own.st_mode) && own.st_nlink == 1 && own.st_uid == st.st_uid &&
			fchown(fd, uid, gid) < 0)
			e = file_err(errno);
		fd_close(&fd);
	}
	closedir(files);
	return e;
}

static enum err make_role_folder(struct attendant *a, enum role role, struct failure *f)
{
	char path[PATH_OCTETS];
	uint32_t uid, gid;
	enum err e;

	snprintf(path, sizeof(path), "%.*s/%s", STR_FMT(a->data_folder), role_name(role));
	attendant_role_user(a, role, &uid, &gid);
	if (make_folder(path, 0700, f) != ERR_OK)
		return f->code;
	if (uid != 0 && give_folder(path, uid, gid) != ERR_OK)
		return fail(f, ERR_PERM, "%s: cannot be given to user %u", path, uid);
	/* The index for searches, the trail of logons; each is there when it was made. */
	snprintf(path, sizeof(path), "%.*s/%s/%s", STR_FMT(a->data_folder), role_name(role), role == ROLE_STORE ? "search" : "logons");
	e = uid != 0 ? give_folder(path, uid, gid) : ERR_NOTFOUND;
	if (e != ERR_OK && e != ERR_NOTFOUND)
		return fail(f, ERR_PERM, "%s: cannot be given to user %u", path, uid);
	return ERR_OK;
}

static enum err take_lock(struct attendant *a, struct failure *f)
{
	char path[PATH_OCTETS];

	snprintf(path, sizeof(path), "%.*s/run/lock", STR_FMT(a->data_folder));
	a->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (a->lock_fd < 0)
		return fail(f, file_err(errno), "%s: cannot be opened", path);
	if (flock(a->lock_fd, LOCK_EX | LOCK_NB) < 0)
		return fail(f, ERR_INUSE, "%.*s: another Bourse server uses this data folder; stop it, or give another with --data",
			STR_FMT(a->data_folder));
	return ERR_OK;
}

enum err attendant_make_folders(struct attendant *a, struct failure *f)
{
	static const struct {
		const char *name;
		unsigned mode;
	} folders[] = { { "", 0755 }, { "/run", 0755 }, { "/run/empty", 0555 }, { "/tls", 0700 } };
	char path[PATH_OCTETS];

	for (size_t i = 0; i < sizeof(folders) / sizeof(*folders); i++) {
		snprintf(path, sizeof(path), "%.*s%s", STR_FMT(a->data_folder), folders[i].name);
		if (make_folder(path, folders[i].mode, f) != ERR_OK)
			return f->code;
	}
	snprintf(path, sizeof(path), "%.*s/restoring", STR_FMT(a->data_folder));
	if (access(path, F_OK) == 0)
		return fail(f, ERR_CONFIG, "%.*s: a restore into this data folder was not finished; run 'bourse restore' again",
			STR_FMT(a->data_folder));
	if (make_role_folder(a, ROLE_DIRECTORY, f) != ERR_OK || make_role_folder(a, ROLE_STORE, f) != ERR_OK ||
		make_role_folder(a, ROLE_NETLOGON, f) != ERR_OK)
		return f->code;
	return take_lock(a, f);
}

void attendant_drop_capabilities(void)
{
	static const unsigned kept[] = { CAP_SETUID, CAP_SETGID, CAP_KILL, CAP_SYS_CHROOT, CAP_NET_BIND_SERVICE, CAP_SYS_PTRACE,
		CAP_DAC_READ_SEARCH }; /* the last two: who holds a port, keys of others, the roles' own folders */
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = { 0 };
	uint64_t mask = 0;

	if (geteuid() != 0 || syscall(SYS_capget, &header, data) != 0)
		return;
	for (size_t i = 0; i < sizeof(kept) / sizeof(*kept); i++)
		mask |= (uint64_t)1 << kept[i];
	for (unsigned c = 0; c <= CAP_LAST_CAP; c++) {
		if (!(mask >> c & 1))
			prctl(PR_CAPBSET_DROP, c, 0, 0, 0);
	}
	for (int i = 0; i < 2; i++) {
		data[i].permitted &= (uint32_t)(mask >> (32 * i)); /* in a container some are missing from the start */
		data[i].effective = data[i].permitted;
		data[i].inheritable = 0;
	}
	must(syscall(SYS_capset, &header, data) == 0);
}
