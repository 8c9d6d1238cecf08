/** The likeliest disasters as a person meets them: the restore page in the real VS Code. */
import assert from 'node:assert/strict';
import { copyFile } from 'node:fs/promises';
import path from 'node:path';
import { JobHarness } from '../integration/harness/jobHarness';
import { createRoles, dropRoles, owner, usual } from '../support/disasters/usualDatabase';
import { adminQuery } from '../support/machine/adminSession';
import { holdLock, type HeldLock } from '../support/machine/heldLock';
import { psql } from '../support/machine/psql';
import { createDatabase, dropDatabase } from '../support/machine/sampleDatabase';
import { repoPaths } from '../support/repoPaths';
import { newestServer, testServer } from '../support/servers';
import { RestoreForm } from '../support/start/formPages';
import { type OpenedExtension, openExtension } from '../support/workbench/openExtension';
import { connectionTo } from '../support/workbench/testWorkspace';

const server = newestServer();
const old = testServer(15);

/** What is shown, pressed and asked, in this order. */
type Step =
  /** A finding with these words. */
  | { see: RegExp }
  /** Any other text of the page. */
  | { shows: RegExp }
  /** The sentence beside the button. */
  | { verdict: RegExp }
  /** A button of the page. */
  | { press: string }
  /** A checkbox or a radio button. */
  | { tick: string }
  | { radio: string }
  /** The button of a question. */
  | { answer: string }
  /** What is typed: into a field of the page, or to confirm. */
  | { field: string; text: string }
  | { type: string }
  /** A line of a text document that has opened. */
  | { line: RegExp }
  | { restored: RegExp };

interface Case {
  id: string;
  title: string;
  on?: typeof server;
  source?: string;
  backup?: { schemas?: string[]; excludeSchemas?: string[] };
  gone?: string;
  file?: string;
  /** null = it is not there. */
  target?: string | null;
  lock?: string;
  user?: string;
  environment?: 'production';
  steps: readonly Step[];
}

const finished = { restored: /^Restore of .* finished/ };
const empty = { verdict: /^Adds \d+ tables to an empty database; nothing is lost\.$/ };
const fails = { verdict: /^This restore will not go through as it is/ };
const press = (label: string): Step => ({ press: label });
const restore = press('Restore');

