/* What a client may do: words as tokens have them (docs/spec/agent.md AG-91). Pure.
 *
 *   chat         people, chats, what was said; to mark it as read; to be told of it
 *   contacts     to add, answer, name, block and remove people; invites
 *   send/PID     to write to them, and to change what was written; send/STAR to all
 *   sign/TYPE    to sign records of that type; sign/STAR
 *   pay/HUB      to see the wallet there, and to pay, which a person is asked each time; pay/STAR
 *   pay/HUB/EQUIVALENT/AMOUNT   the same, and so much a day without asking
 *   network      how the node is, and what it knows
 *   agent        what concerns the agent itself: locking, clients, backups, exports
 *   STAR         all of it, with STAR the letter `*` */
#ifndef GN_AGENT_RIGHTS_H
#define GN_AGENT_RIGHTS_H

#include "ledger/ledger.h"

/* Is it one of these words? */
bool agent_right_ok(struct gn_slice right);
/* Does one of the words, a line each, grant this one? */
bool agent_right_in(struct gn_slice rights, struct gn_slice wanted);
/* May whoever has these pay there without asking: how much a day, at GN_PRECISION_MAX? */
bool agent_right_pays(struct gn_slice rights, struct gn_slice hub, struct gn_slice unit,
		      gn_amount *amount);
/* The next line of *rights, which moves on; false: none is left. */
bool agent_right_next(struct gn_slice *rights, struct gn_slice *out);

#endif
