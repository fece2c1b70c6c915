/* Memory with a budget, deterministic randomness, log formatting. */
#include "base/env.h"

#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* Every block starts with its size; 16 bytes keep the alignment of malloc. */
#define HEADER 16

static void *heap_resize(void *user, void *old, size_t size)
{
	(void)user;
	if (size == 0) {
		free(old);
		return NULL;
	}
	return realloc(old, size);
}

void gn_alloc_heap(struct gn_alloc *a, size_t limit)
{
	*a = (struct gn_alloc){.resize = heap_resize, .limit = limit};
}

static size_t block_size(const void *p)
{
	size_t size;
	memcpy(&size, (const uint8_t *)p - HEADER, sizeof size);
	return size;
}

static bool refused(struct gn_alloc *a, size_t more)
{
	if (a->fail_at && --a->fail_at == 0)
		return true;
	return more > a->limit - a->used;
}

void *gn_mem_resize(struct gn_alloc *a, void *p, size_t size)
{
	if (size == 0) {
		gn_mem_free(a, p);
		return NULL;
	}
	if (size > SIZE_MAX / 2)
		return NULL;
	size_t total = size + HEADER, before = p ? block_size(p) : 0;
	if (total > before && refused(a, total - before))
		return NULL;
	uint8_t *base = a->resize(a->user, p ? (uint8_t *)p - HEADER : NULL, total);
	if (!base)
		return NULL;
	memcpy(base, &total, sizeof total);
	a->used = a->used - before + total;
	a->peak = a->used > a->peak ? a->used : a->peak;
	a->count += p == NULL;
	return base + HEADER;
}

void *gn_mem_new(struct gn_alloc *a, size_t size)
{
	void *p = size ? gn_mem_resize(a, NULL, size) : NULL;
	if (p)
		memset(p, 0, size);
	return p;
}

void *gn_mem_new_array(struct gn_alloc *a, size_t n, size_t size)
{
	return size && n > SIZE_MAX / size ? NULL : gn_mem_new(a, n * size);
}

void gn_mem_free(struct gn_alloc *a, void *p)
{
	if (!p)
		return;
	GN_ASSERT(a->count > 0 && a->used >= block_size(p));
	a->used -= block_size(p);
	a->count--;
	a->resize(a->user, (uint8_t *)p - HEADER, 0);
}

void gn_mem_free_secret(struct gn_alloc *a, void *p)
{
	if (p)
		gn_wipe(p, block_size(p) - HEADER);
	gn_mem_free(a, p);
}

void gn_wipe(void *p, size_t len)
{
	if (len)
		memset(p, 0, len);
	__asm__ __volatile__("" : : "r"(p) : "memory");
}

static uint64_t rotl(uint64_t x, int k)
{
	return x << k | x >> (64 - k);
}

void gn_prng_init(struct gn_prng *g, uint64_t seed)
{
	for (int i = 0; i < 4; i++) { /* splitmix64 spreads any seed, zero too */
		uint64_t z = seed += UINT64_C(0x9e3779b97f4a7c15);
		z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
		z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
		g->s[i] = z ^ z >> 31;
	}
}

uint64_t gn_prng_next(struct gn_prng *g)
{
	uint64_t *s = g->s, out = rotl(s[1] * 5, 7) * 9, t = s[1] << 17;
	s[2] ^= s[0];
	s[3] ^= s[1];
	s[1] ^= s[2];
	s[0] ^= s[3];
	s[2] ^= t;
	s[3] = rotl(s[3], 45);
	return out;
}

static void prng_fill(void *user, uint8_t *out, size_t len)
{
	while (len > 0) {
		uint64_t v = gn_prng_next(user);
		size_t n = len < 8 ? len : 8;
		memcpy(out, &v, n);
		out += n;
		len -= n;
	}
}

struct gn_rand gn_prng_rand(struct gn_prng *g)
{
	return (struct gn_rand){prng_fill, g};
}

void gn_rand_fill(struct gn_rand *r, void *out, size_t len)
{
	r->fill(r->user, out, len);
}

uint64_t gn_rand_u64(struct gn_rand *r)
{
	uint8_t b[8];
	gn_rand_fill(r, b, sizeof b);
	return gn_be64(b);
}

uint64_t gn_rand_below(struct gn_rand *r, uint64_t n)
{
	GN_ASSERT(n > 0);
	uint64_t floor = (0 - n) % n, v; /* values below 2^64 mod n would bias */
	do
		v = gn_rand_u64(r);
	while (v < floor);
	return v % n;
}

double gn_rand_unit(struct gn_rand *r)
{
	return (double)(gn_rand_u64(r) >> 11) * 0x1p-53;
}

void gn_log(struct gn_log *log, enum gn_log_level level, const char *module, const char *event,
	    const char *fmt, ...)
{
	if (!log || level < log->level)
		return;
	char text[512], plain[960]; /* of a line of 1,024 */
	va_list args;
	va_start(args, fmt);
	vsnprintf(text, sizeof text, fmt, args);
	va_end(args);
	gn_plain(gn_str(text), plain, sizeof plain);
	log->write(log->user, level, module, event, plain);
}
