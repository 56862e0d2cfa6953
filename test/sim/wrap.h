/*
 * The seam: calls by which the product reaches the system, taken over by the linker (--wrap, see meson.build). Product code is linked as it
 * is built for boursed; src/io/loop.c and work.c alone are replaced as a whole (loop.c here). What is not listed here reaches the system.
 */
#pragma once

#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <sys/vfs.h>
#include <time.h>

#include "base/err.h"

struct argon2_context;
struct failure;
struct kv;
struct kv_opened;
struct kv_options;
struct kv_write;
struct log_setup;
struct pollfd;
struct sandbox;
struct sandbox_report;

/* ---- threads: fiber.c ---- */
int __wrap_pthread_mutex_init(pthread_mutex_t *m, const pthread_mutexattr_t *a);
int __wrap_pthread_mutex_destroy(pthread_mutex_t *m);
int __wrap_pthread_mutex_lock(pthread_mutex_t *m);
int __wrap_pthread_mutex_unlock(pthread_mutex_t *m);
int __wrap_pthread_mutex_consistent(pthread_mutex_t *m);
int __wrap_pthread_cond_init(pthread_cond_t *c, const pthread_condattr_t *a);
int __wrap_pthread_cond_destroy(pthread_cond_t *c);
int __wrap_pthread_cond_signal(pthread_cond_t *c);
int __wrap_pthread_cond_broadcast(pthread_cond_t *c);
int __wrap_pthread_cond_wait(pthread_cond_t *c, pthread_mutex_t *m);
int __wrap_pthread_cond_timedwait(pthread_cond_t *c, pthread_mutex_t *m, const struct timespec *until);
int __wrap_pthread_create(pthread_t *ret, const pthread_attr_t *attr, void *(*main)(void *), void *arg);
int __wrap_pthread_join(pthread_t thread, void **ret);

/* ---- processes, clock, chance, memory: proc.c ---- */
pid_t __wrap_fork(void);
pid_t __wrap_waitpid(pid_t pid, int *status, int options);
int __wrap_kill(pid_t pid, int signal_number);
_Noreturn void __wrap__exit(int status);
_Noreturn void __wrap_must_failed(const char *cond, const char *file, int line);
int __wrap_chdir(const char *path);
int __wrap_prctl(int option, ...);
int __wrap_getrusage(int who, struct rusage *ret);
void __wrap_log_setup(const struct log_setup *setup);
void __real_log_setup(const struct log_setup *setup);
int __wrap_clock_gettime(clockid_t clock, struct timespec *ret);
time_t __wrap_time(time_t *ret);
ssize_t __wrap_getrandom(void *to, size_t octets, unsigned flags);
void __wrap_map_seed(const unsigned char seed[16]);
void *__wrap_calloc(size_t n, size_t octets);
void *__real_calloc(size_t n, size_t octets);
void *__wrap_realloc(void *at, size_t octets);
void *__real_realloc(void *at, size_t octets);

/* ---- descriptors: net.c ---- */
int __wrap_socketpair(int domain, int type, int protocol, int ret[2]);
int __wrap_eventfd(unsigned count, int flags);
int __wrap_accept4(int fd, struct sockaddr *from, socklen_t *length, int flags);
ssize_t __wrap_recv(int fd, void *to, size_t n, int flags);
ssize_t __wrap___recv_chk(int fd, void *to, size_t n, size_t room, int flags);
ssize_t __wrap_send(int fd, const void *at, size_t n, int flags);
ssize_t __wrap_sendmsg(int fd, const struct msghdr *m, int flags);
ssize_t __wrap_recvmsg(int fd, struct msghdr *m, int flags);
struct mmsghdr;
int __wrap_sendmmsg(int fd, struct mmsghdr *rows, unsigned count, int flags);
int __wrap_recvmmsg(int fd, struct mmsghdr *rows, unsigned count, int flags, struct timespec *timeout);
ssize_t __wrap_read(int fd, void *to, size_t n);
ssize_t __real_read(int fd, void *to, size_t n);
ssize_t __wrap___read_chk(int fd, void *to, size_t n, size_t room);
ssize_t __wrap_write(int fd, const void *at, size_t n);
ssize_t __real_write(int fd, const void *at, size_t n);
int __wrap_shutdown(int fd, int how);
int __wrap_getsockopt(int fd, int level, int name, void *value, socklen_t *length);
int __wrap_setsockopt(int fd, int level, int name, const void *value, socklen_t length);
int __wrap_poll(struct pollfd *rows, unsigned long count, int timeout_ms);
int __wrap___poll_chk(struct pollfd *rows, unsigned long count, int timeout_ms, size_t room);
int __wrap_close(int fd);
int __real_close(int fd);
int __wrap_fcntl64(int fd, int command, ...);
int __wrap_fcntl(int fd, int command, ...);
int __real_fcntl64(int fd, int command, ...);
int __wrap_memfd_create(const char *name, unsigned flags);
int __real_memfd_create(const char *name, unsigned flags);

