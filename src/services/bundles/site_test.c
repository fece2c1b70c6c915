/* Sites: heads and manifests, opened, replaced and rolled back. */
#include "services/testing/world.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "services/bundles/engine_int.h"

static struct svc s;

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

static void check_page(unsigned node, const struct svc_wait *site, const char *text)
{
	struct gn_alloc heap;
	struct gn_manifest *m;
	struct gn_bundle_file f;
	uint64_t got;
	gn_alloc_heap(&heap, 1u << 20);
	assert_int_equal(gn_manifest_open(&heap, gn_slice(site->manifest, site->manifest_len), &m),
			 GN_OK);
	assert_int_equal(gn_manifest_find(m, GN_LIT("index.html"), &f), GN_OK);
	assert_int_equal(f.size, strlen(text));
	assert_int_equal(svc_read(&s, node, &f, 0, f.size, (const uint8_t *)text, &got, NULL),
			 GN_OK);
	gn_manifest_free(&heap, m);
}

static void sites_open_update_and_roll_back(void **state)
{
	(void)state;
	uint8_t seed[32] = {77};
	struct gn_head head = {0}, seen;
	struct svc_wait keep[6] = {0}, site;
	gn_sk_from_seed(seed, &owner);
	svc_network(&s, 7, 64u << 20);
	assert_int_equal(open_site(4, 0, false, &site), GN_NOT_FOUND);
	publish_site("<h1>one</h1>", &head, keep);
	assert_int_equal(open_site(4, 0, false, &site), GN_OK);
	check_page(4, &site, "<h1>one</h1>");
	svc_wait_free(&site);
	publish_site("<h1>two!</h1>", &head, keep + 3);
	svc_run_for(&s, 2 * GN_SEC);
	assert_int_equal(open_site(4, 0, false, &site), GN_OK);
	check_page(4, &site, "<h1>one</h1>"); /* for half a minute, and it says so */
	assert_true(site.age >= 2 * GN_SEC && site.age < 30 * GN_SEC);
	svc_wait_free(&site);
	assert_int_equal(open_site(4, 0, true, &site), GN_OK);
	assert_true(site.age == 0);
	check_page(4, &site, "<h1>two!</h1>");
	assert_int_equal(gn_head_open(gn_slice(site.head, site.head_len), &seen), GN_OK);
	assert_int_equal(seen.now.version, 2);
	svc_wait_free(&site);
	assert_int_equal(open_site(5, 1, false, &site), GN_OK);
	check_page(5, &site, "<h1>one</h1>");
	svc_wait_free(&site);
	assert_int_equal(open_site(5, 9, false, &site), GN_NOT_FOUND);
	for (unsigned i = 0; i < 2; i++) /* the publisher and another go */
		svc_stop(&s, i);
	svc_run_for(&s, 60 * GN_SEC);
	for (unsigned i = 2; i < 7; i++) {
		assert_int_equal(open_site(i, 0, true, &site), GN_OK);
		check_page(i, &site, "<h1>two!</h1>");
		svc_wait_free(&site);
	}
	for (unsigned i = 0; i < 6; i++)
		svc_wait_free(&keep[i]);
	svc_free(&s);
}

/* BU-16: a head says that the site is there, whoever has its manifest. */
static void a_site_without_its_manifest_is_not_called_missing(void **state)
{
	(void)state;
	static uint8_t record[GN_RECORD_MAX];
	uint8_t seed[32] = {79};
	struct gn_hash block = {{1}};
	struct gn_buf rec = {record, 0, sizeof record};
	struct svc_wait site;
	unsigned receipts;
	gn_sk_from_seed(seed, &owner);
	svc_network(&s, 4, 64u << 20);
	struct gn_head head = {.owner = owner.pk,
			       .label = GN_LIT("blog"),
			       .seq = 1,
			       .created = gn_unix(s.now),
			       .ttl = GN_BUNDLE_TTL};
	gn_head_advance(&head, &(struct gn_head_version){.total_size = 7,
							 .manifest_size = 100,
							 .manifest = block,
							 .manifest_blocks = GN_SLICE(block.b)});
	assert_int_equal(gn_head_record(&owner, &head, &rec), GN_OK);
	assert_int_equal(svc_put(&s, 0, gn_buf_slice(&rec), 3, &receipts), GN_OK);
	assert_int_equal(open_site(2, 0, false, &site), GN_UNREACHABLE);
	svc_wait_free(&site);
	svc_free(&s);
}

/* BU-4: no call of the engine checks a manifest; it waits for the work to be done elsewhere, and
 * all else goes on. */
