#include "store/search_int.h"

#include <stdio.h>
#include <unistd.h>

#include "base/mem.h"
#include "io/clock.h"
#include "io/file.h"
#include "store/search_text.h"

static void run_open(struct search_job *j)
{
	finder_close(j->also_close);
	j->err = finder_open(j->name, j->make, &j->finder);
	if (j->err == ERR_OK)
		j->err = finder_recent(j->finder, j->recent, &j->recent_count);
}

static enum err add(struct search_job *j, const struct search_message *m)
{
	struct finder_text what = { .number = m->email, .mark = m->mark };
	struct buf text;
	bool sure;
	enum err e;

	buf_init(&text, FINDER_TEXT_OCTETS_MAX);
	sure = search_text_put(m, &text);
	e = finder_add(j->finder, &what, sure ? buf_str(&text) : STR_NONE, !sure);
	buf_done(&text);
	return e;
}

/*
 * A message on which we die would be read again by every process after us. So a process that begins
 * to add says so, and how many before it died at the same place; nothing is flushed for it.
 */
static void write_attempt(const struct search_job *j)
{
	FILE *file = fopen(j->attempt, "w");

	if (file == NULL)
		return;
	fprintf(file, "%s %u\n", j->name, j->deaths);
	fclose(file);
}

bool search_attempt_read(const char *name, uint64_t *ret_mailbox, unsigned *ret_deaths)
{
	struct buf text;
	struct str rest, mailbox;
	uint64_t deaths;
	bool good;

	buf_init(&text, SEARCH_NAME_OCTETS + 32);
	good = file_read(name, &text) == ERR_OK;
	rest = str_trim(buf_str(&text));
	good = good && str_cut(&rest, ' ', &mailbox) && str_u64(rest, 1000, &deaths) &&
	       str_u64(str_skip(mailbox, str_rfind(mailbox, '/') + 1), STORE_MAILBOX_MAX,
		       ret_mailbox);
	if (good)
		*ret_deaths = (unsigned)deaths;
	buf_done(&text);
	return good;
}

static void run_add(struct search_job *j)
{
	if (j->first)
		write_attempt(j);
	for (size_t i = 0; i < j->count && j->err == ERR_OK; i++)
		j->err = add(j, &j->messages[i]);
	if (j->err == ERR_OK && j->commit) {
		j->err = finder_commit(j->finder, j->position);
		unlink(j->attempt);
		if (j->err == ERR_OK && j->last)
			j->err = finder_settle(j->finder, j->name);
	}
}

static void run_find(struct search_job *j)
{
	struct search_answer *a = &j->ask->answer;

	a->position = finder_position(j->finder);
	for (; a->count < j->ask->question.count && j->err == ERR_OK; a->count++)
		j->err = finder_find(j->finder, j->ask->keys[a->count], &a->hits[a->count]);
}

void search_job_run(void *arg)
{
	struct search_job *j = arg;
	uint64_t began = clock_thread_us();

	switch (j->kind) {
	case SEARCH_JOB_OPEN:
		run_open(j);
		break;
	case SEARCH_JOB_ADD:
		run_add(j);
		break;
	case SEARCH_JOB_FIND:
		run_find(j);
		break;
	case SEARCH_JOB_REMOVE:
	case SEARCH_JOB_NONE:
		break;
	}
	/* Only a file that is not there is no reason to clear away. */
	if (j->kind == SEARCH_JOB_REMOVE ||
		(j->err != ERR_OK && !(j->kind == SEARCH_JOB_OPEN && j->err == ERR_NOTFOUND))) {
		finder_close(j->finder);
		j->finder = NULL;
		finder_remove(j->name);
	}
	j->took_us = clock_thread_us() - began;
}