/* ---- files: disk.c ---- */
int __wrap_open(const char *path, int flags, ...);
int __wrap_open64(const char *path, int flags, ...);
int __real_open64(const char *path, int flags, ...);
int __wrap_openat64(int folder, const char *path, int flags, ...);
int __real_openat64(int folder, const char *path, int flags, ...);
ssize_t __wrap_pwrite(int fd, const void *at, size_t n, off_t offset);
ssize_t __real_pwrite(int fd, const void *at, size_t n, off_t offset);
ssize_t __wrap_writev(int fd, const struct iovec *parts, int count);
ssize_t __wrap_pwritev64(int fd, const struct iovec *parts, int count, off_t offset);
int __wrap_fdatasync(int fd);
int __wrap_fsync(int fd);
int __wrap_msync(void *at, size_t octets, int flags);
int __wrap_ftruncate(int fd, off_t octets);
int __wrap_ftruncate64(int fd, off_t octets);
int __real_ftruncate64(int fd, off_t octets);
int __wrap_mkdir(const char *path, unsigned mode);
int __real_mkdir(const char *path, unsigned mode);
int __wrap_unlinkat(int folder, const char *path, int flags);
int __real_unlinkat(int folder, const char *path, int flags);
int __wrap_stat64(const char *path, struct stat *ret);
int __real_stat64(const char *path, struct stat *ret);
int __wrap_unlink(const char *path);
int __real_unlink(const char *path);
int __wrap_rename(const char *from, const char *to);
int __real_rename(const char *from, const char *to);
int __wrap_fstatfs64(int fd, struct statfs *ret);
int __wrap_posix_fallocate64(int fd, off_t offset, off_t octets);
void *__wrap_mmap(void *at, size_t octets, int protection, int flags, int fd, off_t offset);
void *__wrap_mmap64(void *at, size_t octets, int protection, int flags, int fd, off_t offset);
void *__real_mmap64(void *at, size_t octets, int protection, int flags, int fd, off_t offset);
int __wrap_munmap(void *at, size_t octets);
int __real_munmap(void *at, size_t octets);

/* ---- what is left out or made cheap: server.c ---- */
enum err __wrap_sandbox_become(uint32_t uid, uint32_t gid);
enum err __wrap_sandbox_enter(const struct sandbox *s, struct sandbox_report *ret);
bool __wrap_sandbox_chroot(const char *empty_root);
void __wrap_tls_prepare(void);
int __wrap_hash_memory_take(uint8_t **ret, size_t octets);
void __wrap_hash_memory_give(uint8_t *at, size_t octets);
int __wrap_argon2id_hash_encoded(uint32_t passes, uint32_t kib, uint32_t lanes, const void *password, size_t password_len,
	const void *salt, size_t salt_len, size_t hash_len, char *encoded, size_t encoded_len);
int __real_argon2id_hash_encoded(uint32_t passes, uint32_t kib, uint32_t lanes, const void *password, size_t password_len,
	const void *salt, size_t salt_len, size_t hash_len, char *encoded, size_t encoded_len);
enum err __wrap_kv_open_journal(const struct kv_options *options, struct kv **ret, struct kv_opened *ret_opened);
enum err __real_kv_open_journal(const struct kv_options *options, struct kv **ret, struct kv_opened *ret_opened);
struct buf;
struct msg;
enum err __wrap_msg_encode(const struct msg *m, struct buf *to);
enum err __real_msg_encode(const struct msg *m, struct buf *to);
struct attendant;
struct child;
struct msg_admin_reply;
void __wrap_admin_answer(struct attendant *a, const struct child *from, const struct msg_admin_reply *reply);

/* ---- defects on purpose: defect.c ---- */
struct folder;
struct part;
struct buf;
void __wrap_kv_commit(struct kv *kv, struct kv_write *w, void (*done)(void *arg, enum err e), void *arg);
void __real_kv_commit(struct kv *kv, struct kv_write *w, void (*done)(void *arg, enum err e), void *arg);
enum err __wrap_kv_blob_read(struct kv *kv, uint64_t id, uint64_t from, uint64_t len, struct buf *to);
enum err __real_kv_blob_read(struct kv *kv, uint64_t id, uint64_t from, uint64_t len, struct buf *to);
void __wrap_sight_wake(struct folder *f);
void __real_sight_wake(struct folder *f);
uint64_t __wrap_part_modseq(const struct part *p);
uint64_t __real_part_modseq(const struct part *p);

/* ---- for run.c, which is outside of the simulated machine ---- */
pid_t __real_fork(void);
pid_t __real_waitpid(pid_t pid, int *status, int options);
int __real_poll(struct pollfd *rows, unsigned long count, int timeout_ms);
int __real_clock_gettime(clockid_t clock, struct timespec *ret);
_Noreturn void __real__exit(int status);
