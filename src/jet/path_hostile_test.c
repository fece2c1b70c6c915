/* A peer that is authenticated and hostile, with several paths: frames about paths that parse and
 * mean mischief, numbers with gaps, packets from other addresses, and an owner that does anything
 * at any time, now and then without memory. Nothing asserts, and no deadline stays in the past.
 * A failing seed is repeated with GN_SEED=n; GN_SEEDS=n tries more. */
#include "jet/grade_int.h"
#include "jet/punch_int.h"
#include "jet/testing/ends.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

static uint64_t any_number(struct gn_prng *g)
{
	uint64_t r = gn_prng_next(g);
	static const uint64_t odd[] = {0, 1, 2, 8, 63, 64, 255, 16383, UINT32_MAX, JET_OFFSET_MAX};
	return r & 3 ? r >> 8 & 15 : odd[(r >> 8) % GN_COUNT(odd)];
}

static void any_offer(struct gn_writer *w, struct gn_prng *g, const struct jet_session *at)
{
	const struct jet_punch *u = at->punch;
	uint64_t r = gn_prng_next(g), count = r >> 8 & 7;
	gn_write_varint(w, JET_F_PATH_OFFER);
	gn_write_varint(w, (u ? u->peer_epoch : 0) + (r >> 16 & 1));
	gn_write_u8(w, (uint8_t)(at->incoming ? (r & 3) % 3 : 0));
	gn_write_varint(w, at->cid_tx[(r >> 20 & 3) * 2 + 1].path);
	gn_write_u8(w, (uint8_t)(r >> 24));
	gn_write_be32(w, r & 4 ? (uint32_t)(r >> 30) : 0);
	gn_write_varint(w, count);
	for (uint64_t i = 0; i < count; i++) {
		struct gn_addr a = gn_addr_v4(203, 0, 113, (uint8_t)(r >> 32 & 15), 9);
		gn_write_u8(w, (uint8_t)(r >> 40 & 0x30));
		gn_write_u8(w, 0);
		gn_write_bytes(w, GN_SLICE(a.ip));
		gn_write_be16(w, (uint16_t)(a.port + i));
	}
}

/* What a challenge to one of the addresses that are tried holds. */
static void any_token(uint8_t out[8], struct gn_prng *g, const struct jet_punch *u)
{
	const struct gn_addr *a = &u->ways[gn_prng_next(g) % u->count].way.addr;
	uint8_t port[2] = {(uint8_t)(a->port >> 8), (uint8_t)a->port}, tag[32];
	struct gn_slice parts[] = {GN_SLICE(a->ip), GN_SLICE(port)};
	gn_hmac_sha256_parts(GN_SLICE(u->secret), parts, GN_COUNT(parts), tag);
	memcpy(out, tag, 8);
}

/* Frames about paths that parse, and mostly mean something. */
static void any_frame(struct gn_writer *w, struct gn_prng *g, const struct jet_session *at)
{
	uint64_t r = gn_prng_next(g), v[] = {any_number(g), any_number(g), r >> 8 & 1};
	uint8_t bytes[18] = {(uint8_t)r};
	const struct jet_path *p = at->paths[v[0] % JET_PATHS_MAX];
	switch (r >> 16 & 15) {
	case 0:
	case 1:
	case 2:
		v[2] = (r >> 8) % 3;
		jet_write_numbers(w, JET_F_PATH_STATUS, v, 3);
		gn_write_u8(w, (uint8_t)(r >> 24 & 15));
		break;
	case 3:
		v[0] = at->cid_rx[r >> 32 & 7].path;
		if (at->cid_rx[r >> 32 & 7].set)
			jet_write_numbers(w, JET_F_RETIRE_CID, v, 1);
		break;
	case 4:
		/* as it should be, mostly, or the session is over */
		for (int i = 0; i < JET_PATHS_MAX; i++)
			if (!at->cid_tx[i].set)
				jet_write_new_cid(w, at->cid_tx[i].path + JET_PATHS_MAX,
						  (const uint8_t[8]){1});
		break;
	case 5:
	case 6: jet_write_path(w, JET_F_PATH_CHALLENGE, bytes); break;
	case 7:
	case 8:
		if (at->punch && at->punch->count && r & 1)
			any_token(bytes, g, at->punch);
		else if (p)
			memcpy(bytes, p->probe.data, 8);
		jet_write_path(w, JET_F_PATH_RESPONSE, bytes);
		break;
	case 9:
		gn_write_varint(w, JET_F_SEEN);
		gn_write_varint(w, gn_varint_len(v[0]) + 18);
		gn_write_varint(w, v[0]);
		bytes[17] = 1;
		gn_write_bytes(w, GN_SLICE(bytes));
		break;
	case 10: any_offer(w, g, at); break;
	case 11:
	case 12: /* all that was sent on a path, but for the number that never is */
		if (p && p->space.pn_next && p->space.pn_skip > p->space.pn_next) {
			struct jet_range one = {p->space.pn_next - 1, p->space.pn_next};
			const struct jet_sent *sent = jet_space_sent(&p->space, one.lo);
			struct jet_ranges all = {.r = &one, .count = 1};
			if (sent && sent->state != JET_SENT_SKIPPED)
				jet_write_ack(w, p->id, &all, v[1], 0);
		}
		break;
	default: gn_write_varint(w, JET_F_PING);
	}
}

