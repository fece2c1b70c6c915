/* geonet agent, contacts, msg, file. */
#include "geonet/frame/cli.h"
#include "geonet/frame/options.h"
#include "geonet/people/commands.h"

#include <stddef.h>

/* clang-format off */

static const struct cli_option up_options[] = {
	{"node", "PATH", "the node's socket (default DATA/app.sock, else /run/geonet/app.sock)"},
	{"name", "NAME", "how a new identity is shown to others"},
	{"device", "NAME", "how this device is shown to others (default this machine's name)"},
	{"app", "PORT|off", "loopback port of the app (default 7781, or the next free one)"},
	{"log", "LEVEL", "debug, info, warn or error"},
	{0},
};

static const struct cli_option start_options[] = {
	{"name", "NAME", "how a new identity is shown to others"},
	{"no-passphrase", NULL, "whoever reads the files can use the keys"},
	OPTION_PASSPHRASE,
	{0},
};

static const struct cli_option unlock_options[] = {
	OPTION_PASSPHRASE,
	{0},
};

static const struct cli_option passphrase_options[] = {
	{"new-passphrase-file", "FILE", "FILE's first line is the new one (default: asked for)"},
	{"no-passphrase", NULL, "take it away: keys that whoever reads the files can use"},
	OPTION_PASSPHRASE,
	{0},
};

static const struct cli_option clients_options[] = {
	{"right", "RIGHT", "what it may do, may repeat: chat, contacts, jobs, send/PID, send/*, "
	 "network, agent or *"},
	{"days", "N", "for so long, 1 to 400 (default until it is removed)"},
	{"out", "FILE", "where its secret goes (default stdout)"},
	{"yes", NULL, "allow it without being asked"},
	OPTION_PASSPHRASE,
	{0},
};

static const struct cli_option approve_options[] = {
	{"refuse", NULL, "say no"},
	{0},
};

static const struct cli_option allow_options[] = {
	{"yes", NULL, "allow it without being asked"},
	OPTION_PASSPHRASE,
	{0},
};

static const struct cli_option export_options[] = {
	{"no-files", NULL, "without the files of messages"},
	{0},
};

static const struct cli_option restore_options[] = {
	OPTION_PASSPHRASE,
	{0},
};

static const struct cli_option app_options[] = {
	{"print", NULL, "print the address, open nothing"},
	{0},
};

const struct cli_command app_commands[] = {
	{"app", "[LINK]", 0, 1, "open the app in your browser: chats, people, data, network",
	 "It starts your agent if it does not run. The address has a code that makes one browser "
	 "yours, once, within five minutes; from then on that browser opens http://localhost:7781/ "
	 "by itself. With a link (geonet:hi/.., geonet:pay?..) the app shows what it is.\n",
	 "  geonet app\n"
	 "  geonet app --print\n"
	 "  geonet app 'geonet:pay?...'\n",
	 app_options, cmd_app},
	{0},
};

