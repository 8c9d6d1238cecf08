import assert from 'node:assert/strict';
import type { BackupEntry, Verification } from '../../../src/core/model/backups';
import {
  backupItem,
  type BackupLabel,
  type BackupOrder,
  groupBackups,
  groupItem,
  leftoverItem,
  orderBackups,
  orderText,
  orphanItem,
} from '../../../src/vscode/views/backupItem';
import { backupEntry } from './jobs';

function verification(outcome: Verification['outcome']): Verification {
  return {
    level: 'fullRead',
    outcome,
    at: '2026-11-23T10:00:00.000Z',
    durationMs: 1000,
    tool: null,
    checksums: 'none',
    blind: false,
    problems: [],
    problemCount: 0,
    tables: null,
    rows: null,
  };
}

/** Ten minutes after the sample was made. */
const NOW = Date.parse('2026-11-22T13:50:00');

describe('a backup in its view', () => {
  it('says database, date, size, format, and whether it is verified', () => {
    const row = backupItem(backupEntry(), 'database', NOW);
    // In this order, because the end is cut off in a narrow side bar.
    assert.equal(row.label, 'shop');
    assert.equal(row.description, '10 min. ago · 38 MB · custom');
    assert.match(row.screenReaderText, /^shop\.dump, shop, 38 MB, .*2026.*, custom, not verified$/);
    assert.equal(row.icon.id, 'archive');
    const tooltip = row.tooltip.join('\n');
    for (const part of ['/backups/shop.dump', 'PostgreSQL 17.2', 'main 0123456789', 'gzip']) {
      assert.ok(tooltip.includes(part), part);
    }
  });

  it('is called by what the rows around it do not say', () => {
    const told = (labelBy: BackupLabel, more: Partial<BackupEntry> = {}): string[] => {
      const { label, description } = backupItem(backupEntry(more), labelBy, NOW);
      return [label, description];
    };
    assert.deepEqual(told('date'), ['10 min. ago', '38 MB · custom']);
    assert.deepEqual(told('name'), ['shop.dump', 'shop · 10 min. ago · 38 MB · custom']);
    assert.deepEqual(told('database', { database: '' }), [
      'shop.dump',
      '10 min. ago · 38 MB · custom',
    ]);
    assert.equal(told('database', { cluster: true })[0], 'whole server');
  });

  it('stands below its database, where there are several', () => {
    const shop = [backupEntry({ path: '/a' }), backupEntry({ path: '/c' })];
    const till = backupEntry({ path: '/b', database: 'till' });
    const [first, second] = shop;
    assert.ok(first && second);
    const all = [first, till, second];
    const groups = groupBackups(all, { by: 'date' });
    assert.deepEqual(
      groups?.map(({ database, entries }) => [database, entries.map(({ path }) => path)]),
      [
        ['shop', ['/a', '/c']],
        ['till', ['/b']],
      ],
    );
    assert.equal(groupBackups(shop, { by: 'date' }), null);
    // An order across all databases would be broken by groups.
    for (const by of ['name', 'size'] as const) assert.equal(groupBackups(all, { by }), null);
    const row = groupItem({ database: 'shop', entries: shop });
    assert.deepEqual([row.label, row.description], ['shop', '2 backups']);
    assert.equal(row.children, 'expanded');
  });

  const outcomes: [Verification['outcome'], string, RegExp][] = [
    ['passed', 'verified-filled', /verified \(full read\)/],
    ['passedWithErrors', 'verified', /verified with errors \(full read\)/],
    ['failed', 'error', /damaged \(full read\)/],
  ];
  for (const [outcome, icon, words] of outcomes) {
    it(`shows how its verification went: ${outcome}`, () => {
      const verified = verification(outcome);
      const row = backupItem(backupEntry({ verified, verifications: { fullRead: verified } }));
      assert.equal(row.icon.id, icon);
      assert.match(row.screenReaderText, words);
      assert.match(row.tooltip.join('\n'), words);
    });
  }

  const claims: [Verification['outcome'], string, RegExp][] = [
    ['passed', 'archive', /its manifest says: verified \(full read\)/],
    ['passedWithErrors', 'archive', /its manifest says: verified with errors \(full read\)/],
    ['failed', 'warning', /its manifest says: damaged \(full read\)/],
  ];
  for (const [outcome, icon, words] of claims) {
    it(`gives no badge for what a manifest says: ${outcome}`, () => {
      const row = backupItem(backupEntry({ claims: { fullRead: verification(outcome) } }));
      assert.equal(row.icon.id, icon);
      assert.match(row.screenReaderText, words);
      assert.match(row.tooltip.join('\n'), words);
      assert.match(row.tooltip.join('\n'), /verify it to be sure/);
    });
  }

  it('shows what this machine knows before what a manifest says', () => {
    const verified: Verification = { ...verification('failed'), level: 'structure' };
    const row = backupItem(
      backupEntry({
        verified,
        verifications: { structure: verified },
        claims: { fullRead: verification('passed') },
      }),
    );
    assert.equal(row.icon.id, 'error');
    assert.match(row.screenReaderText, /damaged/);
    assert.doesNotMatch(row.screenReaderText, /its manifest says/);
  });

  it('says that what was verified here has changed', () => {
    const row = backupItem(backupEntry({ changedSinceVerified: true }));
    assert.equal(row.icon.id, 'archive');
    assert.match(row.tooltip.join('\n'), /has changed since it was verified .* verify it again/);
  });

  it('says what a verification without checksums cannot have seen', () => {
    const told = (
      outcome: Verification['outcome'],
      blind: boolean,
      format: BackupEntry['format'] = 'custom',
    ): string => {
      const verified = { ...verification(outcome), blind };
      return backupItem(backupEntry({ verified, format })).tooltip.join('\n');
    };
    assert.match(told('passed', true, 'directory'), /no checksums.*file of another backup/);
    assert.doesNotMatch(told('passed', true), /file of another backup/);
    assert.match(told('passed', true), /no checksums/);
    assert.match(told('passedWithErrors', true), /no checksums/);
    assert.doesNotMatch(told('passed', false), /no checksums/);
    assert.doesNotMatch(told('failed', true), /no checksums/);
  });

  it('marks what is truncated, and what the manifest is not about', () => {
    assert.equal(backupItem(backupEntry({ truncated: true })).icon.id, 'error');
    assert.match(backupItem(backupEntry({ truncated: true })).screenReaderText, /truncated/);
    assert.match(backupItem(backupEntry({ manifest: 'stale' })).tooltip.join(), /another file/);
    assert.match(
      backupItem(backupEntry({ manifest: 'touched' })).tooltip.join(),
      /copied or rewritten/,
    );
  });

  it('calls a script of pg_dumpall a whole server, and does without a date', () => {
    const row = backupItem(backupEntry({ cluster: true, database: '', format: 'plain' }));
    assert.match(row.description, / · plain$/);
    assert.doesNotThrow(() => backupItem(backupEntry({ created: '', modified: '' })));
  });

  it('has its manifest removed alone only where that is about something else', () => {
    for (const manifest of ['none', 'fresh', 'touched'] as const) {
      assert.equal(backupItem(backupEntry({ manifest })).contextValue, 'backup', manifest);
    }
    for (const manifest of ['stale', 'unreadable'] as const) {
      const { contextValue } = backupItem(backupEntry({ manifest }));
      assert.equal(contextValue, 'backup wrongManifest', manifest);
    }
  });

  it('is missing where only its manifest is left', () => {
    const path = '/backups/older/shop.dump.backup.json';
    const known = { database: 'shop', created: '2026-11-22T13:40:00.000Z' };
    const row = orphanItem({ path, name: 'older/shop.dump', ...known });
    assert.equal(row.label, 'older/shop.dump');
    assert.match(row.description, /^backup is missing · .*2026.* · shop$/);
    assert.match(row.screenReaderText, /^older\/shop\.dump, backup is missing, shop, /);
    assert.equal(row.contextValue, 'orphan');
    assert.ok(row.tooltip.includes(path));
    const bare = orphanItem({ path, name: 'shop.dump', database: '', created: '' });
    assert.equal(bare.description, 'backup is missing');
  });

  it('a leftover can only be revealed and deleted', () => {
    const row = leftoverItem({ path: '/backups/.a.pgbackup-0.partial', sizeBytes: 2048 });
    assert.equal(row.contextValue, 'leftover');
    assert.match(row.description, /left behind · 2\.0 kB/);
  });
});

