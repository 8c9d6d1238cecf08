import type { BackupFormat, BackupScope } from '../../model/optionValues';
import type {
  DefaultsOf,
  FieldPlace,
  FieldTable,
  OptionField,
  OptionsAt,
  RememberedOf,
} from '../../model/optionFields';

/** The values of all fields that have a default. Lists of its own each time, as options may be changed. */
export function defaultsOf<T extends FieldTable>(
  table: T,
  format: BackupFormat = 'custom',
): DefaultsOf<T> {
  const values = fieldsOf(table)
    .filter(([, field]) => 'default' in field)
    .map(([name, field]) => [name, defaultOf(field, format)]);
  return Object.fromEntries(values) as DefaultsOf<T>;
}

/** Defaults of the fields at one place of the form. */
export function defaultsAt<T extends FieldTable, P extends FieldPlace>(
  table: T,
  place: P,
): OptionsAt<T, P> {
  return pick(table, defaultsOf(table), (field) => field.place === place) as OptionsAt<T, P>;
}

/** The value that a field has in a new form. */
export function defaultOf(field: OptionField, format: BackupFormat = 'custom'): unknown {
  const value = field.default;
  return copy(
    typeof value === 'function' ? (value as (of: BackupFormat) => unknown)(format) : value,
  );
}

/** Does the field mean anything in a backup of this scope? */
export function appliesTo({ only }: OptionField, scope: BackupScope): boolean {
  return only?.scopes.includes(scope) !== false;
}

/** The values of the fields that do not apply to a backup of this scope. */
export function valuesOutside<T extends FieldTable>(
  table: T,
  scope: BackupScope,
): Partial<DefaultsOf<T>> {
  const values = fieldsOf(table)
    .filter(([, field]) => !appliesTo(field, scope))
    .map(([name, field]) => [name, copy(field.only?.otherwise) ?? defaultOf(field)]);
  return Object.fromEntries(values) as Partial<DefaultsOf<T>>;
}

/** The fields that are remembered for the next form, with their values. */
export function rememberedOf<T extends FieldTable>(table: T, options: object): RememberedOf<T> {
  return pick(table, options, ({ remembered }) => remembered) as RememberedOf<T>;
}

/** The values that influence the duration of a run, in the order of the table. */
export function historyValues(table: FieldTable, options: object): unknown[] {
  return Object.entries(pick(table, options, ({ inHistory }) => inHistory));
}

/**
 * Do two values mean the same? Lists are compared by their elements; an empty list means what null
 * means.
 */
export function sameValue(a: unknown, b: unknown): boolean {
  return a === b || (isEmpty(a) && isEmpty(b)) || JSON.stringify(a) === JSON.stringify(b);
}

function isEmpty(value: unknown): boolean {
  return value === null || (Array.isArray(value) && value.length === 0);
}

/** The value of a field. */
export function valueOf(options: object, name: string): unknown {
  return (options as Readonly<Record<string, unknown>>)[name];
}

/** The rows of a table that have a control of one kind at one place of the form. */
export function fieldsAt<T extends FieldTable>(
  table: T,
  place: OptionField['place'],
): [keyof T & string, OptionField][] {
  return fieldsOf(table).filter(([, field]) => field.place === place);
}

function pick(
  table: FieldTable,
  options: object,
  wanted: (field: OptionField) => boolean,
): Record<string, unknown> {
  const names = fieldsOf(table).filter(([, field]) => wanted(field));
  return Object.fromEntries(names.map(([name]) => [name, valueOf(options, name)]));
}

function fieldsOf(table: FieldTable): [string, OptionField][] {
  return Object.entries(table);
}

function copy(value: unknown): unknown {
  if (Array.isArray(value)) return [...(value as unknown[])];
  return typeof value === 'object' && value !== null ? { ...value } : value;
}
