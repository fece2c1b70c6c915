/* A box with its owner and contacts, for tests: keys, descriptor, certificates; events collected;
 * signatures given by whoever has the key, as agents do. */
#ifndef GN_SERVICES_TESTING_BOXES_H
#define GN_SERVICES_TESTING_BOXES_H

#include "services/testing/world.h"
#include "wire/token.h"

#define SVC_BOX_DEVICES 2
#define SVC_BOX_CONTACTS 4
#define SVC_BOX_GOT 2048
#define SVC_BOX_WORKERS 4
#define SVC_BOX_WORK 2048

struct svc_box {
	struct svc *s;
	struct gn_sk sk;
	struct gn_boxrec rec;
	struct gn_sk read[SVC_BOX_DEVICES], ack[SVC_BOX_DEVICES];
	struct gn_sk contact[SVC_BOX_CONTACTS];
	struct gn_boxcert cert[SVC_BOX_CONTACTS];
	struct gn_sk invite;
	struct gn_sk worker[SVC_BOX_WORKERS];   /* the first is in the descriptor */
	struct gn_box_event work[SVC_BOX_WORK]; /* what workers were told; items are gone */
	unsigned work_count;
	struct gn_box_id got[SVC_BOX_GOT]; /* in the order they came */
	unsigned got_by[SVC_BOX_GOT];      /* the node whose reader got it */
	uint8_t got_first[SVC_BOX_GOT];    /* its first byte */
	unsigned got_count, signs, custodies, stored_at, following;
	bool no_signs; /* the agent is away */
	/* the operation waited for */
	gn_op op;
	unsigned op_node;
	bool stored, over;
	struct gn_box_event last; /* its last event; item is gone */
	char limit[32];           /* that it named */
};

/* seed: of all its keys, 1..SVC_BOX_SEEDS; devices at least 1. */
#define SVC_BOX_SEEDS 8
void svc_box_make(struct svc *s, struct svc_box *x, uint8_t seed, uint8_t kind, unsigned devices);
/* Puts the descriptor from this node; seq grows. */
gn_err svc_box_put(struct svc_box *x, unsigned node);
struct gn_box_place svc_box_place(const struct svc_box *x);
/* The item by which contact. */
void svc_box_proof(const struct svc_box *x, unsigned contact, struct gn_slice item,
		   struct gn_box_proof *p);
/* Deposits and waits for the end. */
gn_err svc_box_deposit(struct svc_box *x, unsigned node, unsigned contact, struct gn_slice item);
gn_err svc_box_deposit_by(struct svc_box *x, unsigned node, const struct gn_box_proof *p,
			  struct gn_slice item);
gn_err svc_box_wait(struct svc_box *x, gn_time span);
gn_err svc_box_check(struct svc_box *x, unsigned node, unsigned contact, struct gn_slice item);
gn_op svc_box_follow(struct svc_box *x, unsigned node, unsigned device);
/* A right to work for `life` seconds. */
void svc_box_token(const struct svc_box *x, unsigned worker, uint64_t life, struct gn_buf *out);
void svc_box_token_limited(const struct svc_box *x, unsigned worker, uint64_t life,
			   const struct gn_token_limit *limit, struct gn_buf *out);
gn_op svc_box_work(struct svc_box *x, unsigned node, unsigned worker, struct gn_slice token,
		   unsigned slots);
gn_err svc_box_report(struct svc_box *x, unsigned node, gn_op op, unsigned worker,
		      const struct gn_box_event *lent, uint8_t end, struct gn_slice outcome);
/* Nodes whose holder has it, as the index says. */
unsigned svc_box_held(const struct svc_box *x, struct gn_slice item, bool *holds);
uint64_t svc_box_count(const struct svc *s, unsigned node, const char *name);
uint64_t svc_box_sum(const struct svc *s, const char *name);
/* How often this node got it. */
unsigned svc_box_times(const struct svc_box *x, unsigned node, struct gn_slice item);
/* The power goes: what was not synced is lost; then it starts again. */
void svc_box_crash(struct svc *s, unsigned node);

#endif
