#include "directory/secret.h"

#include <stdio.h>
#include <time.h>

#include "tap.h"

static bool right(struct str encoded, struct str password)
{
	struct secret_job job;
	bool answer;

	secret_job_init(&job, encoded, password);
	secret_verify(&job);
	answer = job.done && job.right;
	for (size_t i = 0; i < sizeof(job.password); i++)
		must(job.password[i] == 0);
	secret_job_wipe(&job);
	return answer;
}

static double seconds(struct str encoded, struct str password)
{
	struct timespec from, to;
	double best = 1e9;

	/* The best of several, in processor time: the machine is shared. */
	for (int i = 0; i < 5; i++) {
		double took;

		clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
		right(encoded, password);
		clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to);
		took = (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e9;
		if (took < best)
			best = took;
	}
	return best;
}

static const char *const damaged[] = {
	"garbage",
	"$argon2id$v=19$m=19456,t=2,p=1$",
	"$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHQ$",
	"$argon2id$v=19$m=19456,t=2,p=1$$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
	"$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4=",
	"$argon2id$v=19$m=19456,t=2,p=1$c29t!XNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
	"$argon2id$v=19$m=19457,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
	"$argon2id$v=19$m=19456,t=3,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
	"$argon2id$v=19$m=0,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
	"$argon2id$v=19$m=256,t=0,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
	"$argon2id$v=19$m=7,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
	"$argon2id$v=19$m=256,t=2,p=1$c29tc2FsdA$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
	"$argon2id$v=16$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
	"$argon2i$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
};

int main(void)
{
	static char many[SECRET_PASSWORD_OCTETS_MAX + 1];
	struct buf one, two;
	char costs[64];
	double known, unknown;

	buf_init(&one, 1024);
	buf_init(&two, 1024);
	IS_NUM(secret_make(S("correct horse"), &one), ERR_OK);
	IS_NUM(secret_make(S("correct horse"), &two), ERR_OK);
	OK(!str_eq(buf_str(&one), buf_str(&two)), "each has its salt");
	OK(one.len < SECRET_OCTETS_MAX, "%zu octets", one.len);
	snprintf(costs, sizeof(costs), "$argon2id$v=19$m=%u,t=%u,p=%u$", SECRET_MEMORY_KIB, SECRET_PASSES, SECRET_LANES);
	OK(str_starts(buf_str(&one), str_from_c(costs)), "costs are %s", costs);
	OK(right(buf_str(&one), S("correct horse")), "right");
	OK(!right(buf_str(&one), S("correct horsf")), "wrong");
	OK(!right(buf_str(&one), S("correct hors")), "short");
	OK(!right(buf_str(&one), S("")), "empty");
	OK(!right(buf_str(&one), S("correct horse\0")), "NUL behind");
	OK(!right(STR_NONE, S("correct horse")), "no account");
	for (size_t i = 0; i < sizeof(damaged) / sizeof(*damaged); i++)
		OK(!right(str_from_c(damaged[i]), S("correct horse")), "damaged secret: %s", damaged[i]);
	/* Argon2id("password", "somesalt") with small costs, by the reference program. */
	OK(right(S("$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4"), S("password")),
		"a foreign string");
	OK(!right(STR_NONE, S("")), "nothing at all");

	buf_clear(&one);
	IS_NUM(secret_make(S("p\xc3\xa4ss"), &one), ERR_OK);
	OK(right(buf_str(&one), S("pa\xcc\x88ss")), "composed and decomposed are one password");
	OK(!right(buf_str(&one), S("P\xc3\xa4ss")), "case matters");
	buf_clear(&one);
	IS_NUM(secret_make(S(""), &one), ERR_SYNTAX);
	IS_NUM(secret_make(S("a\nb"), &one), ERR_SYNTAX);
	IS_NUM(secret_make(S("a\xff"), &one), ERR_SYNTAX);
	memset(many, 'x', sizeof(many));
	IS_NUM(secret_make(str_make(many, sizeof(many)), &one), ERR_SYNTAX);
	IS_NUM(one.len, 0);
	IS_NUM(secret_make(str_make(many, sizeof(many) - 1), &one), ERR_OK);
	OK(right(buf_str(&one), str_make(many, sizeof(many) - 1)), "1,024 octets");

	known = seconds(buf_str(&two), S("wrong"));
	unknown = seconds(STR_NONE, S("wrong"));
	OK(unknown > known * 0.5 && unknown < known * 2, "known %.1f ms, unknown %.1f ms", known * 1e3, unknown * 1e3);
	buf_done(&one);
	buf_done(&two);
	return tap_done();
}
