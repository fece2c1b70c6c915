/* What op.c, op_parse.c and op_admin.c share. */
#ifndef GN_LEDGER_OP_INT_H
#define GN_LEDGER_OP_INT_H

#include "ledger/op.h"

/* It stands under a tx_id instead of a sequence number. */
bool lg_op_by_tx_id(enum gn_op_kind kind);

#endif
