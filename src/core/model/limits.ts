/** Parallel workers: each is a connection and a process, and Windows waits for 64 at most. */
export const MAX_JOBS = 64;

/** Seconds: pg_dump hands milliseconds on to `statement_timeout`, a 32 bit number. */
export const MAX_LOCK_WAIT_SECONDS = 2_147_483;

/** Bytes of a database's name; the server cuts longer ones off. */
export const MAX_NAME_BYTES = 63;
