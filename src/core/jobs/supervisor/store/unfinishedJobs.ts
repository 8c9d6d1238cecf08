import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { readBeginning } from '../../../files/regularFile';

/** The states of a job that has not ended; a quotation mark inside a text is written otherwise. */
const UNFINISHED = /"status":"(?:pending|running|cancelling)"/;
const ENDED = /"status":"[a-zA-Z]+"/;
/** A record says the job's state before its options, which can be long. */
const HEAD_BYTES = 4096;

/** Is this the name of a job's directory in the store? */
export function isJobFolderName(name: string): boolean {
  return /^(?:id-[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/.test(name);
}

/**
 * Does the store have a job that has perhaps not ended? For those who want to know nothing else: it
 * reads the beginnings of the records and does without all that understands them. Never rejects.
 */
export async function hasUnfinishedJobs(storeDir: string): Promise<boolean> {
  const names = await readdir(storeDir).catch(() => []);
  for (const name of names.filter(isJobFolderName)) {
    const file = path.join(storeDir, name, 'status.json');
    const head = await readBeginning(file, HEAD_BYTES).then(
      (bytes) => bytes.toString('utf8'),
      () => '',
    );
    if (UNFINISHED.test(head) || !ENDED.test(head)) return true;
  }
  return false;
}
