import { MAX_NAMED, type Preflight } from '../model/findings/findings';

/** A pre-flight as it is sent: of each finding the first {@link MAX_NAMED} objects. */
export function shortened({ verdict, findings }: Preflight): Preflight {
  return {
    verdict,
    findings: findings.map((finding) => ({
      ...finding,
      objects: finding.objects.slice(0, MAX_NAMED),
      ...(finding.rows && { rows: finding.rows.slice(0, MAX_NAMED) }),
    })),
  };
}