static void hostile_packet(struct ends *e, int to, struct gn_prng *g, uint64_t pn[256])
{
	struct jet_session *s = e->s[to], *from = e->s[1 - to];
	uint64_t r = gn_prng_next(g);
	const struct jet_cid *cid = &s->cid_rx[r & 7];
	uint8_t frames[1024], packet[2048];
	struct gn_writer w = gn_writer(frames, sizeof frames), h = gn_writer(packet, sizeof packet);
	if (!cid->set || cid->path > 255)
		return;
	for (unsigned n = 1 + (r >> 8 & 3); n > 0; n--)
		any_frame(&w, g, s);
	gn_write_bytes(&w, gn_slice((const uint8_t[64]){0}, r >> 10 & 63));
	gn_write_varint(&w, JET_F_PING);
	GN_ASSERT(!w.bad);
	pn[cid->path] += 1 + (r >> 16 & 3 ? 0 : r >> 20 & 1023);
	gn_write_u8(&h, JET_FLAG_FIXED | JET_FLAG_PN4 | (from->keys.tx_phase ? JET_FLAG_PHASE : 0));
	gn_write_bytes(&h, GN_SLICE(cid->cid));
	gn_write_be32(&h, (uint32_t)pn[cid->path]);
	gn_write_bytes(&h, gn_slice(frames, gn_writer_len(&w)));
	struct jet_sealed sealed = {.p = packet,
				    .len = gn_writer_len(&h) + GN_AEAD_TAG,
				    .pn_offset = JET_SHORT_HEADER,
				    .pn_len = 4,
				    .path = cid->path,
				    .pn = pn[cid->path]};
	assert_int_equal(jet_packet_seal(&from->keys.tx, &sealed), GN_OK);
	const struct jet_path *p = jet_path_find(s, cid->path);
	struct gn_way way = p && p->way.addr.port ? p->way : e->way[1 - to];
	if ((r >> 32 & 3) == 0)
		way = (struct gn_way){gn_addr_v4(203, 0, 113, (uint8_t)(r >> 36 & 15), 9),
				      (uint32_t)(r >> 44 & 1)};
	gn_jet_recv(e->jet[to], &way, gn_slice(packet, sealed.len), e->now);
}

