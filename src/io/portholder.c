#include "io/portholder.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/str.h"

#define STATE_LISTEN 0x0a

/* An address in 16 octets, IPv4 as ::ffff:a.b.c.d. */
struct place {
	unsigned char octets[16];
	bool v4;
};

struct found {
	unsigned long inode;
	unsigned uid;
	int score; /* 0: nothing yet */
	struct place place;
};

static const unsigned char mapped[12] = { [10] = 0xff, [11] = 0xff };

static bool place_of(const char *address, struct place *ret)
{
	*ret = (struct place){ 0 };
	memcpy(ret->octets, mapped, sizeof(mapped));
	ret->v4 = inet_pton(AF_INET, address, ret->octets + 12) == 1;
	return ret->v4 || inet_pton(AF_INET6, address, ret->octets) == 1;
}

static bool is_any(const struct place *p)
{
	static const unsigned char zero[16];

	return memcmp(p->octets + (p->v4 ? 12 : 0), zero, p->v4 ? 4 : 16) == 0;
}

/* How surely a listener at `at` keeps us from `want`; 0: not at all. */
static int score_of(const struct place *want, const struct place *at)
{
	if (want->v4 == at->v4 && memcmp(want->octets, at->octets, 16) == 0)
		return 4;
	if (is_any(at))
		return want->v4 == at->v4 ? 3 : at->v4 ? 0 : 1;
	return want->v4 == at->v4 && is_any(want) ? 2 : 0;
}

/* The kernel prints each word of four octets as one number in the order of this machine. */
static bool take_place(const char *hex, struct place *ret)
{
	size_t len = strlen(hex);

	*ret = (struct place){ .v4 = len == 8 };
	if (len != 8 && len != 32)
		return false;
	memcpy(ret->octets, mapped, sizeof(mapped));
	for (size_t i = 0; i < len / 8; i++) {
		char word[9] = { 0 };
		uint32_t number;

		memcpy(word, hex + 8 * i, 8);
		number = (uint32_t)strtoul(word, NULL, 16);
		memcpy(ret->octets + (ret->v4 ? 12 : 4 * i), &number, 4);
	}
	return true;
}

static void take_line(
	const char *line, const struct place *want, uint16_t port, struct found *found)
{
	char hex[33];
	unsigned at_port, state, uid;
	unsigned long inode;
	struct place at;
	int score;

	if (sscanf(line,
		    " %*u: %32[0-9A-Fa-f]:%x %*[0-9A-Fa-f]:%*x %x %*x:%*x %*x:%*x %*x %u %*d %lu",
		    hex, &at_port, &state, &uid, &inode) != 5)
		return;
	if (state != STATE_LISTEN || at_port != port || !take_place(hex, &at))
		return;
	score = score_of(want, &at);
	if (score > found->score)
		*found = (struct found){ .inode = inode, .uid = uid, .score = score, .place = at };
}

static void search_table(
	const char *path, const struct place *want, uint16_t port, struct found *found)
{
	FILE *table = fopen(path, "re");
	char line[512];

	if (table == NULL)
		return;
	while (fgets(line, sizeof(line), table) != NULL)
		take_line(line, want, port, found);
	fclose(table);
}

static bool holds(const char *pid, unsigned long inode)
{
	char path[300], link[64], want[64];
	struct dirent *entry;
	bool found = false;
	DIR *dir;

	snprintf(want, sizeof(want), "socket:[%lu]", inode);
	snprintf(path, sizeof(path), "/proc/%s/fd", pid);
	dir = opendir(path);
	if (dir == NULL)
		return false;
	while (!found && (entry = readdir(dir)) != NULL) {
		ssize_t len;

		snprintf(path, sizeof(path), "/proc/%.20s/fd/%.20s", pid, entry->d_name);
		len = readlink(path, link, sizeof(link) - 1);
		found = len > 0 && (size_t)len == strlen(want) &&
			memcmp(link, want, (size_t)len) == 0;
	}
	closedir(dir);
	return found;
}

/* The lowest pid first: the parent rather than the workers it gave the socket to. */
static int find_process(unsigned long inode)
{
	DIR *dir = opendir("/proc");
	struct dirent *entry;
	int found = 0;

	if (dir == NULL)
		return 0;
	while ((entry = readdir(dir)) != NULL) {
		uint32_t pid;

		if (!str_u32(str_from_c(entry->d_name), INT32_MAX, &pid) ||
			(found != 0 && (int)pid > found))
			continue;
		if (holds(entry->d_name, inode))
			found = (int)pid;
	}
	closedir(dir);
	return found;
}

/* The last .service or .scope of the path: 0::/system.slice/postfix.service. */
static void take_unit(const char *path, char *to, size_t size)
{
	for (const char *part = path; part != NULL && *part != '\0'; part = strchr(part, '/')) {
		struct str name;

		part += *part == '/';
		name = str_make(part, strcspn(part, "/\n"));
		if (str_ends(name, S(".service")) || str_ends(name, S(".scope")))
			snprintf(to, size, "%.*s", STR_FMT(name));
	}
}

static void describe(int pid, struct port_holder *holder)
{
	char path[64], line[4096];
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/comm", pid);
	file = fopen(path, "re");
	if (file != NULL) {
		if (fgets(line, sizeof(line), file) != NULL)
			snprintf(holder->program, sizeof(holder->program), "%.*s",
				(int)strcspn(line, "\n"), line);
		fclose(file);
	}
	snprintf(path, sizeof(path), "/proc/%d/cgroup", pid);
	file = fopen(path, "re");
	if (file == NULL)
		return;
	while (holder->unit[0] == '\0' && fgets(line, sizeof(line), file) != NULL)
		take_unit(strchr(line, '/'), holder->unit, sizeof(holder->unit));
	fclose(file);
}

bool port_holder_find(const char *address, uint16_t port, struct port_holder *ret)
{
	struct port_holder holder = { 0 };
	struct found found = { 0 };
	struct place want;

	if (!place_of(address, &want))
		return false;
	search_table("/proc/net/tcp", &want, port, &found);
	search_table("/proc/net/tcp6", &want, port, &found);
	if (found.score == 0)
		return false;
	holder.uid = found.uid;
	if (found.place.v4)
		inet_ntop(AF_INET, found.place.octets + 12, holder.address, sizeof(holder.address));
	else
		inet_ntop(AF_INET6, found.place.octets, holder.address, sizeof(holder.address));
	holder.pid = find_process(found.inode);
	if (holder.pid != 0)
		describe(holder.pid, &holder);
	*ret = holder;
	return true;
}
