import assert from 'node:assert/strict';
import { AppError } from '../../../src/core/errors';
import { backupDefaults } from '../../../src/core/forms/backup/backupDefaults';
import { backupOptionsOf } from '../../../src/core/forms/backup/backupForm';
import {
  keptFromProfile,
  leavesProfile,
  type BackupProfile,
  profileSettings,
  type ProfileFacts,
  withProfile,
} from '../../../src/core/forms/backup/backupProfiles';
import { evaluateBackup } from '../../../src/core/forms/backup/backupForm';
import { linkRate } from '../../../src/core/forms/backup/linkRate';
import { decodeBackupRequest } from '../../../src/core/forms/api/requests';
import { beginChoices, choose } from '../../../src/core/forms/form/choices';
import type { PastRun } from '../../../src/core/model/estimates/estimate';
import type { BackupOptions } from '../../../src/core/model/options';
import { backup, backupContext, relation, sampleCatalog, tool } from './sampleCatalog';

const MB = 1024 * 1024;
const profiles: BackupProfile[] = ['recommended', 'smallest', 'fastest', 'portable'];

/** A run that read so many bytes of rows in so many seconds; two seconds were planned. */
function run(readBytes: number, seconds: number): PastRun {
  const planned = { bytes: 1, seconds: 2 };
  return { database: '', how: '', planned, sampled: null, real: { bytes: 1, seconds }, readBytes };
}

/** Tables of these sizes in MB. */
function tables(...sizes: number[]): ProfileFacts['catalog'] {
  const relations = sizes.map((size, i) => relation(`app.t${i}`, { bytes: size * MB }));
  return { ...sampleCatalog(), relations };
}

const gzipOnly = { ...tool('17.6'), compressionMethods: ['gzip', 'none'] };

