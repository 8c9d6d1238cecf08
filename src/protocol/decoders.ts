/** Decoders for what pages send: a malformed message is refused, it never reaches a handler. */
import * as z from 'zod';
import type { BackupOptions, RestoreOptions } from '../core/model/options';
import type { BackupRequests } from './backupApi';
import type { RestoreRequests } from './restoreApi';
import { decoder, problemActionName, text } from './decoding';
import type { Decoders } from './rpc';

/** Most names in one list: above every real database. */
const MAX_NAMES = 500_000;
/** Most entries of an archive in one list. */
const MAX_ENTRIES = 5_000_000;

const names = z.array(text).max(MAX_NAMES);
const tables = z.array(z.strictObject({ schema: text, name: text })).max(MAX_NAMES);
const integer = z.number().int();
const id = z.string().max(200);

const toolOptions = z
  .record(z.string().max(100), z.union([z.boolean(), z.number(), text, z.array(text).max(10_000)]))
  .refine((options) => Object.keys(options).length <= 200);

const format = z.enum(['custom', 'plain', 'directory', 'tar']);
const scope = z.enum(['database', 'server', 'globals', 'roles', 'tablespaces']);

const backupOptions = z.strictObject({
  connectionId: text,
  outputPath: text,
  scope,
  excludeDatabases: names,
  format,
  compression: integer,
  includeSchema: z.boolean(),
  includeData: z.boolean(),
  includePrivileges: z.boolean(),
  includeOwnership: z.boolean(),
  schemas: names.nullable(),
  tables: tables.nullable(),
  excludeSchemas: names,
  excludeTables: tables,
  excludeTableData: tables,
  largeObjects: z.boolean().nullable(),
  extensions: names.nullable(),
  jobs: integer,
  lockWaitTimeout: z.number(),
  noSync: z.boolean(),
  encoding: text.nullable(),
  toolOptions,
  toolDir: text.nullable(),
  extraArgs: z.array(text).max(1000),
}) satisfies z.ZodType<BackupOptions>;

const restoreOptions = z.strictObject({
  connectionId: text,
  inputPath: text,
  wholeServer: z.boolean(),
  targetDatabase: text.nullable(),
  createDatabase: z.boolean(),
  schemaOnly: z.boolean(),
  dataOnly: z.boolean(),
  schemas: names.nullable(),
  tables: tables.nullable(),
  dumpIds: z.array(integer.min(1)).max(MAX_ENTRIES).nullable(),
  clean: z.boolean(),
  ifExists: z.boolean(),
  noOwner: z.boolean(),
  noPrivileges: z.boolean(),
  exitOnError: z.boolean(),
  singleTransaction: z.boolean(),
  jobs: integer,
  disableTriggers: z.boolean(),
  toolOptions,
  toolDir: text.nullable(),
  extraArgs: z.array(text).max(1000),
}) satisfies z.ZodType<RestoreOptions>;

const problemAction = z.strictObject({ action: problemActionName, connectionId: text.nullable() });
const jobRef = z.strictObject({ jobId: id });
const connectionRef = z.strictObject({ connectionId: text });
const copy = z.strictObject({ text });
/** A terminal takes a line break for the Enter key, so a text with one would run. */
const typed = z.strictObject({ text: text.regex(/^[^\u0000-\u001f\u007f-\u009f]*$/) });
const browse = z.strictObject({ direction: z.enum(['in', 'out']), current: text });

/** What a page kept over a reload is taken only when it still has today's form. */
function restored<T>(schema: z.ZodType<T>): (params: unknown) => { restored: T | null } {
  const shape = z.object({ restored: z.unknown() });
  return (params) => {
    const outer = shape.safeParse(params);
    const inner = outer.success ? schema.safeParse(outer.data.restored) : undefined;
    return { restored: inner?.success ? inner.data : null };
  };
}

export const backupDecoders: Decoders<BackupRequests> = {
  ready: restored(backupOptions),
  'connection/load': decoder(
    z.strictObject({
      connectionId: text,
      refresh: z.boolean(),
      toolDir: text.nullish(),
      scope: scope.optional(),
    }),
  ),
  'output/suggest': decoder(
    z.strictObject({ connectionId: text, format, scope: scope.optional() }),
  ),
  'options/remembered': decoder(connectionRef),
  'output/browse': decoder(z.strictObject({ options: backupOptions })),
  'job/start': decoder(z.strictObject({ options: backupOptions })),
  'job/cancel': decoder(jobRef),
  'job/reveal': decoder(jobRef),
  'job/restore': decoder(jobRef),
  'clipboard/copy': decoder(copy),
  'terminal/open': decoder(typed),
  'file/browse': decoder(browse),
  'problem/action': decoder(problemAction),
};

export const restoreDecoders: Decoders<RestoreRequests> = {
  ready: restored(restoreOptions),
  'input/browse': decoder(z.strictObject({ folder: z.boolean() })),
  'input/inspect': decoder(z.strictObject({ path: text })),
  'connection/load': decoder(
    z.strictObject({
      connectionId: text,
      inputPath: text,
      refresh: z.boolean(),
      toolDir: text.nullish(),
    }),
  ),
  'options/remembered': decoder(connectionRef),
  'job/start': decoder(z.strictObject({ options: restoreOptions })),
  'job/cancel': decoder(jobRef),
  'clipboard/copy': decoder(copy),
  'terminal/open': decoder(typed),
  'file/browse': decoder(browse),
  'problem/action': decoder(problemAction),
};
