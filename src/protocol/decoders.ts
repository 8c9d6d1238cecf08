/** Decoders for what pages send: a malformed message is refused, it never reaches a handler. */
import * as z from 'zod/mini';
import { WAYS_BACK } from '../core/text/ways/waysBack';
import { shapeOf, type KindSchemas } from '../core/forms/api/fieldSchemas';
import { backupFields } from '../core/model/backupFields';
import { MAX_COUNTED } from '../core/model/findings/findings';
import type {
  BackupOptions,
  RememberedBackup,
  RememberedRestore,
  RestoreOptions,
  TableRef,
} from '../core/model/options';
import { restoreFields } from '../core/model/restoreFields';
import type { BackupRequests } from './backupApi';
import type { FormKept, FormRequests } from './formApi';
import type { RestoreRequests } from './restoreApi';
import { decoder, problemActionName, text } from './decoding';
import type { Decoders } from './rpc';

/** Most names in one list: above every real database. */
const MAX_NAMES = 500_000;
/** Most entries of an archive in one list. */
const MAX_ENTRIES = 5_000_000;

const id = z.string().check(z.maxLength(200));

/** The form model judges what is in the fields: here it is only bounded. */
const schemas: KindSchemas<TableRef> = {
  flag: z.boolean(),
  integer: () => z.number(),
  text,
  names: z.array(text).check(z.maxLength(MAX_NAMES)),
  relations: z.array(z.strictObject({ schema: text, name: text })).check(z.maxLength(MAX_NAMES)),
  databases: z.array(z.strictObject({ name: text, target: text })).check(z.maxLength(MAX_NAMES)),
  roles: z.array(z.strictObject({ name: text, target: text })).check(z.maxLength(MAX_NAMES)),
  entries: z.array(z.int().check(z.gte(1))).check(z.maxLength(MAX_ENTRIES)),
  arguments: z.array(text).check(z.maxLength(1000)),
  toolOptions: z
    .record(
      z.string().check(z.maxLength(100)),
      z.union([z.boolean(), z.number(), text, z.array(text).check(z.maxLength(10_000))]),
    )
    .check(z.refine((options) => Object.keys(options).length <= 200)),
};

const backupShape = shapeOf(backupFields, schemas);
const { format, scope } = backupShape;
const backupOptions = z.strictObject(backupShape) satisfies z.ZodMiniType<BackupOptions>;
const restoreOptions = z.strictObject(
  shapeOf(restoreFields, schemas),
) satisfies z.ZodMiniType<RestoreOptions>;

const problemAction = z.strictObject({ action: problemActionName, connectionId: z.nullable(text) });
const jobRef = z.strictObject({ jobId: id });
const connectionRef = z.strictObject({ connectionId: text });
const copy = z.strictObject({ text });
/** A terminal takes a line break for the Enter key, so a text with one would run. */
const typed = z.strictObject({ text: text.check(z.regex(/^[^\u0000-\u001f\u007f-\u009f]*$/)) });
const browse = z.strictObject({ direction: z.enum(['in', 'out']), current: text });

const names = z.array(text).check(z.maxLength(MAX_NAMES));
const tableName = z.strictObject({ schema: text, name: text });
const keyAction = z.enum(['NO ACTION', 'RESTRICT', 'CASCADE', 'SET NULL', 'SET DEFAULT']);
const foreignKey = z.strictObject({
  table: tableName,
  name: text,
  columns: names,
  to: tableName,
  toColumns: names,
  onUpdate: keyAction,
  onDelete: keyAction,
});
const preflightStep = z.discriminatedUnion('do', [
  z.strictObject({ do: z.literal('createRoles'), names }),
  z.strictObject({ do: z.literal('createSchemas'), names }),
  z.strictObject({
    do: z.literal('addForeignKeys'),
    keys: z.array(foreignKey).check(z.maxLength(MAX_NAMES)),
  }),
  z.strictObject({ do: z.literal('setSequences') }),
  z.strictObject({
    do: z.literal('endSessions'),
    pids: z.array(z.int().check(z.gte(2))).check(z.maxLength(MAX_NAMES)),
  }),
  z.strictObject({ do: z.literal('endAllSessions'), databases: z.nullable(names) }),
  z.strictObject({
    do: z.literal('countRows'),
    tables: z.array(tableName).check(z.maxLength(MAX_COUNTED)),
  }),
  z.strictObject({
    do: z.literal('emptyTables'),
    tables: z.array(tableName).check(z.maxLength(MAX_NAMES)),
  }),
]);

