/* Made by tools/fbc from job.fbs: change that and run the build target fbc. */
#ifndef GN_WIRE_JOB_FB_H
#define GN_WIRE_JOB_FB_H

#include "wire/fb.h"
#include "wire/generated/common_fb.h"

enum gn_fb_job_status {
	GN_FB_JOB_STATUS_DONE = 0,
	GN_FB_JOB_STATUS_FAILED = 1,
};

static const struct gn_fb_word gn_fbwords_job_status[] = {{"done", 0}, {"failed", 1}, {NULL, 0}};

/* Input: never again; Limit: with a larger budget; Peer, Io: elsewhere. */
enum gn_fb_job_fault {
	GN_FB_JOB_FAULT_NONE = 0,
	GN_FB_JOB_FAULT_INPUT = 1,
	GN_FB_JOB_FAULT_LIMIT = 2,
	GN_FB_JOB_FAULT_PEER = 3,
	GN_FB_JOB_FAULT_IO = 4,
};

static const struct gn_fb_word gn_fbwords_job_fault[] = {{"none", 0}, {"input", 1}, {"limit", 2}, {"peer", 3}, {"io", 4}, {NULL, 0}};

struct gn_fb_job_nonce {
	uint8_t b[16];
};
static const struct gn_fb_member gn_fbmembers_job_nonce[] = {
	{"b", offsetof(struct gn_fb_job_nonce, b), 0, 1, 16, GN_FB_UINT},
};
static const struct gn_fb_layout gn_fblayout_job_nonce = {gn_fbmembers_job_nonce, 1, sizeof(struct gn_fb_job_nonce), 16, 1};

/* ---- JobInput ---- */

