/* The journal on a disk that lies: damage is found and never guessed around, torn tails are cut,
 * errors stop the ledger, snapshots and replay agree, and verification sees a forged record even
 * when every checksum was made again. */
#include "ledger/engine_int.h"
#include "ledger/testing/hub.h"

static struct hub h, again;
static struct sim_disk image;
enum { A, B, C, D, PEOPLE };

static void history(unsigned payments)
{
	char amount[24];
	assert_int_equal(hub_equivalent(&h, "UAH", 2, true), GN_OK);
	for (int i = 0; i < PEOPLE; i++)
		hub_join(&h);
	assert_int_equal(hub_trust(&h, B, A, "UAH", "1000.00",
				   "{\"blocked_participants\":[],\"daily_limit\":\"900.00\"}"),
			 GN_OK);
	assert_int_equal(hub_trust(&h, C, B, "UAH", "1000.00", NULL), GN_OK);
	assert_int_equal(hub_do(&h, D, GN_OP_LEAVE, "{}", NULL), GN_OK);
	for (unsigned i = 0; i < payments; i++) {
		snprintf(amount, sizeof amount, "%u.01", 1 + i % 5);
		assert_int_equal(hub_pay(&h, A, C, "UAH", amount), GN_OK);
	}
}

static int setup(void **state)
{
	(void)state;
	hub_init(&h, 6);
	hub_init(&again, 7);
	h.real_signatures = true;
	h.config.segment_bytes = again.config.segment_bytes = 48 << 10;
	hub_open(&h);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	hub_fini(&h);
	hub_close(&again);
	sim_free(&again.disk);
	sim_free(&image);
	assert_int_equal(again.alloc.count, 0);
	return 0;
}

static gn_err reopen(const struct sim_disk *disk)
{
	hub_close(&again);
	sim_copy(&again.disk, disk);
	again.now = h.now;
	hub_recover(&again);
	return again.ready_err;
}

static void same_state(void)
{
	struct gn_hash a = hub_hash(&h), b = hub_hash(&again);
	assert_int_equal(gn_ledger_seq(h.l), gn_ledger_seq(again.l));
	assert_memory_equal(a.b, b.b, 32);
}

static bool same_disk(const struct sim_disk *a, struct sim_disk *b)
{
	for (unsigned i = 0; i < a->count; i++) {
		const struct sim_file *f = &a->files[i], *g = sim_find(b, f->name);
		if (!g || g->now_len != f->now_len || memcmp(g->now, f->now, f->now_len) != 0)
			return false;
	}
	return a->count == b->count;
}

static void test_files_continue_each_other(void **state)
{
	(void)state;
	history(40);
	assert_true(h.disk.count >= 4);
	assert_int_equal(reopen(&h.disk), GN_OK);
	same_state();
	/* and the one that came back goes on writing where the other stopped */
	hub_run(&again);
	memcpy(again.key, h.key, sizeof h.key);
	memcpy(again.pid, h.pid, sizeof h.pid);
	again.real_signatures = true;
	again.tx = h.tx;
	assert_int_equal(hub_pay(&again, A, C, "UAH", "1.00"), GN_OK);
	sim_copy(&image, &again.disk);
	struct gn_hash hash = hub_hash(&again);
	assert_int_equal(reopen(&image), GN_OK);
	struct gn_hash back = hub_hash(&again);
	assert_memory_equal(hash.b, back.b, 32);
}

/* Any changed byte that carries something is noticed: CORRUPT and an untouched disk, or, in the
 * last batch, a cut. */
static void test_no_changed_byte_is_believed(void **state)
{
	(void)state;
	history(12);
	unsigned corrupt = 0, cut = 0, silent = 0;
	uint64_t last_seq = gn_ledger_seq(h.l);
	for (unsigned file = 0; file < h.disk.count; file++) {
		size_t len = h.disk.files[file].now_len;
		for (size_t at = 0; at < len; at += at % JOURNAL_ALIGN < 700 ? 5 : 900) {
			sim_copy(&image, &h.disk);
			image.files[file].now[at] ^= (uint8_t)(1 + at % 255);
			gn_err err = reopen(&image);
			if (err) {
				assert_int_equal(err, GN_CORRUPT);
				assert_true(same_disk(&image, &again.disk));
				corrupt++;
			} else if (gn_ledger_seq(again.l) == last_seq) {
				same_state(); /* padding, or one of two equal headers */
				silent++;
			} else {
				/* the last batch had one record */
				assert_int_equal(gn_ledger_seq(again.l), last_seq - 1);
				cut++;
			}
		}
	}
	print_message("%u stopped, %u cut, %u without meaning\n", corrupt, cut, silent);
	assert_true(corrupt > 500 && cut > 20);
}

