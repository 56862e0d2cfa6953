#include "store/search_int.h"

#include "base/mem.h"
#include "io/clock.h"
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

static void run_add(struct search_job *j)
{
	for (size_t i = 0; i < j->count && j->err == ERR_OK; i++)
		j->err = add(j, &j->messages[i]);
	if (j->err == ERR_OK && j->commit)
		j->err = finder_commit(j->finder, j->position);
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
	uint64_t began = clock_mono_ms();

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
	j->took_ms = clock_mono_ms() - began;
}
