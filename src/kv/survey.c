#include "kv/survey.h"

#include <unistd.h>

static void note(struct survey *s, const struct segment_record *record)
{
	struct record_walk walk = record_walk(record->payload);
	struct record_op op;

	s->records++;
	s->epoch = record->head.epoch;
	s->seq = record->head.seq;
	while (record_next(&walk, &op)) {
		if (op.kind != RECORD_TIME)
			continue;
		if (s->first_s == 0)
			s->first_s = op.change;
		s->last_s = op.change;
	}
}

static const char *fault_of(enum err e, const struct segment_reader *r, uint64_t octets)
{
	if (e == ERR_NOTFOUND)
		return r->at < octets ? "the segment is shorter than it was" : NULL;
	return e == ERR_IO ? "the segment cannot be read" : "a record is damaged";
}

enum err survey_segment(int fd, uint64_t octets, struct survey *ret, struct kv_problem *ret_problem)
{
	struct segment_reader r;
	struct segment_record record;
	char head[SEGMENT_HEAD_OCTETS];
	ssize_t n = pread(fd, head, sizeof(head), 0);
	enum err e;

	*ret_problem = (struct kv_problem){ 0 };
	if (n < 0)
		return ERR_IO;
	if (segment_head_decode(str_make(head, (size_t)n), &ret->head) != ERR_OK) {
		ret_problem->what = "the segment's header is damaged";
		return ERR_CORRUPT;
	}
	segment_reader_init(&r, fd, ret->head.number, segment_seed(ret->head.id));
	r.octets = octets;
	if (ret->at > SEGMENT_HEAD_OCTETS)
		r.at = ret->at;
	while ((e = segment_next(&r, &record)) == ERR_OK) {
		if (ret->seq != 0 && record.head.seq != ret->seq + 1) {
			e = ERR_CORRUPT;
			r.at = record.at;
			break;
		}
		note(ret, &record);
	}
	ret->at = r.at;
	*ret_problem = (struct kv_problem){ ret->head.number, r.at, fault_of(e, &r, octets) };
	segment_reader_done(&r);
	if (ret_problem->what == NULL)
		return ERR_OK;
	return e == ERR_IO ? ERR_IO : ERR_CORRUPT;
}
