/* Bounds of what is remembered of sites, each at the limit and one past it. */
#include "services/bundles/engine_int.h"
#include "services/testing/world.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

static struct svc s;
static struct gn_bundles *b;
static struct gn_sk owner;

static void alone(void)
{
	uint8_t seed[32] = {81};
	gn_sk_from_seed(seed, &owner);
	svc_network(&s, 1, 64u << 20);
	s.validate = false;
	b = s.nodes[0].bundles;
}

static struct gn_hash numbered(uint32_t i)
{
	struct gn_hash h = {{1}};
	memcpy(h.b + 1, &i, sizeof i);
	return h;
}

/* A manifest of no file, and a head that names it, which the cache has. */
static struct gn_slice manifest_bytes(void)
{
	static uint8_t storage[4096];
	struct gn_manifest_args args = {.owner = owner.pk, .label = GN_LIT("blog")};
	struct gn_buf out = {storage, 0, sizeof storage};
	char why[256];
	assert_int_equal(gn_manifest_make(&s.nodes[0].alloc, &args, &out, why), GN_OK);
	return gn_buf_slice(&out);
}

static struct bundles_head *remember_head(void)
{
	static uint8_t record[GN_RECORD_MAX];
	static struct gn_hash block;
	struct gn_buf out = {record, 0, sizeof record};
	struct gn_hash key;
	gn_merkle_leaf(manifest_bytes(), &block);
	struct gn_head head = {.owner = owner.pk,
			       .label = GN_LIT("blog"),
			       .created = gn_unix(s.now),
			       .ttl = GN_BUNDLE_TTL};
	gn_head_advance(&head, &(struct gn_head_version){.total_size = 1,
							 .manifest_size = manifest_bytes().len,
							 .manifest = block,
							 .manifest_blocks = GN_SLICE(block.b)});
	assert_int_equal(gn_head_record(&owner, &head, &out), GN_OK);
	gn_bundles_head_put(b, gn_buf_slice(&out), s.now);
	gn_head_key(&owner.pk, GN_LIT("blog"), &key);
	return gn_map_get(&b->heads, &key);
}

static void heads_remembered(void **state)
{
	(void)state;
	alone();
	for (uint32_t i = 0; i < BUNDLES_HEADS; i++) {
		struct gn_hash key = numbered(i);
		b->now = s.now + i;
		bundles_head_keep(b, &key, (const uint8_t *)"head", 4);
	}
	struct gn_hash first = numbered(0), more = numbered(BUNDLES_HEADS);
	assert_true(b->heads.count == BUNDLES_HEADS && gn_map_get(&b->heads, &first));
	bundles_head_keep(b, &more, (const uint8_t *)"head", 4);
	assert_int_equal(b->heads.count, BUNDLES_HEADS);
	assert_null(gn_map_get(&b->heads, &first)); /* the oldest went */
	assert_non_null(gn_map_get(&b->heads, &more));
	svc_free(&s);
}

static void age_of_a_head_that_is_not_asked_for_again(void **state)
{
	(void)state;
	alone();
	struct bundles_head *h = remember_head();
	for (unsigned past = 0; past < 2; past++) {
		struct bundles_open *o;
		h->got = b->now - BUNDLES_HEAD_TTL + !past;
		assert_int_equal(
			bundles_open_start(b,
					   &(struct gn_bundles_site){.owner = &owner.pk,
								     .label = GN_LIT("blog")},
					   &o),
			GN_OK);
		assert_int_equal(o->get != 0, past);
	}
	svc_free(&s);
}

static void age_of_a_head_when_nobody_can_be_asked(void **state)
{
	(void)state;
	alone();
	struct bundles_head *h = remember_head();
	for (unsigned past = 0; past < 2; past++) {
		struct bundles_open *o;
		assert_int_equal(
			bundles_open_start(b,
					   &(struct gn_bundles_site){.owner = &owner.pk,
								     .label = GN_LIT("blog"),
								     .fresh = true},
					   &o),
			GN_OK);
		h->got = b->now - BUNDLES_HEAD_STALE + !past;
		struct gn_overlay_event e = {
			.kind = GN_OVERLAY_DONE, .op = o->get, .err = GN_UNREACHABLE};
		assert_true(gn_bundles_overlay_event(b, &e, b->now));
		assert_int_equal(o->head == NULL, past);
		if (past)
			assert_true(o->op.ended && o->op.err == GN_UNREACHABLE);
	}
	svc_free(&s);
}

