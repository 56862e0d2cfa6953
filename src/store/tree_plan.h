/*
 * A change of the tree of folders: a plan is made, written in one write set, and applied when that is on disk. For tree.c and revive.c. The op's
 * state begins with struct tree.
 */
#pragma once

#include "store/op.h"

enum plan_kind { PLAN_NEW, PLAN_CHANGED, PLAN_GONE };

struct plan_row {
	struct folder *f;
	enum plan_kind kind;
	struct folder_attrs attrs;
	bool sets_acl;
	struct acl *acl; /* owned; NULL: none */
};

struct tree {
	struct str name, to;
	unsigned specials;
	bool on;
	bool unused; /* the special uses are taken from nobody */
	uint64_t owner; /* gets all rights on what is made; 0: nobody */
	struct plan_row *rows;
	size_t count, room;
	uint32_t places; /* for folders that the mailbox may still have */
	bool annotates; /* the row of annotations of that folder (0: the mailbox's own) becomes that */
	uint32_t annotated;
	struct str annotations;
	struct str gone; /* the row of a folder that goes and can be brought back (gone_row.h); empty: none */
	uint64_t retained_first; /* id of the first message that goes with it */
	uint32_t messages;       /* how many do */
	struct annotate_request wanted;
	bool submitted, applied;
	uint32_t end; /* rename of INBOX: uids from here on came later and stay */
};

/* Whether the mailbox is there; then tree_plan_begin. */
enum err tree_plan_ready(struct op *op) MUST_USE;
void tree_plan_begin(struct op *op);
struct plan_row *tree_plan_add(struct tree *t, struct folder *f, enum plan_kind kind);
/* A folder with a new id. */
struct plan_row *tree_plan_new(struct op *op, struct str name);
void tree_plan_acl(struct plan_row *row, const struct acl *acl);
/* A name comes into being: anew, or where only a subscription or a holder of children was. ERR_FOLDEREXISTS, ERR_QUOTA, ERR_LIMIT. */
enum err tree_plan_make(struct op *op, struct str name, bool holder_too, struct plan_row **ret) MUST_USE;
/* Those above it that are missing. */
enum err tree_plan_parents(struct op *op, struct str name) MUST_USE;
/* A folder gets the tree's special uses, others lose them. Those that have any exist, so they are not in the plan yet. */
enum err tree_plan_specials(struct op *op, struct plan_row *to) MUST_USE;
enum op_step tree_plan_submit(struct op *op);
void tree_plan_apply(struct op *op);
void tree_plan_drop(struct tree *t);
/* True: the write set was submitted before and this is its outcome. */
bool tree_plan_settled(struct op *op);
enum op_step tree_plan_refuse(struct op *op, enum err e);
void tree_plan_result(struct op *op, const struct plan_row *row);
