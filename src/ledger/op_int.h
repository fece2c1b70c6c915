/* What op.c and op_admin.c share. */
#ifndef GN_LEDGER_OP_INT_H
#define GN_LEDGER_OP_INT_H

#include "ledger/op.h"

/* 44 characters of padded base64, one text per key. GN_USAGE. */
GN_MUST gn_err lg_op_read_key(struct gn_slice text, struct gn_pk *out);

#endif