static void heads_that_are_none_are_counted(void **state)
{
	(void)state;
	alone();
	struct bundles_open *o;
	assert_int_equal(bundles_open_start(b,
					    &(struct gn_bundles_site){.owner = &owner.pk,
								      .label = GN_LIT("blog"),
								      .fresh = true},
					    &o),
			 GN_OK);
	struct gn_overlay_value value = {GN_LIT("no record"), 3};
	struct gn_overlay_event e = {
		.kind = GN_OVERLAY_DONE, .op = o->get, .values = &value, .value_count = 1};
	assert_true(gn_bundles_overlay_event(b, &e, b->now));
	assert_int_equal(svc_bundles_count(&s, 0, "heads_bad"), 1);
	svc_free(&s);
}

/* The manifest with this root has been checked; it counts as so many bytes. */
static void checked(uint32_t number, size_t counts)
{
	struct gn_slice bytes = manifest_bytes();
	struct gn_bundles_work *w = GN_NEW(b->env.alloc, struct gn_bundles_work);
	assert_non_null(w);
	w->root = numbered(number);
	w->len = bytes.len;
	w->bytes = gn_mem_new(&b->open_alloc, bytes.len);
	memcpy(w->bytes, bytes.p, bytes.len);
	gn_alloc_heap(&w->alloc, BUNDLES_WORK_MEMORY);
	gn_bundles_work_run(w);
	w->len = counts;
	b->now++;
	assert_int_equal(bundles_manifest_keep(b, w), GN_OK);
}

static void manifests_remembered(void **state)
{
	(void)state;
	alone();
	for (uint32_t i = 0; i < BUNDLES_MANIFESTS; i++)
		checked(i, 1);
	assert_int_equal(b->manifests.count, BUNDLES_MANIFESTS);
	checked(BUNDLES_MANIFESTS, 1);
	struct gn_hash first = numbered(0);
	assert_int_equal(b->manifests.count, BUNDLES_MANIFESTS);
	assert_null(gn_map_get(&b->manifests, &first));
	svc_free(&s);
}

static void bytes_of_manifests_remembered(void **state)
{
	(void)state;
	alone();
	checked(0, BUNDLES_MANIFEST_BYTES / 2);
	checked(1, BUNDLES_MANIFEST_BYTES / 2);
	assert_int_equal(b->manifests.count, 2);
	checked(2, 1);
	assert_int_equal(b->manifests.count, 2);
	assert_int_equal(b->manifest_bytes, BUNDLES_MANIFEST_BYTES / 2 + 1);
	svc_free(&s);
}

/* What opens hold, and what checking one may take, are budgets of their own. */
static void memory_of_opens(void **state)
{
	(void)state;
	alone();
	struct bundles_open *o;
	remember_head();
	assert_int_equal(bundles_open_start(b,
					    &(struct gn_bundles_site){.owner = &owner.pk,
								      .label = GN_LIT("blog"),
								      .fresh = true},
					    &o),
			 GN_OK);
	assert_null(bundles_open_memory(b, o, NULL, BUNDLES_OPEN_BYTES));
	void *most = bundles_open_memory(b, o, NULL, BUNDLES_OPEN_BYTES - 64);
	assert_non_null(most);
	assert_int_equal(svc_bundles_count(&s, 0, "opens_gave_way"), 1);
	gn_mem_free(&b->open_alloc, most);
	svc_free(&s);
}

static void a_manifest_is_checked_in_memory_of_its_own(void **state)
{
	(void)state;
	struct svc_wait w, open = {0};
	alone();
	struct gn_slice bytes = manifest_bytes();
	s.idle_workers = true;
	remember_head();
	assert_int_equal(svc_ingest(&s, 0, bytes, &w), GN_OK);
	assert_int_equal(gn_bundles_open(b,
					 &(struct gn_bundles_site){.owner = &owner.pk,
								   .label = GN_LIT("blog")},
					 s.now, &open.op),
			 GN_OK);
	svc_pump(&s, 0);
	svc_run_for(&s, GN_SEC);
	struct gn_bundles_work *work = gn_bundles_next_work(b);
	assert_true(work && work->alloc.limit == BUNDLES_WORK_MEMORY);
	gn_bundles_work_run(work);
	assert_true(work->alloc.used > bytes.len && work->err == GN_OK);
	gn_bundles_work_done(b, work, s.now);
	svc_wait_free(&w);
	svc_free(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(heads_remembered),
		cmocka_unit_test(age_of_a_head_that_is_not_asked_for_again),
		cmocka_unit_test(age_of_a_head_when_nobody_can_be_asked),
		cmocka_unit_test(heads_that_are_none_are_counted),
		cmocka_unit_test(manifests_remembered),
		cmocka_unit_test(bytes_of_manifests_remembered),
		cmocka_unit_test(memory_of_opens),
		cmocka_unit_test(a_manifest_is_checked_in_memory_of_its_own),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
