#include "directory/argon_int.h"

#include "base/must.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define WIDE static inline __attribute__((always_inline, target("avx512f")))

/* Two sets of four, each set one operand of the round in section 3.6. */
struct sets {
	__m512i a0, a1, b0, b1, c0, c1, d0, d1;
};

WIDE __m512i blend(__m512i x, __m512i y)
{
	__m512i product = _mm512_mul_epu32(x, y);

	return _mm512_add_epi64(_mm512_add_epi64(x, y), _mm512_add_epi64(product, product));
}

WIDE void quarter(struct sets *v)
{
	v->a0 = blend(v->a0, v->b0);
	v->a1 = blend(v->a1, v->b1);
	v->d0 = _mm512_ror_epi64(_mm512_xor_si512(v->d0, v->a0), 32);
	v->d1 = _mm512_ror_epi64(_mm512_xor_si512(v->d1, v->a1), 32);
	v->c0 = blend(v->c0, v->d0);
	v->c1 = blend(v->c1, v->d1);
	v->b0 = _mm512_ror_epi64(_mm512_xor_si512(v->b0, v->c0), 24);
	v->b1 = _mm512_ror_epi64(_mm512_xor_si512(v->b1, v->c1), 24);
	v->a0 = blend(v->a0, v->b0);
	v->a1 = blend(v->a1, v->b1);
	v->d0 = _mm512_ror_epi64(_mm512_xor_si512(v->d0, v->a0), 16);
	v->d1 = _mm512_ror_epi64(_mm512_xor_si512(v->d1, v->a1), 16);
	v->c0 = blend(v->c0, v->d0);
	v->c1 = blend(v->c1, v->d1);
	v->b0 = _mm512_ror_epi64(_mm512_xor_si512(v->b0, v->c0), 63);
	v->b1 = _mm512_ror_epi64(_mm512_xor_si512(v->b1, v->c1), 63);
}

/* Two rows lie in one set, half and half. */
WIDE void rows(struct sets *v)
{
	quarter(v);
	v->b0 = _mm512_permutex_epi64(v->b0, 0x39);
	v->b1 = _mm512_permutex_epi64(v->b1, 0x39);
	v->c0 = _mm512_permutex_epi64(v->c0, 0x4e);
	v->c1 = _mm512_permutex_epi64(v->c1, 0x4e);
	v->d0 = _mm512_permutex_epi64(v->d0, 0x93);
	v->d1 = _mm512_permutex_epi64(v->d1, 0x93);
	quarter(v);
	v->b0 = _mm512_permutex_epi64(v->b0, 0x93);
	v->b1 = _mm512_permutex_epi64(v->b1, 0x93);
	v->c0 = _mm512_permutex_epi64(v->c0, 0x4e);
	v->c1 = _mm512_permutex_epi64(v->c1, 0x4e);
	v->d0 = _mm512_permutex_epi64(v->d0, 0x39);
	v->d1 = _mm512_permutex_epi64(v->d1, 0x39);
}

/* In each pair of words the second of x and the first of y. */
WIDE __m512i across(__m512i x, __m512i y)
{
	return _mm512_castpd_si512(_mm512_shuffle_pd(_mm512_castsi512_pd(x), _mm512_castsi512_pd(y), 0x55));
}

/* Four columns, a pair of words of each in every vector. */
WIDE void columns(struct sets *v)
{
	struct sets w;

	quarter(v);
	w = (struct sets){ .a0 = v->a0, .a1 = v->a1, .b0 = across(v->b0, v->b1), .b1 = across(v->b1, v->b0), .c0 = v->c1, .c1 = v->c0,
		.d0 = across(v->d1, v->d0), .d1 = across(v->d0, v->d1) };
	quarter(&w);
	*v = (struct sets){ .a0 = w.a0, .a1 = w.a1, .b0 = across(w.b1, w.b0), .b1 = across(w.b0, w.b1), .c0 = w.c1, .c1 = w.c0,
		.d0 = across(w.d0, w.d1), .d1 = across(w.d1, w.d0) };
}

WIDE __m512i load(const struct argon_block *b, size_t at)
{
	return _mm512_loadu_si512(&b->word[8 * at]);
}

