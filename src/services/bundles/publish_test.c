/* Publishing: copies that are kept up, own blocks that go when no version needs them (BU-11,
 * BU-17, BU-20). */
#include "services/testing/world.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "services/bundles/engine_int.h"

static struct svc s;

/* ---- keeping up ---- */

static void copies_come_back_after_an_hour(void **state)
{
	(void)state;
	bool holds[SVC_NODES];
	svc_network(&s, 9, 64u << 20);
	uint8_t *data = svc_random_bytes(GN_BLOCK, 15);
	struct svc_wait w;
	svc_publish(&s, data, GN_BLOCK, 3, &w);
	svc_holders(&s, w.blocks, holds);
	unsigned gone = 0;
	for (unsigned i = 1; i < s.count && gone < 2; i++)
		if (holds[i]) {
			svc_stop(&s, i);
			gone++;
		}
	assert_int_equal(gone, 2);
	s.validate = false;
	svc_run_for(&s, 4500 * GN_SEC);
	assert_true(svc_holders(&s, w.blocks, NULL) >= 3);
	assert_int_equal(svc_bundles_count(&s, 0, "spread_rounds"), 2);
	free(data);
	svc_wait_free(&w);
	svc_free(&s);
}

static void promises_survive_a_restart_and_end_in_time(void **state)
{
	(void)state;
	bool holds[SVC_NODES];
	svc_network(&s, 6, 64u << 20);
	uint8_t *data = svc_random_bytes(GN_BLOCK, 16);
	struct svc_wait w, again;
	svc_publish(&s, data, GN_BLOCK, 2, &w);
	svc_holders(&s, w.blocks, holds);
	unsigned holder = 1;
	while (!holds[holder])
		holder++;
	svc_stop(&s, holder);
	svc_start(&s, holder);
	svc_run_for(&s, 20 * GN_SEC);
	struct gn_blocks_info info;
	gn_blocks_info(s.nodes[holder].blocks, &info);
	assert_int_equal(info.held, 1);
	gn_bundles_validate(s.nodes[holder].bundles);
	/* Asked again by the publisher: no chunk moves, the receipt is new. */
	uint64_t before = s.nodes[0].sent;
	assert_int_equal(svc_spread(&s, 0, gn_slice(w.blocks, 32), 2, &again), GN_OK);
	assert_true(s.nodes[0].sent - before < GN_CHUNK);
	s.validate = false;
	svc_stop(&s, 0); /* no one renews */
	svc_run_for(&s, (gn_time)(86400 + 3600) * GN_SEC);
	gn_blocks_info(s.nodes[holder].blocks, &info);
	assert_int_equal(info.held, 1); /* over, but clocks can be wrong: a week more */
	svc_run_for(&s, (gn_time)(7 * 86400) * GN_SEC);
	gn_blocks_info(s.nodes[holder].blocks, &info);
	assert_int_equal(info.held, 0);
	assert_int_equal(info.blocks, 1); /* cache while there is room */
	free(data);
	svc_wait_free(&w);
	svc_free(&s);
}

/* 3 MB with four copies over 256 kbit/s to 1 Mbit/s: it takes minutes, and no holder counts as
 * dead meanwhile (BU-22). */
static void a_slow_line_publishes_too(void **state)
{
	(void)state;
	static const double rates[] = {32000, 48000, 125000};
	for (unsigned i = 0; i < 3; i++) {
		svc_init(&s, &(struct svc_options){
				     .seed = 42, .nodes = 8, .peer_bytes_max = 64u << 20});
		s.opt.bytes_per_s = rates[i];
		s.opt.patience = 1000 * GN_SEC;
		uint8_t *data = svc_random_bytes(3000000, 15);
		struct svc_wait w;
		gn_time before = s.now;
		svc_publish(&s, data, 3000000, 4, &w);
		print_message("%.0f bytes a second: %lld s\n", rates[i],
			      (long long)((s.now - before) / GN_SEC));
		assert_int_equal(svc_bundles_count(&s, 0, "spread_dead"), 0);
		assert_int_equal(svc_bundles_count(&s, 0, "spread_refused"), 0);
		free(data);
		svc_wait_free(&w);
		svc_free(&s);
	}
}

