// What the form chooses by itself against pgAdmin's default (custom, gzip 6, one job), and one file
// by two jobs against pg_dump, which writes one by itself only. In turns (A B B A), with tools that
// have Zstandard and with older ones; of a database with several large tables, and of the sample,
// where one table has nearly half. Variables: BENCH_MB, BENCH_ROUNDS, BENCH_MAJOR, BENCH_ONLY,
// BENCH_WAYS.
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { BackupInfoCache } from '../../src/core/archive/inspect/backupInfoCache';
import { readCatalog } from '../../src/core/catalog/readCatalog';
import { readServerInfo } from '../../src/core/catalog/serverInfo';
import { buildConnection } from '../../src/core/connections/libpq';
import { backupDefaults } from '../../src/core/forms/backup/backupDefaults';
import { profileSettings, withProfile } from '../../src/core/forms/backup/backupProfiles';
import { restoreDefaults } from '../../src/core/forms/restore/restoreDefaults';
import { usefulJobs } from '../../src/core/forms/restore/profiles/usefulJobs';
import { vouchedFor } from '../../src/core/jobs/restore/restorePermission';
import type { SupervisedJobs } from '../../src/core/jobs/supervisor/window/supervisedJobs';
import type { BackupJob } from '../../src/core/model/job';
import type { BackupOptions } from '../../src/core/model/options';
import { parseVersion } from '../../src/core/pgtools/choose/parseVersion';
import { SupervisorHarness } from '../integration/harness/supervisorHarness';
import { libpqEnv, psql } from '../support/machine/psql';
import { createSampleDatabase, dropDatabase } from '../support/machine/sampleDatabase';
import type { PgServer } from '../support/machine/server';
import { startBenchServer } from '../support/measure/benchServer';
import { createEvenDatabase } from '../support/measure/evenDatabase';
import {
  exactly,
  figure,
  printFigures,
  report,
  shown,
  type Figure,
} from '../support/measure/figures';
import { bytesOf } from '../support/measure/measure';
import {
  inTurns,
  pairwise,
  ratio,
  untilIdle,
  type Spread,
  type Taken,
} from '../support/measure/turns';
import { unpackedDumps } from '../support/packed/unpackedDumps';
import type { BudgetName } from './budgets';

const megabytes = Number(process.env['BENCH_MB'] ?? 300);
const rounds = Number(process.env['BENCH_ROUNDS'] ?? 5);
const only = (process.env['BENCH_ONLY'] ?? '').toLowerCase();
const majors = process.env['BENCH_MAJOR']?.split(',').map(Number) ?? [17, 15];
/** Two jobs keep two processes of pg_dump and two of the server busy. */
const enoughCores = availableParallelism() >= 4;

const DEFAULT = '-Fc -Z6 -v';

/** Ways of writing; those of `BENCH_WAYS`, a pattern of names, are measured with `BENCH_ONLY=ways`. */
const WAYS: readonly [name: string, options: Partial<BackupOptions>][] = [
  ...[1, 2, 3, 4, 5].flatMap((compression): [string, Partial<BackupOptions>][] => [
    [`gzip ${compression}`, { compression }],
    [`gzip ${compression}, 2 jobs`, { compression, jobs: 2 }],
  ]),
  ['zstd 1', { toolOptions: { compress: 'zstd:1' } }],
  ['zstd 1, 2 jobs', { toolOptions: { compress: 'zstd:1' }, jobs: 2 }],
  ['lz4', { toolOptions: { compress: 'lz4:1' } }],
  ['lz4, 2 jobs', { toolOptions: { compress: 'lz4:1' }, jobs: 2 }],
  ['uncompressed', { compression: 0 }],
  ['plain', { format: 'plain', compression: 0 }],
  ...['directory', 'directory, 1 job'].flatMap((name): [string, Partial<BackupOptions>][] => {
    const directory = { format: 'directory', jobs: name === 'directory' ? 2 : 1 } as const;
    return [
      [`${name}, zstd 1`, { ...directory, toolOptions: { compress: 'zstd:1' } }],
      [`${name}, lz4`, { ...directory, toolOptions: { compress: 'lz4:1' } }],
      [`${name}, gzip 1`, { ...directory, compression: 1 }],
      [`${name}, uncompressed`, { ...directory, compression: 0 }],
    ];
  }),
];
const PROFILES = ['smallest', 'fastest', 'recommended', 'portable'] as const;
const ways = new RegExp(process.env['BENCH_WAYS'] ?? '');

