/** Combinations that the tools refuse or ignore, which is why the forms refuse them. */
import assert from 'node:assert/strict';
import type { BackupFormat } from '../../../src/core/model/options';
import { testedMajors } from '../../support/install/postgres';
import { psql } from '../../support/machine/psql';
import { assertHabit, assertRefused } from '../../support/measure/measuredReleases';
import { testServer } from '../../support/servers';
import { FormsDatabase } from './formsDatabase';

for (const major of testedMajors) {
  describe(`what the tools of PostgreSQL ${major} refuse or ignore`, function () {
    this.timeout(300_000);
    let source: FormsDatabase;

    before(async () => {
      source = await FormsDatabase.create(testServer(major));
    });
    after(async () => {
      await source?.dispose();
    });

    /** Restore keys differ from run to run. */
    const normal = (sql: string): string => sql.replaceAll(/^\\(un)?restrict .*$/gm, '');

    describe('pg_dump', () => {
      const out = (name: string): string => `--file=${source.path(name)}`;
      const refused: [string, string[], RegExp][] = [
        ['compressed tar', ['--format=tar', '--compress=1'], /compress/],
        ['compression 10', ['--format=custom', '--compress=10'], /compress/],
        ['2 jobs, custom', ['--format=custom', '--jobs=2'], /parallel backup/],
        ['2 jobs, plain', ['--format=plain', '--jobs=2'], /parallel backup/],
        ['2 jobs, tar', ['--format=tar', '--jobs=2'], /parallel backup/],
        ['no jobs', ['--format=directory', '--jobs=0'], /jobs/],
        ['neither schema nor data', ['--schema-only', '--data-only'], /cannot be used together/],
        ['an unknown encoding', ['--encoding=utf9'], /client encoding/],
        ['a negative timeout', ['--lock-wait-timeout=-1000'], /statement_timeout/],
        ['a timeout beyond 32 bits', ['--lock-wait-timeout=2147484000'], /statement_timeout/],
        ['only unknown tables', ['--table="app"."nosuch"'], /no matching tables/],
        ['only unknown schemas', ['--schema="nosuch"'], /no matching schemas/],
        ...(major < 14
          ? [
              ['extensions', ['--extension=pg_trgm'], /unrecognized option/] as [
                string,
                string[],
                RegExp,
              ],
            ]
          : []),
      ];
      for (const [name, args, message] of refused) {
        it(`refuses ${name}`, async () => {
          const result = await source.run('pg_dump', [out('refused'), ...args]);
          assertRefused(source.server, `pg_dump with ${name}`, result, message);
        });
      }

      it('refuses an encoding without conversion', async () => {
        const latin = `${source.name} latin`;
        await source.createDatabase(
          latin,
          `TEMPLATE template0 ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C'`,
        );
        await psql(source.server, latin, 'CREATE TABLE "café" ();');
        const result = await source.run('pg_dump', [out('latin'), '--encoding=WIN1252'], latin);
        assertRefused(source.server, 'pg_dump with an encoding', result, /WIN1252/);
        // Names beyond ASCII are found in UTF8 only.
        const named = ['--table="public"."café"', out('latin')];
        const asIs = await source.run('pg_dump', named, latin);
        assertRefused(
          source.server,
          'pg_dump of a name beyond ASCII',
          asIs,
          /no matching tables|UTF8/,
        );
        assert.equal((await source.run('pg_dump', [...named, '--encoding=UTF8'], latin)).code, 0);
      });

      it('ignores ownership in archives', async () => {
        for (const format of ['custom', 'directory', 'tar'] as const) {
          const plainly = await source.archive(format);
          const without = source.path(`unowned-${format}`);
          const result = await source.run('pg_dump', [
            `--format=${format}`,
            '--no-owner',
            `--file=${without}`,
          ]);
          assert.equal(result.code, 0);
          const [a, b] = [await source.sqlOf(plainly, format), await source.sqlOf(without, format)];
          assertHabit(source.server, `pg_dump ignores --no-owner with ${format}`, () => {
            assert.match(b, /OWNER TO/);
            assert.equal(normal(b), normal(a));
          });
        }
      });

      it('ignores that large objects are wanted without data', async () => {
        const result = await source.run('pg_dump', ['--schema-only', '--blobs', out('no-lo.sql')]);
        assert.equal(result.code, 0);
        const sql = await source.sqlOf(source.path('no-lo.sql'), 'plain');
        assertHabit(source.server, 'pg_dump ignores --blobs without data', () =>
          assert.doesNotMatch(sql, /424242/),
        );
      });

      it('ignores a name that matches nothing among others', async () => {
        const result = await source.run('pg_dump', [
          '--table="app"."orders"',
          '--table="app"."nosuch"',
          out('one.sql'),
        ]);
        assertHabit(source.server, 'pg_dump ignores a name that matches nothing', () =>
          assert.equal(result.code, 0),
        );
      });

      it('dumps nothing of a table that is both ticked and excluded', async () => {
        const args = ['--table="app"."orders"', '--exclude-table="app"."orders"', out('none.sql')];
        const result = await source.run('pg_dump', args);
        const sql = await source.sqlOf(source.path('none.sql'), 'plain');
        assertHabit(source.server, 'pg_dump leaves out what is both ticked and excluded', () => {
          assert.equal(result.code, 0);
          assert.doesNotMatch(sql, /orders/);
        });
      });

      it('ignores schemas next to tables', async () => {
        const result = await source.run('pg_dump', [
          '--schema="log"',
          '--table="app"."orders"',
          out('both.sql'),
        ]);
        const sql = await source.sqlOf(source.path('both.sql'), 'plain');
        assertHabit(source.server, 'pg_dump ignores schemas next to tables', () => {
          assert.equal(result.code, 0);
          assert.doesNotMatch(sql, /log\.events/);
        });
      });
    });

    describe('pg_restore', () => {
      const refused: [string, BackupFormat, string[], RegExp][] = [
        [
          'schema only with data only',
          'custom',
          ['--schema-only', '--data-only'],
          /cannot be used together/,
        ],
        ['clean with data only', 'custom', ['--clean', '--data-only'], /cannot be used together/],
        ['if exists without clean', 'custom', ['--if-exists'], /requires option/],
        [
          'a single transaction of several jobs',
          'custom',
          ['--single-transaction', '--jobs=2'],
          /single-transaction/,
        ],
        ['several jobs on tar', 'tar', ['--jobs=2'], /parallel restore/],
        ['no jobs', 'custom', ['--jobs=0'], /jobs/],
        ['a script', 'plain', [], /text format dump/],
        ['a database that is not there', 'custom', ['--dbname=nosuch'], /does not exist/],
      ];
      for (const [name, format, args, message] of refused) {
        it(`refuses ${name}`, async () => {
          const file = await source.archive(format);
          const target = source.empty;
          const result = await source.run(
            'pg_restore',
            [`--dbname=${target}`, ...args, file],
            target,
          );
          assertRefused(source.server, `pg_restore with ${name}`, result, message);
        });
      }

      it('ignores that triggers are to be disabled while definitions are restored', async () => {
        const file = await source.archive('custom');
        const sql = async (args: string[]): Promise<string> => {
          const result = await source.run('pg_restore', [...args, '--file=-', file]);
          assert.equal(result.code, 0);
          return normal(result.stdout);
        };
        const [plainly, disabling] = [await sql([]), await sql(['--disable-triggers'])];
        assertHabit(source.server, 'pg_restore ignores --disable-triggers with definitions', () =>
          assert.equal(disabling, plainly),
        );
        assert.notEqual(
          await sql(['--disable-triggers', '--data-only']),
          await sql(['--data-only']),
        );
      });
    });
  });
}
