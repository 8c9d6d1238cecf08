/** Dumps as documents in the real workbench: what a person does and sees. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Frame, Locator } from 'playwright-core';
import { libpqEnv, psql } from '../support/machine/psql';
import { createDatabase, dropDatabase } from '../support/machine/sampleDatabase';
import { openExtension, type OpenedExtension } from '../support/workbench/openExtension';
import { repoPaths } from '../support/repoPaths';
import { newestServer } from '../support/servers';
import { RestoreForm } from '../support/start/formPages';
import { connectionTo } from '../support/workbench/testWorkspace';
import { until } from '../support/until';

const run = promisify(execFile);
const server = newestServer();
const database = 'archive_live';
const connections = [{ ...connectionTo(server, 'live', database), name: 'Live shop' }];
const dumps = [
  'mini.17.dump',
  'mini.12.dump',
  'mini.18.zstd.dump',
  'mini.15.tar',
  'mini.17.dir',
  'mini.17.sql',
  'plain.sql.gz',
];

/** The page of a dump, by the names that a user reads. */
class ArchivePage {
  constructor(readonly frame: Frame) {}

  button(name: string): Locator {
    return this.frame.getByRole('button', { name, exact: true });
  }

  get search(): Locator {
    return this.frame.getByRole('textbox', { name: 'Search entries' });
  }

  row(name: RegExp): Locator {
    return this.frame.getByRole('treeitem', { name }).first();
  }

  get details(): Locator {
    return this.frame.getByRole('region', { name: 'Details' });
  }

  async shows(text: string): Promise<void> {
    await this.frame.getByText(text, { exact: true }).first().waitFor();
  }
}

async function prepare(dir: string): Promise<void> {
  for (const name of dumps) {
    const from = path.join(repoPaths.fixtures, 'archives', name);
    await cp(from, path.join(dir, name), { recursive: true });
  }
  const text = '-- MySQL dump 10.13  Distrib 8.0\n--\nCREATE TABLE `x` (a int) ENGINE=InnoDB;\n';
  await writeFile(path.join(dir, 'mysql.dump'), text);
  const { stdout } = await run(path.join(server.binDir, 'pg_dumpall'), ['-w', '--schema-only'], {
    env: { ...process.env, ...libpqEnv(server, 'postgres') },
    maxBuffer: 64 << 20,
  });
  const tablespace = "CREATE TABLESPACE bench_space OWNER tester_of_all LOCATION '/srv/space';\n";
  const mark = '--\n-- Databases\n--\n';
  assert.ok(stdout.includes(mark));
  const whole = stdout.replace(mark, `--\n-- Tablespaces\n--\n\n${tablespace}\n\n${mark}`);
  await writeFile(path.join(dir, 'server.sql'), whole);
}

