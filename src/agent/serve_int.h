/* What calls of the agent answer with (serve_table.c), and by whom a call is found (serve.c). */
#ifndef GN_AGENT_SERVE_INT_H
#define GN_AGENT_SERVE_INT_H

#include "agent/agent_int.h"

enum {
	AGENT_TOLD_FILE = 5,
	AGENT_TOLD_REGISTER = 6,
	AGENT_TOLD_DEVICE = 7,
	AGENT_TOLD_WALLET = 8
}; /* bits of events, after told.c's */

/* A request of the agent's; host's first. */
struct agent_request {
	struct gn_host_request base;
	struct gn_agent *agent;
	uint64_t asked; /* what it asked the node; 0: nothing */
	void (*resolved)(struct agent_request *r, gn_err err, const struct gn_pk *owner);
	bool passes;                  /* and that was what they asked (pass.c) */
	struct agent_file *sends;     /* what it sends; NULL: nothing, or no more */
	struct agent_draft *draft;    /* whose file it sends (site_draft.c) */
	struct agent_site_work *work; /* that it waits for (site_work.c) */
	uint8_t program[32];          /* that asks, by its secret; zeros: it has none */
};

static inline struct agent_request *agent_request_of(struct gn_host_request *r)
{
	return r ? GN_CONTAINER(r, struct agent_request, base) : NULL;
}

/* ---- serve_table.c ---- */

gn_fbref agent_put_status(struct gn_fbb *b, struct gn_agent *a);
gn_fbref agent_put_person(struct gn_fbb *b, struct gn_agent *a, const struct gn_people_contact *c);
/* row, content: as the store has them. 0: they are none. */
gn_fbref agent_put_message(struct gn_fbb *b, const struct gn_agent_chat_id *chat,
			   struct gn_slice row, struct gn_slice content, uint64_t number);

/* ---- serve_people.c, serve_chat.c, serve_show.c: by call ---- */

/* AG-57: is what is missing probably on its way? order: the gap's, which is the Unix ms of the
 * message that showed it, or what its sender made up: then it is shown. */
bool agent_gap_is_young(uint64_t order, uint64_t now_ms);
struct agent_file_of { /* whose a file is, where it stands */
	const struct gn_agent_chat_id *chat;
	const struct gn_content_id *id;
	bool mine;
	unsigned index;
	uint64_t sent, number;
	struct gn_slice text;
	bool named; /* with whose chat it is */
	bool whole; /* with text and a large preview */
};
gn_fbref agent_put_file(struct gn_fbb *b, struct gn_agent *a, const struct agent_file_of *of,
			const struct gn_content_file *file);

/* Says whose chat a file is in; pid is where the text of that lies. */
struct gn_fb_chat_file_args;
void agent_name_file(struct gn_agent *a, const uint8_t chat[32], char pid[GN_PID_MAX],
		     struct gn_fb_chat_file_args *args);

/* ---- file_get.c, serve_file.c: streams ---- */

gn_fbref agent_put_sending(struct gn_fbb *b, struct gn_agent *a, struct agent_file *f);
/* Has its client, and have all, fewer than may be at once? False after answering. */
bool agent_file_may(struct agent_request *r);

/* Fetches a part of a file, opens it, streams it out; answers. */
GN_MUST gn_err agent_file_fetch(struct agent_request *r, const struct gn_content_file *file,
				uint64_t offset, uint64_t count);
/* Those that wait for the node, again. */
gn_time agent_files_fetch(struct gn_agent *a);
/* The keys go: what is being fetched ends. */
void agent_files_locked(struct gn_agent *a);
/* Its client is gone. */
void agent_file_closed(struct agent_request *r);

/* ---- serve_people.c, serve_chat.c, serve_file.c: by call ---- */

