import assert from 'node:assert/strict';
import { readdirSync, utimesSync } from 'node:fs';
import path from 'node:path';
import { keepNewest } from '../../../src/core/files/boundedFolder';
import { scratch } from '../archive/files';

describe('a folder with at most so many files', () => {
  const files = scratch();
  const minute = 60_000;

  function write(name: string, minutesAgo: number): void {
    const file = files.write(name, 'x');
    const when = new Date(Date.now() - minutesAgo * minute);
    utimesSync(file, when, when);
  }

  it('keeps the newest, what is none of its files, and what is being written', async () => {
    for (let i = 0; i < 6; i++) write(`${i}.json`, 1000 - i);
    write('old.txt', 9000);
    write('1.json.new.part', 59);
    write('1.json.left.part', 61);
    const bounds = { ending: '.json', most: 5, kept: 3 };
    await keepNewest(files.dir, bounds);
    assert.deepEqual(readdirSync(files.dir).sort(), [
      ...['1.json.new.part', '3.json', '4.json', '5.json', 'old.txt'],
    ]);
    write('6.json', 0);
    write('7.json', 0);
    await keepNewest(files.dir, bounds);
    const count = readdirSync(files.dir).filter((name) => name.endsWith('.json')).length;
    assert.equal(count, 5, 'no more than may be there');
  });

  it('is not there', async () => {
    const none = path.join(files.dir, 'none');
    await assert.rejects(keepNewest(none, { ending: '.json', most: 1, kept: 1 }), {
      code: 'ENOENT',
    });
  });
});
