/* A file on its way to somebody (file_row.c, file_block.c, file_send.c).
 *
 *   UPLOADING [its bytes come, are sealed, the node has each block] -> SPREADING
 *   SPREADING [enough copies] -> the message is said -> DONE
 *             [the node lost blocks] -> UPLOADING
 *   any       [it can never be said] -> FAILED
 *
 * 1. A block's hash is stored before its bytes leave: under one key nothing is sealed twice that
 *    differs (PE-73).
 * 2. Plaintext is in a slot until its block is whole, and nowhere else.
 *
 * Rules AG-80..AG-82. */
#ifndef GN_AGENT_FILE_INT_H
#define GN_AGENT_FILE_INT_H

#include "agent/agent_int.h"

#define AGENT_FILE_BLOCK (GN_BLOCK_CHUNKS * GN_CONTENT_PIECE) /* bytes of a file in one block */

enum { AGENT_FILE_DONE, AGENT_FILE_UPLOADING, AGENT_FILE_SPREADING, AGENT_FILE_FAILED };

struct agent_file_head { /* in the store, read by this machine alone */
	struct gn_pk owner;
	struct gn_hash chat, key; /* key: secret */
	struct gn_content_id id, reply;
	uint64_t size, mark, at_ms;
	uint64_t copies, wanted; /* of blocks */
	uint32_t meant, done;    /* blocks whose hash is fixed; that the node has */
	uint16_t code;           /* FAILED: gn_err */
	uint16_t name_len, mime_len, text_len, preview_len;
};

enum agent_slot_state { SLOT_FREE, SLOT_FILLING, SLOT_SEALED, SLOT_SENDING, SLOT_TAKEN };
struct agent_file_slot { /* a block on its way to the node */
	struct agent_file *file;
	enum agent_slot_state state;
	uint32_t block;
	size_t len; /* FILLING: bytes of the file in it; else sealed */
	size_t sent;
	uint64_t call;
	uint8_t *bytes; /* owned; GN_BLOCK of them */
};

struct agent_file {
	struct gn_agent *agent;
	struct agent_file_head head;
	uint8_t state;
	uint8_t *words; /* owned: name, type, text, preview */
	struct gn_hash blocks[GN_CONTENT_FILE_BLOCKS];
	struct agent_file_slot slots[AGENT_FILE_SLOTS];
	uint64_t spread; /* call */
	gn_time due, wait;
	void *client;               /* who sends it, serve_file.c's; NULL: nobody */
	void (*gone)(void *client); /* it is taken from them: the agent is locked, or ends */
	bool moved;                 /* to be told */
	bool room;                  /* a slot is free again: the client may go on */
	gn_err err;                 /* it is over for now: why */
	const char *why;
	gn_time told;
};

struct agent_files {
	struct agent_file *at[AGENT_FILES];
	bool look; /* the store may have some that go on without a client */
	gn_time forget;
};

static inline struct gn_agent_chat_id agent_file_chat(const struct agent_file *f)
{
	struct gn_agent_chat_id id;
	memcpy(id.b, f->head.chat.b, sizeof id.b);
	return id;
}
static inline uint32_t agent_file_blocks(const struct agent_file *f)
{
	return (uint32_t)gn_tree_block_count(gn_content_sealed_size(f->head.size));
}
/* Bytes of the file in block i. */
static inline size_t agent_file_block_len(const struct agent_file *f, uint32_t i)
{
	uint64_t left = f->head.size - (uint64_t)i * AGENT_FILE_BLOCK;
	return left < AGENT_FILE_BLOCK ? (size_t)left : AGENT_FILE_BLOCK;
}

/* ---- file_row.c ---- */

struct agent_file_words {
	struct gn_slice name, mime, text, preview;
};
struct agent_file_words agent_file_words(const struct agent_file *f);
/* One with these words, copied. NULL: no memory. */
struct agent_file *agent_file_new(struct gn_agent *a, const struct agent_file_head *head,
				  const struct agent_file_words *words);
/* A row as it was put. GN_CORRUPT, GN_NOMEM. */
GN_MUST gn_err agent_file_read(struct gn_agent *a, const struct gn_agent_file *row,
			       struct agent_file **out);
/* Wipes it. Its calls have ended. */
void agent_file_free(struct agent_file *f);
GN_MUST gn_err agent_file_put(struct agent_file *f, struct gn_agent_tx *tx);
/* In a transaction of its own; an error ends the agent. */
void agent_file_keep(struct agent_file *f);

/* ---- file_block.c ---- */

/* From which byte on it is to come. */
uint64_t agent_file_from(const struct agent_file *f);
/* Its bytes, from there on. *taken less than all: when f->room. GN_RANGE: more than its size;
 * GN_STATE: it is not what it was. */
GN_MUST gn_err agent_file_data(struct agent_file *f, struct gn_slice in, size_t *taken);
/* GN_RANGE: less than its size. */
GN_MUST gn_err agent_file_data_end(struct agent_file *f);
/* ---- file_send.c ---- */

/* One that is in memory or in the store; *out NULL: none is on its way. GN_LIMIT: as many as one
 * agent does at once are. */
GN_MUST gn_err agent_file_resume(struct gn_agent *a, const struct gn_content_id *id,
				 struct agent_file **out);
/* The same for a look: one that the caller frees, not in work. *out NULL: none. */
GN_MUST gn_err agent_file_peek(struct gn_agent *a, const struct gn_content_id *id,
			       struct agent_file **out);
/* A new one, in the store. GN_LIMIT. */
GN_MUST gn_err agent_file_begin(struct gn_agent *a, const struct agent_file_head *head,
				const struct agent_file_words *words, struct agent_file **out);
/* Who sent it is gone, or was told: what is not whole is dropped, and what it waits for ends. */
void agent_file_leave(struct agent_file *f);
/* It is given up for good. */
GN_MUST gn_err agent_file_drop(struct gn_agent *a, const struct gn_content_id *id);
#endif
