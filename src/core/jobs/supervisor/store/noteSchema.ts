import * as z from 'zod/mini';
import type { DatabaseSwap } from '../../../model/ways/databaseSwap';
import type { JobNote } from '../../../model/jobNotes';

const text = z.string();
/** Names of objects that were left out: an archive can have many. */
const MAX_NOTES = 1000;

export const lockWaitSchema = z.object({
  object: z.nullable(text),
  blockers: z.array(z.object({ pid: z.number(), application: text, user: z.nullable(text) })),
});

const oid = z.int().check(z.gte(0));
export const databaseSwapSchema = z.object({
  database: text,
  copy: text,
  aside: text,
  oldOid: oid,
  newOid: oid,
  state: z.enum(['restoring', 'ready', 'swapping', 'swapped', 'dropped']),
} satisfies Record<keyof DatabaseSwap, z.ZodMiniType>);

const localeProvider = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('icu'), locale: text, rules: z.optional(text) }),
  z.object({ kind: z.literal('builtin'), locale: text }),
]);

/** The form of each note; a code that is added is added here. */
const notes = {
  localeReplaced: z.object({
    code: z.literal('localeReplaced'),
    database: text,
    asked: z.nullable(
      z.object({ collate: text, ctype: text, provider: z.optional(localeProvider) }),
    ),
    outcome: z.enum(['otherProvider', 'serverDefault', 'c']),
  }),
  stopsAtErrors: z.object({ code: z.literal('stopsAtErrors'), stops: z.boolean() }),
  leftOut: z.object({
    code: z.literal('leftOut'),
    reason: z.enum(['subscriptions', 'statistics', 'schemaThere', 'damaged']),
    names: z.array(text),
  }),
  cutRows: z.object({
    code: z.literal('cutRows'),
    tables: z.array(z.object({ name: text, rows: z.number() })),
  }),
  scriptPart: z.object({
    code: z.literal('scriptPart'),
    leftOut: z.array(z.object({ desc: text, count: z.number() })),
    alongside: z.number(),
  }),
  refreshedEmpty: z.object({ code: z.literal('refreshedEmpty'), names: z.array(text) }),
  sequencesBehind: z.object({ code: z.literal('sequencesBehind'), names: z.array(text) }),
  rewritten: z.object({ code: z.literal('rewritten'), names: z.array(text) }),
  unpacked: z.object({
    code: z.literal('unpacked'),
    file: text,
    by: z.array(z.enum(['gzip', 'zstd', 'lz4', 'bzip2', 'xz', 'zip', 'tar', 'base64', 'parts'])),
    member: z.nullable(text),
  }),
  outputIsLink: z.object({ code: z.literal('outputIsLink'), link: text, target: text }),
  databaseLeft: z.object({ code: z.literal('databaseLeft'), database: text, connection: text }),
  safetyBackup: z.object({ code: z.literal('safetyBackup'), path: text, part: z.boolean() }),
  swapped: z.object({ code: z.literal('swapped'), database: text, aside: text }),
  swapHeld: z.object({
    code: z.literal('swapHeld'),
    database: text,
    copy: text,
    why: z.enum(['errors', 'inUse', 'failed']),
  }),
  swapLeft: z.object({ code: z.literal('swapLeft'), swap: databaseSwapSchema, connection: text }),
  waitsForLock: z.object({ code: z.literal('waitsForLock'), wait: lockWaitSchema }),
} satisfies Record<JobNote['code'], z.ZodMiniType>;

export const jobNoteSchema = z.discriminatedUnion('code', [
  notes.localeReplaced,
  notes.stopsAtErrors,
  notes.leftOut,
  notes.cutRows,
  notes.scriptPart,
  notes.refreshedEmpty,
  notes.sequencesBehind,
  notes.rewritten,
  notes.unpacked,
  notes.outputIsLink,
  notes.databaseLeft,
  notes.safetyBackup,
  notes.swapped,
  notes.swapHeld,
  notes.swapLeft,
  notes.waitsForLock,
]);

/** Notes of a later version, for which there is no sentence here, are left out. */
export const jobNotesSchema = z.pipe(
  z.array(z.unknown()).check(z.maxLength(MAX_NOTES)),
  z.transform((given) => given.filter((each) => jobNoteSchema.safeParse(each).success)),
);
