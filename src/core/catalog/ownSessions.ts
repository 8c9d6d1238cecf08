/** Condition on `pg_stat_activity`: a session of neither a job nor a form of this extension. */
export const NOT_OURS = `application_name !~ '^pg(backup|bk)-'`;