describe('Dumps in VS Code', function () {
  let vscode: OpenedExtension;

  before(async () => {
    await createDatabase(server, database);
    await psql(
      server,
      database,
      'CREATE SCHEMA app; CREATE TABLE app.orders (id bigint PRIMARY KEY, live text); CREATE TABLE app.fresh (id int);',
    );
    await psql(
      server,
      'postgres',
      `DO $$ BEGIN CREATE ROLE tester_of_all NOLOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$`,
    );
    vscode = await openExtension({ connections, prepare });
    // The extension's editor is the default one once the extension is known.
    await vscode.ui.openContextMenu('mini.17.dump', 'Open as PostgreSQL Archive');
    await archive('mini.17.dump', '182 entries');
  });
  after(async () => {
    await vscode.close();
    await dropDatabase(server, database);
  });
  afterEach(async () => {
    await vscode.page.keyboard.press('Escape');
    await vscode.ui.closeEditors();
  });

  /** The open page of a dump, once it shows `text`. */
  async function archive(title: string, text: string): Promise<ArchivePage> {
    const page = new ArchivePage(await vscode.ui.webviewFrame(title));
    await page.shows(text);
    return page;
  }

  async function open(item: string, text: string): Promise<ArchivePage> {
    await (await vscode.ui.explorerItem(item)).dblclick();
    return archive(path.basename(item), text);
  }

  it('open by a double click, and tell what they are', async () => {
    const page = await open('mini.18.zstd.dump', 'Custom archive 1.16');
    assert.match(await page.frame.locator('.head-facts').first().innerText(), /zstd/);
    await page.shows('Where the bytes are');
    await page.frame.locator('.bars li').first().waitFor();
    assert.match(await page.frame.locator('.bars li').first().innerText(), /audit\.log_2023/);
  });

  for (const [item, title, format] of [
    ['mini.15.tar', 'mini.15.tar', /^Tar archive/],
    ['mini.17.dir', 'toc.dat', /^Directory archive/],
    ['mini.17.sql', 'mini.17.sql', /^SQL script/],
    ['plain.sql.gz', 'plain.sql.gz', /^SQL script/],
  ] as const) {
    it(`open from the Explorer's menu: ${item}`, async () => {
      await vscode.ui.openContextMenu(item, 'Open as PostgreSQL Archive');
      const frame = await vscode.ui.webviewFrame(title);
      await frame.getByText(format).first().waitFor();
      await frame.getByRole('tree', { name: 'Entries' }).waitFor();
      assert.equal(await frame.getByRole('heading', { level: 1 }).innerText(), item);
    });
  }

  it('that are none of PostgreSQL say so and open as text', async () => {
    await (await vscode.ui.explorerItem('mysql.dump')).dblclick();
    const page = await archive('mysql.dump', 'Open as Text');
    await page.frame
      .getByText(/is a dump of MySQL or MariaDB/)
      .first()
      .waitFor();
    await page.button('Open as Text').click();
    await vscode.page.locator('.view-lines', { hasText: 'ENGINE=InnoDB' }).waitFor();
  });

  it('are searched and read by keyboard: SQL, rows, dependencies', async () => {
    const page = await open('mini.17.dump', '182 entries');
    await page.search.fill('orders table');
    await page.frame.getByText(/^\d+ of 182 entries$/).waitFor();
    await page.search.press('ArrowDown');
    const tree = page.frame.getByRole('tree', { name: 'Entries' });
    await until(() => tree.evaluate((e) => e === document.activeElement), 'its focus');
    const orders = page.row(/orders.*50 kB/);
    // Groups are moved to as well, but not chosen.
    const active = (): Promise<string | null> => tree.getAttribute('aria-activedescendant');
    for (let i = 0; (await orders.getAttribute('aria-selected')) !== 'true'; i++) {
      assert.ok(i < 10, 'the row of the table');
      const before = await active();
      await vscode.page.keyboard.press('ArrowDown');
      await until(async () => (await active()) !== before, 'the next row');
    }
    await page.details.getByText('app_owner').first().waitFor();
    const sql = page.details.getByRole('region', { name: 'SQL' });
    await until(async () => /^CREATE TABLE app\.orders \(/.test(await sql.innerText()), 'its SQL');
    await until(async () => (await sql.locator('.sql-keyword').count()) > 3, 'its colours');
    await page.details.getByRole('button', { name: 'Preview Rows' }).click();
    const rows = page.details.getByRole('table');
    await until(async () => (await rows.getByRole('row').count()) === 201, 'the head and 200 rows');
    await page.details.getByText('The first 200 rows.').waitFor();
    // To what it depends on, and back by what uses that.
    await page.details.getByRole('button', { name: 'app.status' }).first().click();
    await page.details.getByRole('heading', { name: 'app.status' }).waitFor();
    await page.details.getByRole('button', { name: 'app.orders' }).first().click();
    await page.details.getByRole('heading', { name: 'app.orders' }).waitFor();
  });

  it('keep what was chosen while their tab is in the background', async () => {
    const page = await open('mini.17.dump', '182 entries');
    await page.search.fill('customer');
    await page
      .row(/customer.*1\.2 kB/)
      .locator('.tree-check')
      .click();
    await page.frame.getByText(/^\d+ entries chosen$/).waitFor();
    const chosen = await page.frame.getByText(/^\d+ entries chosen$/).innerText();
    await page.button('Open SQL').last().click();
    const lines = vscode.page.locator('.editor-instance .view-lines');
    await lines.filter({ hasText: 'CREATE' }).first().waitFor();
    const again = await archive('mini.17.dump', chosen);
    assert.equal(await again.search.inputValue(), 'customer');
  });

  it('are listed flat, sorted by any column', async () => {
    const page = await open('mini.17.dump', '182 entries');
    await page.button('List').click();
    await page.frame.getByRole('button', { name: 'Data', exact: true }).click();
    const first = page.frame.locator('.list-row').first();
    await until(async () => /log_2023/.test(await first.innerText()), 'the largest first');
    const head = page.frame.getByRole('columnheader', { name: 'Data' });
    assert.equal(await head.getAttribute('aria-sort'), 'descending');
  });

  it('export rows as CSV', async () => {
    const page = await open('mini.17.dump', '182 entries');
    await page.search.fill('customer table');
    await page.row(/customer.*1\.2 kB/).click();
    await page.details.getByRole('button', { name: 'Export as CSV…' }).click();
    await vscode.ui.pick('Values as they are');
    const file = path.join(vscode.workspace.dir, 'customer.csv');
    await vscode.ui.chooseFile(file);
    await vscode.ui.waitForNotification('100 rows of app.customer');
    const lines = (await readFile(file, 'utf8')).split(/\r?\n/);
    assert.match(lines[0] ?? '', /^id,email,name/);
    assert.equal(lines.filter((line) => /^\d+,user/.test(line)).length, 100);
  });

  it('differ from each other in the diff editor', async () => {
    const page = await open('mini.17.dump', '182 entries');
    await page.button('Compare With…').click();
    await vscode.ui.pick('Dump File…');
    await vscode.ui.chooseFile(path.join(vscode.workspace.dir, 'mini.12.dump'));
    await page.shows('Compared with mini.12.dump');
    await page.row(/app\.mv_totals.*changed/).click();
    const diff = vscode.page.locator('.monaco-diff-editor');
    await diff.locator('.modified .view-lines', { hasText: 'orders.customer_id' }).waitFor();
    const again = await archive('mini.17.dump', 'Compared with mini.12.dump');
    await again.button('Whole Schema').click();
    await diff.locator('.view-lines', { hasText: 'CREATE' }).first().waitFor();
    await vscode.page.getByRole('tab', { name: /Schema \(mini\.17\.dump/ }).waitFor();
    const last = await archive('mini.17.dump', 'Compared with mini.12.dump');
    await last.button('All Changes').click();
    const changes = vscode.page.locator('.multiDiffEditor');
    await changes.first().waitFor();
    await changes.locator('.view-lines', { hasText: 'customer_id' }).first().waitFor();
  });

  it('of a whole server have a node for each database, roles and tablespaces', async () => {
    const page = await openServerScript();
    const tree = page.frame.getByRole('tree', { name: 'Entries' });
    await tree.getByRole('treeitem', { name: new RegExp(`^${database}`) }).waitFor();
    await tree.getByRole('treeitem', { name: /^postgres/ }).waitFor();
    await page.search.fill('tester_of_all');
    await page.row(/^tester_of_all/).click();
    const sql = page.details.getByRole('region', { name: 'SQL' });
    await sql.filter({ hasText: 'CREATE ROLE tester_of_all' }).waitFor();
    await page.search.fill('bench_space');
    await page.row(/^bench_space/).waitFor();
    await page.search.fill('app.fresh');
    await page.row(/^fresh/).waitFor();
  });

  it('let a selection be narrowed to one schema', async () => {
    const page = await open('mini.17.dump', '182 entries');
    await page.search.fill('table');
    await page.row(/^app/).locator('.tree-check').click();
    await page
      .row(/^audit/)
      .locator('.tree-check')
      .click();
    await page.frame.getByText('Only from schema:').waitFor();
    await page.button('audit').last().click();
    await page.frame.getByText('Only from schema:').waitFor({ state: 'detached' });
    await page.search.fill('');
    await page.row(/^audit/).waitFor();
    assert.equal(await page.row(/^app/).getAttribute('aria-checked'), 'false');
    assert.notEqual(await page.row(/^audit/).getAttribute('aria-checked'), 'false');
  });

  it('differ from a live database, of which nothing stays', async () => {
    const page = await open('mini.17.dump', '182 entries');
    await page.button('Compare With…').click();
    await vscode.ui.pick('Live shop');
    await page.frame.getByText('Compared with Live shop').waitFor();
    await page.search.fill('app.fresh');
    await page.row(/app\.fresh.*only there/).waitFor();
    await page.search.fill('app.orders table');
    await page.row(/app\.orders.*changed/).click();
    const diff = vscode.page.locator('.monaco-diff-editor');
    await diff.locator('.modified .view-lines', { hasText: 'live text' }).waitFor();
    assert.equal((await temporaryDumps()).length, 1);
    await vscode.ui.closeEditors();
    await until(async () => (await temporaryDumps()).length === 0, 'the temporary dump is gone');
  });

  it('restore what is ticked, with what it needs', async () => {
    const target = 'archive_selection';
    await psql(
      server,
      'postgres',
      `DO $$ BEGIN CREATE ROLE app_owner; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
       DO $$ BEGIN CREATE ROLE app_reader; EXCEPTION WHEN duplicate_object THEN NULL; END $$;`,
    );
    const page = await open('mini.17.dump', '182 entries');
    await page.search.fill('customer');
    await page
      .row(/customer.*1\.2 kB/)
      .locator('.tree-check')
      .click();
    await page.frame.getByText('Also needed:').waitFor();
    await page.button('privileges').click();
    await page.button('privileges').waitFor({ state: 'detached' });
    await page.button('publications').click();
    await page.button('publications').waitFor({ state: 'detached' });
    await page.frame.getByText('Also needed:').waitFor();
    await page.button('Add').first().click();
    await page.frame.getByText('Also needed:').waitFor({ state: 'hidden' });
    const chosen = /^(\d+)/.exec(await page.frame.getByText(/^\d+ entries chosen$/).innerText());
    await page.button('Restore Selection…').click();
    const form = await RestoreForm.opened(vscode.ui);
    await form.frame
      .getByText(new RegExp(`${chosen?.[1]} entries were chosen`))
      .first()
      .waitFor();
    await form.setChecked('No owner', true);
    await form.intoNewDatabase(target);
    assert.match(await form.restore(), /^Restore/);
    const tables = await psql(
      server,
      target,
      `SELECT string_agg(format('%I.%I', schemaname, relname), ',' ORDER BY 1) FROM pg_stat_user_tables`,
    );
    assert.equal(tables.trim(), 'app.customer');
    assert.equal((await psql(server, target, 'SELECT count(*) FROM app.customer')).trim(), '100');
    await dropDatabase(server, target);
  });

  it('follow their file, and close with it', async () => {
    const file = path.join(vscode.workspace.dir, 'follows.dump');
    await cp(path.join(vscode.workspace.dir, 'mini.17.dump'), file);
    const page = await open('follows.dump', '182 entries');
    await cp(path.join(vscode.workspace.dir, 'mini.12.dump'), file);
    const facts = page.frame.locator('.head-facts').first();
    await until(async () => /pg_dump 12\./.test(await facts.innerText()), 'the new file is shown');
    await rm(file);
    await vscode.page.getByRole('tab', { name: /follows\.dump/ }).waitFor({ state: 'detached' });
  });

  async function temporaryDumps(): Promise<string[]> {
    const names = await readdir(vscode.vscode.temporaryDir);
    return names.filter((name) => name.startsWith('pgbackup-compare-'));
  }

  /** A script of pg_dumpall, which knows a role and a tablespace of its own. */
  async function openServerScript(): Promise<ArchivePage> {
    await vscode.ui.openContextMenu('server.sql', 'Open as PostgreSQL Archive');
    return archive('server.sql', 'SQL script of a server');
  }

  // In other colours they are looked at without VS Code (pagesInBrowser).
  it('are accessible', async () => {
    const { ui } = vscode;
    const page = await open('mini.17.dump', '182 entries');
    await page.frame.locator('.bars li').first().waitFor();
    await ui.screenshot('archive-overview');
    assert.deepEqual(await ui.axe(page.frame), []);
    await page.search.fill('orders');
    await page
      .row(/orders.*50 kB/)
      .locator('.tree-check')
      .click();
    await page.row(/orders.*50 kB/).click();
    await page.details.getByRole('button', { name: 'Preview Rows' }).click();
    await page.details.getByRole('table').waitFor();
    await page.frame.getByText('Also needed:').waitFor();
    await ui.screenshot('archive-details');
    assert.deepEqual(await ui.axe(page.frame), []);
    await page.button('List').click();
    await page.frame.locator('.list-row').first().waitFor();
    await ui.screenshot('archive-list');
    assert.deepEqual(await ui.axe(page.frame), []);
    await ui.closeEditors();
    const whole = await openServerScript();
    await whole.row(new RegExp(`^${database}`)).click();
    await ui.screenshot('archive-server');
    assert.deepEqual(await ui.axe(whole.frame), []);
  });
});