gn_err agent_call_contacts_list(struct agent_request *r);
gn_err agent_call_contact_get(struct agent_request *r);
gn_err agent_call_contact_add(struct agent_request *r);
gn_err agent_call_contact_answer(struct agent_request *r);
gn_err agent_call_contact_set(struct agent_request *r);
gn_err agent_call_contact_remove(struct agent_request *r);
gn_err agent_call_contact_verify(struct agent_request *r);
gn_err agent_call_invite_new(struct agent_request *r);
gn_err agent_call_invites_list(struct agent_request *r);
gn_err agent_call_invite_drop(struct agent_request *r);
gn_err agent_call_chats_list(struct agent_request *r);
gn_err agent_call_message_send(struct agent_request *r);
gn_err agent_call_message_edit(struct agent_request *r);
gn_err agent_call_message_delete(struct agent_request *r);
gn_err agent_call_message_react(struct agent_request *r);
gn_err agent_call_message_read(struct agent_request *r);
gn_err agent_call_message_retry(struct agent_request *r);
gn_err agent_call_message_get(struct agent_request *r);
gn_err agent_call_history(struct agent_request *r);
gn_err agent_call_search(struct agent_request *r);

gn_err agent_call_devices_list(struct agent_request *r);
gn_err agent_call_device_remove(struct agent_request *r);
gn_err agent_call_chat_set(struct agent_request *r);
gn_err agent_call_chat_delete(struct agent_request *r);
gn_err agent_call_message_hide(struct agent_request *r);
gn_err agent_call_register_set(struct agent_request *r);
gn_err agent_call_registers_list(struct agent_request *r);

/* ---- backup.c ---- */

gn_err agent_call_backup(struct agent_request *r);
void agent_backup_closed(struct agent_request *r); /* its client is gone */
gn_err agent_call_file_send(struct agent_request *r);
gn_err agent_call_file_get(struct agent_request *r);
gn_err agent_call_files_list(struct agent_request *r);
gn_err agent_call_file_drop(struct agent_request *r);

/* ---- site_*.c ---- */

gn_err agent_call_sites_list(struct agent_request *r);
gn_err agent_call_site_versions(struct agent_request *r);
gn_err agent_call_site_begin(struct agent_request *r);
gn_err agent_call_site_file(struct agent_request *r);
gn_err agent_call_site_drop(struct agent_request *r);
gn_err agent_call_site_commit(struct agent_request *r);
gn_err agent_call_site_roll_back(struct agent_request *r);
gn_err agent_call_site_remove(struct agent_request *r);
void agent_site_closed(struct agent_request *r); /* its client is gone */
/* And so is its connection: its drafts end. */
void agent_site_left(struct gn_agent *a, const struct gn_host_link *link);

/* ---- pass.c: to the node, as it came ---- */

gn_err agent_call_pass(struct agent_request *r);
/* What tells whom the person looks for: the right `chat` is needed, too. */
gn_err agent_call_pass_whom(struct agent_request *r);
gn_err agent_call_give(struct agent_request *r); /* to change it the right `agent` is needed, too */

/* ---- told.c ---- */

/* Tells who listens of something that the store does not know (bit: its kind). */
void agent_told_add(struct gn_agent *a, struct gn_app_kind kind, gn_fbref table, unsigned bit,
		    uint64_t object);

/* ---- clients.c: programs' shares of places (AG-114) ---- */

/* Is it asked by the program of that id? Never of one without a secret. */
bool agent_is_program(const struct agent_request *r, const uint8_t id[32]);
/* It has so many of these places: may it have one more? False after answering. */
bool agent_within_share(struct agent_request *r, unsigned has, unsigned most);

/* ---- clients.c: may whoever asks do this? False after answering ---- */

/* A right's word; shown: as the sentence names it. */
bool agent_may(struct agent_request *r, const char *right, struct gn_slice shown);
/* send/PID of who is meant. */
bool agent_may_send(struct agent_request *r, struct gn_slice who);
/* Did a person allow this, which text says? False also after asking them. */
bool agent_allowed(struct agent_request *r, const char *text, struct gn_slice passphrase,
		   uint64_t approval);

/* How many contacts are meant by PID, key in hex, petname or name; of one *out. */
size_t agent_find_who(struct gn_agent *a, struct gn_slice who, struct gn_people_contact *out);
/* A contact by PID, key in hex, petname or name. False after answering: nobody, or several. */
bool agent_who(struct agent_request *r, struct gn_slice who, struct gn_people_contact *out);

#endif