struct gn_fb_job_input {
	struct gn_fbt t;
};
struct gn_fb_job_input_args {
	const struct gn_fb_hash *root;
	uint64_t size;
};
static const struct gn_fb_field gn_fbfields_job_input[] = {
	{"root", GN_FB_STRUCT, GN_FB_UINT, 0, offsetof(struct gn_fb_job_input_args, root), 0, 0, true, UINT64_C(0x0), &gn_fblayout_hash, NULL, NULL, false},
	{"size", GN_FB_SCALAR, GN_FB_UINT, 1, offsetof(struct gn_fb_job_input_args, size), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_job_input = {"JobInput", NULL, gn_fbfields_job_input, 2};

GN_MUST static inline gn_err gn_fb_job_input_verify(struct gn_slice in, struct gn_fb_job_input *out)
{
	return gn_fb_verify(in, &gn_fbtype_job_input, &out->t);
}
static inline gn_fbref gn_fb_job_input_make(struct gn_fbb *b, const struct gn_fb_job_input_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_job_input, args);
}
static inline bool gn_fb_job_input_has_root(struct gn_fb_job_input t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_hash gn_fb_job_input_root(struct gn_fb_job_input t)
{
	struct gn_fb_hash v;
	gn_fbt_struct(t.t, 0, &gn_fblayout_hash, &v);
	return v;
}
static inline uint64_t gn_fb_job_input_size(struct gn_fb_job_input t)
{
	return (uint64_t)gn_fbt_bits(t.t, 1, 8, UINT64_C(0x0));
}

/* ---- JobBudget ---- */

/* 0: no bound. */
struct gn_fb_job_budget {
	struct gn_fbt t;
};
struct gn_fb_job_budget_args {
	uint32_t cpu_ms;
	uint32_t wall_ms;
	uint64_t memory;
	uint64_t out_bytes;
};
static const struct gn_fb_field gn_fbfields_job_budget[] = {
	{"cpu_ms", GN_FB_SCALAR, GN_FB_UINT, 0, offsetof(struct gn_fb_job_budget_args, cpu_ms), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"wall_ms", GN_FB_SCALAR, GN_FB_UINT, 1, offsetof(struct gn_fb_job_budget_args, wall_ms), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"memory", GN_FB_SCALAR, GN_FB_UINT, 2, offsetof(struct gn_fb_job_budget_args, memory), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"out_bytes", GN_FB_SCALAR, GN_FB_UINT, 3, offsetof(struct gn_fb_job_budget_args, out_bytes), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_job_budget = {"JobBudget", NULL, gn_fbfields_job_budget, 4};

GN_MUST static inline gn_err gn_fb_job_budget_verify(struct gn_slice in, struct gn_fb_job_budget *out)
{
	return gn_fb_verify(in, &gn_fbtype_job_budget, &out->t);
}
static inline gn_fbref gn_fb_job_budget_make(struct gn_fbb *b, const struct gn_fb_job_budget_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_job_budget, args);
}
static inline uint32_t gn_fb_job_budget_cpu_ms(struct gn_fb_job_budget t)
{
	return (uint32_t)gn_fbt_bits(t.t, 0, 4, UINT64_C(0x0));
}
static inline uint32_t gn_fb_job_budget_wall_ms(struct gn_fb_job_budget t)
{
	return (uint32_t)gn_fbt_bits(t.t, 1, 4, UINT64_C(0x0));
}
static inline uint64_t gn_fb_job_budget_memory(struct gn_fb_job_budget t)
{
	return (uint64_t)gn_fbt_bits(t.t, 2, 8, UINT64_C(0x0));
}
static inline uint64_t gn_fb_job_budget_out_bytes(struct gn_fb_job_budget t)
{
	return (uint64_t)gn_fbt_bits(t.t, 3, 8, UINT64_C(0x0));
}

/* ---- Job ---- */

struct gn_fb_job {
	struct gn_fbt t;
};
struct gn_fb_job_args {
	uint8_t version;
	const struct gn_fb_job_nonce *nonce;
	/* Who asks, and signs. */
	const struct gn_fb_key *requester;
	/* "media.thumbnail/1" */
	struct gn_slice kind;
	struct gn_slice recipe;
	struct {
		const gn_fbref *p;
		size_t count;
	} inputs; /* JobInput */
	/* Capability chain of the requester. */
	struct gn_slice token;
	gn_fbref budget; /* JobBudget */
	/* Unix seconds. */
	uint64_t not_after;
	/* 1 first, to 4. */
	uint8_t class;
	uint8_t copies;
	/* Inputs are sealed to this worker; absent: not sealed. */
	const struct gn_fb_key *seal_to;
	/* Queue for the result; absent: it stays with the job. */
	const struct gn_fb_key *reply;
};
static const struct gn_fb_field gn_fbfields_job[] = {
	{"version", GN_FB_SCALAR, GN_FB_UINT, 0, offsetof(struct gn_fb_job_args, version), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"nonce", GN_FB_STRUCT, GN_FB_UINT, 1, offsetof(struct gn_fb_job_args, nonce), 0, 0, true, UINT64_C(0x0), &gn_fblayout_job_nonce, NULL, NULL, false},
	{"requester", GN_FB_STRUCT, GN_FB_UINT, 2, offsetof(struct gn_fb_job_args, requester), 0, 0, true, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"kind", GN_FB_STRING, GN_FB_UINT, 3, offsetof(struct gn_fb_job_args, kind), 0, 0, true, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"recipe", GN_FB_SCALARS, GN_FB_UINT, 4, offsetof(struct gn_fb_job_args, recipe), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"inputs", GN_FB_TABLES, GN_FB_UINT, 5, offsetof(struct gn_fb_job_args, inputs), 1, 0, false, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_job_input}, NULL, false},
	{"token", GN_FB_SCALARS, GN_FB_UINT, 6, offsetof(struct gn_fb_job_args, token), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"budget", GN_FB_TABLE, GN_FB_UINT, 7, offsetof(struct gn_fb_job_args, budget), 1, 0, false, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_job_budget}, NULL, false},
	{"not_after", GN_FB_SCALAR, GN_FB_UINT, 8, offsetof(struct gn_fb_job_args, not_after), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"class", GN_FB_SCALAR, GN_FB_UINT, 9, offsetof(struct gn_fb_job_args, class), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"copies", GN_FB_SCALAR, GN_FB_UINT, 10, offsetof(struct gn_fb_job_args, copies), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"seal_to", GN_FB_STRUCT, GN_FB_UINT, 11, offsetof(struct gn_fb_job_args, seal_to), 0, 0, false, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"reply", GN_FB_STRUCT, GN_FB_UINT, 12, offsetof(struct gn_fb_job_args, reply), 0, 0, false, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_job = {"Job", NULL, gn_fbfields_job, 13};

GN_MUST static inline gn_err gn_fb_job_verify(struct gn_slice in, struct gn_fb_job *out)
{
	return gn_fb_verify(in, &gn_fbtype_job, &out->t);
}
static inline gn_fbref gn_fb_job_make(struct gn_fbb *b, const struct gn_fb_job_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_job, args);
}
static inline uint8_t gn_fb_job_version(struct gn_fb_job t)
{
	return (uint8_t)gn_fbt_bits(t.t, 0, 1, UINT64_C(0x0));
}
static inline bool gn_fb_job_has_nonce(struct gn_fb_job t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_fb_job_nonce gn_fb_job_nonce(struct gn_fb_job t)
{
	struct gn_fb_job_nonce v;
	gn_fbt_struct(t.t, 1, &gn_fblayout_job_nonce, &v);
	return v;
}
static inline bool gn_fb_job_has_requester(struct gn_fb_job t)
{
	return gn_fbt_has(t.t, 2);
}
static inline struct gn_fb_key gn_fb_job_requester(struct gn_fb_job t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 2, &gn_fblayout_key, &v);
	return v;
}
static inline bool gn_fb_job_has_kind(struct gn_fb_job t)
{
	return gn_fbt_has(t.t, 3);
}
static inline struct gn_slice gn_fb_job_kind(struct gn_fb_job t)
{
	return gn_fbt_bytes(t.t, 3);
}
static inline bool gn_fb_job_has_recipe(struct gn_fb_job t)
{
	return gn_fbt_has(t.t, 4);
}
static inline struct gn_slice gn_fb_job_recipe(struct gn_fb_job t)
{
	return gn_fbt_bytes(t.t, 4);
}
static inline bool gn_fb_job_has_inputs(struct gn_fb_job t)
{
	return gn_fbt_has(t.t, 5);
}
static inline uint32_t gn_fb_job_inputs_len(struct gn_fb_job t)
{
	return gn_fbt_count(t.t, 5);
}
static inline struct gn_fb_job_input gn_fb_job_inputs_at(struct gn_fb_job t, uint32_t i)
{
	return (struct gn_fb_job_input){gn_fbt_table_at(t.t, 5, i)};
}
static inline bool gn_fb_job_has_token(struct gn_fb_job t)
{
	return gn_fbt_has(t.t, 6);
}
static inline struct gn_slice gn_fb_job_token(struct gn_fb_job t)
{
	return gn_fbt_bytes(t.t, 6);
}
static inline bool gn_fb_job_has_budget(struct gn_fb_job t)
{
	return gn_fbt_has(t.t, 7);
}
static inline struct gn_fb_job_budget gn_fb_job_budget(struct gn_fb_job t)
{
	return (struct gn_fb_job_budget){gn_fbt_table(t.t, 7)};
}
static inline uint64_t gn_fb_job_not_after(struct gn_fb_job t)
{
	return (uint64_t)gn_fbt_bits(t.t, 8, 8, UINT64_C(0x0));
}
static inline uint8_t gn_fb_job_class(struct gn_fb_job t)
{
	return (uint8_t)gn_fbt_bits(t.t, 9, 1, UINT64_C(0x0));
}
static inline uint8_t gn_fb_job_copies(struct gn_fb_job t)
{
	return (uint8_t)gn_fbt_bits(t.t, 10, 1, UINT64_C(0x0));
}
static inline bool gn_fb_job_has_seal_to(struct gn_fb_job t)
{
	return gn_fbt_has(t.t, 11);
}
static inline struct gn_fb_key gn_fb_job_seal_to(struct gn_fb_job t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 11, &gn_fblayout_key, &v);
	return v;
}
static inline bool gn_fb_job_has_reply(struct gn_fb_job t)
{
	return gn_fbt_has(t.t, 12);
}
static inline struct gn_fb_key gn_fb_job_reply(struct gn_fb_job t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 12, &gn_fblayout_key, &v);
	return v;
}

