/*
 * Taking connections in: the listening sockets that the attendant has given us, and whom there is
 * room for. Every front of a class listens on the same sockets. When the front is full of clients
 * that have not logged on, the oldest of those goes. When descriptors run out, the others of the
 * class have a second to take a connection; then the oldest goes as well, and one descriptor kept in
 * reserve serves to turn the newest away.
 */
#pragma once

#include "front/front_int.h"
#include "ipc/service.h"

/* Takes fd. */
void listener_add(struct front *f, enum service service, int fd);
/* Begin to accept, or cease. */
void listeners_open(struct front *f, bool open);
void listeners_free(struct front *f);
/* The end of a pause: accept again. arg: struct front. */
void listeners_resume(void *arg);
/* ERR_OK, or ERR_CROWDED. May end the oldest stranger to make room. */
enum err listener_admit(struct front *f, enum service service, uint64_t address_key) MUST_USE;
