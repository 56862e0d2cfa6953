/*
 * One change of a mailbox that looks at what is there (everything but delivery). Ops of one mailbox
 * run one after the other, so that each sees what the one before it has done; each is a resumable
 * step that submits one write set and is called again when that is on disk. Deliveries go past
 * them: they only add.
 */
#pragma once

#include "store/write.h"

#define OP_CHUNK 500u   /* messages in one write set */
#define OP_SLICE 20000u /* messages looked at in one step */

struct op;

enum op_step {
	OP_WAIT,  /* a write set was submitted with op_commit */
	OP_AGAIN, /* go on in the next store_turn */
	OP_DONE   /* op->err says how */
};

struct u32s {
	uint32_t *at;
	size_t count, room;
};

struct op {
	struct mailbox *m; /* counted */
	struct list queue; /* in m->queue */
	struct list all;   /* in store->ops */
	struct ready ready;
	enum op_step (*step)(struct op *op);
	void *state; /* the change's own, in the arena */
	struct arena arena;
	enum err err; /* how the last write set, or the whole, went */
	bool finished;
	mailbox_done *done;
	deliver_done *plain_done; /* one of the two */
	void *arg;
	struct folder *used[2]; /* given back at the end; NULL */
	struct u32s uids, new_uids, refused;
	size_t uids_sound; /* of uids, those whose write set is on disk */
	uint64_t *modseqs;
	size_t modseqs_count;
	uint32_t folder, uidvalidity; /* of the result */
};

void u32s_put(struct u32s *u, uint32_t n);

/* Made, not yet started: the caller copies its request into op->arena first. */
struct op *op_new(struct mailbox *m, enum op_step (*step)(struct op *), size_t state_octets);
void op_start(struct op *op, mailbox_done *done, void *arg);
void op_start_plain(struct op *op, deliver_done *done, void *arg);
/* Refuses without a step. */
void op_refuse(struct op *op, enum err e, mailbox_done *done, void *arg);
/* Refuses where there is no mailbox to put an op to. */
void op_refuse_plain(struct store *s, enum err e, deliver_done *done, void *arg);
/* For steps that submitted without op_commit: the write set went so. */
void op_go_on(struct op *op, enum err e);
/* Submits; the step is called again afterwards with op->err set. */
enum op_step op_commit(struct op *op, struct write *w, struct part *p);
enum op_step op_end(struct op *op, enum err e);
/* The folder with its items loaded, used until the op ends; NULL and op->err set. slot 0 or 1. */
struct folder *op_folder(struct op *op, unsigned slot, uint32_t id);
struct uid_list op_uids(struct op *op, struct uid_list list); /* a copy */
/* Ops with this arg are not answered any more. */
void op_forget(struct store *s, const void *arg);