/* ---- JobOutput ---- */

struct gn_fb_job_output {
	struct gn_fbt t;
};
struct gn_fb_job_output_args {
	struct gn_slice name;
	const struct gn_fb_hash *root;
	uint64_t size;
	struct gn_slice mime;
	/* Small ones are here; else blocks of that root. */
	struct gn_slice bytes;
};
static const struct gn_fb_field gn_fbfields_job_output[] = {
	{"name", GN_FB_STRING, GN_FB_UINT, 0, offsetof(struct gn_fb_job_output_args, name), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"root", GN_FB_STRUCT, GN_FB_UINT, 1, offsetof(struct gn_fb_job_output_args, root), 0, 0, true, UINT64_C(0x0), &gn_fblayout_hash, NULL, NULL, false},
	{"size", GN_FB_SCALAR, GN_FB_UINT, 2, offsetof(struct gn_fb_job_output_args, size), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"mime", GN_FB_STRING, GN_FB_UINT, 3, offsetof(struct gn_fb_job_output_args, mime), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"bytes", GN_FB_SCALARS, GN_FB_UINT, 4, offsetof(struct gn_fb_job_output_args, bytes), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_job_output = {"JobOutput", NULL, gn_fbfields_job_output, 5};

GN_MUST static inline gn_err gn_fb_job_output_verify(struct gn_slice in, struct gn_fb_job_output *out)
{
	return gn_fb_verify(in, &gn_fbtype_job_output, &out->t);
}
static inline gn_fbref gn_fb_job_output_make(struct gn_fbb *b, const struct gn_fb_job_output_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_job_output, args);
}
static inline bool gn_fb_job_output_has_name(struct gn_fb_job_output t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_slice gn_fb_job_output_name(struct gn_fb_job_output t)
{
	return gn_fbt_bytes(t.t, 0);
}
static inline bool gn_fb_job_output_has_root(struct gn_fb_job_output t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_fb_hash gn_fb_job_output_root(struct gn_fb_job_output t)
{
	struct gn_fb_hash v;
	gn_fbt_struct(t.t, 1, &gn_fblayout_hash, &v);
	return v;
}
static inline uint64_t gn_fb_job_output_size(struct gn_fb_job_output t)
{
	return (uint64_t)gn_fbt_bits(t.t, 2, 8, UINT64_C(0x0));
}
static inline bool gn_fb_job_output_has_mime(struct gn_fb_job_output t)
{
	return gn_fbt_has(t.t, 3);
}
static inline struct gn_slice gn_fb_job_output_mime(struct gn_fb_job_output t)
{
	return gn_fbt_bytes(t.t, 3);
}
static inline bool gn_fb_job_output_has_bytes(struct gn_fb_job_output t)
{
	return gn_fbt_has(t.t, 4);
}
static inline struct gn_slice gn_fb_job_output_bytes(struct gn_fb_job_output t)
{
	return gn_fbt_bytes(t.t, 4);
}

/* ---- JobUsage ---- */

struct gn_fb_job_usage {
	struct gn_fbt t;
};
struct gn_fb_job_usage_args {
	uint32_t cpu_ms;
	uint32_t wall_ms;
	uint64_t peak;
	uint64_t in;
	uint64_t out;
};
static const struct gn_fb_field gn_fbfields_job_usage[] = {
	{"cpu_ms", GN_FB_SCALAR, GN_FB_UINT, 0, offsetof(struct gn_fb_job_usage_args, cpu_ms), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"wall_ms", GN_FB_SCALAR, GN_FB_UINT, 1, offsetof(struct gn_fb_job_usage_args, wall_ms), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"peak", GN_FB_SCALAR, GN_FB_UINT, 2, offsetof(struct gn_fb_job_usage_args, peak), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"in", GN_FB_SCALAR, GN_FB_UINT, 3, offsetof(struct gn_fb_job_usage_args, in), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"out", GN_FB_SCALAR, GN_FB_UINT, 4, offsetof(struct gn_fb_job_usage_args, out), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_job_usage = {"JobUsage", NULL, gn_fbfields_job_usage, 5};

GN_MUST static inline gn_err gn_fb_job_usage_verify(struct gn_slice in, struct gn_fb_job_usage *out)
{
	return gn_fb_verify(in, &gn_fbtype_job_usage, &out->t);
}
static inline gn_fbref gn_fb_job_usage_make(struct gn_fbb *b, const struct gn_fb_job_usage_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_job_usage, args);
}
static inline uint32_t gn_fb_job_usage_cpu_ms(struct gn_fb_job_usage t)
{
	return (uint32_t)gn_fbt_bits(t.t, 0, 4, UINT64_C(0x0));
}
static inline uint32_t gn_fb_job_usage_wall_ms(struct gn_fb_job_usage t)
{
	return (uint32_t)gn_fbt_bits(t.t, 1, 4, UINT64_C(0x0));
}
static inline uint64_t gn_fb_job_usage_peak(struct gn_fb_job_usage t)
{
	return (uint64_t)gn_fbt_bits(t.t, 2, 8, UINT64_C(0x0));
}
static inline uint64_t gn_fb_job_usage_in(struct gn_fb_job_usage t)
{
	return (uint64_t)gn_fbt_bits(t.t, 3, 8, UINT64_C(0x0));
}
static inline uint64_t gn_fb_job_usage_out(struct gn_fb_job_usage t)
{
	return (uint64_t)gn_fbt_bits(t.t, 4, 8, UINT64_C(0x0));
}

/* ---- JobResult ---- */

struct gn_fb_job_result {
	struct gn_fbt t;
};
struct gn_fb_job_result_args {
	uint8_t version;
	/* Job id. */
	const struct gn_fb_hash *job;
	uint16_t attempt;
	uint8_t status;
	uint8_t fault;
	struct {
		const gn_fbref *p;
		size_t count;
	} outputs; /* JobOutput */
	gn_fbref usage; /* JobUsage */
	struct gn_slice tool;
	struct gn_slice tool_version;
	const struct gn_fb_hash *tool_digest;
	const struct gn_fb_hash *model_digest;
	uint8_t sandbox;
	/* For people: the end of what the program said. */
	struct gn_slice note;
	/* Who signs. */
	const struct gn_fb_key *worker;
};
static const struct gn_fb_field gn_fbfields_job_result[] = {
	{"version", GN_FB_SCALAR, GN_FB_UINT, 0, offsetof(struct gn_fb_job_result_args, version), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"job", GN_FB_STRUCT, GN_FB_UINT, 1, offsetof(struct gn_fb_job_result_args, job), 0, 0, true, UINT64_C(0x0), &gn_fblayout_hash, NULL, NULL, false},
	{"attempt", GN_FB_SCALAR, GN_FB_UINT, 2, offsetof(struct gn_fb_job_result_args, attempt), 0, 2, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"status", GN_FB_SCALAR, GN_FB_UINT, 3, offsetof(struct gn_fb_job_result_args, status), 0, 1, false, UINT64_C(0x0), NULL, NULL, gn_fbwords_job_status, false},
	{"fault", GN_FB_SCALAR, GN_FB_UINT, 4, offsetof(struct gn_fb_job_result_args, fault), 0, 1, false, UINT64_C(0x0), NULL, NULL, gn_fbwords_job_fault, false},
	{"outputs", GN_FB_TABLES, GN_FB_UINT, 5, offsetof(struct gn_fb_job_result_args, outputs), 1, 0, false, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_job_output}, NULL, false},
	{"usage", GN_FB_TABLE, GN_FB_UINT, 6, offsetof(struct gn_fb_job_result_args, usage), 1, 0, false, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_job_usage}, NULL, false},
	{"tool", GN_FB_STRING, GN_FB_UINT, 7, offsetof(struct gn_fb_job_result_args, tool), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"tool_version", GN_FB_STRING, GN_FB_UINT, 8, offsetof(struct gn_fb_job_result_args, tool_version), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"tool_digest", GN_FB_STRUCT, GN_FB_UINT, 9, offsetof(struct gn_fb_job_result_args, tool_digest), 0, 0, false, UINT64_C(0x0), &gn_fblayout_hash, NULL, NULL, false},
	{"model_digest", GN_FB_STRUCT, GN_FB_UINT, 10, offsetof(struct gn_fb_job_result_args, model_digest), 0, 0, false, UINT64_C(0x0), &gn_fblayout_hash, NULL, NULL, false},
	{"sandbox", GN_FB_SCALAR, GN_FB_UINT, 11, offsetof(struct gn_fb_job_result_args, sandbox), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"note", GN_FB_STRING, GN_FB_UINT, 12, offsetof(struct gn_fb_job_result_args, note), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"worker", GN_FB_STRUCT, GN_FB_UINT, 13, offsetof(struct gn_fb_job_result_args, worker), 0, 0, true, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_job_result = {"JobResult", NULL, gn_fbfields_job_result, 14};

GN_MUST static inline gn_err gn_fb_job_result_verify(struct gn_slice in, struct gn_fb_job_result *out)
{
	return gn_fb_verify(in, &gn_fbtype_job_result, &out->t);
}
static inline gn_fbref gn_fb_job_result_make(struct gn_fbb *b, const struct gn_fb_job_result_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_job_result, args);
}
static inline uint8_t gn_fb_job_result_version(struct gn_fb_job_result t)
{
	return (uint8_t)gn_fbt_bits(t.t, 0, 1, UINT64_C(0x0));
}
static inline bool gn_fb_job_result_has_job(struct gn_fb_job_result t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_fb_hash gn_fb_job_result_job(struct gn_fb_job_result t)
{
	struct gn_fb_hash v;
	gn_fbt_struct(t.t, 1, &gn_fblayout_hash, &v);
	return v;
}
static inline uint16_t gn_fb_job_result_attempt(struct gn_fb_job_result t)
{
	return (uint16_t)gn_fbt_bits(t.t, 2, 2, UINT64_C(0x0));
}
static inline uint8_t gn_fb_job_result_status(struct gn_fb_job_result t)
{
	return (uint8_t)gn_fbt_bits(t.t, 3, 1, UINT64_C(0x0));
}
static inline uint8_t gn_fb_job_result_fault(struct gn_fb_job_result t)
{
	return (uint8_t)gn_fbt_bits(t.t, 4, 1, UINT64_C(0x0));
}
static inline bool gn_fb_job_result_has_outputs(struct gn_fb_job_result t)
{
	return gn_fbt_has(t.t, 5);
}
static inline uint32_t gn_fb_job_result_outputs_len(struct gn_fb_job_result t)
{
	return gn_fbt_count(t.t, 5);
}
static inline struct gn_fb_job_output gn_fb_job_result_outputs_at(struct gn_fb_job_result t, uint32_t i)
{
	return (struct gn_fb_job_output){gn_fbt_table_at(t.t, 5, i)};
}
static inline bool gn_fb_job_result_has_usage(struct gn_fb_job_result t)
{
	return gn_fbt_has(t.t, 6);
}
static inline struct gn_fb_job_usage gn_fb_job_result_usage(struct gn_fb_job_result t)
{
	return (struct gn_fb_job_usage){gn_fbt_table(t.t, 6)};
}
static inline bool gn_fb_job_result_has_tool(struct gn_fb_job_result t)
{
	return gn_fbt_has(t.t, 7);
}
static inline struct gn_slice gn_fb_job_result_tool(struct gn_fb_job_result t)
{
	return gn_fbt_bytes(t.t, 7);
}
static inline bool gn_fb_job_result_has_tool_version(struct gn_fb_job_result t)
{
	return gn_fbt_has(t.t, 8);
}
static inline struct gn_slice gn_fb_job_result_tool_version(struct gn_fb_job_result t)
{
	return gn_fbt_bytes(t.t, 8);
}
static inline bool gn_fb_job_result_has_tool_digest(struct gn_fb_job_result t)
{
	return gn_fbt_has(t.t, 9);
}
static inline struct gn_fb_hash gn_fb_job_result_tool_digest(struct gn_fb_job_result t)
{
	struct gn_fb_hash v;
	gn_fbt_struct(t.t, 9, &gn_fblayout_hash, &v);
	return v;
}
static inline bool gn_fb_job_result_has_model_digest(struct gn_fb_job_result t)
{
	return gn_fbt_has(t.t, 10);
}
static inline struct gn_fb_hash gn_fb_job_result_model_digest(struct gn_fb_job_result t)
{
	struct gn_fb_hash v;
	gn_fbt_struct(t.t, 10, &gn_fblayout_hash, &v);
	return v;
}
static inline uint8_t gn_fb_job_result_sandbox(struct gn_fb_job_result t)
{
	return (uint8_t)gn_fbt_bits(t.t, 11, 1, UINT64_C(0x0));
}
static inline bool gn_fb_job_result_has_note(struct gn_fb_job_result t)
{
	return gn_fbt_has(t.t, 12);
}
static inline struct gn_slice gn_fb_job_result_note(struct gn_fb_job_result t)
{
	return gn_fbt_bytes(t.t, 12);
}
static inline bool gn_fb_job_result_has_worker(struct gn_fb_job_result t)
{
	return gn_fbt_has(t.t, 13);
}
static inline struct gn_fb_key gn_fb_job_result_worker(struct gn_fb_job_result t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 13, &gn_fblayout_key, &v);
	return v;
}

/* ---- JobSigned ---- */

/* sig: Ed25519 by requester or worker over "geonet/job/1" || body or "geonet/result/1" || body, as sent. */
struct gn_fb_job_signed {
	struct gn_fbt t;
};
struct gn_fb_job_signed_args {
	struct gn_slice body;
	const struct gn_fb_sig *sig;
};
static const struct gn_fb_field gn_fbfields_job_signed[] = {
	{"body", GN_FB_SCALARS, GN_FB_UINT, 0, offsetof(struct gn_fb_job_signed_args, body), 0, 1, true, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"sig", GN_FB_STRUCT, GN_FB_UINT, 1, offsetof(struct gn_fb_job_signed_args, sig), 0, 0, true, UINT64_C(0x0), &gn_fblayout_sig, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_job_signed = {"JobSigned", "GNJB", gn_fbfields_job_signed, 2};

#define GN_FB_JOB_SIGNED_IDENTIFIER "GNJB"

GN_MUST static inline gn_err gn_fb_job_signed_verify(struct gn_slice in, struct gn_fb_job_signed *out)
{
	return gn_fb_verify(in, &gn_fbtype_job_signed, &out->t);
}
static inline gn_fbref gn_fb_job_signed_make(struct gn_fbb *b, const struct gn_fb_job_signed_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_job_signed, args);
}
static inline bool gn_fb_job_signed_has_body(struct gn_fb_job_signed t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_slice gn_fb_job_signed_body(struct gn_fb_job_signed t)
{
	return gn_fbt_bytes(t.t, 0);
}
static inline bool gn_fb_job_signed_has_sig(struct gn_fb_job_signed t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_fb_sig gn_fb_job_signed_sig(struct gn_fb_job_signed t)
{
	struct gn_fb_sig v;
	gn_fbt_struct(t.t, 1, &gn_fblayout_sig, &v);
	return v;
}

/* Every table of the schema, for tests and tools. */
static const struct gn_fb_type *const gn_fbtypes_job[] = {
	&gn_fbtype_job_input,
	&gn_fbtype_job_budget,
	&gn_fbtype_job,
	&gn_fbtype_job_output,
	&gn_fbtype_job_usage,
	&gn_fbtype_job_result,
	&gn_fbtype_job_signed,
};

#endif
