/** Manifests of tens of megabytes, as directory archives with hundreds of thousands of members have. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { copyFileSync, createWriteStream, linkSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { listBackups } from '../../../src/core/backups/list/listBackups';
import { manifestPath } from '../../../src/core/backups/manifest/manifest';
import { readManifest, readManifestHead } from '../../../src/core/backups/manifest/readManifest';
import { AppError } from '../../../src/core/errors';
import { fixture, scratch } from '../archive/files';
import { cpuTime } from '../../support/measure/cpuTime';
import { HeldMemory } from '../../support/measure/heldMemory';

const MEMBERS = 120_000;
const COUNT = 4;
/** Of one turn of the event loop. */
const MOST_CPU_MS = 150;
/** Two manifests of this size, of which each would take several times as much as objects. */
const MOST_BYTES = 40 << 20;

interface Held {
  /** Longest turn of the event loop, in processor time of this process. */
  turnMs: number;
  /** More than there was before. */
  bytes: number;
}

/** What the work holds while it goes on. */
async function heldBy(work: () => Promise<unknown>): Promise<Held> {
  const memory = new HeldMemory(MOST_BYTES);
  let turnMs = 0;
  let going = true;
  const watch = async (): Promise<void> => {
    while (going) {
      const since = cpuTime();
      await nextTurn();
      turnMs = Math.max(turnMs, cpuTime() - since);
      memory.look();
    }
  };
  const watched = watch();
  await work().finally(() => (going = false));
  await watched;
  return { turnMs, bytes: memory.most };
}

describe('manifests of 20 MB', function () {
  this.timeout(120_000);
  const files = scratch();
  let dir: string;
  let backup: string;

  before(async () => {
    dir = path.join(files.dir, 'backups');
    mkdirSync(dir);
    backup = path.join(dir, 'shop.0.dump');
    await writeLarge(manifestPath(backup));
    for (let i = 0; i < COUNT; i++) {
      const each = path.join(dir, `shop.${i}.dump`);
      copyFileSync(fixture('mini.17.dump'), each);
      if (i > 0) linkSync(manifestPath(backup), manifestPath(each));
    }
  });

  async function writeLarge(file: string): Promise<void> {
    const out = createWriteStream(file);
    const times = { started: '2026-11-26T00:00:00.000Z', finished: '2026-11-26T00:01:00.000Z' };
    const told = { ...times, connectionId: 'shop', database: 'shop', serverVersion: '17.2' };
    const more = { snapshot: null, largeObjects: null, git: null };
    const tool = { name: 'pg_dump', version: '17.2' };
    const backupTold = { ...told, ...more, tool, command: [], options: {}, tables: [] };
    const rest = { manifestVersion: 1, format: 'custom', modified: times.finished };
    const open = JSON.stringify({ ...rest, backup: backupTold, verifications: [] }).slice(0, -1);
    out.write(`${open},"files":[`);
    const sha256 = 'a'.repeat(64);
    for (let i = 0; i < MEMBERS; i++) {
      const one = JSON.stringify({ name: `blob_${i}.dat.zst`, sizeBytes: i, sha256 }, null, 3);
      if (!out.write(`${i === 0 ? '' : ','}${one}\n`)) await once(out, 'drain');
    }
    out.end(']}');
    await once(out, 'close');
  }

  it('are told in a list while the host goes on, and take little memory', async () => {
    // The first turns of a process go into making its code ready.
    await readManifestHead(backup, { onFile: () => undefined });
    let listed: string[] = [];
    const held = await heldBy(async () => {
      const { entries } = await listBackups(dir);
      listed = entries.map(({ name, manifest }) => `${name} ${manifest}`);
    });
    assert.deepEqual(
      listed.sort(),
      Array.from({ length: COUNT }, (_, i) => `shop.${i}.dump stale`),
    );
    assert.ok(held.turnMs < MOST_CPU_MS, JSON.stringify(held));
    assert.ok(held.bytes < MOST_BYTES, JSON.stringify(held));
  });

  it('are left when the list is asked for anew, or closed', async () => {
    const controller = new AbortController();
    const cpuBefore = cpuTime();
    const listed = listBackups(dir, { signal: controller.signal });
    await nextTurn();
    controller.abort();
    await assert.rejects(listed, (error) => AppError.is(error, 'cancelled'));
    const cpuUsed = cpuTime() - cpuBefore;
    assert.ok(cpuUsed < 500, `${cpuUsed} ms`);
  });

  it('are read whole, or their heads, with the same result', async () => {
    const whole = await readManifest(backup);
    let files = 0;
    const head = await readManifestHead(backup, { onFile: () => files++ });
    assert.equal(whole?.files.length, MEMBERS);
    assert.equal(files, MEMBERS);
    const { connectionId, database, started } = whole.backup ?? {};
    assert.deepEqual(
      [head?.backup?.connectionId, head?.backup?.database, head?.backup?.started],
      [connectionId, database, started],
    );
  });
});