/* ---- own blocks (BU-20) ---- */

static bool is_here(unsigned node, const uint8_t *block)
{
	return gn_blocks_have(s.nodes[node].blocks, (const struct gn_hash *)(const void *)block,
			      NULL);
}

static void what_no_version_needs_goes_and_promises_stay(void **state)
{
	(void)state;
	svc_network(&s, 2, 64u << 20);
	uint8_t *data = svc_random_bytes(1000, 17);
	struct svc_wait w, other, spread;
	struct gn_blocks_info info;
	assert_int_equal(svc_ingest(&s, 0, gn_slice(data, 1000), &w), GN_OK);
	assert_int_equal(svc_ingest(&s, 1, gn_slice(data, 1000), &other), GN_OK);
	assert_int_equal(svc_spread(&s, 1, gn_slice(w.blocks, 32), 2, &spread),
			 GN_OK); /* node 0 promises its own block */
	for (unsigned i = 0; i < 2; i++) {
		struct gn_bundles *b = s.nodes[i].bundles;
		assert_int_equal(gn_bundles_own(b, gn_slice(w.blocks, 32), s.now), GN_OK);
		assert_int_equal(gn_bundles_own(b, gn_slice(w.blocks, 32), s.now), GN_OK);
		/* another version still names it */
		gn_bundles_disown(b, gn_slice(w.blocks, 32), s.now);
		gn_blocks_info(s.nodes[i].blocks, &info);
		assert_int_equal(info.own, 1);
		gn_bundles_disown(b, gn_slice(w.blocks, 32), s.now);
		gn_bundles_validate(b);
	}
	gn_blocks_info(s.nodes[0].blocks, &info);
	assert_int_equal(info.own, 0);
	assert_int_equal(info.held, 1);
	gn_blocks_info(s.nodes[1].blocks, &info);
	assert_int_equal(info.own, 1); /* its spread goes on */
	gn_bundles_cancel(s.nodes[1].bundles, spread.op, s.now);
	assert_int_equal(gn_bundles_own(s.nodes[1].bundles, gn_slice(w.blocks, 32), s.now), GN_OK);
	gn_bundles_disown(s.nodes[1].bundles, gn_slice(w.blocks, 32), s.now);
	svc_pump(&s, 1);
	svc_run_for(&s, GN_SEC);
	gn_blocks_info(s.nodes[1].blocks, &info);
	assert_int_equal(info.own + info.held + info.blocks, 0);
	free(data);
	svc_wait_free(&w);
	svc_wait_free(&other);
	svc_free(&s);
}

/* A day after it was taken in, with a restart in between; not before every version has been
 * named. */
static void an_abandoned_publication_goes_after_a_day(void **state)
{
	(void)state;
	svc_network(&s, 1, 0);
	s.validate = false;
	uint8_t *kept = svc_random_bytes(1000, 31), *left = svc_random_bytes(1000, 32),
		*late = svc_random_bytes(1000, 33);
	struct svc_wait k, a, b;
	assert_int_equal(svc_ingest(&s, 0, gn_slice(kept, 1000), &k), GN_OK);
	assert_int_equal(svc_ingest(&s, 0, gn_slice(left, 1000), &a), GN_OK);
	svc_run_for(&s, 20 * 3600 * GN_SEC);
	svc_stop(&s, 0);
	svc_start(&s, 0);
	svc_run_for(&s, 6 * 3600 * GN_SEC);
	assert_int_equal(svc_ingest(&s, 0, gn_slice(late, 1000), &b), GN_OK);
	assert_true(is_here(0, a.blocks)); /* nobody has said what is kept */
	assert_int_equal(gn_bundles_own(s.nodes[0].bundles, gn_slice(k.blocks, 32), s.now), GN_OK);
	gn_bundles_collect(s.nodes[0].bundles, false, s.now);
	svc_pump(&s, 0);
	svc_run_for(&s, 1200 * GN_SEC);
	assert_true(is_here(0, k.blocks));
	assert_false(is_here(0, a.blocks));
	assert_true(is_here(0, b.blocks)); /* its day is not over */
	assert_int_equal(svc_bundles_count(&s, 0, "own_let_go"), 1);
	svc_run_for(&s, 26 * 3600 * GN_SEC);
	assert_true(is_here(0, k.blocks));
	assert_false(is_here(0, b.blocks));
	free(kept);
	free(left);
	free(late);
	svc_wait_free(&k);
	svc_wait_free(&a);
	svc_wait_free(&b);
	svc_free(&s);
}

