/* Reading everything again: kv_verify and kv_scrub of the journal driver. Owner's thread. */
#pragma once

#include "kv/journal.h"

enum err verify_all(struct kv *kv, void (*each)(void *arg, const struct kv_problem *p), void *arg) MUST_USE;
uint32_t verify_scrub_place(struct kv *kv);
void verify_scrub_go(struct kv *kv, uint32_t segment);
enum err verify_scrub(struct kv *kv, const struct kv_scrub_args *args) MUST_USE;