static void owner_step(struct ends *e, int at, uint64_t r)
{
	struct gn_way to = {gn_addr_v4(203, 0, 113, (uint8_t)(r >> 8 & 15), 9),
			    (uint32_t)(r >> 16 & 1)};
	struct gn_jet_offer offer = {
		.count = 1, .guess = r >> 17 & 1, .mapping = (enum gn_jet_nat)(r >> 18 & 3)};
	gn_err ignored = GN_OK;
	size_t taken;
	static gn_jet_stream stream;
	offer.list[0].addr = to.addr;
	switch (r & 7) {
	case 0: ignored = gn_jet_path_open(e->jet[at], e->s[at]->id, &to, e->now); break;
	case 1: ignored = gn_jet_path_close(e->jet[at], e->s[at]->id, r >> 8 & 15, e->now); break;
	case 2: ignored = gn_jet_offer(e->jet[at], e->s[at]->id, &offer, e->now); break;
	case 3:
		if (r >> 20 & 1)
			gn_jet_network(e->jet[at], e->now);
		else
			gn_jet_way_gone(e->jet[at], 1, e->now);
		break;
	case 4:
		ignored = gn_jet_way(
			e->jet[at], 1,
			&(struct gn_way_info){.kind = r >> 20 & 1 ? GN_WAY_RELAY : GN_WAY_SPARE,
					      .peer = to.addr});
		break;
	case 5:
		if ((r >> 30 & 31) == 0)
			ignored = gn_jet_close(e->jet[at], e->s[at]->id, 0, "", e->now);
		else
			ignored = gn_jet_stream_open(e->jet[at], e->s[at]->id, true,
						     GN_JET_CRITICAL, &stream);
		break;
	default:
		ignored = gn_jet_stream_write(e->jet[at], e->s[at]->id, stream,
					      gn_slice((const uint8_t[1500]){0}, r >> 8 & 1023),
					      r >> 24 & 1, &taken);
	}
	(void)ignored;
}

/* What the owner is told; true: it is over. */
static bool hear(struct gn_jet *jet, const struct gn_jet_event *event, gn_time now)
{
	/* sockets of links that are not known are as the shared one's; or there are none */
	if (event->kind == GN_JET_GUESS)
		assert_int_equal(gn_jet_guess(jet, event->id, 100, now / GN_MSEC % 2 * 9, now),
				 GN_OK);
	return event->kind == GN_JET_CLOSED;
}

static void hostile_run(uint64_t seed)
{
	struct ends *e = ends_several();
	struct gn_prng g;
	struct gn_jet_event event;
	static uint64_t pn[256];
	int at = (int)(seed & 1);
	bool over = false;
	memset(pn, 0, sizeof pn);
	if (seed & 2) { /* it runs over a relay */
		assert_int_equal(
			gn_jet_way(e->jet[at], 1,
				   &(struct gn_way_info){.kind = GN_WAY_RELAY,
							 .peer = gn_addr_v4(203, 0, 113, 3, 9)}),
			GN_OK);
		e->s[at]->path = e->s[at]->paths[1];
		assert_int_equal(jet_grade_close(e->s[at], e->s[at]->paths[0]), GN_OK);
	}
	gn_prng_init(&g, seed);
	for (int step = 0; step < 400 && !over; step++) {
		uint64_t r = gn_prng_next(&g);
		if (seed & 4 && r >> 56 == 0) /* there is no more memory */
			e->alloc.fail_at = 1 + (r >> 50 & 3);
		if (r & 7)
			hostile_packet(e, at, &g, pn);
		else
			owner_step(e, at, r >> 8);
		gn_jet_validate(e->jet[at]);
		if (r >> 40 & 1)
			e->now += (gn_time)(r >> 48 & 255) * GN_MSEC / (r >> 41 & 1 ? 1 : 50);
		if (seed & 8 && e->s[at]->punch && e->s[at]->punch->state == JET_PUNCH_VOLLEY)
			e->now += GN_SEC; /* nobody answers: guess.c */
		/* it is awake no more often than time passes */
		for (int wakes = 0; wakes < 3 || gn_jet_deadline(e->jet[at]) <= e->now; wakes++) {
			assert_true(wakes < 60);
			gn_jet_tick(e->jet[at], e->now);
			gn_jet_validate(e->jet[at]);
			while (ends_send(e, at))
				;
		}
		while (!over && gn_jet_next_event(e->jet[at], &event))
			over = hear(e->jet[at], &event, e->now);
	}
	ends_free(e);
}

static void test_a_hostile_peer(void **state)
{
	(void)state;
	const char *one = getenv("GN_SEED"), *many = getenv("GN_SEEDS");
	uint64_t first = one ? strtoull(one, NULL, 0) : 1, count = one    ? 1
								   : many ? strtoull(many, NULL, 0)
									  : 200;
	for (uint64_t seed = first; seed < first + count; seed++) {
		if (getenv("GN_VERBOSE"))
			print_message("GN_SEED=%llu\n", (unsigned long long)seed);
		hostile_run(seed);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_hostile_peer),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
