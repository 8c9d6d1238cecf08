// `npm run soak [-- --times 50] [--seed 4711] [part of a file name...]`: the tests of test/soak, long.
import { parseArgs } from 'node:util';
import { stopEverything } from './machine/cleanup';
import { soakTimesVariable } from './tiers/soak';
import { note } from './tiers/steps';
import { runPlainTier } from './tiers/runTier';
import { summary } from './tiers/summary';
import { allTestFiles, tierOf } from './tiers/testFiles';

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    options: { times: { type: 'string', default: '60' }, seed: { type: 'string' } },
    allowPositionals: true,
  });
  const seed = values.seed ?? process.env['SEED'] ?? String(Date.now() % 1_000_000);
  process.env['SEED'] = seed;
  process.env[soakTimesVariable] = values.times;
  const files = allTestFiles()
    .filter((file) => tierOf(file) === 'soak')
    .filter((file) => positionals.length === 0 || positionals.some((part) => file.includes(part)));
  if (files.length === 0) throw new Error(`no soak test is named so: ${positionals.join(' ')}`);
  note(`Soaking, ${values.times} times as much as in npm test. To repeat: --seed ${seed}`);
  const began = performance.now();
  const result = await runPlainTier('soak', { files, servers: [] });
  note(summary([{ ...result, milliseconds: performance.now() - began }]));
  return result.failed === 0 ? 0 : 1;
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