const isWanted = (...names: string[]): boolean =>
  names.some((name) => name.toLowerCase().includes(only));

/** What is compared on one server. */
class Comparison {
  private readonly tools: string;

  constructor(
    private readonly server: PgServer,
    private readonly harness: SupervisorHarness,
    private readonly jobs: SupervisedJobs,
    private readonly hasZstd: boolean,
  ) {
    this.tools = harness.setup.binDirs[0] ?? server.binDir;
  }

  /** One file by two jobs, against pg_dump's own file and its own directory. */
  async oneFile(database: string, method: 'gzip' | 'zstd', budget: BudgetName): Promise<Figure[]> {
    const level = method === 'gzip' ? '6' : 'zstd:3';
    const options: Partial<BackupOptions> = {
      jobs: 2,
      ...(method === 'gzip' ? {} : { toolOptions: { compress: level } }),
    };
    const { usual, directory, ours } = await inTurns({
      sides: {
        usual: () => this.shell(this.dump(`-Fc -Z${level}`, database, 'usual')),
        directory: () => this.shell(this.dump(`-Fd -j2 -Z${level}`, database, 'directory')),
        ours: () => this.backup(database, options),
      },
      rounds,
      prepare: (side) => this.fresh(database, side),
      settle: untilIdle,
    });
    const all = pairwise(ours, usual, 'wallSeconds', ratio);
    const { name, against, ...rest } = figure(budget, all);
    const where = `${name}, ${database}`;
    return [
      enoughCores
        ? { ...rest, name: where, against }
        : shown(`${where} (judged from 4 cores on)`, 'ratio', all, against),
      shown('  pg_dump -Fd, 2 jobs', 'ratio', pairwise(directory, usual, 'wallSeconds', ratio)),
      named(figure('joinedAdds', pairwise(ours, directory, 'wallSeconds', ratio)), database),
      shown('  processor time', 'ratio', pairwise(ours, usual, 'processorSeconds', ratio)),
    ];
  }

  /** Recommended, against pgAdmin's default: time and size of the backup, time of the restore. */
  async recommended(
    database: string,
    budgets: readonly [BudgetName, BudgetName],
  ): Promise<Figure[]> {
    const options = await this.optionsOf('recommended', database);
    const sides = await inTurns({
      sides: {
        usual: () => this.shell(this.dump(DEFAULT, database, 'usual')),
        ours: () => this.backup(database, options),
      },
      rounds,
      prepare: (side) => this.fresh(database, side),
      settle: untilIdle,
    });
    const [time, size] = budgets;
    const bytes = (side: string): number => bytesOf(this.at(database, side));
    const figures = [
      named(figure(time, pairwise(sides.ours, sides.usual, 'wallSeconds', ratio)), database),
      named(figure(size, exactly(bytes('ours') / bytes('usual'))), database),
    ];
    if (isWanted('restore')) figures.push(await this.restore(database));
    return figures;
  }

  /** Is Smallest what it is called, among all that a form proposes? */
  async smallest(database: string): Promise<Figure> {
    const sizes = new Map<string, number>();
    for (const profile of PROFILES) {
      await this.fresh(database, profile);
      await this.backup(database, await this.optionsOf(profile, database), profile);
      sizes.set(profile, bytesOf(this.at(database, profile)));
    }
    const { smallest = NaN, ...others } = Object.fromEntries(sizes);
    const taken = exactly(smallest / Math.min(...Object.values(others)));
    return named(figure('smallestSize', taken), database);
  }