/** Persisted state of a page is only used when it matches the present format. */
function kept<T>(schema: z.ZodMiniType<T>): (params: unknown) => FormKept<T> {
  const shape = z.object({ restored: z.unknown(), jobId: z.catch(z.optional(id), undefined) });
  return (params) => {
    const outer = shape.safeParse(params);
    const inner = outer.success ? schema.safeParse(outer.data.restored) : undefined;
    const jobId = outer.data?.jobId;
    return {
      restored: inner?.success ? inner.data : null,
      ...(jobId === undefined ? {} : { jobId }),
    };
  };
}

/** Decoders of the requests that all forms share. */
function formDecoders<O, M>(options: z.ZodMiniType<O>): Decoders<FormRequests<O, M>> {
  return {
    'options/remembered': decoder(connectionRef),
    'job/start': decoder(z.strictObject({ options })),
    'job/cancel': decoder(jobRef),
    'job/wayBack': decoder(z.extend(jobRef, { way: z.enum(WAYS_BACK) })),
    'clipboard/copy': decoder(copy),
    'terminal/open': decoder(typed),
    'file/browse': decoder(browse),
    'problem/action': decoder(problemAction),
  };
}

export const backupDecoders: Decoders<BackupRequests> = {
  ...formDecoders<BackupOptions, RememberedBackup>(backupOptions),
  ready: kept(backupOptions),
  'connection/load': decoder(
    z.strictObject({
      connectionId: text,
      database: z.nullish(text),
      refresh: z.boolean(),
      toolDir: z.nullish(text),
      scope: z.optional(scope),
    }),
  ),
  'output/suggest': decoder(
    z.strictObject({
      connectionId: text,
      database: z.nullish(text),
      format,
      scope: z.optional(scope),
    }),
  ),
  'estimate/facts': decoder(
    z.strictObject({ connectionId: text, database: z.nullish(text), scope: z.optional(scope) }),
  ),
  'place/facts': decoder(z.strictObject({ connectionId: text, outputPath: text })),
  'output/browse': decoder(z.strictObject({ options: backupOptions })),
  'job/open': decoder(jobRef),
  'job/reveal': decoder(jobRef),
  'job/restore': decoder(jobRef),
};

export const restoreDecoders: Decoders<RestoreRequests> = {
  ...formDecoders<RestoreOptions, RememberedRestore>(restoreOptions),
  ready: kept(restoreOptions),
  'input/browse': decoder(z.strictObject({ folder: z.boolean() })),
  'input/inspect': decoder(z.strictObject({ path: text })),
  'preflight/look': decoder(z.strictObject({ options: restoreOptions })),
  'preflight/show': decoder(z.strictObject({ code: z.nullable(text) })),
  'preflight/remedy': decoder(z.strictObject({ code: text, id: text })),
  'estimate/look': decoder(z.strictObject({ options: restoreOptions })),
  'preflight/take': decoder(
    z.strictObject({ connectionId: text, database: z.nullable(text), step: preflightStep }),
  ),
  'job/rest': decoder(z.extend(jobRef, { options: restoreOptions })),
  'command/saveList': decoder(z.strictObject({ options: restoreOptions })),
  'preflight/without': decoder(
    z.strictObject({
      options: restoreOptions,
      dumpIds: z.array(z.int().check(z.gte(1))).check(z.maxLength(MAX_ENTRIES)),
    }),
  ),
  'connection/load': decoder(
    z.strictObject({
      connectionId: text,
      inputPath: text,
      refresh: z.boolean(),
      toolDir: z.nullish(text),
    }),
  ),
};