static void test_missing_files_are_noticed(void **state)
{
	(void)state;
	history(40);
	for (unsigned number = 1; number < 4; number++) {
		char name[64];
		snprintf(name, sizeof name, "ledger/%08x.log", number);
		sim_copy(&image, &h.disk);
		sim_drop(&image, sim_find(&image, name));
		assert_int_equal(reopen(&image), GN_CORRUPT);
		assert_true(same_disk(&image, &again.disk));
	}
	char name[64];
	for (unsigned number = 1;
	     snprintf(name, sizeof name, "ledger/%08x.log", number), sim_find(&h.disk, name);
	     number++) {
		/* listed, and not there: a link whose disk is away; the last one too */
		sim_copy(&image, &h.disk);
		image.gone = name;
		assert_int_equal(reopen(&image), GN_CORRUPT);
		assert_true(same_disk(&image, &again.disk));
	}
	sim_copy(&image, &h.disk); /* an inner file cut short */
	sim_resize(&sim_find(&image, "ledger/00000002.log")->now,
		   &sim_find(&image, "ledger/00000002.log")->now_len, 20480);
	assert_int_equal(reopen(&image), GN_CORRUPT);
}

/* A damaged last batch looks like a torn tail; who knows that it was durable says so, and
 * nothing is cut. */
static void test_a_tail_that_the_history_knows_is_not_cut(void **state)
{
	(void)state;
	history(20);
	uint64_t last = gn_ledger_seq(h.l);
	struct sim_file *f;
	sim_copy(&image, &h.disk);
	unsigned number = 1;
	for (char name[64];
	     snprintf(name, sizeof name, "ledger/%08x.log", number + 1), sim_find(&image, name);)
		number++;
	char name[64];
	snprintf(name, sizeof name, "ledger/%08x.log", number);
	f = sim_find(&image, name);
	size_t at = f->now_len - 1; /* into the last record, before the zeros */
	while (f->now[at] == 0)
		at--;
	f->now[at] ^= 1;
	again.config.feed_from = last + 1;
	assert_int_equal(reopen(&image), GN_TRUNCATED);
	assert_true(same_disk(&image, &again.disk));
	again.config.feed_from = last; /* the history has not seen the last batch: it may be torn */
	assert_int_equal(reopen(&image), GN_OK);
	assert_int_equal(gn_ledger_seq(again.l), last - 1);
	assert_false(same_disk(&image, &again.disk));
	again.config.feed_from = 0;
}

static void test_another_hubs_journal_is_refused(void **state)
{
	(void)state;
	history(2);
	again.config.hub.b[0] ^= 1;
	assert_int_equal(reopen(&h.disk), GN_CORRUPT);
	again.config.hub.b[0] ^= 1;
	assert_int_equal(reopen(&h.disk), GN_OK);
}

