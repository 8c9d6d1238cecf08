// `npm run bench [-- part of a file name...]`: runs the files of test/bench one after another.
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { stopEverything } from './machine/cleanup';
import { forgetFigures, summarize } from './measure/figures';
import { repoPaths } from './repoPaths';
import { note } from './tiers/steps';
import { runChild } from './tiers/childTier';

const limitMs = 60 * 60_000;

async function main(): Promise<number> {
  const parts = process.argv.slice(2);
  const dir = path.join(repoPaths.builtTests, 'bench');
  const files = readdirSync(dir, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.bench.js'))
    .filter((name) => parts.length === 0 || parts.some((part) => name.includes(part)))
    .sort();
  if (files.length === 0) throw new Error(`no bench is named so: ${parts.join(' ')}`);
  let worst = 0;
  forgetFigures();
  for (const name of files) {
    note(`\n${name.replace(/\.js$/, '')}`);
    worst = Math.max(worst, (await runChild([path.join(dir, name)], {}, limitMs)) ?? 1);
  }
  summarize();
  return worst;
}

void main()
  .catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    return 1;
  })
  .then(async (code) => {
    await stopEverything();
    process.exit(code);
  });
