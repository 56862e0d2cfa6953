#include "kv/compress.h"

#include <pthread.h>
#include <zdict.h>
#include <zstd.h>

#include "base/mem.h"

#define LEVEL             3
#define DICT_OCTETS       ((size_t)64 << 10)
#define SAMPLE_OCTETS_MIN ((size_t)64)
#define SAMPLE_OCTETS_MAX ((size_t)4 << 10)
#define SAMPLES           2000 /* blobs looked at before training */
#define DICTS_MAX         16

struct dict {
	uint32_t id;
	ZSTD_CDict *pack;
	ZSTD_DDict *unpack;
};

struct unpacker {
	ZSTD_DCtx *context;
};

struct compress {
	ZSTD_CCtx *packer;
	struct unpacker *unpacker;
	struct dict dicts[DICTS_MAX];
	size_t dict_count;
	const struct dict *use;
	bool pack;

	/* Training. samples belongs to the owner until ready is set, then to the thread. */
	void (*trained)(void *arg);
	void *arg;
	struct buf samples;
	size_t sample_octets[SAMPLES];
	size_t sample_count;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool ready, stop, told; /* under lock */
	struct buf result;      /* under lock until told */
};

static void train(struct compress *c)
{
	struct buf dict;
	size_t len;

	buf_init(&dict, DICT_OCTETS);
	len = ZDICT_trainFromBuffer(buf_room(&dict, DICT_OCTETS), DICT_OCTETS, c->samples.at,
		c->sample_octets, SAMPLES);
	if (!ZDICT_isError(len))
		buf_added(&dict, len);
	buf_done(&c->samples);
	pthread_mutex_lock(&c->lock);
	c->result = dict;
	pthread_mutex_unlock(&c->lock);
	if (dict.len > 0)
		c->trained(c->arg);
}

static void *trainer(void *arg)
{
	struct compress *c = arg;
	bool go;

	pthread_mutex_lock(&c->lock);
	while (!c->ready && !c->stop)
		pthread_cond_wait(&c->changed, &c->lock);
	go = !c->stop;
	pthread_mutex_unlock(&c->lock);
	if (go)
		train(c);
	return NULL;
}

struct compress *compress_new(void (*trained)(void *arg), void *arg)
{
	struct compress *c = MEM_NEW(struct compress);

	c->packer = ZSTD_createCCtx();
	c->unpacker = unpacker_new();
	must(c->packer != NULL);
	c->pack = true;
	c->trained = trained;
	c->arg = arg;
	buf_init(&c->samples, SAMPLES * SAMPLE_OCTETS_MAX);
	buf_init(&c->result, DICT_OCTETS);
	pthread_mutex_init(&c->lock, NULL);
	pthread_cond_init(&c->changed, NULL);
	if (trained != NULL)
		must(pthread_create(&c->thread, NULL, trainer, c) == 0);
	return c;
}

void compress_free(struct compress *c)
{
	if (c == NULL)
		return;
	pthread_mutex_lock(&c->lock);
	c->stop = true;
	pthread_cond_signal(&c->changed);
	pthread_mutex_unlock(&c->lock);
	if (c->trained != NULL)
		pthread_join(c->thread, NULL);
	for (size_t i = 0; i < c->dict_count; i++) {
		ZSTD_freeCDict(c->dicts[i].pack);
		ZSTD_freeDDict(c->dicts[i].unpack);
	}
	ZSTD_freeCCtx(c->packer);
	unpacker_free(c->unpacker);
	buf_done(&c->samples);
	buf_done(&c->result);
	pthread_cond_destroy(&c->changed);
	pthread_mutex_destroy(&c->lock);
	mem_free(c);
}

void compress_pack(struct compress *c, bool is)
{
	c->pack = is;
}

size_t compress_piece(struct compress *c, struct str plain, char *to, size_t room)
{
	size_t n;

	if (!c->pack || room < 2)
		return 0;
	/* Less than the plain form, or it counts as not compressible. */
	if (c->use != NULL)
		n = ZSTD_compress_usingCDict(
			c->packer, to, room - 1, plain.at, plain.len, c->use->pack);
	else
		n = ZSTD_compressCCtx(c->packer, to, room - 1, plain.at, plain.len, LEVEL);
	return ZSTD_isError(n) ? 0 : n;
}

static const struct dict *find(const struct compress *c, uint32_t id)
{
	for (size_t i = 0; i < c->dict_count; i++) {
		if (c->dicts[i].id == id)
			return &c->dicts[i];
	}
	return NULL;
}

struct unpacker *unpacker_new(void)
{
	struct unpacker *u = MEM_NEW(struct unpacker);

	u->context = ZSTD_createDCtx();
	must(u->context != NULL);
	return u;
}

void unpacker_free(struct unpacker *u)
{
	if (u == NULL)
		return;
	ZSTD_freeDCtx(u->context);
	mem_free(u);
}

bool unpack(struct unpacking with, struct str packed, struct str to)
{
	ZSTD_DCtx *context = with.unpacker->context;
	char *at = (char *)(uintptr_t)to.at;
	size_t n;

	if (with.dict != NULL)
		n = ZSTD_decompress_usingDDict(
			context, at, to.len, packed.at, packed.len, with.dict->unpack);
	else
		n = ZSTD_decompressDCtx(context, at, to.len, packed.at, packed.len);
	return !ZSTD_isError(n) && n == to.len;
}

struct unpacking compress_unpacking(struct compress *c, uint32_t dict)
{
	const struct dict *d = dict != 0 ? find(c, dict) : NULL;

	return (struct unpacking){ dict == 0 || d != NULL ? c->unpacker : NULL, d };
}

uint32_t compress_dict(const struct compress *c)
{
	return c->use != NULL ? c->use->id : 0;
}

void compress_know(struct compress *c, uint32_t id, struct str octets, bool use)
{
	struct dict *d;

	if (find(c, id) == NULL && c->dict_count < DICTS_MAX) {
		d = &c->dicts[c->dict_count++];
		d->id = id;
		d->pack = ZSTD_createCDict(octets.at, octets.len, LEVEL);
		d->unpack = ZSTD_createDDict(octets.at, octets.len);
		must(d->pack != NULL && d->unpack != NULL);
	}
	if (use)
		c->use = find(c, id);
}

void compress_sample(struct compress *c, struct str octets)
{
	if (c->trained == NULL || c->use != NULL || c->sample_count == SAMPLES ||
		octets.len < SAMPLE_OCTETS_MIN)
		return;
	octets = str_sub(octets, 0, SAMPLE_OCTETS_MAX);
	buf_put(&c->samples, octets);
	c->sample_octets[c->sample_count++] = octets.len;
	if (c->sample_count < SAMPLES)
		return;
	pthread_mutex_lock(&c->lock);
	c->ready = true;
	pthread_cond_signal(&c->changed);
	pthread_mutex_unlock(&c->lock);
}

bool compress_trained(struct compress *c, struct str *ret_octets)
{
	bool is;

	pthread_mutex_lock(&c->lock);
	is = !c->told && c->result.len > 0;
	if (is)
		c->told = true;
	pthread_mutex_unlock(&c->lock);
	if (is)
		*ret_octets = buf_str(&c->result);
	return is;
}
