/* Key derivation and update: see keys_int.h.
 *
 * 1. The phase bits of both directions differ only between our update and the peer's answer.
 * 2. While the old key is kept, the other phase means the old key; after that, the next one. So
 *    updates may not follow each other faster than the old key lives: jet_app_keys_update waits
 *    for it, and for an acknowledgement (JT-35).
 * 3. Secrets are wiped as soon as the next is derived. */
#include "jet/keys_int.h"

#define KEY_MAX 32

gn_err jet_keys_init(struct jet_keys *k, enum gn_aead_alg alg, bool sha384, struct gn_slice secret,
		     bool sealing, bool hp)
{
	uint8_t key[KEY_MAX], hp_key[KEY_MAX];
	size_t len = gn_aead_key_len(alg);
	struct jet_keys made = {.ready = true};
	gn_hkdf_expand_label(secret, sha384, "jet key", key, len);
	gn_hkdf_expand_label(secret, sha384, "jet iv", made.iv, sizeof made.iv);
	if (hp)
		gn_hkdf_expand_label(secret, sha384, "jet hp", hp_key, len);
	gn_err err = gn_aead_init(&made.aead, alg, sealing, gn_slice(key, len),
				  gn_slice(hp ? hp_key : NULL, hp ? len : 0));
	gn_wipe(key, sizeof key);
	gn_wipe(hp_key, sizeof hp_key);
	if (err == GN_OK)
		*k = made;
	return err;
}

void jet_keys_fini(struct jet_keys *k)
{
	if (k->ready)
		gn_aead_fini(&k->aead);
	gn_wipe(k, sizeof *k);
}

static const char initial_salt[] = "geonet jet 1 initial";

gn_err jet_keys_initial(const uint8_t dcid[JET_CID_LEN], bool server, struct jet_keys *rx,
			struct jet_keys *tx)
{
	uint8_t client_secret[32], server_secret[32];
	struct gn_slice ikm = gn_slice(dcid, JET_CID_LEN), salt = gn_str(initial_salt);
	gn_hkdf(ikm, salt, GN_LIT("client"), client_secret, sizeof client_secret);
	gn_hkdf(ikm, salt, GN_LIT("server"), server_secret, sizeof server_secret);
	struct gn_slice mine = server ? GN_SLICE(server_secret) : GN_SLICE(client_secret);
	struct gn_slice theirs = server ? GN_SLICE(client_secret) : GN_SLICE(server_secret);
	struct jet_keys in;
	GN_TRY(jet_keys_init(&in, GN_AES_128_GCM, false, theirs, false, true));
	gn_err err = jet_keys_init(tx, GN_AES_128_GCM, false, mine, true, true);
	if (err != GN_OK)
		jet_keys_fini(&in);
	else
		*rx = in;
	return err;
}

gn_err jet_app_keys_install(struct jet_app_keys *k, bool write, enum gn_aead_alg alg, bool sha384,
			    struct gn_slice secret)
{
	struct jet_keys *to = write ? &k->tx : &k->rx;
	if (to->ready || secret.len > JET_SECRET_MAX)
		return GN_INTERNAL;
	GN_TRY(jet_keys_init(to, alg, sha384, secret, write, true));
	memcpy(write ? k->tx_secret : k->rx_secret, secret.p, secret.len);
	k->secret_len = (uint8_t)secret.len;
	k->alg = alg;
	k->sha384 = sha384;
	k->old_until = GN_NEVER;
	return GN_OK;
}

void jet_app_keys_fini(struct jet_app_keys *k)
{
	jet_keys_fini(&k->rx);
	jet_keys_fini(&k->tx);
	jet_keys_fini(&k->rx_old);
	jet_keys_fini(&k->rx_next);
	gn_wipe(k, sizeof *k);
}

static gn_err derive_next(const struct jet_app_keys *k, const uint8_t *secret, bool sealing,
			  uint8_t *next_secret, struct jet_keys *next)
{
	gn_hkdf_expand_label(gn_slice(secret, k->secret_len), k->sha384, "jet ku", next_secret,
			     k->secret_len);
	return jet_keys_init(next, k->alg, k->sha384, gn_slice(next_secret, k->secret_len), sealing,
			     false);
}

/* The header-protection context stays with the current key. */
static void take_hp(struct jet_keys *to, struct jet_keys *from)
{
	to->aead.hp = from->aead.hp;
	from->aead.hp = NULL;
}

static gn_err advance_tx(struct jet_app_keys *k, gn_time now)
{
	uint8_t secret[JET_SECRET_MAX];
	struct jet_keys next;
	GN_TRY(derive_next(k, k->tx_secret, true, secret, &next));
	take_hp(&next, &k->tx);
	jet_keys_fini(&k->tx);
	k->tx = next;
	memcpy(k->tx_secret, secret, sizeof secret);
	gn_wipe(secret, sizeof secret);
	k->tx_phase = !k->tx_phase;
	k->acked = false;
	k->sealed = 0;
	k->since = now;
	k->updates++;
	return GN_OK;
}

bool jet_app_keys_update(struct jet_app_keys *k, gn_time now)
{
	if (k->tx_phase != k->rx_phase || !k->acked || k->rx_old.ready || !k->tx.ready ||
	    !k->rx.ready)
		return false;
	return advance_tx(k, now) == GN_OK;
}

static gn_err make_rx_next(struct jet_app_keys *k)
{
	uint8_t secret[JET_SECRET_MAX];
	if (k->rx_next.ready)
		return GN_OK;
	gn_err err = derive_next(k, k->rx_secret, false, secret, &k->rx_next);
	gn_wipe(secret, sizeof secret);
	return err;
}

static void advance_rx(struct jet_app_keys *k, gn_time old_until)
{
	uint8_t secret[JET_SECRET_MAX];
	gn_hkdf_expand_label(gn_slice(k->rx_secret, k->secret_len), k->sha384, "jet ku", secret,
			     k->secret_len);
	memcpy(k->rx_secret, secret, sizeof secret);
	gn_wipe(secret, sizeof secret);
	take_hp(&k->rx_next, &k->rx);
	jet_keys_fini(&k->rx_old);
	k->rx_old = k->rx;
	k->rx = k->rx_next;
	gn_wipe(&k->rx_next, sizeof k->rx_next);
	k->rx_phase = !k->rx_phase;
	k->old_until = old_until;
}

gn_err jet_app_keys_open(struct jet_app_keys *k, const struct jet_sealed *x, gn_time keep,
			 gn_time now, struct gn_slice *payload)
{
	bool phase = x->p[0] & JET_FLAG_PHASE;
	struct jet_keys *use = &k->rx;
	if (phase != k->rx_phase && k->rx_old.ready) {
		use = &k->rx_old;
	} else if (phase != k->rx_phase) {
		GN_TRY(make_rx_next(k));
		use = &k->rx_next;
	}
	gn_err err = jet_packet_open(use, x, payload);
	if (err != GN_OK) {
		k->failed++;
		return err;
	}
	if (use == &k->rx_next) {
		advance_rx(k, now + keep);
		if (k->tx_phase != k->rx_phase)
			return advance_tx(k, now);
	}
	return GN_OK;
}

void jet_app_keys_expire(struct jet_app_keys *k, gn_time now)
{
	if (now < k->old_until)
		return;
	jet_keys_fini(&k->rx_old);
	k->old_until = GN_NEVER;
}
