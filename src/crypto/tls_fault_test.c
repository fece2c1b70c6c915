/* Handshakes whose bytes are damaged, resumed ones, threads, and memory that runs out. */
#include "crypto/testing/tls_pair.h"

/* ---- damage ---- */

/* Plays a handshake in which byte `at` of flight `flight` (0 client hello, 1 server's, 2
 * client's last) is changed. */
static bool damaged_handshake_fails(struct tls_pair *p, unsigned flight, size_t at, uint8_t mask,
				    size_t *flight_len)
{
	tls_pair_open_both(p);
	gn_err err = tls_pair_run(&p->client);
	for (unsigned turn = 0; turn < 4 && err == GN_OK; turn++) {
		struct tls_end *from = turn % 2 ? &p->server : &p->client,
			       *to = turn % 2 ? &p->client : &p->server;
		if (turn == flight) {
			size_t off = 0;
			for (int level = 0; level < GN_TLS_APP;
			     level++) { /* tickets come after: no part of the transcript */
				struct tls_bytes *b = &from->tls->out[level];
				if (at >= off && at < off + b->len)
					b->p[b->off + at - off] ^= mask;
				off += b->len;
			}
			*flight_len = off;
		}
		err = tls_pair_flow(from, to, SIZE_MAX);
	}
	struct tls_end *victim = flight == 1 ? &p->client : &p->server;
	bool both = gn_tls_done(p->client.tls) && gn_tls_done(p->server.tls);
	/* The client is done with its last flight, so only the server can see damage there. */
	return !both && (flight == 0 || !gn_tls_done(victim->tls));
}

static void no_changed_byte_of_any_flight_goes_unseen(void **state)
{
	(void)state;
	struct tls_pair p;
	tls_pair_setup(&p);
	for (unsigned flight = 0; flight < 3; flight++) {
		size_t len = 1;
		unsigned tried = 0;
		for (size_t at = 0; at < len; at += at < 80 ? 1 : 13, tried++) {
			/* forget tickets: each handshake is a full one */
			gn_tls_ctx_free(p.client.ctx);
			assert_int_equal(gn_tls_ctx_new(&p.client.key, &p.client.ctx), GN_OK);
			if (!damaged_handshake_fails(&p, flight, at, (uint8_t)(1 << at % 8), &len))
				fail_msg("flight %u, byte %zu", flight, at);
		}
		assert_true(tried > 80);
	}
	tls_pair_teardown(&p);
}

static void a_truncated_flight_waits_and_then_goes_on(void **state)
{
	(void)state;
	struct tls_pair p;
	tls_pair_setup(&p);
	for (size_t cut = 0; cut < 1300; cut += 61) {
		tls_pair_open_both(&p);
		assert_int_equal(tls_pair_run(&p.client), GN_OK);
		struct gn_slice hello = gn_tls_pending(p.client.tls, GN_TLS_INITIAL);
		assert_true(cut < hello.len);
		assert_int_equal(
			gn_tls_recv(p.server.tls, GN_TLS_INITIAL, gn_slice_sub(hello, 0, cut)),
			GN_OK);
		assert_int_equal(tls_pair_run(&p.server), GN_OK);
		assert_int_equal(gn_tls_pending(p.server.tls, GN_TLS_INITIAL).len, 0);
		assert_int_equal(p.server.secret_count, 0);
		gn_tls_take(p.client.tls, GN_TLS_INITIAL, cut);
		assert_int_equal(tls_pair_flow(&p.client, &p.server, SIZE_MAX), GN_OK);
		assert_int_equal(tls_pair_flow(&p.server, &p.client, SIZE_MAX), GN_OK);
		assert_int_equal(tls_pair_flow(&p.client, &p.server, SIZE_MAX), GN_OK);
		assert_true(gn_tls_done(p.server.tls));
	}
	tls_pair_teardown(&p);
}

