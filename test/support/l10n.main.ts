// `npm run l10n` writes the strings for translators; with --check they are only compared.
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { bundleDifferences, bundleFile, makeBundle } from './documents/l10nBundle';

async function main(): Promise<void> {
  if (process.argv.includes('--check')) {
    const differences = await bundleDifferences();
    if (differences.length === 0) return;
    const file = path.basename(bundleFile);
    console.error([`${file} is out of date (npm run l10n):`, ...differences].join('\n  '));
    process.exitCode = 1;
    return;
  }
  await mkdir(path.dirname(bundleFile), { recursive: true });
  await writeFile(bundleFile, await makeBundle());
}

void main();
