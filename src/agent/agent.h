/* A person's agent. run.h: the program; vault.h: keys; db.h: all else that it keeps, sealed with
 * one of them. */
#ifndef GN_AGENT_AGENT_H
#define GN_AGENT_AGENT_H

#include "agent/db.h"
#include "agent/restore.h"
#include "agent/run.h"
#include "agent/vault.h"

#endif
