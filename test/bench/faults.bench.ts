// Each fault several times, at random moments of a backup: how many were tried, how many went as
// they should, how many files were lost.
import { faults, suffer, undisturbed } from '../integration/supervisor/faults';
import { seedOfRun } from '../integration/harness/jobHarness';
import { SupervisorHarness } from '../integration/harness/supervisorHarness';
import { printRow } from '../support/measure/measure';
import { ensurePostgres } from '../support/install/postgres';
import { createSampleDatabase } from '../support/machine/sampleDatabase';
import { startServer } from '../support/machine/server';
import { seededRandom } from '../support/seededRandom';

const rounds = Number(process.env['BENCH_ROUNDS'] ?? 5);

async function main(): Promise<void> {
  const [install] = await ensurePostgres([17]);
  if (!install) throw new Error('no PostgreSQL 17');
  const server = await startServer(install);
  const random = seededRandom(seedOfRun());
  const sum = { tried: 0, survived: 0, lost: 0 };
  try {
    await createSampleDatabase(server, 'sample', 20);
    const harness = await SupervisorHarness.create(server, 'sample');
    try {
      const took = await undisturbed(harness);
      printRow('while a backup runs', 'tried', 'survived', 'files lost');
      for (const fault of faults) {
        let survived = 0;
        let lost = 0;
        for (let round = 0; round < rounds; round++) {
          const outcome = await suffer(fault, { server, harness, took }, random());
          if (outcome.faults.length === 0) survived++;
          else console.log(`  ${outcome.faults.join('; ')}`);
          lost += outcome.filesLost;
        }
        printRow(fault.name, String(rounds), String(survived), String(lost));
        sum.tried += rounds;
        sum.survived += survived;
        sum.lost += lost;
      }
      printRow('all', String(sum.tried), String(sum.survived), String(sum.lost));
      if (sum.survived < sum.tried || sum.lost > 0) process.exitCode = 1;
    } finally {
      await harness.dispose();
    }
  } finally {
    await server.stop();
  }
}

void main();
