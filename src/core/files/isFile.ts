import { stat } from 'node:fs/promises';

/** Is there a regular file, or a link to one? False where that cannot be seen. */
export async function isFile(file: string): Promise<boolean> {
  const stats = await stat(file).catch(() => null);
  return stats?.isFile() ?? false;
}
