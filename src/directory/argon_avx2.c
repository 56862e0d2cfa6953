#include "directory/argon_int.h"

#include "base/must.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define WIDE static inline __attribute__((always_inline, target("avx2")))

/* Two sets of four, each set one operand of the round in section 3.6. */
struct sets {
	__m256i a0, a1, b0, b1, c0, c1, d0, d1;
};

WIDE __m256i blend(__m256i x, __m256i y)
{
	__m256i product = _mm256_mul_epu32(x, y);

	return _mm256_add_epi64(_mm256_add_epi64(x, y), _mm256_add_epi64(product, product));
}

/* To the right: by 32, 24, 16 and 63 bits. */
WIDE __m256i turn32(__m256i x)
{
	return _mm256_shuffle_epi32(x, 0xb1);
}

WIDE __m256i turn24(__m256i x)
{
	return _mm256_shuffle_epi8(x, _mm256_setr_epi8(3, 4, 5, 6, 7, 0, 1, 2, 11, 12, 13, 14, 15, 8, 9, 10, 3, 4, 5, 6, 7, 0, 1, 2, 11, 12, 13,
		14, 15, 8, 9, 10));
}

WIDE __m256i turn16(__m256i x)
{
	return _mm256_shuffle_epi8(x, _mm256_setr_epi8(2, 3, 4, 5, 6, 7, 0, 1, 10, 11, 12, 13, 14, 15, 8, 9, 2, 3, 4, 5, 6, 7, 0, 1, 10, 11, 12,
		13, 14, 15, 8, 9));
}

WIDE __m256i turn63(__m256i x)
{
	return _mm256_xor_si256(_mm256_srli_epi64(x, 63), _mm256_add_epi64(x, x));
}

WIDE void quarter(struct sets *v)
{
	v->a0 = blend(v->a0, v->b0);
	v->a1 = blend(v->a1, v->b1);
	v->d0 = turn32(_mm256_xor_si256(v->d0, v->a0));
	v->d1 = turn32(_mm256_xor_si256(v->d1, v->a1));
	v->c0 = blend(v->c0, v->d0);
	v->c1 = blend(v->c1, v->d1);
	v->b0 = turn24(_mm256_xor_si256(v->b0, v->c0));
	v->b1 = turn24(_mm256_xor_si256(v->b1, v->c1));
	v->a0 = blend(v->a0, v->b0);
	v->a1 = blend(v->a1, v->b1);
	v->d0 = turn16(_mm256_xor_si256(v->d0, v->a0));
	v->d1 = turn16(_mm256_xor_si256(v->d1, v->a1));
	v->c0 = blend(v->c0, v->d0);
	v->c1 = blend(v->c1, v->d1);
	v->b0 = turn63(_mm256_xor_si256(v->b0, v->c0));
	v->b1 = turn63(_mm256_xor_si256(v->b1, v->c1));
}

/* One row in each set. */
WIDE void rows(struct sets *v)
{
	quarter(v);
	v->b0 = _mm256_permute4x64_epi64(v->b0, 0x39);
	v->b1 = _mm256_permute4x64_epi64(v->b1, 0x39);
	v->c0 = _mm256_permute4x64_epi64(v->c0, 0x4e);
	v->c1 = _mm256_permute4x64_epi64(v->c1, 0x4e);
	v->d0 = _mm256_permute4x64_epi64(v->d0, 0x93);
	v->d1 = _mm256_permute4x64_epi64(v->d1, 0x93);
	quarter(v);
	v->b0 = _mm256_permute4x64_epi64(v->b0, 0x93);
	v->b1 = _mm256_permute4x64_epi64(v->b1, 0x93);
	v->c0 = _mm256_permute4x64_epi64(v->c0, 0x4e);
	v->c1 = _mm256_permute4x64_epi64(v->c1, 0x4e);
	v->d0 = _mm256_permute4x64_epi64(v->d0, 0x39);
	v->d1 = _mm256_permute4x64_epi64(v->d1, 0x39);
}

/* In each pair of words the second of x and the first of y. */
WIDE __m256i across(__m256i x, __m256i y)
{
	return _mm256_alignr_epi8(y, x, 8);
}

/* Two columns, a pair of words of each in every vector. */
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

WIDE __m256i load(const struct argon_block *b, size_t at)
{
	return _mm256_loadu_si256((const __m256i *)(const void *)&b->word[4 * at]);
}

WIDE void store(struct argon_block *b, size_t at, __m256i x)
{
	_mm256_storeu_si256((__m256i *)(void *)&b->word[4 * at], x);
}

/* Eight vectors from at. */
WIDE void two_rows(struct argon_block *b, size_t at)
{
	struct sets v = { .a0 = load(b, at), .b0 = load(b, at + 1), .c0 = load(b, at + 2), .d0 = load(b, at + 3), .a1 = load(b, at + 4),
		.b1 = load(b, at + 5), .c1 = load(b, at + 6), .d1 = load(b, at + 7) };

	rows(&v);
	store(b, at + 0, v.a0);
	store(b, at + 1, v.b0);
	store(b, at + 2, v.c0);
	store(b, at + 3, v.d0);
	store(b, at + 4, v.a1);
	store(b, at + 5, v.b1);
	store(b, at + 6, v.c1);
	store(b, at + 7, v.d1);
}

/* The columns whose words are in every fourth vector from at; what is in kept is added and the sum stored in to. */
WIDE void two_columns(const struct argon_block *b, size_t at, const struct argon_block *kept, struct argon_block *to)
{
	struct sets v = { .a0 = load(b, at), .a1 = load(b, at + 4), .b0 = load(b, at + 8), .b1 = load(b, at + 12), .c0 = load(b, at + 16),
		.c1 = load(b, at + 20), .d0 = load(b, at + 24), .d1 = load(b, at + 28) };

	columns(&v);
	store(to, at, _mm256_xor_si256(v.a0, load(kept, at)));
	store(to, at + 4, _mm256_xor_si256(v.a1, load(kept, at + 4)));
	store(to, at + 8, _mm256_xor_si256(v.b0, load(kept, at + 8)));
	store(to, at + 12, _mm256_xor_si256(v.b1, load(kept, at + 12)));
	store(to, at + 16, _mm256_xor_si256(v.c0, load(kept, at + 16)));
	store(to, at + 20, _mm256_xor_si256(v.c1, load(kept, at + 20)));
	store(to, at + 24, _mm256_xor_si256(v.d0, load(kept, at + 24)));
	store(to, at + 28, _mm256_xor_si256(v.d1, load(kept, at + 28)));
}

__attribute__((target("avx2"))) void argon_mix_avx2(const struct argon_block *previous, const struct argon_block *other,
	struct argon_block *to, bool over, const struct argon_area *next)
{
	struct argon_block work UNZEROED, kept UNZEROED;

	for (size_t i = 0; i < ARGON_BLOCK_WORDS / 4; i++) {
		__m256i x = _mm256_xor_si256(load(previous, i), load(other, i));

		store(&work, i, x);
		store(&kept, i, over ? _mm256_xor_si256(x, load(to, i)) : x);
	}
	for (size_t at = 0; at < 32; at += 8)
		two_rows(&work, at);
	two_columns(&work, 0, &kept, to);
	if (next)
		argon_fetch(argon_choice(next, to->word[0]));
	for (size_t at = 1; at < 4; at++)
		two_columns(&work, at, &kept, to);
}
#endif