/* A publication that takes in what a version just let go keeps it, with or without the version. */
static void a_publication_under_way_counts(void **state)
{
	(void)state;
	svc_network(&s, 1, 0);
	uint8_t *data = svc_random_bytes(1000, 34);
	struct svc_wait w, again;
	struct gn_bundles *b = s.nodes[0].bundles;
	assert_int_equal(svc_ingest(&s, 0, gn_slice(data, 1000), &w), GN_OK);
	assert_int_equal(gn_bundles_own(b, gn_slice(w.blocks, 32), s.now), GN_OK);
	assert_int_equal(svc_ingest(&s, 0, gn_slice(data, 1000), &again), GN_OK);
	gn_bundles_disown(b, gn_slice(w.blocks, 32), s.now);
	svc_pump(&s, 0);
	svc_run_for(&s, GN_SEC);
	assert_true(is_here(0, w.blocks));
	free(data);
	svc_wait_free(&w);
	svc_wait_free(&again);
	svc_free(&s);
}

static void cancelled_ingest_lets_go(void **state)
{
	(void)state;
	svc_network(&s, 1, 0);
	uint8_t *data = svc_random_bytes(3 * GN_BLOCK, 18);
	struct gn_blocks_info info;
	gn_op op;
	size_t taken, at = 0;
	assert_int_equal(gn_bundles_ingest(s.nodes[0].bundles, s.now, &op), GN_OK);
	while (at < 2 * GN_BLOCK + 5) {
		gn_err err = gn_bundles_ingest_data(s.nodes[0].bundles, op,
						    gn_slice(data + at, 2 * GN_BLOCK + 5 - at),
						    &taken, s.now);
		at += taken;
		assert_true(err == GN_OK || err == GN_AGAIN);
		svc_pump(&s, 0);
		svc_run_for(&s, 10 * GN_MSEC);
	}
	gn_bundles_cancel(s.nodes[0].bundles, op, s.now);
	svc_run_for(&s, GN_SEC);
	gn_blocks_info(s.nodes[0].blocks, &info);
	assert_int_equal(info.own, 0);
	assert_int_equal(
		gn_bundles_ingest_data(s.nodes[0].bundles, op, gn_slice(data, 1), &taken, s.now),
		GN_NOT_FOUND);
	free(data);
	svc_free(&s);
}

static void a_full_disk_ends_the_ingest(void **state)
{
	(void)state;
	svc_init(&s, &(struct svc_options){.seed = 3, .nodes = 1, .bytes_max = 2u << 20});
	uint8_t *data = svc_random_bytes(4 * GN_BLOCK, 19);
	struct svc_wait w;
	struct gn_blocks_info info;
	assert_int_equal(svc_ingest(&s, 0, gn_slice(data, 4 * GN_BLOCK), &w), GN_NO_SPACE);
	svc_run_for(&s, GN_SEC);
	gn_blocks_info(s.nodes[0].blocks, &info);
	free(data);
	svc_wait_free(&w);
	svc_free(&s);
}

/* ---- sites ---- */

static struct gn_sk owner;

