/** Condition on `pg_stat_activity`: a session of neither a job nor a form of this extension. */
export const NOT_OURS = `application_name !~ '^pg(backup|bk)-'`;

/**
 * A client's session in `pg_stat_activity a`. Of the sessions of others, a user who may not read all
 * statistics sees neither type nor state: those of the server itself have no user.
 */
export const IS_CLIENT = `a.datid IS NOT NULL AND a.usesysid IS NOT NULL
  AND coalesce(pg_catalog.to_jsonb(a)->>'backend_type', 'client backend') = 'client backend'`;