describe('the order of backups', () => {
  const entries = [
    backupEntry({
      name: 'b10.dump',
      database: 'shop',
      created: '2026-11-20T10:00:00',
      sizeBytes: 5,
    }),
    backupEntry({ name: 'b9.dump', database: 'crm', created: '2026-11-22T10:00:00', sizeBytes: 1 }),
    backupEntry({ name: 'a.sql', database: 'shop', created: '', modified: '2026-11-21T10:00:00Z' }),
  ];
  const cases: [BackupOrder['by'], string[]][] = [
    ['date', ['b9.dump', 'a.sql', 'b10.dump']],
    ['name', ['a.sql', 'b9.dump', 'b10.dump']],
    ['database', ['b9.dump', 'a.sql', 'b10.dump']],
    ['size', ['a.sql', 'b10.dump', 'b9.dump']],
  ];
  for (const [by, names] of cases) {
    it(`by ${by}`, () => {
      const shown = orderBackups(entries, { by, filter: '' });
      assert.deepEqual(
        shown.map(({ name }) => name),
        names,
      );
    });
  }

  it('filters by all words, in names, databases, formats and branches', () => {
    const names = (filter: string): string[] =>
      orderBackups(entries, { by: 'name', filter }).map(({ name }) => name);
    assert.deepEqual(names('SHOP .dump'), ['b10.dump']);
    assert.deepEqual(names('crm'), ['b9.dump']);
    assert.deepEqual(names('main'), ['a.sql', 'b9.dump', 'b10.dump']);
    assert.deepEqual(names('nothing'), []);
  });

  it('is said where it is not the usual one', () => {
    assert.equal(orderText({ by: 'date', filter: '' }), '');
    assert.equal(orderText({ by: 'size', filter: 'shop' }), '“shop” · by size');
  });
});
