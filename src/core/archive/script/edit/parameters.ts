import type { StatementRule } from './scriptStatement';

/**
 * Removes these storage parameters from `ALTER … SET (…)`, or the whole statement if it sets nothing
 * else.
 */
export function withoutParameters(names: readonly string[]): StatementRule {
  const unwanted = new Set(names);
  return ({ tokens: [first], text }) => {
    if (first !== 'alter' || text === null) return null;
    const match = /^(ALTER [^']*?\sSET \()([^()']*)(\)\s*;?\s*)$/s.exec(text);
    const [, before = '', list = '', after = ''] = match ?? [];
    const all = list.split(',').map((each) => each.trim());
    const kept = all.filter((each) => !unwanted.has(/^\w+/.exec(each)?.[0] ?? ''));
    if (match === null || kept.length === all.length) return null;
    return { by: kept.length === 0 ? '' : `${before}${kept.join(', ')}${after}` };
  };
}