const cases: readonly Case[] = [
  // First: what is left out is remembered for the next restore.
  {
    id: 'owner',
    title: 'the user is no superuser',
    target: `ALTER DATABASE page_owner OWNER TO ${owner};`,
    user: owner,
    steps: [
      { see: new RegExp(`${owner} may not give objects to other owners: postgres`) },
      ...[fails, press('Use Another Role Instead…'), empty, restore, finished],
    ],
  },
  {
    id: 'role',
    title: 'a role is missing',
    source: `CREATE ROLE page_gone; ${usual} ALTER TABLE app.log OWNER TO page_gone;`,
    gone: 'DROP ROLE page_gone;',
    steps: [
      { see: /Owners that the server does not have: page_gone/ },
      fails,
      press('Leave Out Owners and Privileges'),
      ...[empty, restore, finished],
    ],
  },
  {
    id: 'exists',
    title: 'all is there already',
    target: usual,
    steps: [
      { see: /Already in the target, so the restore stops: app/ },
      ...[fails, press('Drop and Replace')],
      { see: /Drops 3 tables with about 34 rows/ },
      { verdict: /^Drops 3 tables with about 34 rows\. The safety backup keeps them\.$/ },
      ...[restore, { answer: 'Drop and Restore' }, { type: 'page_exists' }, finished],
    ],
  },
  {
    id: 'counted',
    title: 'what is lost is counted, and read as a document',
    target: usual,
    steps: [
      ...[{ tick: 'Clean' }, { see: /Drops 3 tables with about 34 rows/ }],
      ...[press('Count Exactly'), { see: /Drops 3 tables with exactly 34 rows/ }],
      { verdict: /^Drops 3 tables with exactly 34 rows\. The safety backup keeps them\.$/ },
      press('Open as Document'),
      ...[{ line: /Loses\sdata:\sDrops\s3\stables/ }, { line: /app\.orders:\sexactly\s20\srows/ }],
    ],
  },
  {
    id: 'rows',
    title: 'rows would be there twice',
    target: usual,
    steps: [
      { radio: 'Data only' },
      { see: /Not empty and without a key: .* app\.log/ },
      { see: /Not empty: the rows of the backup collide/ },
      ...[fails, press('Empty These Tables First…'), { answer: 'Delete All Rows' }],
      { type: 'page_rows' },
      { verdict: /^Loads rows into 3 tables; nothing is lost\.$/ },
      ...[restore, { answer: 'Restore Anyway' }, finished],
    ],
  },
  {
    id: 'dependents',
    title: 'a view depends on what is dropped',
    target: `${usual} CREATE VIEW public.mine AS SELECT * FROM app.orders;`,
    steps: [
      { tick: 'Clean' },
      { see: /Other objects depend on what is to be dropped.*view public\.mine/ },
      ...[fails, press('Restore into a New Database…')],
      { field: 'Target database', text: 'page_beside' },
      { verdict: /^Adds 3 tables to a new database; nothing is lost\.$/ },
      ...[restore, finished],
    ],
  },
  {
    id: 'extension',
    title: 'an extension is not installed on the server',
    source: `${usual} CREATE EXTENSION citext; CREATE TABLE app.names (name citext);
      UPDATE pg_extension SET extname = 'page_extension' WHERE extname = 'citext';`,
    steps: [
      { see: /Extensions that are not installed on the server: page_extension/ },
      ...[fails, press('Leave Out with All That Needs It'), empty, restore, finished],
    ],
  },
  {
    id: 'production',
    title: 'production',
    environment: 'production',
    steps: [
      { see: /is marked production/ },
      ...[restore, { answer: 'Restore in Production' }, { type: 'page_production' }, finished],
    ],
  },
  {
    id: 'readonly',
    title: 'sessions are read-only',
    target: 'ALTER DATABASE page_readonly SET default_transaction_read_only = on;',
    steps: [
      { see: /Sessions are read-only there/ },
      ...[
        fails,
        restore,
        { restored: /^pg_restore failed[.:].*was not changed/ },
        { shows: /takes no changes/ },
      ],
    ],
  },
  {
    id: 'newer',
    title: 'the backup is of a newer server',
    on: old,
    file: path.join(repoPaths.fixtures, 'cases/statistics18.dump'),
    steps: [
      { see: /The backup is of PostgreSQL 18, the target is 15/ },
      { see: /Planner statistics are left out/ },
      ...[restore, finished],
    ],
  },
  {
    id: 'sessions',
    title: 'somebody works in the database',
    target: usual,
    lock: 'LOCK TABLE app.orders IN ACCESS SHARE MODE;',
    steps: [
      { tick: 'Clean' },
      { see: /Somebody else is connected to the database: postgres/ },
      ...[press('End Their Sessions…'), { answer: 'End Sessions' }],
      ...[restore, { answer: 'Drop and Restore' }, { type: 'page_sessions' }, finished],
    ],
  },
  {
    id: 'schema',
    title: 'the schema of an extension is missing',
    source: `${usual} CREATE SCHEMA ext; CREATE EXTENSION pg_trgm SCHEMA ext;`,
    backup: { excludeSchemas: ['ext'] },
    steps: [
      { see: /Extensions need a schema that does not exist.*pg_trgm → ext/ },
      ...[fails, press('Create the Schemas…'), { answer: 'Create Schemas' }],
      ...[{ verdict: /nothing is lost\.$/ } as const, restore],
      ...[{ answer: 'Restore Anyway' }, finished],
    ],
  },
  {
    id: 'nowhere',
    title: 'the database is not there',
    target: null,
    steps: [
      { shows: /^There is no database "page_nobody" on the server of "Page nowhere"/ },
      { shows: /1 problem:/ },
      ...[restore, { shows: /1 problem:/ }],
    ],
  },
];

