import { MAX_NAMED, type Preflight, type Remedy } from '../model/findings/findings';

/** A pre-flight as it is sent: of each finding and remedy the first {@link MAX_NAMED} objects. */
export function shortened({ verdict, findings }: Preflight): Preflight {
  return {
    verdict,
    findings: findings.map((finding) => ({
      ...finding,
      objects: finding.objects.slice(0, MAX_NAMED),
      ...(finding.rows && { rows: finding.rows.slice(0, MAX_NAMED) }),
      remedies: finding.remedies.map(shortRemedy),
    })),
  };
}

/** Characters of SQL in a remedy; more is cut at the end of a line. */
const MAX_SQL = 100_000;

function shortRemedy(remedy: Remedy): Remedy {
  const short = cut(remedy);
  return short === remedy ? remedy : { ...short, short: true };
}

/** A value with no list longer than {@link MAX_NAMED}; the same one where it has none. */
function cut<T>(value: T): T {
  if (typeof value === 'string') return cutText(value) as T;
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    return value.length > MAX_NAMED ? (value.slice(0, MAX_NAMED) as T) : value;
  }
  const entries = Object.entries(value as Record<string, unknown>);
  const shorter = entries.map(([key, each]) => [key, cut(each)] as const);
  return shorter.every(([, each], i) => each === entries[i]?.[1])
    ? value
    : (Object.fromEntries(shorter) as T);
}

function cutText(text: string): string {
  if (text.length <= MAX_SQL) return text;
  return text.slice(0, text.lastIndexOf('\n', MAX_SQL) + 1);
}