static void bytes_of_another_level_are_refused(void **state)
{
	(void)state;
	struct tls_pair p;
	tls_pair_setup(&p);
	tls_pair_open_both(&p);
	assert_int_equal(tls_pair_run(&p.client), GN_OK);
	for (int level = 0; level < GN_TLS_LEVELS; level++) {
		assert_int_equal(
			gn_tls_recv(p.server.tls, (enum gn_tls_level)level, gn_slice(NULL, 0)),
			GN_OK);
		if (level != GN_TLS_INITIAL)
			assert_int_equal(
				gn_tls_recv(p.server.tls, (enum gn_tls_level)level, GN_LIT("x")),
				GN_PROTOCOL);
	}
	assert_int_equal(tls_pair_flow(&p.client, &p.server, SIZE_MAX), GN_OK);
	/* the server's second part before its first */
	assert_int_equal(gn_tls_recv(p.client.tls, GN_TLS_HANDSHAKE,
				     gn_tls_pending(p.server.tls, GN_TLS_HANDSHAKE)),
			 GN_PROTOCOL);
	/* all that did no harm */
	assert_int_equal(tls_pair_flow(&p.server, &p.client, SIZE_MAX), GN_OK);
	assert_int_equal(gn_tls_recv(p.client.tls, GN_TLS_INITIAL, GN_LIT("x")), GN_PROTOCOL);
	assert_int_equal(gn_tls_recv(p.client.tls, GN_TLS_HANDSHAKE, GN_LIT("x")), GN_PROTOCOL);
	assert_int_equal(tls_pair_flow(&p.client, &p.server, SIZE_MAX), GN_OK);
	assert_true(gn_tls_done(p.server.tls));
	tls_pair_teardown(&p);
}

/* The server's answer grows at a level of which the caller has taken a part. */
static void bytes_are_added_behind_what_is_partly_taken(void **state)
{
	(void)state;
	struct tls_pair p;
	uint8_t first[512];
	tls_pair_setup(&p);
	/* a hello retry request comes first */
	assert_true(SSL_CTX_set1_groups_list(p.server.ctx->ssl, "X25519"));
	tls_pair_open_both(&p);
	assert_int_equal(tls_pair_run(&p.client), GN_OK);
	assert_int_equal(tls_pair_flow(&p.client, &p.server, SIZE_MAX), GN_OK);
	struct gn_slice retry = gn_tls_pending(p.server.tls, GN_TLS_INITIAL);
	size_t len = retry.len;
	assert_true(len > 10 && len < sizeof first);
	memcpy(first, retry.p, len);
	assert_int_equal(gn_tls_recv(p.client.tls, GN_TLS_INITIAL, retry), GN_OK);
	gn_tls_take(p.server.tls, GN_TLS_INITIAL, 10);
	assert_int_equal(tls_pair_run(&p.client), GN_OK);
	assert_int_equal(tls_pair_flow(&p.client, &p.server, SIZE_MAX), GN_OK);
	struct gn_slice all = gn_tls_pending(p.server.tls, GN_TLS_INITIAL);
	assert_true(all.len > len - 10);
	assert_memory_equal(all.p, first + 10, len - 10);
	gn_tls_take(p.server.tls, GN_TLS_INITIAL, len - 10);
	assert_int_equal(tls_pair_flow(&p.server, &p.client, SIZE_MAX), GN_OK);
	assert_true(gn_tls_done(p.client.tls));
	tls_pair_teardown(&p);
}

static void bytes_after_a_level_ended_are_refused(void **state)
{
	(void)state;
	struct tls_pair p;
	tls_pair_setup(&p);
	tls_pair_open_both(&p);
	assert_int_equal(tls_pair_run(&p.client), GN_OK);
	struct gn_slice hello = gn_tls_pending(p.client.tls, GN_TLS_INITIAL);
	assert_int_equal(gn_tls_recv(p.server.tls, GN_TLS_INITIAL, hello), GN_OK);
	assert_int_equal(gn_tls_recv(p.server.tls, GN_TLS_INITIAL, GN_LIT("more")), GN_OK);
	assert_int_equal(tls_pair_run(&p.server), GN_PROTOCOL);
	tls_pair_teardown(&p);
}

