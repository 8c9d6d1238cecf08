import type { DatabaseLocale } from '../../model/archive';

/**
 * The locale in a CREATE DATABASE statement, as pg_dump writes it; null = the statement has none.
 *
 * @param value returns the value of an option, by its keyword in capitals
 */
export function databaseLocale(value: (keyword: string) => string | null): DatabaseLocale | null {
  const locale = value('LOCALE');
  const collate = value('LC_COLLATE') ?? locale;
  const ctype = value('LC_CTYPE') ?? locale;
  if (collate === null || ctype === null) return null;
  const icu = value('ICU_LOCALE');
  const builtin = value('BUILTIN_LOCALE');
  if (icu !== null) {
    const rules = value('ICU_RULES');
    const provider = { kind: 'icu', locale: icu, ...(rules === null ? {} : { rules }) } as const;
    return { collate, ctype, provider };
  }
  if (builtin !== null) return { collate, ctype, provider: { kind: 'builtin', locale: builtin } };
  return { collate, ctype };
}
