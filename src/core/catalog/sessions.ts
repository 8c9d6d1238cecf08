/** Condition on `pg_stat_activity`: a session of neither a job nor a form of this extension. */
export const NOT_OURS = `application_name !~ '^pg(backup|bk)-'`;

/** A session that counts as a client's in `pg_stat_activity a`, as far as its type can be seen. */
export const SEEMS_CLIENT = `a.datid IS NOT NULL AND a.usesysid IS NOT NULL
  AND coalesce(pg_catalog.to_jsonb(a)->>'backend_type', 'client backend') = 'client backend'`;

/**
 * How many more sessions the user may begin before the server has as many as it takes; negative where
 * it has more than others may begin. Every user may count all sessions; reserved ones are superusers',
 * and since 16 some those of a role.
 */
export const SESSIONS_LEFT = `(pg_catalog.current_setting('max_connections')::pg_catalog.int8
  - CASE WHEN pg_catalog.current_setting('is_superuser') = 'on' THEN 0
    ELSE pg_catalog.current_setting('superuser_reserved_connections')::pg_catalog.int8
      + CASE WHEN EXISTS (SELECT FROM pg_catalog.pg_roles r
          WHERE r.rolname = 'pg_use_reserved_connections'
            AND pg_catalog.pg_has_role(r.oid, 'USAGE')) THEN 0
        ELSE coalesce(pg_catalog.current_setting('reserved_connections', true), '0')::pg_catalog.int8
        END
    END
  - (SELECT pg_catalog.count(*) FROM pg_catalog.pg_stat_activity a WHERE ${SEEMS_CLIENT}))`;
