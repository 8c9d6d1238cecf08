import assert from 'node:assert/strict';
import { formatDate, formatRelative } from '../../../src/core/text/formatDate';
import { backupItem, orderBackups } from '../../../src/vscode/views/backupItem';
import { jobItem, sortJobs } from '../../../src/vscode/views/jobItem';
import { backupEntry, backupJob, labelOf } from './jobs';

const ROWS = 300;

/** Calls of what makes a formatter for one value, while the action runs. */
function formattersMade(action: () => void): number {
  let made = 0;
  const undo: (() => void)[] = [];
  /** Counts the calls of a method that are given options. */
  const count = (of: object, name: string, options: number): void => {
    const original: unknown = Reflect.get(of, name);
    assert.ok(typeof original === 'function');
    undo.push(() => void Reflect.set(of, name, original));
    Reflect.set(of, name, function (this: unknown, ...args: unknown[]): unknown {
      if (args[options] !== undefined) made++;
      return Reflect.apply(original, this, args) as unknown;
    });
  };
  const countNew = (name: 'DateTimeFormat' | 'NumberFormat' | 'RelativeTimeFormat'): void => {
    const original: unknown = Reflect.get(Intl, name);
    assert.ok(typeof original === 'function');
    undo.push(() => void Reflect.set(Intl, name, original));
    const counted = new Proxy(original, {
      construct: (target, args): object => {
        made++;
        return Reflect.construct(target, args) as object;
      },
    });
    Reflect.set(Intl, name, counted);
  };
  count(Date.prototype, 'toLocaleString', 1);
  count(Number.prototype, 'toLocaleString', 1);
  count(String.prototype, 'localeCompare', 2);
  for (const name of ['DateTimeFormat', 'NumberFormat', 'RelativeTimeFormat'] as const) {
    countNew(name);
  }
  try {
    action();
  } finally {
    for (const each of undo) each();
  }
  return made;
}

describe('many rows of a view', () => {
  // A view of 10,000 rows would hold the extension host for more than a second.
  it('make no formatter for each of them', () => {
    const day = (n: number): string => new Date(Date.UTC(2026, 10, 1, 0, n)).toISOString();
    const jobs = Array.from({ length: ROWS }, (_, n) =>
      backupJob({ id: `b${n}`, startTime: day(n), endTime: day(n + 1) }),
    );
    const entries = Array.from({ length: ROWS }, (_, n) =>
      backupEntry({ name: `shop_${n}.dump`, created: day(n) }),
    );
    const context = {
      labelOf,
      failureText: () => '',
      dateText: formatDate,
      whenText: (iso: string) => formatRelative(iso, Date.UTC(2026, 10, 2)),
      isForeign: () => false,
    };
    const made = formattersMade(() => {
      for (const job of sortJobs(jobs)) jobItem(job, context);
      for (const by of ['date', 'name', 'database', 'size'] as const) {
        for (const entry of orderBackups(entries, { by, filter: '' })) backupItem(entry, 'date');
      }
    });
    assert.ok(made < 10, `${made} formatters for ${ROWS} jobs and as many backups`);
  });
});
