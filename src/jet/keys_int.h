/* Keys of a session: derivation, the application keys and their update. docs/spec/jet.md JT-30
 * on. */
#ifndef GN_JET_KEYS_INT_H
#define GN_JET_KEYS_INT_H

#include "jet/packet_int.h"

#define JET_SECRET_MAX 48

/* secret has 32 or 48 bytes (SHA-256 or SHA-384 suites). hp: derive the header-protection key
 * too. */
GN_MUST gn_err jet_keys_init(struct jet_keys *k, enum gn_aead_alg alg, bool sha384,
			     struct gn_slice secret, bool sealing, bool hp);
void jet_keys_fini(struct jet_keys *k);
/* Initial keys of both directions from the client's first (or the Retry's) connection id
 * (JT-31). */
GN_MUST gn_err jet_keys_initial(const uint8_t dcid[JET_CID_LEN], bool server, struct jet_keys *rx,
				struct jet_keys *tx);

/* Application keys. Each direction has a phase bit; an update replaces key and IV, never the
 * header-protection key.
 *
 *   IDLE -> OURS [jet_app_keys_update: tx moves on]
 *        -> IDLE [a packet of the new phase opens: rx moves on]
 *   IDLE -> IDLE [a packet of the new phase opens while none was begun: rx, then tx, move on] */
struct jet_app_keys {
	struct jet_keys rx, tx;
	struct jet_keys rx_old;  /* the phase before, until old_until */
	struct jet_keys rx_next; /* made when first needed */
	uint8_t rx_secret[JET_SECRET_MAX], tx_secret[JET_SECRET_MAX];
	uint8_t secret_len;
	enum gn_aead_alg alg;
	bool sha384, rx_phase, tx_phase;
	bool acked;        /* something sent in tx_phase was acknowledged */
	uint64_t sealed;   /* packets with the current tx key */
	uint64_t failed;   /* packets that did not open, all keys together */
	gn_time since;     /* when tx_phase began */
	gn_time old_until; /* when rx_old is wiped; GN_NEVER: there is none */
	uint32_t updates;  /* of tx */
};

GN_MUST gn_err jet_app_keys_install(struct jet_app_keys *k, bool write, enum gn_aead_alg alg,
				    bool sha384, struct gn_slice secret);
void jet_app_keys_fini(struct jet_app_keys *k);
/* Begins an update if the rules allow one now (JT-35); false when not. */
bool jet_app_keys_update(struct jet_app_keys *k, gn_time now);
/* Opens an unmasked packet with the key its phase bit asks for. `keep`: how long the old key
 * stays after an update by this packet (3 PTO). GN_AUTH; GN_NOMEM. */
GN_MUST gn_err jet_app_keys_open(struct jet_app_keys *k, const struct jet_sealed *x, gn_time keep,
				 gn_time now, struct gn_slice *payload);
/* Wipes the old key when its time is over. */
void jet_app_keys_expire(struct jet_app_keys *k, gn_time now);

#endif
