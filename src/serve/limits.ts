/**
 * How much of the host anybody may take up by asking: all that is kept for clients is bounded by these. Where a bound
 * goes by who asks (`Asker`), an audience of any size leaves room for whoever turns the knobs, and both for the Unix
 * socket.
 */

/** of a request */
export const MOST_BODY_BYTES = 64 * 1024;
export const MOST_HEADER_BYTES = 16 * 1024;
export const MOST_URL_LENGTH = 2048;
/** A command is a mapping with a mapping or a list in it; this is far more. */
export const MOST_JSON_DEPTH = 16;

/** Time from the connection to the end of the header, and of the whole request. */
export const HEADER_MS = 5000;
export const REQUEST_MS = 10_000;
/** How long a connection may wait for its next request. */
export const IDLE_MS = 5000;
/** How often those times are looked at. */
export const TIMES_CHECKED_MS = 1000;

/** Connections from which no rightful request has come yet; one more, and the oldest of them is cut. */
export const MOST_UNPROVEN = 128;
/** Connections of a door from which one came, all together: with so many, no more are taken from this asker. */
export const MOST_PROVEN = { read: 256, all: 288, local: 320 } as const;
/** Likewise, clients of the stream. */
export const MOST_STREAMS = { read: 64, all: 80, local: 96 } as const;

/** A second, over a longer time, and at once. */
export const COMMAND_RATE = { perSecond: 100, burst: 200 } as const;
/** All but commands; each asker has its own. */
export const REQUEST_RATE = {
  read: { perSecond: 200, burst: 400 },
  all: { perSecond: 500, burst: 1000 },
  local: { perSecond: 500, burst: 1000 },
} as const;
/** The files of the page, which everybody may have. */
export const PAGE_RATE = { perSecond: 100, burst: 400 } as const;
/** How old the state may be that is told: to ask for it costs the scheduler's loop a pass. */
export const STATE_AGE_MS = { read: 100, all: 100, local: 0 } as const;
/** How old the scenario may be: to write it takes the longer, the more was done. */
export const SCENARIO_AGE_MS = { read: 1000, all: 0, local: 0 } as const;
/** Wrong tokens: who guesses is soon not even answered with a comparison. */
export const REFUSAL_RATE = { perSecond: 20, burst: 100 } as const;
/** Who asks too often waits so long for the refusal: a flood must not keep the process busy with saying no. */
export const REFUSAL_MS = 250;
/** Requests of one connection that have not been answered yet; browsers send one after the other. */
export const MOST_UNANSWERED = 8;
/** Commands that have been taken and not yet been carried out; slow are those that make a VM ready. */
export const MOST_COMMANDS_WAITING = { quick: 64, slow: 64 } as const;

/** What may wait in the process for a client of the stream; beyond that it is thinned out. */
export const MOST_WAITING_BYTES = 128 * 1024;
/** What must not be left out and waits for a client that takes nothing; beyond that the client is cut. */
export const MOST_WAITING_MESSAGES = 1000;
/** A client that takes nothing for so long is cut. */
export const DEAF_MS = 60_000;
/** Changes, words and responses that are kept for clients that come back. */
export const KEPT_MESSAGES = 500;
/** After the last client has gone, the host is listened to for so long: it may come back. */
export const LINGER_MS = 30_000;
/** A stream on which nothing else is sent has a sign of life so often. */
export const HEARTBEAT_MS = 15_000;
/** What browsers are told: how soon to come back. */
export const RETRY_MS = 1000;
