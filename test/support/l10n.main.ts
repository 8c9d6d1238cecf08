import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { bundleFile, makeBundle } from './l10nBundle';

/** `npm run l10n`: writes the strings for translators. */
async function main(): Promise<void> {
  await mkdir(path.dirname(bundleFile), { recursive: true });
  await writeFile(bundleFile, await makeBundle());
}

void main();
