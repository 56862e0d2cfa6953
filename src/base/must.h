/*
 * Invariants of our own code. A must() that fails is our bug: it prints and aborts, in release too;
 * the attendant starts the role again. Input from a peer, a disk or a user never reaches a must().
 */
#pragma once

#define MUST_USE        __attribute__((warn_unused_result))
/* A large local that is written before it is read: not zeroed first, as all others are (-ftrivial-auto-var-init). */
#define UNZEROED        __attribute__((uninitialized))
#define PRINTF_LIKE(f, a) __attribute__((format(printf, f, a)))
#define UNUSED          __attribute__((unused))

/* Built with the address sanitizer (gcc says it one way, clang another). */
#if defined(__SANITIZE_ADDRESS__)
#define UNDER_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define UNDER_ASAN 1
#endif
#endif
#ifndef UNDER_ASAN
#define UNDER_ASAN 0
#endif

#define must(cond) ((cond) ? (void)0 : must_failed(#cond, __FILE__, __LINE__))

_Noreturn void must_failed(const char *cond, const char *file, int line);