describe('profiles of a backup', () => {
  const cases: [string, BackupProfile, Partial<ProfileFacts>, string][] = [
    ['zstd where there is one', 'recommended', {}, 'custom zstd:level=1 by 1'],
    [
      'zstd by two jobs for tables of a size',
      'recommended',
      { catalog: tables(900, 800, 700, 600) },
      'custom zstd:level=1 by 2',
    ],
    [
      'zstd by one job where one table is most of the data',
      'recommended',
      { catalog: tables(900, 200, 100) },
      'custom zstd:level=1 by 1',
    ],
    [
      'zstd by one job for little',
      'recommended',
      { catalog: tables(60, 60) },
      'custom zstd:level=1 by 1',
    ],
    [
      'zstd by one job for many small tables',
      'recommended',
      { catalog: tables(...Array.from({ length: 1000 }, () => 5)) },
      'custom zstd:level=1 by 1',
    ],
    [
      'zstd by one job on one core',
      'recommended',
      { catalog: tables(900, 800), cores: 1 },
      'custom zstd:level=1 by 1',
    ],
    ['gzip 2 with 15', 'recommended', { tool: tool('15.10') }, 'custom 2 by 1'],
    ['gzip 2 in a build without zstd', 'recommended', { tool: gzipOnly }, 'custom 2 by 1'],
    [
      'jobs for several large tables, with gzip only',
      'recommended',
      { tool: gzipOnly, catalog: tables(900, 800, 1) },
      'custom 4 by 2',
    ],
    [
      'one file by one job, written as a stream',
      'fastest',
      { tool: { ...tool('17.6'), streams: true }, catalog: tables(900, 800, 700) },
      'custom lz4:level=1 by 1',
    ],
    [
      'one job for one large table',
      'recommended',
      { tool: gzipOnly, catalog: tables(5000, 1) },
      'custom 2 by 1',
    ],
    [
      'one job on two cores: the server needs one',
      'recommended',
      { tool: gzipOnly, catalog: tables(900, 800, 700), cores: 2 },
      'custom 2 by 1',
    ],
    [
      'two jobs on two cores where the server is elsewhere',
      'recommended',
      { tool: gzipOnly, catalog: tables(900, 800, 700), cores: 2, isLocal: false },
      'custom 4 by 2',
    ],
    [
      'never more jobs than help',
      'recommended',
      { tool: gzipOnly, catalog: tables(...Array.from({ length: 50 }, () => 900)), cores: 64 },
      'custom 4 by 4',
    ],
    [
      'half of the cores where the server shares them',
      'recommended',
      { catalog: tables(900, 900, 900, 900), isLocal: true },
      'custom zstd:level=1 by 4',
    ],
    [
      'one job where the last runs waited for the link',
      'recommended',
      { catalog: tables(900, 800), isLocal: false, linkRate: 4e6 },
      'custom zstd:level=1 by 1',
    ],
    [
      'time for the usual level of gzip behind such a link',
      'recommended',
      { tool: tool('15.4'), linkRate: 4e6 },
      'custom 6 by 1',
    ],
    [
      'no link on the same machine',
      'recommended',
      { isLocal: true, linkRate: 4e6 },
      'custom zstd:level=1 by 1',
    ],
    ['a fast link', 'recommended', { linkRate: 90e6 }, 'custom zstd:level=1 by 1'],
    [
      'one job where there is no room for the files of several',
      'recommended',
      { catalog: tables(900, 800, 700, 600), freeBytes: 800 * MB },
      'custom zstd:level=1 by 1',
    ],
    [
      'a small file where there is little room',
      'recommended',
      { catalog: tables(900, 800, 700, 600), freeBytes: 500 * MB },
      'custom zstd:level=16 by 1',
    ],
    [
      'as usual where there is room',
      'recommended',
      { catalog: tables(900, 800, 700, 600), freeBytes: 5000 * MB },
      'custom zstd:level=1 by 2',
    ],
    [
      'made small where there is little room, also behind a slow link',
      'recommended',
      { catalog: tables(900, 800, 700, 600), freeBytes: 500 * MB, linkRate: 4e6 },
      'custom zstd:level=16 by 1',
    ],
    ['the best of zstd', 'smallest', {}, 'custom zstd:level=16 by 1'],
    ['the best of gzip', 'smallest', { tool: tool('14.2') }, 'custom 9 by 1'],
    [
      'a directory for several tables',
      'fastest',
      { catalog: tables(90, 80) },
      'directory lz4:level=1 by 2',
    ],
    ['one file for one table', 'fastest', { catalog: tables(90) }, 'custom lz4:level=1 by 1'],
    ['no compression before 16', 'fastest', { tool: tool('13.2') }, 'custom 0 by 1'],
    ['a plain script', 'portable', {}, 'plain 0 by 1'],
  ];
  for (const [what, profile, facts, expected] of cases) {
    it(`${profile}: ${what}`, () => {
      const known = { tool: tool('17.6'), catalog: tables(1), cores: 8, ...facts };
      const { format, compression, toolOptions, jobs } = withProfile(backup({ profile }), known);
      assert.equal(
        `${format} ${String(toolOptions['compress'] ?? compression)} by ${jobs}`,
        expected,
      );
    });
  }

  it('do not count the room for a part of a database, whose size nobody knows', () => {
    const catalog = tables(900, 800, 700, 600);
    const facts = { tool: tool('17.6'), catalog, cores: 8, freeBytes: 500 * MB };
    const parts: Partial<BackupOptions>[] = [
      { schemas: ['app'] },
      { excludeTables: [{ schema: 'app', name: 't1' }] },
      { includeData: false },
    ];
    for (const part of parts) {
      const { toolOptions } = withProfile(backup({ profile: 'recommended', ...part }), facts);
      assert.equal(toolOptions['compress'], 'zstd:level=1', JSON.stringify(part));
    }
  });

  it('count no tables where no rows are backed up', () => {
    const facts = { tool: tool('17.6'), catalog: tables(900, 800, 700, 600), cores: 8 };
    for (const profile of ['recommended', 'fastest'] as const) {
      const { format, jobs } = withProfile(backup({ profile, includeData: false }), facts);
      assert.equal(`${format} by ${jobs}`, 'custom by 1', profile);
    }
  });

  it('say in one line what is chosen and why, whatever is known', () => {
    const known: Partial<ProfileFacts>[] = [
      {},
      { linkRate: 4e6 },
      { freeBytes: 500 * MB },
      { freeBytes: 800 * MB },
      { tool: gzipOnly },
    ];
    for (const each of known) {
      const facts = { tool: tool('17.6'), catalog: tables(900, 800, 700, 600), cores: 8, ...each };
      const reason = profileSettings('recommended', facts)?.reason ?? '';
      assert.match(reason, /^One custom archive, (Zstandard|gzip) level \d[^\n]{20,200}\.$/);
    }
  });

  const waits: [string, PastRun[], number | null][] = [
    ['no run', [], null],
    ['runs as fast as planned', [run(100e6, 2), run(100e6, 3)], null],
    ['runs that waited', [run(100e6, 20), run(100e6, 25), run(50e6, 10)], 5e6],
    ['more of the last three did not wait', [run(100e6, 20), run(100e6, 2), run(100e6, 2)], null],
    ['older ones do not count', [run(100e6, 20), run(90e6, 2), run(90e6, 2), run(90e6, 2)], null],
    ['too few rows to tell', [run(1e6, 20)], null],
    ['kept before bytes were', [{ ...run(1, 20), readBytes: undefined }], null],
  ];
  for (const [what, runs, expected] of waits) {
    it(`know the rate of a link by the last runs: ${what}`, () => {
      assert.equal(linkRate(runs), expected);
    });
  }

  it('set what the form accepts, with every version', () => {
    for (const profile of profiles) {
      for (const text of ['12.22', '13.2', '14.2', '15.4', '16.3', '17.6', '18.1']) {
        const facts = { tool: tool(text), catalog: tables(900, 900), cores: 8 };
        const options = withProfile(backup({ profile, includeOwnership: false }), facts);
        const { problems } = evaluateBackup(
          options,
          backupContext({ tool: tool(text), server: null }),
        );
        assert.deepEqual(
          problems.filter(({ severity }) => severity === 'error'),
          [],
          `${profile} with ${text}`,
        );
      }
    }
  });

  it('leave everything as it is while the tool is unknown, and of a whole server', () => {
    for (const profile of profiles) {
      const facts = { tool: null, catalog: tables(900, 900), cores: 8 };
      const options = backup({ profile });
      assert.equal(withProfile(options, facts), options);
      const server = backup({ profile, scope: 'server', format: 'plain' });
      assert.equal(withProfile(server, { ...facts, tool: tool('17.6') }), server);
    }
  });

  const facts = { tool: tool('17.6'), catalog: tables(1), cores: 8 };
  const start = backupOptionsOf(beginChoices(backup({ profile: 'smallest' })), backup(), facts);

  it('are left by a change of what they set, and by nothing else', () => {
    const changes: [Partial<BackupOptions>, boolean][] = [
      [{ format: 'plain' }, true],
      [{ jobs: 3 }, true],
      [{ compression: 3, toolOptions: {} }, true],
      [{ toolOptions: { compress: 'lz4' } }, true],
      [{ profile: 'custom' }, true],
      [{ profile: 'fastest' }, false],
      [{ toolOptions: { ...start.toolOptions, 'no-comments': true } }, false],
      [{ includeData: false, noSync: true }, false],
    ];
    for (const [patch, leaves] of changes) {
      assert.equal(leavesProfile(start, patch), leaves, JSON.stringify(patch));
    }
    assert.equal(leavesProfile(backup(), { format: 'plain' }), false, 'none to leave');
  });

  it('keep what they have set when one field is changed, and return when they are chosen again', () => {
    let choices = beginChoices(backup({ profile: 'smallest' }));
    choices = choose(choose(choices, keptFromProfile(start)), { format: 'directory', jobs: 4 });
    const custom = backupOptionsOf(choices, start, facts);
    assert.deepEqual(
      [custom.profile, custom.format, custom.jobs, custom.toolOptions['compress']],
      ['custom', 'directory', 4, 'zstd:level=16'],
    );
    const again = backupOptionsOf(choose(choices, { profile: 'smallest' }), custom, facts);
    assert.deepEqual(again, start);
  });

  it('cannot be given together with what they set in the command API', () => {
    const request = { connectionId: 'dev', profile: 'recommended' };
    assert.equal(decodeBackupRequest({ options: request }).options.profile, 'recommended');
    assert.equal(
      decodeBackupRequest({ options: { connectionId: 'dev' } }).options.profile,
      'custom',
    );
    const both: [object, string][] = [
      [{ format: 'custom' }, 'format'],
      [{ compression: 6 }, 'compression'],
      [{ jobs: 1 }, 'jobs'],
      [{ toolOptions: { compress: 'zstd' } }, 'toolOptions.compress'],
    ];
    for (const [more, field] of both) {
      const problem = /is set by the profile recommended/;
      assert.throws(
        () => decodeBackupRequest({ options: { ...request, ...more } }),
        (error) =>
          AppError.is(error, 'requestMalformed') &&
          error.details.field === field &&
          problem.test(error.details.problem),
        field,
      );
      const custom = { connectionId: 'dev', profile: 'custom', ...more };
      assert.equal(decodeBackupRequest({ options: custom }).options.profile, 'custom');
    }
    assert.equal(
      backupDefaults().profile,
      'custom',
      'a request without a profile means what it did',
    );
  });
});
