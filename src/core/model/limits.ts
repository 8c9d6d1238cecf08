/** Parallel workers: each is a connection and a process, and Windows waits for 64 at most. */
export const MAX_JOBS = 64;

/** Most workers that are proposed: more gain little, and each is a session on the server. */
export const MOST_PROPOSED_JOBS = 4;

/** Seconds: pg_dump hands milliseconds on to `statement_timeout`, a 32 bit number. */
export const MAX_LOCK_WAIT_SECONDS = 2_147_483;

/** Bytes of a database's name; the server cuts longer ones off. */
export const MAX_NAME_BYTES = 63;
