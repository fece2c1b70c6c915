/* Bounds of a wallet: unit and reason. */
#ifndef GN_WALLET_LIMITS_H
#define GN_WALLET_LIMITS_H

/* Attempts at one request to be paid: its id, then :2 to :9 behind it (HB-23). */
#define GN_WALLET_TRIES 9u
/* Ways out that are shown of a payment that does not go: each is a button (look.md). */
#define GN_WALLET_WAYS 3u

#endif