static void test_snapshots_shorten_replay_and_damaged_ones_are_passed_over(void **state)
{
	(void)state;
	history(10);
	gn_ledger_snapshot(h.l);
	assert_int_equal(hub_pay(&h, A, C, "UAH", "1.00"), GN_OK);
	assert_int_equal(hub_pay(&h, A, C, "UAH", "2.00"), GN_OK);
	gn_ledger_snapshot(h.l);
	assert_int_equal(hub_pay(&h, A, C, "UAH", "3.00"), GN_OK);
	gn_ledger_snapshot(h.l);
	assert_int_equal(hub_pay(&h, A, C, "UAH", "4.00"), GN_OK);
	hub_run(&h);
	unsigned snaps = 0;
	struct sim_file *newest = NULL;
	for (unsigned i = 0; i < h.disk.count; i++)
		if (strstr(h.disk.files[i].name, ".snap")) {
			snaps++;
			if (!newest || strcmp(h.disk.files[i].name, newest->name) > 0)
				newest = &h.disk.files[i];
		}
	assert_int_equal(snaps, 2); /* the third newest was removed */
	again.config.feed_from = UINT64_MAX;
	assert_int_equal(reopen(&h.disk), GN_OK);
	same_state();
	for (size_t at = 0; at < newest->now_len; at += 97) {
		sim_copy(&image, &h.disk);
		sim_find(&image, newest->name)->now[at] ^= 0x40;
		assert_int_equal(reopen(&image), GN_OK);
		same_state();
	}
	/* a journal that ends before its snapshot has lost records that were durable */
	sim_copy(&image, &h.disk);
	char last[64] = "";
	for (unsigned i = 0; i < image.count; i++)
		if (strstr(image.files[i].name, ".log") && strcmp(image.files[i].name, last) > 0)
			snprintf(last, sizeof last, "%s", image.files[i].name);
	sim_resize(&sim_find(&image, last)->now, &sim_find(&image, last)->now_len,
		   2 * JOURNAL_ALIGN);
	assert_int_equal(reopen(&image), GN_CORRUPT);
	again.config.feed_from = 0;
}

static uint64_t fed_first, fed_count;
static void count_record(void *user, const struct gn_record_view *r)
{
	(void)user;
	fed_first = fed_first ? fed_first : r->seq;
	fed_count++;
}

static void test_history_is_fed_from_any_place(void **state)
{
	(void)state;
	history(30);
	gn_ledger_snapshot(h.l);
	assert_int_equal(hub_pay(&h, A, C, "UAH", "1.00"), GN_OK);
	hub_run(&h);
	uint64_t last = gn_ledger_seq(h.l);
	for (uint64_t from = 1; from <= last + 1; from++) {
		fed_first = fed_count = 0;
		again.config.feed_from = from;
		again.record = count_record;
		assert_int_equal(reopen(&h.disk), GN_OK);
		same_state();
		if (from > last)
			assert_int_equal(fed_count, 0);
		else
			assert_true(fed_first <= from && fed_first + fed_count - 1 == last);
	}
	again.record = NULL;
	again.config.feed_from = 0;
}

static void test_disk_errors_stop_and_nothing_is_told(void **state)
{
	(void)state;
	history(3);
	for (unsigned nth = 1; nth <= 2; nth++) { /* the write, the sync */
		sim_copy(&image, &h.disk);
		assert_int_equal(reopen(&image), GN_OK);
		hub_run(&again);
		memcpy(again.key, h.key, sizeof h.key);
		memcpy(again.pid, h.pid, sizeof h.pid);
		again.real_signatures = true;
		again.tx = 1000;
		uint64_t ticket, seq = gn_ledger_seq(again.l);
		char body[1024];
		hub_payment_body(&again, C, "UAH", "1.00", NULL, "tx-1000", body);
		again.disk.fail_at = nth;
		assert_int_equal(hub_send(&again, A, GN_OP_PAYMENT, body, "tx-1000", &ticket),
				 GN_OK);
		hub_run(&again);
		assert_true(again.stopped);
		assert_int_equal(again.results[ticket % HUB_RESULTS].ticket, 0);
		assert_int_equal(gn_ledger_durable_seq(again.l), seq);
		assert_int_equal(hub_send(&again, A, GN_OP_PAYMENT, body, "tx-1000", &ticket),
				 GN_STATE);
		sim_copy(&image, &again.disk);
		assert_int_equal(reopen(&image), GN_OK); /* durable or not, it is whole */
		assert_true(gn_ledger_seq(again.l) == seq || gn_ledger_seq(again.l) == seq + 1);
	}
	/* reading fails: no ledger, nothing changed */
	for (unsigned nth = 1; nth <= 3; nth++) {
		hub_close(&again);
		sim_copy(&again.disk, &h.disk);
		again.disk.fail_at = nth;
		hub_recover(&again);
		assert_int_equal(again.ready_err, GN_IO);
		again.disk.fail_at = 0;
		assert_true(same_disk(&h.disk, &again.disk));
	}
}