const struct cli_command agent_commands[] = {
	{"up", "", 0, 0, "start your agent in the background",
	 "It keeps your keys, sessions and messages, reaches the network through the node, and "
	 "makes an identity without a passphrase where there is none yet. Without a passphrase the "
	 "key lies beside what it seals, so sealing protects a copy of the store alone.\n",
	 "  geonet agent up --name Ann\n",
	 up_options, cmd_agent_up},
	{"down", "", 0, 0, "stop your agent",
	 NULL,
	 "  geonet agent down\n",
	 NULL, cmd_agent_down},
	{"status", "", 0, 0, "how your agent is: locked or open, online, what waits",
	 NULL,
	 "  geonet agent status --json\n",
	 NULL, cmd_agent_status},
	{"start", "", 0, 0, "make your agent's keys, where the identity has a passphrase",
	 "Once, after the first geonet agent up; from then on it is geonet agent unlock.\n",
	 "  geonet agent start\n",
	 start_options, cmd_agent_start},
	{"unlock", "", 0, 0, "open your agent with the passphrase",
	 "While it is locked it takes what comes, sealed, and shows nothing.\n",
	 "  geonet agent unlock\n",
	 unlock_options, cmd_agent_unlock},
	{"passphrase", "", 0, 0, "set a passphrase, change it, or take it away",
	 "The old one is asked for where there is one. Messages and contacts stay as they "
	 "are, and so do your 24 words. If you forget it, these open your identity and each "
	 "backup, elsewhere; what is in no backup is lost.\n",
	 "  geonet agent passphrase\n"
	 "  geonet agent passphrase --no-passphrase\n",
	 passphrase_options, cmd_agent_passphrase},
	{"lock", "", 0, 0, "wipe your agent's keys from memory until it is unlocked",
	 NULL,
	 "  geonet agent lock\n",
	 NULL, cmd_agent_lock},
	{"clients", "[list | add NAME | remove ID]", 0, 2,
	 "programs with a secret and rights of their own",
	 "A program that names its secret's file in GEONET_CLIENT may do what its rights say and "
	 "nothing else. To add one asks you: for the passphrase, else for a yes (--yes). One with "
	 "the right agent asks too, and you allow it here: geonet agent approve NUMBER.\n",
	 "  geonet agent clients add bot --right chat --right 'send/*' --out bot.secret\n"
	 "  GEONET_CLIENT=bot.secret geonet msg chats\n",
	 clients_options, cmd_agent_clients},
	{"devices", "", 0, 0, "the devices that your identity lists",
	 "Each has keys of its own; people's agents write to all of them. STATE says which one "
	 "this is, and which were taken out.\n",
	 "  geonet agent devices\n",
	 NULL, cmd_agent_devices},
	{"remove-device", "NAME|KEY", 1, 1, "take a lost device out of your identity",
	 "From then on nobody writes to it or takes what it sends, and your boxes are replaced, "
	 "whose keys it had. What it has it keeps: messages on it stay readable to who opens it. "
	 "It asks you: for the passphrase, else for a yes (--yes). KEY: its first 8 letters or "
	 "more.\n",
	 "  geonet agent remove-device phone\n"
	 "  geonet agent remove-device 4f1c22ab --yes\n",
	 allow_options, cmd_agent_remove_device},
	{"approve", "NUMBER", 1, 1, "allow, once, what another client asks for",
	 "The client was told the number. What nobody answers is forgotten after five minutes.\n",
	 "  geonet agent approve 4711\n",
	 approve_options, cmd_agent_approve},
	{"backup", "FILE", 1, 1, "all that your agent keeps, sealed, in one file",
	 "Contacts, chats, messages, settings. It opens with the passphrase that you have now, and "
	 "with your 24 words (geonet id export). Files of messages are not in it. A file that is "
	 "there is never overwritten.\n",
	 "  geonet agent backup /media/stick/geonet-2026-11.backup\n",
	 allow_options, cmd_agent_backup},
	{"restore", "FILE", 1, 1, "put a backup back, where no agent has been",
	 "This becomes a new device of yours, with keys and sessions of its own; your contacts see "
	 "a line about it. The old device is taken out of your identity. If there is no "
	 "passphrase, or you lost it, put your 24 words in first: geonet id import.\n",
	 "  geonet agent restore /media/stick/geonet-2026-11.backup\n"
	 "  geonet --data /srv/ann agent restore ann.backup --passphrase-file secret\n",
	 restore_options, cmd_agent_restore},
	{"export", "DIR|FILE.json|FILE.vcf", 1, 1, "contacts, chats and files, for other programs",
	 "Into a new folder: contacts.vcf (vCard), export.json (contacts and chats, newest "
	 "messages first) and the files of messages. Or one of the two alone. It is not sealed. "
	 "Nothing is "
	 "overwritten. To go on elsewhere, make a backup instead.\n",
	 "  geonet agent export ~/geonet-export\n"
	 "  geonet agent export friends.vcf\n",
	 export_options, cmd_agent_export},
	{"import", "FILE|-", 1, 1, "contacts of a vCard file or of an export",
	 "People who are known already stay as they are, and nobody is written to. Cards without "
	 "a PID (IMPP:geonet:PID) are skipped.\n",
	 "  geonet agent import friends.vcf\n",
	 NULL, cmd_agent_import},
	{"renew", "", 0, 0, "new keys for first messages and another private box, now",
	 "This happens every week by itself; do it when a device of yours was lost, or its keys "
	 "were seen. Your contacts are told; the old box is read for 31 days more.\n",
	 "  geonet agent renew\n",
	 NULL, cmd_agent_renew},
	{0},
};

static const struct cli_option invite_options[] = {
	{"uses", "N", "how many people may use it, 1 to 10000 (default 1)"},
	{"days", "N", "for how long, 1 to 400 (default 7)"},
	{"name", "NAME", "the name that the link shows"},
	{0},
};