  /** And Fastest? Smallest takes many times as long as any other, so that it is left out. */
  async fastest(database: string): Promise<Figure[]> {
    const names = PROFILES.filter((name) => name !== 'smallest');
    const chosen = new Map<string, Partial<BackupOptions>>();
    for (const name of names) chosen.set(name, await this.optionsOf(name, database));
    const taken = await inTurns({
      sides: Object.fromEntries(
        names.map((name) => [name, () => this.backup(database, chosen.get(name) ?? {}, name)]),
      ),
      rounds: Math.min(rounds, 3),
      prepare: (side) => this.fresh(database, side),
      settle: untilIdle,
    });
    const seconds = (name: string): Taken[] => taken[name] ?? [];
    const others = names.filter((name) => name !== 'fastest');
    const best = seconds('fastest').map((_, i) =>
      others
        .flatMap((name) => seconds(name)[i] ?? [])
        .reduce((a, b) => (b.wallSeconds < a.wallSeconds ? b : a)),
    );
    const against = (name: string, what: keyof Taken): Spread =>
      pairwise(seconds('fastest'), seconds(name), what, ratio);
    return [
      named(
        figure('fastestTime', pairwise(seconds('fastest'), best, 'wallSeconds', ratio)),
        database,
      ),
      ...others.flatMap((name) => [
        shown(`  against ${name}`, 'ratio', against(name, 'wallSeconds'), 'its time'),
        shown('  processor time', 'ratio', against(name, 'processorSeconds')),
      ]),
    ];
  }

  /** What the rules choose from: each way of writing, by jobs of ours, against pgAdmin's default. */
  async ways(database: string): Promise<Figure[]> {
    const chosen = WAYS.filter(([name, { toolOptions }]) => {
      return ways.test(name) && (this.hasZstd || toolOptions === undefined);
    });
    const sides = chosen.map(([name, some]) => {
      const options = { ...backupDefaults(some.format ?? 'custom'), ...some };
      return [name, () => this.backup(database, options, name)] as const;
    });
    const taken: Readonly<Record<string, readonly Taken[]>> = await inTurns({
      sides: {
        usual: () => this.shell(this.dump(DEFAULT, database, 'usual')),
        ...Object.fromEntries(sides),
      },
      rounds,
      prepare: (side) => this.fresh(database, side),
      settle: untilIdle,
    });
    const bytes = (side: string): number => bytesOf(this.at(database, side));
    return chosen.flatMap(([name]) => {
      const of = (what: keyof Taken): Spread =>
        pairwise(taken[name] ?? [], taken['usual'] ?? [], what, ratio);
      return [
        shown(`${name}, ${database}`, 'ratio', of('wallSeconds'), "pgAdmin's default"),
        shown('  processor time', 'ratio', of('processorSeconds')),
        shown('  its size', 'ratio', exactly(bytes(name) / bytes('usual'))),
      ];
    });
  }

  private async restore(database: string): Promise<Figure> {
    const inputPath = this.at(database, 'ours');
    const files = new BackupInfoCache(unpackedDumps());
    const [info, known] = [await files.info(inputPath), await files.known(inputPath)];
    const options = {
      ...restoreDefaults(),
      ...{ connectionId: 'main', inputPath, targetDatabase: 'restored', createDatabase: true },
    };
    const cores = availableParallelism();
    const { jobs } = usefulJobs(options, {
      connection: null,
      server: null,
      info,
      tool: null,
      cores,
    });
    const { usual, ours } = await inTurns({
      sides: {
        usual: () =>
          this.shell(
            `${path.join(this.server.binDir, 'createdb')} -T template0 restored && ` +
              `${this.tool('pg_restore')} -v -d restored ${this.at(database, 'usual')}`,
          ),
        ours: async () =>
          done(
            await this.jobs.startRestore(vouchedFor({ options: { ...options, jobs }, known }))
              .finished,
          ),
      },
      rounds: Math.min(rounds, 3),
      prepare: async () => {
        await dropDatabase(this.server, 'restored');
        await psql(this.server, 'postgres', 'CHECKPOINT;');
      },
      settle: untilIdle,
    });
    const taken = pairwise(ours, usual, 'wallSeconds', ratio);
    return named(figure('recommendedRestore', taken), `${database}, ${jobs} jobs`);
  }