static void test_many_requests_share_one_write(void **state)
{
	(void)state;
	history(1);
	uint64_t tickets[100];
	char body[1024], id[32];
	h.hold = true;
	for (unsigned i = 0; i < 100; i++) {
		snprintf(id, sizeof id, "g-%u", i);
		hub_payment_body(&h, C, "UAH", "0.01", NULL, id, body);
		assert_int_equal(hub_send(&h, A, GN_OP_PAYMENT, body, id, &tickets[i]), GN_OK);
	}
	uint64_t writes = h.disk.writes, syncs = h.disk.syncs;
	h.hold = false;
	hub_run(&h);
	/* a new file's header, perhaps */
	assert_true(h.disk.writes - writes <= 2 && h.disk.syncs - syncs <= 2);
	for (unsigned i = 0; i < 100; i++)
		assert_int_equal(h.results[tickets[i] % HUB_RESULTS].state, GN_TX_COMMITTED);
}

/* LG-27: he is suspended by a record that nobody waits for, and the disk fails under it. Nobody
 * may hear of it. */
static void test_a_refusal_waits_for_what_it_was_refused_by(void **state)
{
	(void)state;
	history(1);
	uint64_t ticket, wrong;
	char body[256];
	struct gn_ledger_admin a = {.kind = GN_ADMIN_STATUS, .status = GN_PARTICIPANT_SUSPENDED};
	snprintf(body, sizeof body, "{\"equivalent\":\"UAH\",\"limit\":\"5.00\",\"to\":\"%s\"}",
		 h.pid[C]);
	assert_int_equal(gn_pid_parse(gn_str(h.pid[A]), &a.pid), GN_OK);
	h.hold = true;
	assert_int_equal(gn_ledger_admin(h.l, &a, 0, h.now), GN_OK);
	assert_int_equal(hub_send(&h, A, GN_OP_LINE_CREATE, body, NULL, &ticket), GN_OK);
	hub_run(&h);
	assert_true(gn_ledger_seq(h.l) > gn_ledger_durable_seq(h.l));
	assert_int_equal(h.results[ticket % HUB_RESULTS].ticket, 0);
	h.disk.fail_at = 2; /* its sync */
	assert_int_equal(gn_ledger_failed(h.l), GN_OK);
	while (hub_step(&h) && !gn_ledger_failed(h.l))
		;
	assert_int_equal(gn_ledger_failed(h.l), GN_IO); /* known before the event */
	assert_false(h.stopped);
	assert_int_equal(hub_send(&h, B, GN_OP_LINE_CREATE, body, NULL, &wrong), GN_STATE);
	hub_run(&h);
	assert_true(h.stopped);
	assert_int_equal(h.results[ticket % HUB_RESULTS].ticket, 0);
}

static void test_too_much_waiting_is_refused_as_busy(void **state)
{
	(void)state;
	history(1);
	char body[1024], id[32];
	uint64_t ticket;
	unsigned taken = 0;
	gn_err err = GN_OK;
	h.hold = true;
	h.real_signatures = false;
	for (; taken < INBOX_MAX + 2; taken++) {
		snprintf(id, sizeof id, "b-%u", taken);
		hub_payment_body(&h, C, "UAH", "0.01", NULL, id, body);
		err = hub_send(&h, A, GN_OP_PAYMENT, body, id, &ticket);
		if (err)
			break;
	}
	assert_int_equal(err, GN_BUSY);
	assert_int_equal(taken, INBOX_MAX);
	h.hold = false;
	hub_run(&h);
	assert_true(gn_ledger_idle(h.l));
	assert_int_equal(hub_debt(&h, 0, A, C), 0);
	assert_int_equal(hub_debt(&h, 0, A, B), 101 + INBOX_MAX);
}

/* Officers' commands do not take the room in which the outcomes of what was taken are told. */
static void test_commands_leave_room_for_outcomes(void **state)
{
	(void)state;
	history(1);
	struct gn_ledger_admin a = {.kind = GN_ADMIN_NOTE, .info = GN_LIT("x")};
	char body[1024], id[32];
	uint64_t ticket;
	unsigned noted = 0;
	h.hold = true;
	h.real_signatures = false;
	for (unsigned i = 0; i < 1000; i++) {
		snprintf(id, sizeof id, "n-%u", i);
		hub_payment_body(&h, C, "UAH", "0.01", NULL, id, body);
		assert_int_equal(hub_send(&h, A, GN_OP_PAYMENT, body, id, &ticket), GN_OK);
	}
	while (gn_ledger_admin(h.l, &a, ++h.ticket, h.now) == GN_OK)
		noted++;
	h.hold = false;
	hub_run(&h);
	assert_true(gn_ledger_idle(h.l));
	assert_int_equal(hub_debt(&h, 0, A, B), 101 + 1000);
	assert_int_equal(noted, h.l->results.limit - 1000);
}

