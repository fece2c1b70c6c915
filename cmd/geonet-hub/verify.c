/* The journal proved: replayed from its first record, and compared with the running hub, its
 * history or its last checkpoint. */
#include "geonet-hub/local.h"
#include "geonet/frame/frame.h"
#include "geonet/hub/client.h"
#include "hub/hub.h"

#include <stdio.h>
#include <stdlib.h>

void show_progress(void *user, uint64_t done, uint64_t all)
{
	if (all)
		cli_progress(user, "checking the journal: %llu of %llu MiB",
			     (unsigned long long)done >> 20, (unsigned long long)all >> 20);
	else
		cli_progress(user, "importing the journal: %llu MiB",
			     (unsigned long long)done >> 20);
}

#define NOT_ASKED                                                                                  \
	"the running hub could not be asked (--as DIR: the directory of an officer's or "          \
	"participant's identity)"

static int report_json(struct cli *cli, const struct gn_hub_report *r)
{
	static const char *const compared[] = {"nothing", "history", "checkpoint", "hub"};
	char pid[GN_PID_MAX], state[65];
	gn_pid(&r->hub, pid);
	gn_hex(GN_SLICE(r->state.b), state);
	return cli_json(cli,
			json_pack("{ss sI sI sI sI sI ss sI sb sb ss sI}", "hub", pid, "records",
				  (json_int_t)r->records, "files", (json_int_t)r->files, "bytes",
				  (json_int_t)r->bytes, "torn", (json_int_t)r->torn, "history",
				  (json_int_t)r->watermark, "state_hash", state, "last",
				  (json_int_t)(r->last / GN_SEC), "copy", r->copied, "end_known",
				  r->end_known, "compared_with", compared[r->compared],
				  "compared_at", (json_int_t)r->compared_at));
}

static void print_compared(const struct cli *cli, const struct gn_hub_report *r, bool ask)
{
	if (!ask)
		out_pair(cli, "compared",
			 "with the file that was imported, which has the same records to the last");
	else if (r->compared == GN_HUB_LIVE)
		out_pair(cli, "compared",
			 "with the running hub, whose state at record %llu is the same",
			 (unsigned long long)r->compared_at);
	else if (r->compared == GN_HUB_HISTORY)
		out_pair(cli, "compared", "with the history, which knows record %llu; %s",
			 (unsigned long long)r->compared_at,
			 r->copied ? NOT_ASKED : "the hub does not run");
	else if (r->compared == GN_HUB_CHECKPOINT)
		out_pair(cli, "compared", "with the last checkpoint, record %llu; %s",
			 (unsigned long long)r->compared_at,
			 r->copied ? NOT_ASKED : "the hub does not run");
	else
		out_pair(cli, "compared",
			 "with nothing: there is no checkpoint yet, and the hub %s",
			 r->copied ? "could not be asked (--as DIR: the identity of an officer or "
				     "participant)"
				   : "does not run");
}

static void print_report(const struct cli *cli, const struct gn_hub_report *r, bool ask)
{
	char pid[GN_PID_MAX];
	gn_pid(&r->hub, pid);
	out_pair(cli, "hub", "%s", pid);
	out_pair(cli, "records", "%llu in %s, %s", (unsigned long long)r->records,
		 out_count(r->files, "file", "files"), out_bytes(r->bytes));
	if (r->torn)
		out_pair(cli, "tail", "%llu bytes behind record %llu are a torn tail or damage; %s",
			 (unsigned long long)r->torn, (unsigned long long)r->records,
			 r->watermark
				 ? "the history knows nothing of them"
				 : "there is no history to say whether they were ever durable");
	out_pair(cli, "state", "%s", out_hex(r->state.b, sizeof r->state.b));
	out_pair(cli, "last", "%s", out_time(gn_unix(r->last)));
	print_compared(cli, r, ask);
	if (r->copied)
		cli_note(cli, "The hub is running; a copy of its journal was read.");
}

/* unanswered: the hub that --hub names should have been asked, and was not. */
static int fail_unproved(struct cli *cli, bool unanswered)
{
	if (unanswered)
		return cli_fail(
			cli, CLI_FAILED, "not-compared",
			"nothing was compared with the hub at %s: it does not answer, is another "
			"hub, or does not let this key ask (an officer's or a participant's; --as "
			"DIR names the directory of the identity)",
			cli_option(cli, "hub"));
	return cli_fail(
		cli, CLI_FAILED, "not-compared",
		"nothing here tells how far the journal should go, there being no history (a "
		"journal that was imported has none; geonet hub import has compared it with its "
		"file): records at its end may be gone. Compare it with the running hub: --hub URL "
		"--as DIR, DIR being the directory of an identity that the hub knows");
}

int verify_journal(struct cli *cli, bool ask)
{
	struct gn_hub_progress progress = {show_progress, cli};
	struct gn_hub_report r;
	struct gn_hub_live live;
	struct gn_pk pk;
	char why[GN_HUB_WHY] = "", *data = hub_data(cli);
	/* asked first: what the hub tells is durable, so the journal read afterwards has it */
	bool told = ask && gn_hub_key(data, &pk) == GN_OK &&
		    hub_state(cli, &pk, &live.seq, &live.state);
	gn_err err = gn_hub_verify(data, told ? &live : NULL, &progress, &r, why);
	cli_progress_done(cli);
	free(data);
	if (err)
		return cli_fail(cli, CLI_FAILED, gn_err_name(err), "%s", why);
	/* HB-21: imported (!ask) it was compared with the file, which tells its length and
	 * hashes */
	bool must = ask && cli_option(cli, "hub"),
	     proved = !ask || (r.end_known && (told || !must));
	if (cli->json) {
		int exit = report_json(cli, &r);
		return exit ? exit : proved ? CLI_OK : CLI_FAILED;
	}
	printf(proved ? "The journal holds: every signature, checkpoint and invariant from the "
			"first record on.\n"
		      : "Every signature, checkpoint and invariant that is there is right, but it "
			"is not proved:\n");
	print_report(cli, &r, ask);
	return proved ? CLI_OK : fail_unproved(cli, must && !told);
}

int local_verify(struct cli *cli)
{
	return verify_journal(cli, true);
}
