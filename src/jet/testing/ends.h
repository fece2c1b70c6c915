/* For tests: two endpoints with an open session between them that was never shaken hands for, and
 * no link. A test moves time and every packet by hand, and looks into both ends. */
#ifndef GN_JET_TESTING_ENDS_H
#define GN_JET_TESTING_ENDS_H

#include "jet/testing/forge.h"

#define ENDS_START (1000 * GN_SEC)

struct ends {
	struct gn_alloc alloc;
	struct gn_prng prng;
	struct gn_rand rand;
	struct gn_way way[2];
	struct gn_jet *jet[2];
	struct jet_session *s[2]; /* 0 is the client's */
	gn_time now;
	uint8_t out[64000]; /* of the last ends_send */
	size_t out_len;
	struct gn_jet_batch batch;
};

/* config may be NULL; its key is replaced. Both ends have it. */
void ends_init(struct ends *e, const struct gn_jet_config *config);
void ends_fini(struct ends *e);
/* On the heap; with a second path, 1, that is proven at both ends and on link 1, to ends_other. */
extern const struct gn_way ends_other;
struct ends *ends_several(void);
void ends_free(struct ends *e);
/* Seals frames at the client and gives them to the server. */
gn_err ends_frames(struct ends *e, struct gn_slice frames);
/* What end i sends next, kept in out; false when there is nothing. */
bool ends_send(struct ends *e, int i);
/* A datagram to end i, from the other one. */
gn_err ends_give(struct ends *e, int i, struct gn_slice datagram);
/* Time passes at end i; what it sends is thrown away, what it tells is read. */
void ends_tick(struct ends *e, int i, gn_time now);
uint64_t ends_count(const struct ends *e, int i, const char *name);

#endif
