/*
 * The load's messages as files: packs for smtp_load, and whole mailboxes in the form in which a
 * peer keeps them, so that a large one need not come in message by message. Message n is the same
 * everywhere.
 *
 *   mail_files pack FILE COUNT OCTETS       COUNT messages of about OCTETS
 *   mail_files pack FILE COUNT real         of sizes as real mail has them: log-normal, median 4
 * KiB mail_files maildir DIR FIRST COUNT OCTETS   files of a maildir's cur, numbers FIRST and on
 *   mail_files cyrus DIR FIRST COUNT OCTETS     files named by UID, FIRST and on
 *
 * A pack is for each message a line "OCTETS NUMBER_AT" and the message, dot-stuffed and with its
 * final dot; ten digits at NUMBER_AT are the place of the number that makes its Message-ID unique.
 */
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "load.h"

#define EPOCH 1735689600 /* 2025-01-01: when the first message came; one a minute */

static char *message;

/* Nearly normal, by the sum of twelve even chances; the same for the same n. */
static uint32_t real_octets(uint32_t n)
{
	uint64_t state = n * 0x9e3779b97f4a7c15u + 99;
	double sum = -6;

	for (int i = 0; i < 12; i++) {
		state = state * 6364136223846793005u + 1442695040888963407u;
		sum += (double)(state >> 40) / (double)(1 << 24);
	}
	sum = 4096 * exp(1.3 * sum);
	return sum < 700 ? 700 : sum > 400000 ? 400000 : (uint32_t)sum;
}

static void pack(const char *path, uint32_t count, const char *octets)
{
	bool is_real = strcmp(octets, "real") == 0;
	uint32_t fixed = is_real ? 0 : load_number(octets, LOAD_MESSAGE_OCTETS_MAX / 2);
	FILE *f = fopen(path, "w");

	if (!f)
		load_give_up("cannot make the pack");
	for (uint32_t n = 0; n < count; n++) {
		size_t len = load_message(n, is_real ? real_octets(n) : fixed, message);
		size_t at = str_find_str(str_make(message, len), S("\r\nMessage-ID: <")) + 15;

		fprintf(f, "%zu %zu\n", len, at);
		if (fwrite(message, 1, len, f) != len)
			load_give_up("cannot write the pack");
	}
	if (fclose(f) != 0)
		load_give_up("cannot write the pack");
}

/* CRLF to LF, in place. */
static size_t to_unix(char *at, size_t len)
{
	size_t to = 0;

	for (size_t i = 0; i < len; i++)
		if (at[i] != '\r')
			at[to++] = at[i];
	return to;
}

static void put_file(int dir, const char *name, size_t len, uint32_t n)
{
	struct timespec times[2] = { { .tv_nsec = UTIME_OMIT },
		{ .tv_sec = EPOCH + 60 * (time_t)n } };
	int fd = openat(dir, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd < 0 || write(fd, message, len) != (ssize_t)len || futimens(fd, times) < 0)
		load_give_up("cannot write a message");
	close(fd);
}

static void lay_down(char **argv, bool is_maildir)
{
	uint32_t first = load_number(argv[3], UINT32_MAX >> 1),
		 count = load_number(argv[4], 10000000),
		 octets = load_number(argv[5], LOAD_MESSAGE_OCTETS_MAX / 2);
	int dir = open(argv[2], O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (dir < 0)
		load_give_up("there is no such folder");
	for (uint32_t n = first; n < first + count; n++) {
		size_t len = load_message(n, octets, message) - 3, unix_len;
		char name[128];

		if (!is_maildir) {
			snprintf(name, sizeof(name), "%u.", n);
			put_file(dir, name, len, n);
			continue;
		}
		unix_len = to_unix(message, len);
		snprintf(name, sizeof(name), "%u.M%uP1.bench,S=%zu,W=%zu:2,", EPOCH + 60 * n, n,
			unix_len, len);
		put_file(dir, name, unix_len, n);
	}
}

int main(int argc, char **argv)
{
	const char *what = argc >= 5 ? argv[1] : "";

	message = mem_new(LOAD_MESSAGE_OCTETS_MAX);
	if (strcmp(what, "pack") == 0 && argc == 5)
		pack(argv[2], load_number(argv[3], 1000000), argv[4]);
	else if ((strcmp(what, "maildir") == 0 || strcmp(what, "cyrus") == 0) && argc == 6)
		lay_down(argv, strcmp(what, "maildir") == 0);
	else
		load_give_up("usage: see the head of mail_files.c");
	return 0;
}