const databaseOf = ({ id, target }: Case): string =>
  target === null ? 'page_nobody' : `page_${id}`;

function connectionOf(each: Case): Record<string, unknown> {
  const { on = server, user, environment } = each;
  return {
    ...connectionTo(on, each.id, databaseOf(each)),
    ...{ name: `Page ${each.id}` },
    ...(user === undefined ? {} : { user }),
    ...(environment === undefined ? {} : { environment }),
  };
}

describe('The likeliest disasters on the restore page', function () {
  let vscode: OpenedExtension;
  let jobs: JobHarness;

  async function dropAll(): Promise<void> {
    for (const each of [server, old]) {
      const sql = `SELECT datname FROM pg_database WHERE datname LIKE 'page\\_%';`;
      const names = (await adminQuery(each, sql)).split('\n').filter((name) => name !== '');
      for (const name of names) await dropDatabase(each, name);
    }
  }

  before(async () => {
    await createRoles(server);
    jobs = await JobHarness.create([server.binDir]);
    vscode = await openExtension({
      connections: cases.map(connectionOf),
      viewport: { width: 1280, height: 1400 },
    });
  });
  after(async () => {
    await vscode.close();
    await dropAll();
    await dropRoles(server);
    await jobs.dispose();
  });
  afterEach(async () => {
    await vscode.page.keyboard.press('Escape');
    await vscode.ui.closeEditors();
  });

  async function build(each: Case): Promise<string> {
    const { source = usual, backup = {}, gone = '', target = '', on = server } = each;
    const name = `${each.id}.dump`;
    const outputPath = path.join(vscode.workspace.backups, name);
    if (each.file !== undefined) await copyFile(each.file, outputPath);
    else {
      await createDatabase(server, 'page_source');
      await psql(server, 'page_source', source);
      jobs.connect('source', server, 'page_source');
      const job = await jobs.backup({ connectionId: 'source', outputPath, ...backup });
      assert.equal(job.status, 'completed', job.output.join('\n'));
      await dropDatabase(server, 'page_source');
      if (gone !== '') await psql(server, 'postgres', gone);
    }
    if (target !== null) {
      await createDatabase(on, databaseOf(each));
      if (target !== '') await psql(on, databaseOf(each), target);
    }
    return name;
  }

  async function take(form: RestoreForm, step: Step): Promise<void> {
    const { ui } = vscode;
    if ('see' in step) await form.finding(step.see).waitFor();
    else if ('shows' in step) await form.frame.getByText(step.shows).first().waitFor();
    else if ('verdict' in step) await form.verdict(step.verdict).waitFor();
    else if ('press' in step) await form.button(step.press).first().click();
    else if ('tick' in step) await form.setChecked(step.tick, true);
    else if ('radio' in step) await form.frame.getByRole('radio', { name: step.radio }).click();
    else if ('answer' in step) await ui.dialogButton(step.answer).click();
    else if ('field' in step) await form.textField(step.field).fill(step.text);
    else if ('type' in step) await ui.fillQuickInput(step.type);
    else if ('line' in step) {
      await vscode.page.locator('.view-line').filter({ hasText: step.line }).first().waitFor();
    } else assert.match(await form.outcome(), step.restored);
  }

  for (const each of cases) {
    it(each.title, async () => {
      const name = await build(each);
      let lock: HeldLock | undefined;
      if (each.lock !== undefined) lock = await holdLock(server, databaseOf(each), each.lock);
      try {
        const form = await RestoreForm.openFor(vscode.ui, `backups/${name}`);
        await form.choose('Restore into connection', `Page ${each.id}`);
        for (const step of each.steps) {
          await take(form, step).catch((error: unknown) => {
            const what = Object.entries(step).map(([key, value]) => `${key} ${String(value)}`);
            throw new Error(`${what.join(', ')}: ${String(error)}`, { cause: error });
          });
        }
      } finally {
        await vscode.ui.screenshot(`disaster-${each.id}`);
        await lock?.release();
      }
    });
  }
});