static void a_level_takes_16_kib_and_no_byte_more(void **state)
{
	(void)state;
	struct tls_pair p;
	tls_pair_setup(&p);
	tls_pair_open_both(&p);
	/* A hello that announces 65,535 bytes and never ends. */
	uint8_t part[1024] = {1, 0, 0xff, 0xff};
	for (int i = 0; i < 16; i++) {
		assert_int_equal(gn_tls_recv(p.server.tls, GN_TLS_INITIAL, GN_SLICE(part)), GN_OK);
		assert_int_equal(tls_pair_run(&p.server), GN_OK);
		memset(part, 0, 4);
	}
	assert_int_equal(gn_tls_recv(p.server.tls, GN_TLS_INITIAL, gn_slice(part, 1)),
			 GN_TOO_LARGE);
	tls_pair_teardown(&p);
}

static void after_the_handshake_only_tickets_are_taken(void **state)
{
	(void)state;
	static const uint8_t key_update[] = {24, 0, 0, 1, 0}, finished[] = {20, 0, 0, 1, 0},
			     hello[] = {1, 0, 0, 1, 0};
	const struct gn_slice bad[] = {GN_SLICE(key_update), GN_SLICE(finished), GN_SLICE(hello)};
	for (size_t i = 0; i < 2 * GN_COUNT(bad); i++) {
		struct tls_pair p;
		tls_pair_setup(&p);
		tls_pair_open_both(&p);
		tls_pair_assert_good(&p);
		struct tls_end *e = i % 2 ? &p.client : &p.server;
		assert_int_equal(gn_tls_recv(e->tls, GN_TLS_APP, bad[i / 2]), GN_OK);
		assert_int_equal(tls_pair_run(e), GN_PROTOCOL);
		tls_pair_teardown(&p);
	}
}

/* ---- resumption ---- */

static void a_second_session_is_resumed_once_per_ticket(void **state)
{
	(void)state;
	struct tls_pair p;
	tls_pair_setup(&p);
	for (int i = 0; i < 4; i++) {
		tls_pair_open_both(&p);
		assert_int_equal(p.client.ctx->ticket_count, 0); /* used up, or not there yet */
		tls_pair_assert_good(&p);
		assert_int_equal(gn_tls_resumed(p.client.tls), i > 0);
		assert_int_equal(gn_tls_resumed(p.server.tls), i > 0);
		/* never without a fresh exchange */
		assert_string_equal(gn_tls_group(p.client.tls), "X25519MLKEM768");
		assert_int_equal(p.client.ctx->ticket_count, 1);
	}
	/* another peer gets none of it */
	tls_pair_open_end(&p.client, false, &p.client.key.pk);
	assert_int_equal(p.client.ctx->ticket_count, 1);
	tls_pair_teardown(&p);
}

static void a_resumed_client_is_still_the_expected_one(void **state)
{
	(void)state;
	struct tls_pair p;
	unsigned flights;
	tls_pair_setup(&p);
	tls_pair_open_both(&p);
	tls_pair_assert_good(&p);
	tls_pair_open_both(&p);
	tls_pair_open_end(&p.server, true, &p.client.key.pk);
	tls_pair_assert_good(&p);
	assert_true(gn_tls_resumed(p.server.tls));
	tls_pair_open_both(&p);
	tls_pair_open_end(&p.server, true, &p.server.key.pk);
	assert_int_equal(tls_pair_shake(&p, &flights), GN_KEY);
	assert_false(gn_tls_done(p.server.tls));
	tls_pair_teardown(&p);
}