/* ---- verification ---- */

static gn_err verify(const struct sim_disk *disk)
{
	again.config.verify = true;
	gn_err err = reopen(disk);
	again.config.verify = false;
	return err;
}

/* Changes one byte of the record `seq` and makes every checksum behind it again, as a thief with
 * the disk would. */
static void forge(struct sim_disk *disk, uint64_t seq, size_t at, uint8_t change)
{
	struct gn_hash chain = {{0}};
	bool forged = false;
	for (uint32_t number = 1;; number++) {
		char name[64];
		snprintf(name, sizeof name, "ledger/%08x.log", number);
		struct sim_file *f = sim_find(disk, name);
		struct lg_segment s;
		struct lg_batch b;
		if (!f)
			break;
		assert_int_equal(lg_segment_decode(gn_slice(f->now, f->now_len), &s), GN_OK);
		if (forged) {
			s.chain = chain;
			lg_segment_encode(&s, f->now);
		}
		for (size_t off = SEGMENT_HEADER; off < f->now_len;
		     off += lg_batch_stored(b.payload_len)) {
			assert_int_equal(lg_batch_decode(gn_slice(f->now + off, f->now_len - off),
							 s.salt, &b),
					 GN_OK);
			if (b.first_seq == seq) {
				f->now[off + BATCH_HEADER + at] ^= change;
				forged = true;
			}
			if (forged && b.first_seq != seq)
				b.prev = chain;
			if (forged)
				lg_batch_seal(f->now + off, s.salt, &b);
			chain = b.chain;
		}
	}
	assert_true(forged);
}

static void test_verification_sees_what_checksums_do_not(void **state)
{
	(void)state;
	history(6);
	uint64_t last = gn_ledger_seq(h.l);
	assert_int_equal(verify(&h.disk), GN_OK);
	same_state();
	assert_true(same_disk(&h.disk, &again.disk));
	unsigned seen = 0, same = 0;
	for (uint64_t seq = 1; seq <= last; seq++) {
		for (size_t at = 4; at < 700; at += seq % 3 + 2) {
			sim_copy(&image, &h.disk);
			struct sim_file *f = NULL;
			(void)f;
			forge(&image, seq, at, 1);
			gn_err err = verify(&image);
			if (err) {
				assert_int_equal(err, GN_CORRUPT);
				seen++;
			} else {
				/* padding, or what the hub alone says: officers' words, its own
				 * times and records */
				same++;
			}
		}
	}
	print_message("%u forgeries seen, %u changes without a signature to contradict\n", seen,
		      same);
	assert_true(seen > 500);
	/* the amount of a payment: replay alone would believe it, its signature does not */
	sim_copy(&image, &h.disk);
	forge(&image, last, 16 + 4, 1);
	assert_int_equal(verify(&image), GN_CORRUPT);
}

/* The last record, changed `back` bytes before its end. */
static void assert_lie_is_seen(size_t back, uint8_t change)
{
	sim_copy(&image, &h.disk);
	forge(&image, gn_ledger_seq(h.l), h.last_record.len - back, change);
	assert_int_equal(reopen(&image), GN_OK); /* nothing else tells it from a true one */
	assert_int_equal(verify(&image), GN_CORRUPT);
}

