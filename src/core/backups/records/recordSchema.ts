// What a record about a backup has to look like; apart, because most jobs write one and read none.
import * as z from 'zod/mini';
import { verificationSchema } from '../manifest/manifestSchema';

const sha256 = z.string().check(z.regex(/^[0-9a-f]{64}$/));
const instant = z.string().check(
  z.maxLength(40),
  z.refine((value) => !Number.isNaN(Date.parse(value))),
);

export const recordSchema = z.object({
  version: z.literal(1),
  /** `backupStamp` of the files that the record is about. */
  stamp: sha256,
  /** `backupDigest` of the files; null where they were not read. */
  digest: z.nullable(sha256),
  /** When a job of this machine made the backup (ISO 8601, UTC); null = none did. */
  made: z.nullable(instant),
  /** The newest verification of each level. */
  verifications: z.array(verificationSchema).check(z.maxLength(3)),
});

/** Record of this machine's jobs about one backup. */
export type MachineRecord = z.infer<typeof recordSchema>;
