/* geonet send, receive. */
#include "geonet/frame/cli.h"
#include "geonet/send/commands.h"

#include <stddef.h>

/* clang-format off */

#define PATH_OPTION                                                                                \
	{"path", "RULE", "by such ways alone: direct, lan, relay, tls (geonet path)"}

static const struct cli_option send_options[] = {
	{"to", "WHO", "tell a contact the code, in a message of your agent"},
	PATH_OPTION,
	{"new", NULL, "begin anew, whatever was sent of these files before"},
	{"patience", "MINUTES", "wait so long for the other end if it goes away (default 10)"},
	{0},
};

static const struct cli_option receive_options[] = {
	{"into", "DIR", "where the files go (default the current folder)"},
	PATH_OPTION,
	{"yes", NULL, "take them without being asked"},
	{"patience", "MINUTES", "wait so long for the other end if it goes away (default 10)"},
	{0},
};

const struct cli_command send_commands[] = {
	{"send", "FILE...", 1, -1, "files and folders to another person, live, by a code",
	 "Prints a code that you read to them; they type it after geonet receive, within 10 "
	 "minutes. It is good once, and dead after three wrong guesses. What is sent goes from "
	 "your node to theirs, sealed for them alone, and nothing of it is kept in between, so "
	 "both must be there. Links in folders, empty folders, rights and times are not sent. "
	 "After an interruption the same command goes on where it stopped. --path (else what "
	 "geonet contacts path says of WHO): whoever comes by another way is sent away until they "
	 "come by one that it allows; that they may see this machine's address first is what the "
	 "node's own rule (geonet up --path) prevents. To somebody who is away: geonet file "
	 "send.\n",
	 "  geonet send holiday.jpg\n"
	 "  geonet send photos/ notes.txt --to Ben\n"
	 "  geonet send video.mp4 --path direct           over no relay\n",
	 send_options, cmd_send},
	{"receive", "[CODE]", 0, 3, "what another person sends, by the code that they read to you",
	 "Nothing is overwritten: what is there already keeps its name, and what comes is called "
	 "NAME (1). Until all of it is there it is in NAME.part. After an interruption the same "
	 "command goes on, in the same folder, also without the CODE. Without one it is asked for; "
	 "it may come in a line of stdin (-), or in GEONET_CODE, where no history of a shell keeps "
	 "it.\n",
	 "  geonet receive 4821-orbit-lemon\n"
	 "  geonet receive 4821 orbit lemon --into ~/inbox --yes\n"
	 "  geonet receive                           asks for it, or goes on\n",
	 receive_options, cmd_receive},
	{0},
};
