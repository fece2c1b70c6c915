/* Requests to be paid as an address (HB-23). Two forms say the same:
 *
 *   geonet:pay?to=PID&equivalent=CODE&amount=N&hub=PID&note=TEXT&id=ID
 *   geo://pay/PID?equivalent=CODE&amount=N&hub=PID&note=TEXT&id=ID      (for one release more)
 *
 * Values are percent-encoded; amount, note and id may be absent, nothing stands twice. What does
 * not fit is refused, never cut: a cut amount or note would be signed as something else than was
 * meant. Pure. */
#ifndef GN_WALLET_LINK_H
#define GN_WALLET_LINK_H

#include "ledger/ledger.h"

struct gn_wallet_request {
	char pid[GN_PID_MAX], amount[48], equivalent[20], hub[GN_PID_MAX];
	char id[OP_TX_ID_MAX - 1]; /* ":2" to ":9" fit behind it; empty: none */
	char note[OP_TEXT_MAX + 1];
};

enum gn_wallet_form { GN_WALLET_OLD, GN_WALLET_NEW };
#define GN_WALLET_LINK_MAX (4u * OP_TEXT_MAX) /* bytes of an address with its zero */

/* Does it begin as one of the two? */
bool gn_wallet_is_link(const char *text);
/* NULL, or what is wrong with it, a clause without a stop; *out is undefined then. */
const char *gn_wallet_link_read(const char *text, struct gn_wallet_request *out);
/* Terminated; GN_TOO_LARGE. */
GN_MUST gn_err gn_wallet_link_write(const struct gn_wallet_request *q, enum gn_wallet_form form,
				    char *out, size_t cap);
/* Does the ledger take this note whole? GN_TEXT: not UTF-8; GN_TOO_LARGE: it counts the text as it
 * is signed, with its escapes. */
GN_MUST gn_err gn_wallet_note_ok(const char *note);
/* 1 to 64 of the characters of a tx_id. */
bool gn_wallet_tx_id_ok(const char *text);
/* A new one (a UUID of version 4, RFC 9562), and of a request (16 hex digits). */
void gn_wallet_tx_id_new(struct gn_rand *rand, char out[OP_TX_ID_MAX + 1]);
void gn_wallet_request_id_new(struct gn_rand *rand, struct gn_wallet_request *q);

#endif