/* A site of two files; its head is put. Returns the head. */
static void publish_site(const char *text, struct gn_head *head, struct svc_wait keep[3])
{
	static uint8_t storage[8192], record[GN_RECORD_MAX];
	static struct gn_alloc heap;
	struct gn_bundle_file files[2];
	struct gn_buf out = {storage, 0, sizeof storage}, rec = {record, 0, sizeof record};
	struct svc_wait w;
	char why[256];
	unsigned receipts;
	gn_alloc_heap(&heap, 1u << 20);
	assert_int_equal(svc_ingest(&s, 0, gn_str(text), &keep[0]), GN_OK);
	assert_int_equal(svc_ingest(&s, 0, GN_LIT("body {}"), &keep[1]), GN_OK);
	files[0] = svc_as_file(&keep[0]);
	files[0].path = GN_LIT("index.html");
	files[1] = svc_as_file(&keep[1]);
	files[1].path = GN_LIT("style.css");
	struct gn_manifest_args args = {.owner = owner.pk,
					.label = GN_LIT("blog"),
					.seq = head->seq + 1,
					.created = gn_unix(s.now),
					.files = files,
					.file_count = 2};
	assert_int_equal(gn_manifest_make(&heap, &args, &out, why), GN_OK);
	assert_int_equal(svc_ingest(&s, 0, gn_buf_slice(&out), &keep[2]), GN_OK);
	for (unsigned i = 0; i < 3; i++)
		assert_int_equal(
			svc_spread(&s, 0, gn_slice(keep[i].blocks, keep[i].blocks_len), 3, &w),
			GN_OK);
	head->owner = owner.pk;
	head->label = GN_LIT("blog");
	head->created = gn_unix(s.now);
	head->ttl = GN_BUNDLE_TTL;
	gn_head_advance(head,
			&(struct gn_head_version){
				.total_size = 7,
				.manifest_size = keep[2].size,
				.manifest = keep[2].root,
				.manifest_blocks = gn_slice(keep[2].blocks, keep[2].blocks_len)});
	assert_int_equal(gn_head_record(&owner, head, &rec), GN_OK);
	assert_int_equal(svc_put(&s, 0, gn_buf_slice(&rec), 3, &receipts), GN_OK);
	assert_true(receipts >= 3);
}

static gn_err open_site(unsigned node, uint64_t version, bool fresh, struct svc_wait *w)
{
	*w = (struct svc_wait){.node = node};
	gn_err err = gn_bundles_open(s.nodes[node].bundles,
				     &(struct gn_bundles_site){.owner = &owner.pk,
							       .label = GN_LIT("blog"),
							       .version = version,
							       .fresh = fresh},
				     s.now, &w->op);
	return err == GN_OK ? svc_wait(&s, w) : err;
}

/* Taking in, spreading and opening, with every allocation of the publisher failing in turn. */
static void publishing_survives_any_failed_allocation(void **state)
{
	(void)state;
	uint8_t *data = svc_random_bytes(3 * GN_CHUNK, 22), seed[32] = {78};
	unsigned failures = 0, step = 0;
	struct gn_head head = {0};
	struct svc_wait keep[3] = {0};
	gn_sk_from_seed(seed, &owner);
	svc_network(&s, 4, 64u << 20);
	publish_site("<h1>one</h1>", &head, keep);
	for (uint64_t n = 1; step < 3; n++) {
		struct svc_wait w = {0};
		gn_err err = GN_OK;
		data[0]++; /* a new file each time */
		if (step == 1)
			assert_int_equal(svc_ingest(&s, 0, gn_slice(data, 3 * GN_CHUNK), &w),
					 GN_OK);
		s.nodes[step == 2 ? 3 : 0].bundles_alloc.fail_at = n;
		if (step == 0)
			err = svc_ingest(&s, 0, gn_slice(data, 3 * GN_CHUNK), &w);
		if (step == 1) {
			struct svc_wait spread;
			err = svc_spread(&s, 0, gn_slice(w.blocks, w.blocks_len), 2, &spread);
			gn_bundles_cancel(s.nodes[0].bundles, spread.op, s.now);
		}
		if (step == 2)
			err = open_site(3, 0, true, &w);
		bool hit = s.nodes[step == 2 ? 3 : 0].bundles_alloc.fail_at == 0;
		s.nodes[0].bundles_alloc.fail_at = s.nodes[3].bundles_alloc.fail_at = 0;
		assert_true(err == GN_OK || (hit && (err == GN_NOMEM || err == GN_QUORUM)));
		failures += hit;
		gn_bundles_validate(s.nodes[0].bundles);
		svc_wait_free(&w);
		if (!hit) {
			step++;
			n = 0;
		}
	}
	assert_in_range(failures, 10, 400);
	for (unsigned i = 0; i < 3; i++)
		svc_wait_free(&keep[i]);
	free(data);
	svc_free(&s);
}