  /** What the form would choose, from the catalog and the tool. */
  private async optionsOf(
    profile: BackupOptions['profile'],
    database: string,
  ): Promise<Partial<BackupOptions>> {
    const { host, port, user, password, binDir } = this.server;
    const target = buildConnection(
      { id: 'x', host, port, user },
      {
        ...{ password, database, applicationName: 'bench', connectTimeoutSeconds: 30 },
        inherited: { PATH: process.env['PATH'] },
      },
    );
    const limit = { timeoutMs: 60_000 };
    const info = await readServerInfo(path.join(binDir, 'psql'), target, limit);
    const catalog = await readCatalog(path.join(binDir, 'psql'), target, info, limit);
    const said = spawnSync(path.join(binDir, 'pg_dump'), ['--version']).stdout.toString();
    const version = parseVersion(said)?.version;
    if (version === undefined) throw new Error(said);
    const facts = { tool: { version }, catalog, cores: availableParallelism(), isLocal: true };
    console.log(`${database}: ${profileSettings(profile, facts)?.reason ?? ''}`);
    return withProfile({ ...backupDefaults('custom'), profile }, facts);
  }

  private async backup(
    database: string,
    options: Partial<BackupOptions>,
    side = 'ours',
  ): Promise<void> {
    const outputPath = this.at(database, side);
    const given = { ...backupDefaults('custom'), ...options };
    done(
      await this.jobs.startBackup({
        options: { ...given, connectionId: 'main', database, outputPath },
        overwrite: false,
        manifest: { workspaceDir: null },
      }).finished,
    );
  }

  private dump(args: string, database: string, side: string): string {
    return `${this.tool('pg_dump')} ${args} -f ${this.at(database, side)} ${database}`;
  }

  private shell(command: string): void {
    const env = { ...process.env, ...libpqEnv(this.server, 'postgres') };
    const messages = this.harness.path('messages');
    const { status } = spawnSync('/bin/sh', ['-c', `(${command}) 2>${messages}`], { env });
    if (status !== 0) throw new Error(command);
  }

  private async fresh(database: string, side: string): Promise<void> {
    for (const name of [side, `${side}.backup.json`]) {
      rmSync(this.at(database, name), { recursive: true, force: true });
    }
    await psql(this.server, 'postgres', 'CHECKPOINT;');
  }

  private tool(name: string): string {
    return path.join(this.tools, name);
  }

  private at(database: string, name: string): string {
    return this.harness.path(`${database}-${name}`);
  }
}

const named = (each: Figure, what: string): Figure => ({ ...each, name: `${each.name}, ${what}` });

function done(job: BackupJob): void {
  if (job.status !== 'completed') throw new Error(JSON.stringify(job.errors));
}

async function measure(major: number): Promise<Figure[]> {
  const server = await startBenchServer(major);
  const figures: Figure[] = [];
  try {
    await createEvenDatabase(server, 'even', megabytes);
    await createSampleDatabase(server, 'sample', megabytes);
    const harness = await SupervisorHarness.create(server, 'even');
    try {
      const hasZstd = major >= 16;
      const comparison = new Comparison(server, harness, await harness.open(), hasZstd);
      for (const database of ['even', 'sample']) {
        if (isWanted('one file, gzip') && hasZstd) {
          figures.push(...(await comparison.oneFile(database, 'gzip', 'joinedGzip')));
        }
        if (isWanted('one file, zstd') && hasZstd) {
          figures.push(...(await comparison.oneFile(database, 'zstd', 'joinedZstd')));
        }
        if (only === 'ways') {
          const some = await comparison.ways(database);
          printFigures(some);
          figures.push(...some);
          continue;
        }
        if (isWanted('profiles, smallest')) figures.push(await comparison.smallest(database));
        if (isWanted('profiles, fastest')) figures.push(...(await comparison.fastest(database)));
        if (!isWanted('recommended', 'restore')) continue;
        figures.push(
          ...(await comparison.recommended(
            database,
            hasZstd
              ? ['recommendedZstd', 'recommendedZstdSize']
              : ['recommendedGzip', 'recommendedGzipSize'],
          )),
        );
      }
    } finally {
      await harness.dispose();
    }
  } finally {
    await server.stop();
  }
  return figures;
}

async function main(): Promise<void> {
  console.log(`Databases of ${megabytes} MB, ${rounds} rounds, ${availableParallelism()} cores`);
  const figures: Figure[] = [];
  for (const major of majors) figures.push(...(await measure(major)));
  report('recommended', figures);
}

void main();