static void a_server_that_restarted_shakes_hands_anew(void **state)
{
	(void)state;
	struct tls_pair p;
	tls_pair_setup(&p);
	tls_pair_open_both(&p);
	tls_pair_assert_good(&p);
	gn_tls_ctx_free(p.server.ctx);
	assert_int_equal(gn_tls_ctx_new(&p.server.key, &p.server.ctx), GN_OK);
	tls_pair_open_both(&p);
	tls_pair_assert_good(&p);
	assert_false(gn_tls_resumed(p.client.tls));
	tls_pair_teardown(&p);
}

/* A ticket stored under one key but made by another's session: the client must notice. */
static void a_ticket_under_a_wrong_name_proves_nothing(void **state)
{
	(void)state;
	struct tls_pair p;
	unsigned flights;
	tls_pair_setup(&p);
	tls_pair_open_both(&p);
	tls_pair_assert_good(&p);
	p.client.ctx->tickets[0].peer = p.client.key.pk;
	tls_pair_open_both(&p);
	tls_pair_open_end(&p.client, false, &p.client.key.pk);
	assert_int_equal(tls_pair_shake(&p, &flights), GN_KEY);
	assert_false(gn_tls_done(p.client.tls));
	tls_pair_teardown(&p);
}

static void tickets_are_bounded_and_one_per_peer(void **state)
{
	(void)state;
	struct tls_pair p;
	tls_pair_setup(&p);
	tls_pair_open_both(&p);
	tls_pair_assert_good(&p);
	struct gn_tls_ctx *ctx = p.client.ctx;
	SSL_SESSION *one = ctx->tickets[0].session;
	/* fill the table by hand, with the same session under made-up names */
	while (ctx->ticket_count < TLS_TICKETS_MAX) {
		struct tls_ticket *t = &ctx->tickets[ctx->ticket_count];
		memset(&t->peer, 0, sizeof t->peer);
		t->peer.b[0] = (uint8_t)ctx->ticket_count++;
		t->peer.b[1] = 0xee;
		t->session = one;
		SSL_SESSION_up_ref(one);
	}
	for (int i = 0; i < 3; i++) {
		tls_pair_open_both(
			&p); /* takes the server's ticket out, the handshake puts a new one in */
		assert_int_equal(ctx->ticket_count, TLS_TICKETS_MAX - 1);
		tls_pair_assert_good(&p);
		assert_int_equal(ctx->ticket_count, TLS_TICKETS_MAX);
	}
	/* a full table: the oldest makes room */
	uint8_t seed[32] = {9};
	gn_sk_from_seed(seed, &p.server.key);
	gn_tls_ctx_free(p.server.ctx);
	assert_int_equal(gn_tls_ctx_new(&p.server.key, &p.server.ctx), GN_OK);
	tls_pair_open_both(&p);
	tls_pair_assert_good(&p);
	assert_int_equal(ctx->ticket_count, TLS_TICKETS_MAX);
	SSL_SESSION *mine = gn_tls_ctx_take_ticket(ctx, &p.server.key.pk);
	assert_non_null(mine);
	SSL_SESSION_free(mine);
	tls_pair_teardown(&p);
}

/* ---- threads ---- */

static void *many_handshakes(void *user)
{
	/* contexts are shared, handshakes are our own */
	struct tls_pair p = *(const struct tls_pair *)user;
	bool *ok = calloc(1, sizeof *ok);
	unsigned flights;
	for (int i = 0; ok && i < 30; i++) {
		p.client.tls = p.server.tls = NULL;
		p.client.secret_count = p.server.secret_count = 0;
		gn_err err = gn_tls_new(p.client.ctx, false, &p.server.key.pk, GN_LIT("c"),
					&p.client.tls);
		if (err == GN_OK)
			err = gn_tls_new(p.server.ctx, true, NULL, GN_LIT("s"), &p.server.tls);
		if (err == GN_OK)
			err = tls_pair_shake(&p, &flights);
		*ok = err == GN_OK && gn_tls_done(p.client.tls) && gn_tls_done(p.server.tls);
		gn_tls_free(p.client.tls);
		gn_tls_free(p.server.tls);
		if (!*ok)
			break;
	}
	return ok;
}

