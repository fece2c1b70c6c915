/* A directory of an agent under the temporary files, with a store in it, for tests. */
#ifndef GN_AGENT_TESTING_NEST_H
#define GN_AGENT_TESTING_NEST_H

#include "agent/agent.h"
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <setjmp.h>

#include <cmocka.h>

#define NEST_STORE "agent/store.db"

struct nest {
	char root[128];
	struct gn_os_dir *dir;
	struct gn_rand rand;
	struct gn_agent_db_place place;
	struct gn_agent_db *db;
	char why[GN_AGENT_WHY];
};

/* An empty one; base NULL: under $TMPDIR or /tmp. */
void nest_make(struct nest *n, const char *base);
/* Closes what is open and removes all. */
void nest_remove(struct nest *n);
/* Opens the store, made if need be, or closes it. */
void nest_open(struct nest *n);
void nest_close(struct nest *n);

void nest_path(const struct nest *n, const char *name, char out[256]);
/* Whole files; the caller frees. NULL: not there. */
uint8_t *nest_read(const struct nest *n, const char *name, size_t *len);
void nest_write(const struct nest *n, const char *name, const uint8_t *bytes, size_t len);
void nest_copy(const struct nest *n, const char *from, const char *to);
bool nest_has(const struct nest *n, const char *name);
/* How many files anywhere in the directory have these bytes. */
unsigned nest_grep(const struct nest *n, struct gn_slice needle);

struct gn_agent_chat_id nest_chat(unsigned i);
/* Message number i of a chat, with text, always the same. text: room for it, 96 bytes. */
struct gn_agent_message nest_message(unsigned chat, unsigned i, char text[96]);
/* Adds it in a transaction of its own; its number. */
uint64_t nest_say(struct nest *n, unsigned chat, unsigned i);
uint64_t nest_count(struct nest *n, unsigned chat);

#define assert_ok(err) assert_string_equal(gn_err_name(err), "ok")
#define assert_err(err, want) assert_string_equal(gn_err_name(err), gn_err_name(want))

#endif
