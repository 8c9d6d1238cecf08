/** Decoders for what the archive page sends: see `decoders.ts`. */
import * as z from 'zod/mini';
import type { ArchiveRequests } from './archiveApi';
import { decoder, problemActionName } from './decoding';
import type { Decoders } from './rpc';

/** Above every real dump; more names than this are no selection by hand. */
const MAX_ENTRIES = 5_000_000;
/** Names of a selection, one a line. */
const MAX_COPY = 16 << 20;

const count = z.int().check(z.gte(0));
const generation = count;
const idList = z.array(count).check(z.maxLength(MAX_ENTRIES));
const ids = z.nullable(idList);
const filter = z.union([
  z.enum(['extensions', 'privileges', 'comments', 'publications', 'subscriptions', 'definitions']),
  z.strictObject({ onlySchema: z.string() }),
]);
const nothing = z.union([
  z.undefined(),
  z.pipe(
    z.null(),
    z.transform(() => undefined),
  ),
]);
const comparing = { owners: z.boolean(), privileges: z.boolean() };

const one = decoder(z.strictObject({ generation, id: count }));
const some = decoder(z.strictObject({ generation, ids }));
const none = decoder<undefined>(nothing);
const comparison = decoder(z.strictObject({ id: count }));

export const archiveDecoders: Decoders<ArchiveRequests> = {
  ready: none,
  'entries/next': decoder(z.strictObject({ generation, from: count })),
  'entries/sizes': decoder(z.strictObject({ generation })),
  'entry/details': one,
  'entry/rows': one,
  'entry/export': one,
  'ddl/open': some,
  'restore/open': some,
  'selection/relatives': decoder(z.strictObject({ generation, ids: idList })),
  'selection/filter': decoder(z.strictObject({ generation, ids: idList, filter })),
  'clipboard/copy': decoder(z.strictObject({ text: z.string().check(z.maxLength(MAX_COPY)) })),
  'compare/start': decoder(z.strictObject(comparing)),
  'compare/again': decoder(z.strictObject({ id: count, ...comparing })),
  'compare/openChange': decoder(z.strictObject({ id: count, change: count })),
  'compare/openWhole': comparison,
  'compare/openAll': comparison,
  'compare/close': comparison,
  'read/cancel': none,
  'read/again': none,
  'text/open': none,
  'problem/action': decoder(z.strictObject({ action: problemActionName })),
};