static void threads_share_a_context(void **state)
{
	(void)state;
	struct tls_pair p;
	pthread_t threads[4];
	tls_pair_setup(&p);
	for (size_t i = 0; i < GN_COUNT(threads); i++)
		assert_int_equal(pthread_create(&threads[i], NULL, many_handshakes, &p), 0);
	for (size_t i = 0; i < GN_COUNT(threads); i++) {
		void *ok = NULL;
		assert_int_equal(pthread_join(threads[i], &ok), 0);
		assert_true(ok && *(bool *)ok);
		free(ok);
	}
	assert_int_equal(p.client.ctx->refs, 1);
	assert_int_equal(p.client.ctx->ticket_count, 1);
	tls_pair_teardown(&p);
}

/* ---- memory ---- */

static long allocations_left = -1; /* -1: all succeed */

static bool allowed(void)
{
	if (allocations_left < 0)
		return true;
	if (allocations_left == 0)
		return false;
	allocations_left--;
	return true;
}
static void *failing_malloc(size_t n, const char *file, int line)
{
	(void)file, (void)line;
	return allowed() ? malloc(n) : NULL;
}
static void *failing_realloc(void *p, size_t n, const char *file, int line)
{
	(void)file, (void)line;
	return allowed() ? realloc(p, n) : NULL;
}
static void plain_free(void *p, const char *file, int line)
{
	(void)file, (void)line;
	free(p);
}

/* From the Nth allocation on all fail, for N over a whole handshake. */
static void out_of_memory_fails_and_leaks_nothing(void **state)
{
	(void)state;
	struct tls_pair p;
	tls_pair_setup(&p);
	tls_pair_open_both(&p);
	tls_pair_assert_good(&p);
	unsigned failed = 0;
	bool done = false;
	for (long n = 0; !done; n += n < 200 ? 1 : 7) {
		gn_tls_free(p.client.tls);
		gn_tls_free(p.server.tls);
		p.client.tls = p.server.tls = NULL;
		allocations_left = n;
		gn_err err = gn_tls_new(p.client.ctx, false, &p.server.key.pk, GN_LIT("client"),
					&p.client.tls);
		if (err == GN_OK)
			err = gn_tls_new(p.server.ctx, true, NULL, GN_LIT("server params"),
					 &p.server.tls);
		unsigned flights;
		if (err == GN_OK)
			err = tls_pair_shake(&p, &flights);
		bool ran_out = allocations_left == 0;
		allocations_left = -1;
		failed += err != GN_OK;
		done = !ran_out;
		if (done)
			assert_true(gn_tls_done(p.server.tls));
	}
	assert_true(failed > 100);
	tls_pair_teardown(&p);
}

int main(void)
{
	CRYPTO_set_mem_functions(failing_malloc, failing_realloc, plain_free);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_changed_byte_of_any_flight_goes_unseen),
		cmocka_unit_test(a_truncated_flight_waits_and_then_goes_on),
		cmocka_unit_test(bytes_of_another_level_are_refused),
		cmocka_unit_test(bytes_are_added_behind_what_is_partly_taken),
		cmocka_unit_test(bytes_after_a_level_ended_are_refused),
		cmocka_unit_test(a_level_takes_16_kib_and_no_byte_more),
		cmocka_unit_test(after_the_handshake_only_tickets_are_taken),
		cmocka_unit_test(a_second_session_is_resumed_once_per_ticket),
		cmocka_unit_test(a_resumed_client_is_still_the_expected_one),
		cmocka_unit_test(a_server_that_restarted_shakes_hands_anew),
		cmocka_unit_test(a_ticket_under_a_wrong_name_proves_nothing),
		cmocka_unit_test(tickets_are_bounded_and_one_per_peer),
		cmocka_unit_test(threads_share_a_context),
		cmocka_unit_test(out_of_memory_fails_and_leaks_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