/* LG-25: what the words leave out is as it was, or, on a new line, as it is by default. */
static void test_what_was_not_signed_does_not_change(void **state)
{
	(void)state;
	/* from the record's end, where nobody is blocked */
	enum { HOP = 2, DAILY, FLAGS, STATUS, LIMIT };
	history(1);
	assert_int_equal(hub_trust(&h, A, B, "UAH", "10.00", NULL), GN_OK);
	assert_lie_is_seen(FLAGS, 4);
	assert_lie_is_seen(FLAGS, 1);
	assert_lie_is_seen(DAILY, 9);
	assert_lie_is_seen(HOP, 9);
	assert_lie_is_seen(STATUS, GN_LINE_ACTIVE ^ GN_LINE_FROZEN);
	assert_int_equal(hub_change(&h, 0, A, B,
				    ",\"policy\":{\"ask\":true,\"can_be_intermediate\":false,"
				    "\"max_hop_usage\":\"0.10\"}"),
			 GN_OK);
	assert_lie_is_seen(LIMIT, 16);
	assert_lie_is_seen(STATUS, GN_LINE_ACTIVE ^ GN_LINE_FROZEN);
	assert_int_equal(hub_change(&h, 0, A, B, ",\"status\":\"frozen\""), GN_OK);
	assert_lie_is_seen(LIMIT, 16);
	assert_lie_is_seen(FLAGS, 4);
	assert_lie_is_seen(DAILY, 9);
	assert_lie_is_seen(HOP, 3);
	assert_int_equal(hub_change(&h, 0, A, B, ",\"limit\":\"12.00\""), GN_OK);
	assert_lie_is_seen(FLAGS, 2);
	assert_lie_is_seen(STATUS, GN_LINE_ACTIVE ^ GN_LINE_FROZEN);
	/* and a reservation stands no longer than the payer signed */
	char tx_id[32];
	assert_int_equal(hub_change(&h, 0, C, B, ",\"policy\":{\"ask\":true}"), GN_OK);
	assert_int_equal(hub_pay_with(&h, B, C, "UAH", "1.00", "{\"timeout_ms\":1000}", tx_id),
			 GN_OK);
	assert_int_equal(hub_tx(&h, B, tx_id), GN_TX_PREPARE);
	unsigned bit = 30;
	while ((uint64_t)(h.now + GN_SEC) >> bit & 1)
		bit++;
	assert_lie_is_seen(3 + bit / 8, (uint8_t)(1u << bit % 8));
	assert_int_equal(verify(&h.disk), GN_OK);
	same_state();
}

/* Blocked ones, closing, closing at last, opened anew: what an honest hub writes of lines
 * verifies. */
static void test_true_lines_verify(void **state)
{
	(void)state;
	char policy[256];
	history(3);
	snprintf(policy, sizeof policy,
		 "{\"ask\":true,\"blocked_participants\":[\"%s\",\"%s\"],\"daily_limit\":\"5.00\"}",
		 h.pid[C], h.pid[A]);
	assert_int_equal(hub_trust(&h, A, B, "UAH", "10.00", policy), GN_OK);
	assert_int_equal(hub_change(&h, 0, A, B, ",\"status\":\"frozen\""), GN_OK);
	assert_int_equal(hub_change(&h, 0, A, B, ",\"limit\":\"7.00\""), GN_OK);
	assert_int_equal(hub_shut(&h, 0, A, B, false), GN_OK);
	assert_int_equal(hub_trust(&h, A, B, "UAH", "3.00", NULL), GN_OK);
	assert_int_equal(hub_change(&h, 0, A, B, ",\"status\":\"active\""), GN_OK);
	assert_int_equal(hub_change(&h, 0, B, A, ",\"status\":\"frozen\""), GN_OK);
	assert_int_equal(hub_shut(&h, 0, B, A, true), GN_OK);
	assert_int_equal(hub_shut(&h, 0, A, B, true), GN_OK);
	assert_int_equal(verify(&h.disk), GN_OK);
	same_state();
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_files_continue_each_other),
		T(test_no_changed_byte_is_believed),
		T(test_missing_files_are_noticed),
		T(test_a_tail_that_the_history_knows_is_not_cut),
		T(test_another_hubs_journal_is_refused),
		T(test_snapshots_shorten_replay_and_damaged_ones_are_passed_over),
		T(test_history_is_fed_from_any_place),
		T(test_disk_errors_stop_and_nothing_is_told),
		T(test_many_requests_share_one_write),
		T(test_a_refusal_waits_for_what_it_was_refused_by),
		T(test_too_much_waiting_is_refused_as_busy),
		T(test_commands_leave_room_for_outcomes),
		T(test_verification_sees_what_checksums_do_not),
		T(test_what_was_not_signed_does_not_change),
		T(test_true_lines_verify),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