static void manifests_are_checked_elsewhere(void **state)
{
	(void)state;
	uint8_t seed[32] = {80};
	struct gn_head head = {0};
	struct svc_wait keep[3] = {0}, opens[3];
	struct gn_bundles_work *work[2];
	gn_sk_from_seed(seed, &owner);
	svc_network(&s, 4, 64u << 20);
	publish_site("<h1>one</h1>", &head, keep);
	struct gn_bundles *b = s.nodes[3].bundles;
	s.idle_workers = true;
	for (unsigned i = 0; i < 3; i++)
		assert_int_equal(open_site(3, 0, true, &opens[i]),
				 GN_TIMEOUT); /* two virtual minutes without an event */
	struct gn_bundle_file page = svc_as_file(&keep[0]);
	uint64_t got;
	assert_int_equal(
		svc_read(&s, 3, &page, 0, page.size, (const uint8_t *)"<h1>one</h1>", &got, NULL),
		GN_OK);
	for (unsigned i = 0; i < 2; i++)
		assert_non_null(work[i] = gn_bundles_next_work(b));
	assert_null(gn_bundles_next_work(b)); /* BUNDLES_WORKS are out */
	gn_bundles_cancel(b, opens[0].op, s.now);
	for (unsigned i = 0; i < 2; i++) {
		gn_bundles_work_run(work[i]);
		gn_bundles_work_done(b, work[i], s.now);
		gn_bundles_validate(b);
	}
	assert_null(gn_bundles_next_work(b)); /* one that was checked is for all who wait for it */
	svc_wait_add(&s, &opens[2]);
	assert_int_equal(svc_wait(&s, &opens[1]), GN_OK);
	svc_wait_drop(&s, &opens[2]);
	assert_true(opens[2].over);
	assert_int_equal(opens[2].err, GN_OK);
	check_page(3, &opens[1], "<h1>one</h1>");
	s.idle_workers = false;
	for (unsigned i = 1; i < 3; i++)
		svc_wait_free(&opens[i]);
	for (unsigned i = 0; i < 3; i++)
		svc_wait_free(&keep[i]);
	svc_free(&s);
}

static void spoil_signature(uint8_t *bytes, size_t len)
{
	struct gn_record r;
	assert_int_equal(gn_wire_record_parse(gn_slice(bytes, len), &r), GN_OK);
	for (size_t at = 0; at + sizeof r.sig.b <= len; at++)
		if (memcmp(bytes + at, r.sig.b, sizeof r.sig.b) == 0) {
			bytes[at] ^= 1;
			return;
		}
	fail_msg("no signature");
}

/* BU-7: a head's signature is checked when it comes, whoever brings it, and not at every visit. */
static void a_head_is_verified_once(void **state)
{
	(void)state;
	static uint8_t record[GN_RECORD_MAX];
	uint8_t seed[32] = {78};
	struct gn_head head = {0}, seen;
	struct svc_wait keep[3] = {0}, site;
	struct gn_hash key;
	gn_sk_from_seed(seed, &owner);
	svc_network(&s, 5, 64u << 20);
	publish_site("<h1>one</h1>", &head, keep);
	assert_int_equal(open_site(4, 0, false, &site), GN_OK);
	svc_wait_free(&site);
	struct gn_bundles *b = s.nodes[4].bundles;
	gn_head_key(&owner.pk, GN_LIT("blog"), &key);
	struct bundles_head *cached = gn_map_get(&b->heads, &key);
	assert_non_null(cached);
	spoil_signature(cached->bytes, cached->len);
	assert_int_equal(gn_head_open(gn_slice(cached->bytes, cached->len), &seen), GN_SIGNATURE);
	assert_int_equal(gn_head_parse(gn_slice(cached->bytes, cached->len), &seen), GN_OK);
	assert_int_equal(open_site(4, 0, false, &site), GN_OK);
	svc_wait_free(&site);

	struct gn_buf rec = {record, 0, sizeof record};
	head.seq++;
	assert_int_equal(gn_head_record(&owner, &head, &rec), GN_OK);
	spoil_signature(record, rec.len);
	gn_bundles_head_put(b, gn_buf_slice(&rec), s.now);
	assert_int_equal(open_site(4, 0, false, &site), GN_OK);
	assert_int_equal(gn_head_parse(gn_slice(site.head, site.head_len), &seen), GN_OK);
	assert_int_equal(seen.seq, head.seq - 1); /* the forged one was not taken */
	svc_wait_free(&site);
	for (unsigned i = 0; i < 3; i++)
		svc_wait_free(&keep[i]);
	svc_free(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_head_is_verified_once),
		cmocka_unit_test(sites_open_update_and_roll_back),
		cmocka_unit_test(a_site_without_its_manifest_is_not_called_missing),
		cmocka_unit_test(manifests_are_checked_elsewhere),
	};
	return cmocka_run_group_tests_name("bundles_publish", tests, NULL, NULL);
}
