/* A person's agent: what it keeps. vault.h: keys; db.h: all else, sealed with one of them. */
#ifndef GN_AGENT_AGENT_H
#define GN_AGENT_AGENT_H

#include "agent/db.h"
#include "agent/vault.h"

#endif
