/* What an engine may use of the world: memory with a budget, randomness, a log. Time is a
 * parameter of every call. */
#ifndef GN_BASE_ENV_H
#define GN_BASE_ENV_H

#include "base/slice.h"

/* Nanoseconds since the Unix epoch on a clock that never steps back: the node anchors a
 * monotonic clock to the wall clock once at its start. One clock serves timers and record times
 * (seconds = now / GN_SEC). Decision 002. */
typedef int64_t gn_time;
#define GN_USEC INT64_C(1000)
#define GN_MSEC (1000 * GN_USEC)
#define GN_SEC (1000 * GN_MSEC)
#define GN_NEVER INT64_MAX /* "no deadline" */

static inline gn_time gn_time_min(gn_time a, gn_time b)
{
	return a < b ? a : b;
}
static inline uint64_t gn_unix(gn_time t)
{
	return (uint64_t)(t / GN_SEC);
}

/* Memory with a byte budget. One per engine; not thread-safe. Blocks carry their size, so free
 * needs none. */
struct gn_alloc {
	void *(*resize)(void *user, void *old, size_t size); /* realloc semantics; size 0 frees */
	void *user;
	size_t used, peak, limit; /* bytes, headers included */
	uint64_t count;           /* live blocks */
	uint64_t fail_at;         /* tests: the Nth allocation from now fails (1 = next), 0 = off */
};

/* The C heap with a budget in bytes. */
void gn_alloc_heap(struct gn_alloc *a, size_t limit);
/* Zeroed; NULL when over budget. Size 0 gives NULL. */
void *gn_mem_new(struct gn_alloc *a, size_t size);
/* Grown part is not zeroed; on failure NULL and the old block stays. */
void *gn_mem_resize(struct gn_alloc *a, void *p, size_t size);
void gn_mem_free(struct gn_alloc *a, void *p);
/* Wipes before freeing. */
void gn_mem_free_secret(struct gn_alloc *a, void *p);
#define GN_NEW(alloc, type) ((type *)gn_mem_new((alloc), sizeof(type)))
#define GN_NEW_ARRAY(alloc, type, n) ((type *)gn_mem_new_array((alloc), (n), sizeof(type)))
void *gn_mem_new_array(struct gn_alloc *a, size_t n, size_t size);
/* Not removed by the optimiser. */
void gn_wipe(void *p, size_t len);

/* Randomness: the operating system's in a node, a seed's in a simulation. */
struct gn_rand {
	void (*fill)(void *user, uint8_t *out, size_t len);
	void *user;
};

/* xoshiro256**, for simulations, tests and choices that need no secrecy (Blackman & Vigna 2018). */
struct gn_prng {
	uint64_t s[4];
};
void gn_prng_init(struct gn_prng *g, uint64_t seed);
uint64_t gn_prng_next(struct gn_prng *g);
/* A deterministic source for tests and simulations; g is borrowed. */
struct gn_rand gn_prng_rand(struct gn_prng *g);

void gn_rand_fill(struct gn_rand *r, void *out, size_t len);
uint64_t gn_rand_u64(struct gn_rand *r);
/* Uniform in 0..n-1 without bias; n > 0. */
uint64_t gn_rand_below(struct gn_rand *r, uint64_t n);
/* Uniform in [0, 1). Never in a decision two nodes must agree on. */
double gn_rand_unit(struct gn_rand *r);

enum gn_log_level { GN_LOG_DEBUG, GN_LOG_INFO, GN_LOG_WARN, GN_LOG_ERROR };

/* One sink per process or simulation; event is a stable dotted word ("record.refused"), text is
 * for people. */
struct gn_log {
	void (*write)(void *user, enum gn_log_level level, const char *module, const char *event,
		      const char *text);
	void *user;
	enum gn_log_level level; /* below it nothing is formatted */
};
/* log may be NULL. What is written is plain (gn_plain), whoever said what is in it: one line of
 * text. */
void gn_log(struct gn_log *log, enum gn_log_level level, const char *module, const char *event,
	    const char *fmt, ...) GN_PRINTF(5, 6);

struct gn_env {
	struct gn_alloc *alloc;
	struct gn_rand *rand;
	struct gn_log *log; /* may be NULL */
};

#endif