const struct cli_command contacts_commands[] = {
	{"list", "", 0, 0, "the people you know, and who asks",
	 "STATE is empty for contacts, asked until they accept you, request until you answer "
	 "them, refused when you said not now, or blocked. KNOWN says how sure it is who they "
	 "are: unknown, by name, introduced, linked (by an invite link), met, verified (you "
	 "compared the safety number), CHANGED (it is another one now), not looked at (a "
	 "stranger whose record nobody looked up).\n",
	 "  geonet contacts list\n",
	 NULL, cmd_contacts_list},
	{"add", "WHO [NAME]", 1, 2, "somebody to write to: a PID, a name or an invite link",
	 "NAME is what they are called here. Until they accept you, you can send them one text of "
	 "600 bytes, and no file. Whoever you refused before is accepted by this.\n",
	 "  geonet contacts add alice.geo\n"
	 "  geonet contacts add 'geonet:hi/...' Ann\n",
	 NULL, cmd_contacts_add},
	{"accept", "WHO", 1, 1, "answer a request: they may write to you",
	 "From then on they may send messages and files, and see what arrived.\n",
	 "  geonet contacts accept PID\n",
	 NULL, cmd_contacts_accept},
	{"refuse", "WHO", 1, 1, "answer a request: not now; they may ask again in a week",
	 "They are not told. geonet contacts add PID changes your mind before; geonet contacts "
	 "block is for good.\n",
	 "  geonet contacts refuse PID\n",
	 NULL, cmd_contacts_refuse},
	{"name", "WHO NAME", 2, 2, "what they are called here",
	 "An empty NAME takes away the one that you gave them.\n",
	 "  geonet contacts name PID 'Ann from work'\n",
	 NULL, cmd_contacts_name},
	{"path", "WHO [RULE]", 1, 2, "which ways sessions with their nodes may take",
	 "Without a RULE: what holds, and for which of their nodes. A RULE is as of geonet path "
	 "(geonet path --help says more); any ends it. It is for all that your node does with the "
	 "nodes that their identity record names (geonet id publish --vouch-node), 4 at most: "
	 "ping, pipe, forward, send, receive; kept there over restarts, also without the agent. "
	 "send --to WHO keeps to it whichever node they come by. Messages and file send do not "
	 "go to their nodes, but to boxes at others, by relays and under throwaway keys; files and "
	 "records are fetched from whoever holds them: none of that is changed by it.\n",
	 "  geonet contacts path Ben relay           no packet to Ben's nodes but by a relay\n"
	 "  geonet contacts path Ben\n"
	 "  geonet contacts path Ben any\n",
	 NULL, cmd_contacts_path},
	{"block", "WHO", 1, 1, "take nothing more from them",
	 "They are not told, and do not see any more whether you are there.\n",
	 "  geonet contacts block Ann\n",
	 NULL, cmd_contacts_block},
	{"unblock", "WHO", 1, 1, "take what they write again",
	 NULL,
	 "  geonet contacts unblock Ann\n",
	 NULL, cmd_contacts_unblock},
	{"remove", "WHO", 1, 1, "forget them and all that was said",
	 "They are not told. What they write next is a request, as a stranger's is; to hear no "
	 "more of them: geonet contacts block, and keep them.\n",
	 "  geonet contacts remove Ann\n",
	 NULL, cmd_contacts_remove},
	{"verify", "WHO [NUMBER...]", 1, -1, "compare the safety number: is nobody between you?",
	 "Without a NUMBER it is shown: 60 digits, the same for both of you. Read them to each "
	 "other, in person or by a voice that you know. With the NUMBER that they read to you "
	 "it is compared; blanks do not count.\n",
	 "  geonet contacts verify Ann\n"
	 "  geonet contacts verify Ann 04382 91735 ...\n",
	 NULL, cmd_contacts_verify},
	{"invite", "", 0, 0, "make a link for somebody new who is to write to you",
	 "With it the first message needs no work and waits before those of other strangers: you "
	 "see at once who it is and that they had the link, and accept them. One for N people is "
	 "no way in for more.\n",
	 "  geonet contacts invite --uses 20 --days 1 --name Ann\n",
	 invite_options, cmd_contacts_invite},
	{0},
};

static const struct cli_option history_options[] = {
	{"limit", "N", "at most so many, 1 to 500 (default 50)"},
	{"before", "N", "those before the message with this number (\"number\" of --json)"},
	{0},
};

static const struct cli_option show_options[] = {
	{"proof", "FILE", "write the nodes' promises into FILE, a new one (-: stdout)"},
	{0},
};

static const struct cli_option follow_options[] = {
	{"count", "N", "end after so many messages"},
	{0},
};

static const struct cli_option presence_options[] = {
	{"count", "N", "end after so many changes"},
	{0},
};

const struct cli_command presence_commands[] = {
	{"show", "[WHO]", 0, 1, "who is there now, and how you are seen",
	 "Shows 16 people at most: those you spoke with last, and WHO. Whoever was silent for 90 "
	 "seconds is offline.\n",
	 "  geonet presence show\n"
	 "  geonet presence show Ann\n",
	 NULL, cmd_presence_show},
	{"set", "online|away|busy|invisible|offline", 1, 1, "how your contacts see you",
	 "It stays until you set another, and is told to contacts who accepted you and are not "
	 "blocked. If you are invisible you look offline and still see the others; if you are "
	 "offline, as at first, nobody is told and you see nobody.\n",
	 "  geonet presence set online\n"
	 "  geonet presence set invisible\n",
	 NULL, cmd_presence_set},
	{"follow", "", 0, 0, "print who comes and goes",
	 "With --json each change is a line.\n",
	 "  geonet presence follow\n"
	 "  geonet presence follow --count 1 --json\n",
	 presence_options, cmd_presence_follow},
	{0},
};

