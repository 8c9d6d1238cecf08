import { AppError } from '../../errors';
import type { BackupOptions, RestoreOptions, TableRef } from '../../model/options';
import { backupFields } from '../../model/backupFields';
import { defaultOf, fieldsAt, sameValue, valueOf } from '../fields/fieldValues';
import type { WithRelations } from './fieldSchemas';
import type { RequestedBackup, TableName } from './requests';

/**
 * Finds the relations meant by `names` among those that exist. Names are exact: no folding, no
 * quoting, no patterns. A string is cut at any of its dots, since names may contain dots too.
 * Duplicates collapse. `where` names the database or the file in errors.
 * @throws AppError `objectUnknown` (pg_dump would silently skip one bad name among good ones) and
 *   `objectAmbiguous` (`a.b.c` where both `a`.`b.c` and `a.b`.`c` exist)
 */
export function resolveTables(
  names: readonly TableName[],
  existing: readonly TableRef[],
  where: string,
): TableRef[] {
  const bySchema = new Map<string, Set<string>>();
  for (const { schema, name } of existing) {
    const relations = bySchema.get(schema) ?? new Set();
    relations.add(name);
    bySchema.set(schema, relations);
  }
  const exists = (ref: TableRef): boolean => bySchema.get(ref.schema)?.has(ref.name) === true;

  const resolved = new Map<string, TableRef>();
  for (const given of names) {
    const fits = (typeof given === 'string' ? splits(given) : [given]).filter(exists);
    const [ref, ...others] = fits;
    const name = typeof given === 'string' ? given : `${given.schema}.${given.name}`;
    if (ref === undefined) throw new AppError('objectUnknown', { name, where });
    if (others.length > 0) {
      const candidates = fits.map((f) => `"${f.schema}"."${f.name}"`).join(', ');
      throw new AppError('objectAmbiguous', { name, candidates });
    }
    resolved.set(JSON.stringify([ref.schema, ref.name]), { schema: ref.schema, name: ref.name });
  }
  return [...resolved.values()];
}

/**
 * Checks that every schema exists.
 * @throws AppError `objectUnknown` for the first that does not
 */
export function checkSchemas(
  names: readonly string[],
  existing: readonly string[],
  where: string,
): string[] {
  const known = new Set(existing);
  for (const name of names) {
    if (!known.has(name)) throw new AppError('objectUnknown', { name, where });
  }
  return [...new Set(names)];
}

/** `a.b.c` as `a` + `b.c` and as `a.b` + `c`. */
function splits(text: string): TableRef[] {
  const refs: TableRef[] = [];
  for (let dot = text.indexOf('.'); dot >= 0; dot = text.indexOf('.', dot + 1)) {
    refs.push({ schema: text.slice(0, dot), name: text.slice(dot + 1) });
  }
  return refs;
}

/** For showing what was asked for before it is resolved: a string is cut at its first dot. */
export function provisionalTable(name: TableName): TableRef {
  return typeof name === 'string' ? (splits(name)[0] ?? { schema: '', name }) : name;
}

/** The fields of a form that name relations; the compiler holds that there are no others. */
type RelationFields<O> = Readonly<
  Record<{ [F in keyof O]: TableRef[] extends O[F] ? F : never }[keyof O], true>
>;

// The tables of the fields know them, too, but a job of one form reads no table of the other.
export const BACKUP_RELATIONS: RelationFields<BackupOptions> = {
  tables: true,
  excludeTables: true,
  excludeTableData: true,
};
export const RESTORE_RELATIONS: RelationFields<RestoreOptions> = {
  tables: true,
  withoutRowsOf: true,
};

/**
 * Options in which every relation has its exact names.
 *
 * @param exact finds out what the names of one field mean
 */
export function withExactNames<O extends object>(
  fields: RelationFields<O>,
  options: O,
  exact: (names: readonly TableName[]) => TableRef[],
): WithRelations<O, TableRef> {
  const found = Object.keys(fields).map((name) => {
    const names = valueOf(options, name) as readonly TableName[] | null;
    return [name, names && exact(names)];
  });
  return { ...options, ...Object.fromEntries(found) } as WithRelations<O, TableRef>;
}

/** Does a backup name any object, so that the catalog has to be read? */
export function namesObjects(options: RequestedBackup): boolean {
  return fieldsAt(backupFields, 'objects').some(
    ([name, field]) => field.kind.type !== 'flag' && !sameValue(options[name], defaultOf(field)),
  );
}
