import { formatSeconds } from './steps';
import type { StageResult } from './runTier';

/** A stage with the time it took. */
export interface TimedResult extends StageResult {
  readonly milliseconds: number;
}

/**
 * A line for each stage, with what exact versions they ran, then what failed, then the one line that
 * tools read.
 */
export function summary(results: readonly TimedResult[], versions: readonly string[] = []): string {
  const lines: string[] = ['', 'Summary'];
  const width = Math.max(...results.map((result) => result.name.length));
  for (const { name, passed, failed, milliseconds } of results) {
    const isCheck = passed === 0 && failed <= 1;
    const verdict = isCheck && failed === 0 ? 'ok' : `${passed} passed, ${failed} failed`;
    lines.push(`  ${name.padEnd(width)}  ${formatSeconds(milliseconds).padStart(8)}  ${verdict}`);
  }
  if (versions.length > 0) lines.push('', 'Ran with', ...versions.map((line) => `  ${line}`));
  const failures = results.flatMap(({ name, failures }) => failures.map((f) => `${name}: ${f}`));
  if (failures.length > 0) {
    lines.push('', 'Failures', ...failures.map((line) => `  ${line.replaceAll('\n', '\n    ')}`));
  }
  const total = (key: 'passed' | 'failed'): number => results.reduce((n, r) => n + r[key], 0);
  lines.push('', `${total('passed')} passed, ${total('failed')} failed`);
  return lines.join('\n');
}
