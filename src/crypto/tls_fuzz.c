/* Handshake bytes of a hostile peer. The first byte chooses: an even one feeds raw chunks
 * (level, length, bytes) to a fresh server and a fresh client, an odd one plays a real handshake
 * between two ends and edits its flights (flight, offset, xor). However it goes, neither end may
 * be done unless the flights went over untouched. */
#include "crypto/crypto.h"
#include <stdlib.h>

static struct gn_tls_ctx *client_ctx, *server_ctx;
static struct gn_sk client_key, server_key;

static void set_up(void)
{
	uint8_t seed[32] = {1};
	gn_sk_from_seed(seed, &client_key);
	seed[0] = 2;
	gn_sk_from_seed(seed, &server_key);
	GN_ASSERT(gn_tls_ctx_new(&client_key, &client_ctx) == GN_OK &&
		  gn_tls_ctx_new(&server_key, &server_ctx) == GN_OK);
}

static struct gn_tls *end(bool server)
{
	struct gn_tls *tls;
	gn_err err = gn_tls_new(server ? server_ctx : client_ctx, server,
				server ? NULL : &server_key.pk, GN_LIT("params"), &tls);
	GN_ASSERT(err == GN_OK);
	return tls;
}

static void run(struct gn_tls *tls)
{
	(void)!gn_tls_run(tls);
	gn_tls_validate(tls);
	struct gn_tls_secret s;
	while (gn_tls_next_secret(tls, &s))
		GN_ASSERT(s.secret.len == 32 || s.secret.len == 48);
}

static void feed(bool server, struct gn_slice chunks)
{
	struct gn_tls *tls = end(server);
	struct gn_reader r = gn_reader(chunks);
	run(tls);
	while (gn_reader_left(&r) >= 2) {
		enum gn_tls_level level = (enum gn_tls_level)(gn_read_u8(&r) % GN_TLS_LEVELS);
		size_t len = gn_read_u8(&r) * 8u, left = gn_reader_left(&r);
		(void)!gn_tls_recv(tls, level, gn_read_bytes(&r, len < left ? len : left));
		run(tls);
	}
	GN_ASSERT(!gn_tls_done(tls));
	gn_tls_free(tls);
}

/* Whether something was changed. */
static bool deliver(struct gn_tls *from, struct gn_tls *to, unsigned flight, struct gn_slice edits)
{
	bool changed = false;
	size_t at = 0;
	for (int level = 0; level < GN_TLS_LEVELS; level++) {
		struct gn_slice s = gn_tls_pending(from, (enum gn_tls_level)level);
		if (!s.len)
			continue;
		uint8_t *copy = malloc(s.len);
		GN_ASSERT(copy != NULL);
		memcpy(copy, s.p, s.len);
		struct gn_reader r = gn_reader(edits);
		while (gn_reader_left(&r) >= 4) {
			unsigned which = gn_read_u8(&r) % 4;
			size_t off = gn_read_be16(&r);
			uint8_t mask = gn_read_u8(&r);
			if (which == flight && off >= at && off < at + s.len && mask &&
			    level != GN_TLS_APP) {
				copy[off - at] ^= mask;
				changed = true;
			}
		}
		at += s.len;
		(void)!gn_tls_recv(to, (enum gn_tls_level)level, gn_slice(copy, s.len));
		free(copy);
		gn_tls_take(from, (enum gn_tls_level)level, s.len);
		run(to);
	}
	return changed;
}

static void edit(struct gn_slice edits)
{
	struct gn_tls *client = end(false), *server = end(true);
	bool changed = false;
	run(client);
	for (unsigned flight = 0; flight < 4; flight++)
		if (deliver(flight % 2 ? server : client, flight % 2 ? client : server, flight,
			    edits))
			changed = true;
	bool done = gn_tls_done(client) && gn_tls_done(server);
	if (!changed)
		GN_ASSERT(done);
	else if (done) /* two edits of one byte may undo each other: look at one edit only */
		GN_ASSERT(edits.len >= 8);
	gn_tls_free(client);
	gn_tls_free(server);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	if (!client_ctx)
		set_up();
	if (!len)
		return 0;
	struct gn_slice rest = gn_slice(data + 1, len - 1);
	if (data[0] % 2) {
		edit(rest);
	} else {
		feed(true, rest);
		feed(false, rest);
	}
	return 0;
}
