/* As tls_pair.h says. */
#include "crypto/testing/tls_pair.h"

void tls_pair_setup(struct tls_pair *p)
{
	memset(p, 0, sizeof *p);
	uint8_t seed[32] = {1};
	gn_sk_from_seed(seed, &p->client.key);
	seed[0] = 2;
	gn_sk_from_seed(seed, &p->server.key);
	assert_int_equal(gn_tls_ctx_new(&p->client.key, &p->client.ctx), GN_OK);
	assert_int_equal(gn_tls_ctx_new(&p->server.key, &p->server.ctx), GN_OK);
}

void tls_pair_open_end(struct tls_end *e, bool server, const struct gn_pk *expected)
{
	gn_tls_free(e->tls);
	e->secret_count = 0;
	memset(e->secrets, 0, sizeof e->secrets);
	assert_int_equal(gn_tls_new(e->ctx, server, expected,
				    server ? GN_LIT("server params") : GN_LIT("client"), &e->tls),
			 GN_OK);
}

void tls_pair_open_both(struct tls_pair *p)
{
	tls_pair_open_end(&p->client, false, &p->server.key.pk);
	tls_pair_open_end(&p->server, true, NULL);
}

void tls_pair_teardown(struct tls_pair *p)
{
	gn_tls_free(p->client.tls);
	gn_tls_free(p->server.tls);
	gn_tls_ctx_free(p->client.ctx);
	gn_tls_ctx_free(p->server.ctx);
}

gn_err tls_pair_run(struct tls_end *e)
{
	gn_err err = gn_tls_run(e->tls);
	gn_tls_validate(e->tls);
	assert_int_equal(ERR_peek_error(), 0);
	struct gn_tls_secret s;
	while (gn_tls_next_secret(e->tls, &s)) {
		assert_int_equal(s.secret.len, s.sha384 ? 48 : 32);
		memcpy(e->secrets[s.level][s.write], s.secret.p, s.secret.len);
		e->secret_count++;
	}
	return err;
}

gn_err tls_pair_flow(struct tls_end *from, struct tls_end *to, size_t chunk)
{
	for (int level = 0; level < GN_TLS_LEVELS; level++)
		for (;;) {
			struct gn_slice s = gn_slice_sub(
				gn_tls_pending(from->tls, (enum gn_tls_level)level), 0, chunk);
			if (!s.len)
				break;
			GN_TRY(gn_tls_recv(to->tls, (enum gn_tls_level)level, s));
			gn_tls_take(from->tls, (enum gn_tls_level)level, s.len);
			GN_TRY(tls_pair_run(to));
		}
	return GN_OK;
}

gn_err tls_pair_shake(struct tls_pair *p, unsigned *flights)
{
	gn_err err = tls_pair_run(&p->client);
	*flights = 0;
	for (int turn = 0; err == GN_OK && turn < 6; turn++) {
		struct tls_end *from = turn % 2 ? &p->server : &p->client,
			       *to = turn % 2 ? &p->client : &p->server;
		bool done = gn_tls_done(p->client.tls) && gn_tls_done(p->server.tls);
		err = tls_pair_flow(from, to, SIZE_MAX);
		if (!done)
			++*flights;
	}
	return err;
}

void tls_pair_assert_good(struct tls_pair *p)
{
	unsigned flights;
	assert_int_equal(tls_pair_shake(p, &flights), GN_OK);
	assert_int_equal(flights, 3); /* 1 RTT: the client may send with its third flight */
	assert_true(gn_tls_done(p->client.tls) && gn_tls_done(p->server.tls));
	struct gn_pk pk;
	assert_true(gn_tls_peer(p->client.tls, &pk));
	assert_memory_equal(&pk, &p->server.key.pk, sizeof pk);
	assert_true(gn_tls_peer(p->server.tls, &pk));
	assert_memory_equal(&pk, &p->client.key.pk, sizeof pk);
	assert_int_equal(p->client.secret_count, 4);
	assert_int_equal(p->server.secret_count, 4);
	for (int level = GN_TLS_HANDSHAKE; level <= GN_TLS_APP; level++)
		for (int write = 0; write < 2; write++)
			assert_memory_equal(p->client.secrets[level][write],
					    p->server.secrets[level][!write], TLS_SECRET_LEN_MAX);
	assert_memory_not_equal(p->client.secrets[GN_TLS_APP][0], p->client.secrets[GN_TLS_APP][1],
				TLS_SECRET_LEN_MAX);
	assert_true(gn_slice_eq(gn_tls_peer_params(p->client.tls), GN_LIT("server params")));
	assert_true(gn_slice_eq(gn_tls_peer_params(p->server.tls), GN_LIT("client")));
}