static const struct cli_option search_options[] = {
	{"with", "WHO", "in the chat with them alone"},
	{"limit", "N", "at most so many, 1 to 500 (default 50)"},
	{0},
};

const struct cli_command msg_commands[] = {
	{"send", "WHO TEXT...", 2, -1, "write to somebody",
	 "TEXT - is read from stdin, without the newline at its end; 16,384 bytes at most. Who has "
	 "not accepted you yet gets one text of 600 bytes, and no other for a week. It is sealed "
	 "for their devices, and several nodes keep it until a device takes it. Whoever holds all "
	 "the nodes of a box can delay what lies there; its nodes see how many people write to "
	 "it, and whose node asks, but not what is said.\n",
	 "  geonet msg send Ann Are you there?\n"
	 "  date | geonet msg send Ann -\n",
	 NULL, cmd_msg_send},
	{"read", "WHO", 1, 1, "what is new from somebody, and mark it as read",
	 NULL,
	 "  geonet msg read Ann\n",
	 NULL, cmd_msg_read},
	{"history", "WHO", 1, 1, "what was said, and what became of what you sent",
	 NULL,
	 "  geonet msg history Ann --limit 10\n",
	 history_options, cmd_msg_history},
	{"follow", "[WHO]", 0, 1, "print messages as they come",
	 "With --json each change of a message is a line, with its contact.\n",
	 "  geonet msg follow\n"
	 "  geonet msg follow Ann --count 1\n",
	 follow_options, cmd_msg_follow},
	{"search", "TEXT", 1, 1, "find words in what was said",
	 NULL,
	 "  geonet msg search 'train station' --with Ann\n",
	 search_options, cmd_msg_search},
	{"show", "ID", 1, 1, "what became of one message, and which nodes promised to keep it",
	 "ID is what sending it printed; geonet msg history --json has it too. The proof is a file "
	 "with the nodes' signatures, which anybody can check: geonet msg verify.\n",
	 "  geonet msg show 5f0c... --proof kept.json\n",
	 show_options, cmd_msg_show},
	{"verify", "FILE", 1, 1, "check a proof: who promised to keep what, until when",
	 "Needs no network and no agent, only the keys in the file.\n",
	 "  geonet msg verify kept.json\n",
	 NULL, cmd_msg_verify},
	{"retry", "ID", 1, 1, "send again what failed; look after the rest at once",
	 "Of what was stored and has not arrived, the nodes that hold it are asked now, and it is "
	 "stored again where too few have it; without this that happens every hour.\n",
	 "  geonet msg retry 5f0c...\n",
	 NULL, cmd_msg_retry},
	{"chats", "", 0, 0, "all chats, with their last message",
	 NULL,
	 "  geonet msg chats\n",
	 NULL, cmd_msg_chats},
	{0},
};

static const struct cli_option send_options[] = {
	{"message", "TEXT", "a text that comes with it"},
	{"again", NULL, "send it even if the same file was sent to them before"},
	{0},
};

static const struct cli_option list_options[] = {
	{"limit", "N", "at most so many messages, 1 to 100 (default 50)"},
	{0},
};

static const struct cli_option get_options[] = {
	{"out", "PATH", "where it is saved, a name or a folder; - is stdout (default its name)"},
	{"index", "N", "which file, of a message with several (default 0)"},
	{"large", NULL, "fetch it even above 100 MiB"},
	{0},
};

const struct cli_command file_commands[] = {
	{"send", "WHO PATH", 2, 2, "send a file, of 512 MiB at most",
	 "It is sealed here, and three nodes keep each part of it for 30 days, so they get it even "
	 "when you are gone. To go on after an interruption, send it again.\n",
	 "  geonet file send Ann holiday.jpg --message 'Do you remember?'\n",
	 send_options, cmd_file_send},
	{"list", "[WHO]", 0, 1, "files that were sent and received, and those on their way",
	 NULL,
	 "  geonet file list Ann\n",
	 list_options, cmd_file_list},
	{"get", "ID", 1, 1, "save a file",
	 "Nothing is overwritten. Its name is what its sender wrote, without anything that could "
	 "lead elsewhere. To go on after an interruption, ask for it again: until then what came "
	 "is in .geonet-ID.part beside its place. On a full disk nothing of it is kept.\n",
	 "  geonet file get ID\n"
	 "  geonet file get ID --out photos/\n"
	 "  geonet file get ID --out - | tar x\n",
	 get_options, cmd_file_get},
	{"drop", "ID", 1, 1, "give up a file that is being sent",
	 NULL,
	 "  geonet file drop ID\n",
	 NULL, cmd_file_drop},
	{0},
};
