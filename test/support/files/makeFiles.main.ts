// `npm run corpus [-- part of a name...]`: makes the files of test/fixtures/files by the tools of all
// majors and by the programs that people pack with, from one small database on a server of each major.
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { stopEverything } from '../machine/cleanup';
import { ensurePostgres } from '../install/postgres';
import { libpqEnv, psql } from '../machine/psql';
import { run } from '../machine/run';
import { createDatabase } from '../machine/sampleDatabase';
import { startServer } from '../machine/server';
import { corpus, corpusDir, corpusFile } from './corpus';
import { SHOP } from './entry';

const DATABASE = 'shop';
const MAJOR = 17;

async function main(): Promise<void> {
  const parts = process.argv.slice(2);
  const wanted = corpus.filter(
    ({ file }) => parts.length === 0 || parts.some((part) => file.includes(part)),
  );
  const majors = [...new Set(wanted.map(({ major = MAJOR }) => major))].sort();
  for (const install of await ensurePostgres(majors)) {
    const hbaLines = ['local replication all trust', 'host replication all samehost trust'];
    const server = await startServer(install, { auth: 'trust', hbaLines });
    await createDatabase(server, DATABASE);
    await psql(server, DATABASE, SHOP);
    for (const entry of wanted.filter(({ major = MAJOR }) => major === server.major)) {
      const file = corpusFile(entry);
      // The file's own folder is removed as well, because the parts of a split file are not in the
      // table.
      const own = entry.file.includes('/') ? path.dirname(file) : file;
      await rm(own, { recursive: true, force: true });
      await mkdir(path.dirname(file), { recursive: true });
      await run('bash', ['-c', `set -eo pipefail\n${entry.make}`], {
        cwd: path.dirname(file),
        env: {
          ...libpqEnv(server, DATABASE),
          PATH: `${server.binDir}:${process.env['PATH'] ?? ''}`,
          NAME: path.basename(file),
        },
      });
      console.log(`${entry.file} (${server.version})`);
    }
    await server.stop();
  }
  console.log(await run('du', ['-sh', corpusDir]));
}

void main()
  .catch((error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  })
  .then(() => stopEverything());
