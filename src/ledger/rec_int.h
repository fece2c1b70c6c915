/* What both sides of a record's bytes agree on (docs/spec/ledger.md, "Records"). */
#ifndef GN_LEDGER_REC_INT_H
#define GN_LEDGER_REC_INT_H

#include "ledger/book_int.h"

#define REC_HEAD 16u /* length 4 | type 1 | flags 1 | zero 2 | time 8 */
#define REC_FLAG_SIGNED 1u
#define REC_FLAG_ADMIN 2u

#endif
