import { lstat } from 'node:fs/promises';
import { asksNothingOfTool, choosesParts, type BackupRequest } from './backupRequest';

/** Milliseconds. Before that, no update of the extension has removed what was there at the start. */
const SOON_MS = 2000;

/** What some backups need: for options of their own, objects, other formats, and what is there already. */
const PARTS = {
  backupForm: () => import('../../forms/backup/backupForm'),
  chosenChecks: () => import('../../forms/backup/chosenChecks'),
  checkStructure: () => import('../../archive/data/checkStructure'),
  detectFile: () => import('../../archive/file/detectFile'),
  toolHelp: () => import('../../pgtools/locate/toolHelp'),
  tellNote: () => import('../job/tellNote'),
};
export type BackupPart = keyof typeof PARTS;
type Request = Pick<BackupRequest, 'options' | 'overwrite'>;

/** Loads what this backup needs, and later what it may need. */
export async function loadForBackup(request: Request): Promise<void> {
  const atOnce = await neededAtOnce(request);
  // What cannot be loaded then is loaded once more where it is needed, which tells why.
  const later = (): void => void load(neededSoon(request)).catch(() => undefined);
  setTimeout(later, SOON_MS).unref();
  await load(atOnce);
}

const load = (parts: readonly BackupPart[]): Promise<unknown> =>
  Promise.all(parts.map((part) => PARTS[part]()));

/** What is certainly needed, or is before the tool runs. */
export async function neededAtOnce({ options, overwrite }: Request): Promise<BackupPart[]> {
  const withinFields = asksNothingOfTool(options) && process.platform !== 'win32';
  const link = await isLink(options.outputPath);
  return [
    ...(withinFields ? [] : (['backupForm'] as const)),
    ...(options.format === 'custom' ? [] : (['checkStructure'] as const)),
    ...(Object.keys(options.toolOptions).length > 0 ? (['toolHelp'] as const) : []),
    ...(choosesParts(options) ? (['chosenChecks'] as const) : []),
    // Whether that leads to a backup is asked when the job has waited for its turn.
    ...(overwrite || link ? (['detectFile'] as const) : []),
    ...(link ? (['tellNote'] as const) : []),
  ];
}

/**
 * What is needed only to say what is wrong: with a method of compression once the job has had its
 * turn, and with what the tool has written. Loaded while the job waits for one of them.
 */
export function neededSoon({ options }: Pick<Request, 'options'>): BackupPart[] {
  return [
    'checkStructure',
    ...('compress' in options.toolOptions ? (['backupForm'] as const) : []),
  ];
}

async function isLink(file: string): Promise<boolean> {
  const found = await lstat(file).catch(() => null);
  return found?.isSymbolicLink() === true;
}
