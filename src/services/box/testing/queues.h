/* A queue in a network, for tests of its holders: who lends which item. */
#ifndef GN_SERVICES_BOX_TESTING_QUEUES_H
#define GN_SERVICES_BOX_TESTING_QUEUES_H

#include "services/box/engine_int.h"
#include "services/testing/boxes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static struct svc s;
static struct svc_box x;
static uint8_t item[2048], token_bytes[1024];

static inline struct gn_slice item_of(uint8_t number)
{
	memset(item, number, sizeof item);
	return gn_slice(item, sizeof item);
}

static inline void network(unsigned nodes)
{
	svc_init(&s, &(struct svc_options){.seed = 11, .nodes = nodes, .box_bytes = 64u << 20});
	svc_box_make(&s, &x, 2, GN_FB_BOX_KIND_QUEUE, 1);
	assert_int_equal(svc_box_put(&x, 0), GN_OK);
	svc_run_for(&s, 10 * GN_SEC);
}

static inline struct box_item *at(unsigned node, struct gn_slice what)
{
	struct gn_hash hash;
	gn_sha256(&what, 1, &hash);
	struct gn_box_id id = box_id_of(&hash);
	return s.nodes[node].box ? box_item_get(s.nodes[node].box, &x.sk.pk, &id) : NULL;
}

/* The node that lends this item, as node 1 sees the set. */
static inline unsigned lender(struct gn_slice what, unsigned rank)
{
	struct gn_contact set[GN_BOX_SET];
	struct gn_hash key, hash;
	struct gn_box_id id;
	gn_boxrec_key(&x.sk.pk, 0, &key);
	gn_sha256(&what, 1, &hash);
	id = box_id_of(&hash);
	uint32_t n = gn_overlay_set(s.nodes[1].ov, &key, GN_BOX_SET, set);
	box_index_key(&x.sk.pk, &id, &key);
	for (unsigned r = 0;; r++) {
		uint32_t best = 0;
		uint64_t least = UINT64_MAX;
		for (uint32_t i = 0; i < n; i++) {
			uint64_t sep = gn_ov_sep(gn_ov_theta(set[i].id.b), gn_ov_theta(key.b));
			if (sep < least) {
				least = sep;
				best = i;
			}
		}
		for (unsigned k = 0; r == rank && k < s.count; k++)
			if (gn_pk_eq(&set[best].pk, &s.nodes[k].sk.pk))
				return k;
		set[best] = set[--n];
		assert_true(n > 0);
	}
}

/* An item that a node above 3 lends, so that it may die; its number. */
static uint8_t some_item(void)
{
	for (uint8_t n = 1;; n++)
		if (lender(item_of(n), 0) > 3 && lender(item_of(n), 1) > 3)
			return n;
}

static inline struct gn_box_event *told(enum gn_box_event_kind kind, unsigned from)
{
	for (unsigned i = from; i < x.work_count; i++)
		if (x.work[i].kind == kind)
			return &x.work[i];
	return NULL;
}

static inline unsigned index_of(const struct gn_pk *pk)
{
	for (unsigned i = 0; i < s.count; i++)
		if (gn_pk_eq(&s.nodes[i].sk.pk, pk))
			return i;
	return SVC_NODES;
}

#endif