WIDE void store(struct argon_block *b, size_t at, __m512i x)
{
	_mm512_storeu_si512(&b->word[8 * at], x);
}

/* Four rows: eight vectors from at. */
WIDE void four_rows(struct argon_block *b, size_t at)
{
	__m512i r0 = load(b, at), r1 = load(b, at + 1), r2 = load(b, at + 2), r3 = load(b, at + 3);
	__m512i r4 = load(b, at + 4), r5 = load(b, at + 5), r6 = load(b, at + 6), r7 = load(b, at + 7);
	struct sets v = { .a0 = _mm512_shuffle_i64x2(r0, r2, 0x44), .b0 = _mm512_shuffle_i64x2(r0, r2, 0xee),
		.c0 = _mm512_shuffle_i64x2(r1, r3, 0x44), .d0 = _mm512_shuffle_i64x2(r1, r3, 0xee),
		.a1 = _mm512_shuffle_i64x2(r4, r6, 0x44), .b1 = _mm512_shuffle_i64x2(r4, r6, 0xee),
		.c1 = _mm512_shuffle_i64x2(r5, r7, 0x44), .d1 = _mm512_shuffle_i64x2(r5, r7, 0xee) };

	rows(&v);
	store(b, at + 0, _mm512_shuffle_i64x2(v.a0, v.b0, 0x44));
	store(b, at + 1, _mm512_shuffle_i64x2(v.c0, v.d0, 0x44));
	store(b, at + 2, _mm512_shuffle_i64x2(v.a0, v.b0, 0xee));
	store(b, at + 3, _mm512_shuffle_i64x2(v.c0, v.d0, 0xee));
	store(b, at + 4, _mm512_shuffle_i64x2(v.a1, v.b1, 0x44));
	store(b, at + 5, _mm512_shuffle_i64x2(v.c1, v.d1, 0x44));
	store(b, at + 6, _mm512_shuffle_i64x2(v.a1, v.b1, 0xee));
	store(b, at + 7, _mm512_shuffle_i64x2(v.c1, v.d1, 0xee));
}

/* The columns whose words are in every second vector from at; what is in kept is added and the sum stored in to. */
WIDE void four_columns(const struct argon_block *b, size_t at, const struct argon_block *kept, struct argon_block *to)
{
	struct sets v = { .a0 = load(b, at), .a1 = load(b, at + 2), .b0 = load(b, at + 4), .b1 = load(b, at + 6), .c0 = load(b, at + 8),
		.c1 = load(b, at + 10), .d0 = load(b, at + 12), .d1 = load(b, at + 14) };

	columns(&v);
	store(to, at, _mm512_xor_si512(v.a0, load(kept, at)));
	store(to, at + 2, _mm512_xor_si512(v.a1, load(kept, at + 2)));
	store(to, at + 4, _mm512_xor_si512(v.b0, load(kept, at + 4)));
	store(to, at + 6, _mm512_xor_si512(v.b1, load(kept, at + 6)));
	store(to, at + 8, _mm512_xor_si512(v.c0, load(kept, at + 8)));
	store(to, at + 10, _mm512_xor_si512(v.c1, load(kept, at + 10)));
	store(to, at + 12, _mm512_xor_si512(v.d0, load(kept, at + 12)));
	store(to, at + 14, _mm512_xor_si512(v.d1, load(kept, at + 14)));
}

__attribute__((target("avx512f"))) void argon_mix_avx512(const struct argon_block *previous, const struct argon_block *other,
	struct argon_block *to, bool over, const struct argon_area *next)
{
	struct argon_block work UNZEROED, kept UNZEROED;

	for (size_t i = 0; i < ARGON_BLOCK_WORDS / 8; i++) {
		__m512i x = _mm512_xor_si512(load(previous, i), load(other, i));

		store(&work, i, x);
		store(&kept, i, over ? _mm512_xor_si512(x, load(to, i)) : x);
	}
	four_rows(&work, 0);
	four_rows(&work, 8);
	four_columns(&work, 0, &kept, to);
	if (next)
		argon_fetch(argon_choice(next, to->word[0]));
	four_columns(&work, 1, &kept, to);
}
#endif