static void cancelled_operations_are_never_heard_of_again(void **state)
{
	(void)state;
	struct gn_bundles_event e;
	struct gn_head head = {0};
	struct svc_wait keep[3] = {0}, w;
	uint8_t *data = svc_random_bytes(4 * GN_BLOCK, 23), seed[32] = {79};
	gn_sk_from_seed(seed, &owner);
	svc_network(&s, 5, 64u << 20);
	publish_site("<h1>one</h1>", &head, keep);
	for (unsigned i = 0; i < 3; i++)
		/* numbers that are nobody's, or over */
		gn_bundles_cancel(s.nodes[0].bundles, i, s.now);
	assert_int_equal(svc_ingest(&s, 0, gn_slice(data, 4 * GN_BLOCK), &w), GN_OK);
	struct gn_bundle_file f = svc_as_file(&w);
	for (unsigned round = 0; round < 40; round++) {
		gn_op spread, open, read;
		struct gn_bundles *b = s.nodes[round % 2 ? 3 : 0].bundles;
		assert_int_equal(gn_bundles_spread(s.nodes[0].bundles,
						   gn_slice(w.blocks, w.blocks_len), 3,
						   gn_unix(s.now) + 86400, s.now, &spread),
				 GN_OK);
		assert_int_equal(gn_bundles_open(b,
						 &(struct gn_bundles_site){.owner = &owner.pk,
									   .label = GN_LIT("blog"),
									   .fresh = true},
						 s.now, &open),
				 GN_OK);
		assert_int_equal(gn_bundles_read(b, &f, 0, f.size, s.now, &read), GN_OK);
		svc_pump(&s, 0);
		svc_pump(&s, 3);
		gn_time until = s.now + (gn_time)round * 2 * GN_MSEC;
		while (svc_step(&s, until))
			;
		gn_bundles_cancel(s.nodes[0].bundles, spread, s.now);
		gn_bundles_cancel(b, open, s.now);
		gn_bundles_cancel(b, read, s.now);
		while (gn_bundles_next_event(b, &e))
			assert_true(e.op != open && e.op != read && e.op != spread);
		gn_bundles_validate(b);
	}
	svc_run_for(&s, 100 * GN_SEC);
	assert_true(s.nodes[0].bundles_alloc.used < 2u << 20);
	for (unsigned i = 0; i < 3; i++)
		svc_wait_free(&keep[i]);
	svc_wait_free(&w);
	free(data);
	svc_free(&s);
}

/* A list that could not be read at the start may be there again when its version goes. */
static void what_was_never_named_may_be_disowned(void **state)
{
	(void)state;
	struct svc_wait w;
	svc_network(&s, 3, 64u << 20);
	assert_int_equal(svc_ingest(&s, 0, GN_LIT("a block"), &w), GN_OK);
	gn_bundles_disown(s.nodes[0].bundles, gn_slice(w.blocks, 32), s.now);
	gn_bundles_validate(s.nodes[0].bundles);
	svc_wait_free(&w);
	svc_free(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_slow_line_publishes_too),
		cmocka_unit_test(copies_come_back_after_an_hour),
		cmocka_unit_test(promises_survive_a_restart_and_end_in_time),
		cmocka_unit_test(what_no_version_needs_goes_and_promises_stay),
		cmocka_unit_test(an_abandoned_publication_goes_after_a_day),
		cmocka_unit_test(a_publication_under_way_counts),
		cmocka_unit_test(what_was_never_named_may_be_disowned),
		cmocka_unit_test(cancelled_ingest_lets_go),
		cmocka_unit_test(a_full_disk_ends_the_ingest),
		cmocka_unit_test(publishing_survives_any_failed_allocation),
		cmocka_unit_test(cancelled_operations_are_never_heard_of_again),
	};
	return cmocka_run_group_tests_name("bundles_publish", tests, NULL, NULL);
}
