import assert from 'node:assert/strict';
import type { Reach, ReachKind } from '../../../src/core/model/archive';
import type { PreflightStep } from '../../../src/core/model/findings/findings';
import { AppError } from '../../../src/core/errors';
import type { ConnectionProfile } from '../../../src/core/model/profile';
import type { ConfirmationReason, RestoreConfirmation } from '../../../src/core/model/confirmation';
import type * as AskBefore from '../../../src/vscode/ui/askBefore';
import type * as ConfirmRestore from '../../../src/vscode/ui/confirmRestore';
import type * as Dialogs from '../../../src/vscode/ui/dialogs';
import type * as TakeStep from '../../../src/vscode/panels/takeStep';
import type * as Used from '../../../src/vscode/connections/usedConnections';
import { englishText, fakeVscode } from '../../support/workbench/fakeVscode';

/** A question as it reached VS Code, which gives the focus to the first button. */
interface Asked {
  title: string;
  detail: string;
  buttons: string[];
}

const asked: Asked[] = [];
/** What is told without a question. */
const told: string[] = [];
const typed: string[] = [];
/** Which button is pressed; null = Escape. */
let press: ((buttons: string[]) => string | null) | undefined;
/** What is typed into a box; null = Escape. */
let type: string | null = null;

interface Item {
  title: string;
}

interface Box {
  prompt: string;
  validateInput: (value: string) => Promise<string>;
}

const fake = {
  l10n: { t: englishText },
  window: {
    async showWarningMessage(
      title: string,
      options: { modal?: boolean; detail?: string },
      ...items: Item[]
    ): Promise<Item | undefined> {
      if (items.length === 0) {
        told.push(title);
        return undefined;
      }
      assert.equal(options.modal, true, title);
      const buttons = items.map((item) => item.title);
      asked.push({ title, detail: options.detail ?? '', buttons });
      const pressed = press?.(buttons) ?? null;
      return items.find((item) => item.title === pressed);
    },
    async showInputBox({ prompt, validateInput }: Box): Promise<string | undefined> {
      typed.push(prompt);
      // VS Code does not take what is not valid.
      return type === null || (await validateInput(type)) !== '' ? undefined : type;
    },
  },
};

const confirmationOf = (
  reasons: ConfirmationReason[],
  more: Partial<RestoreConfirmation> = {},
): RestoreConfirmation => ({
  target: { connection: 'Live', address: 'db.example:5432', database: 'shop' },
  reasons,
  typed: null,
  ...more,
});

const reach = (kind: ReachKind, statement: string, more: Partial<Reach> = {}): Reach => ({
  ...{ kind, statement, count: 1, line: 7, object: null },
  ...more,
});

describe('Questions before something that cannot be undone', () => {
  let restoreVscode: () => void;
  let askBefore: typeof AskBefore.askBefore;
  let confirmRestore: typeof ConfirmRestore.confirmRestore;
  let confirmOverwrite: typeof Dialogs.confirmOverwrite;
  let takeStep: typeof TakeStep.takeStep;
  let UsedConnections: typeof Used.UsedConnections;

  before(async () => {
    restoreVscode = fakeVscode(fake);
    ({ askBefore } = await import('../../../src/vscode/ui/askBefore'));
    ({ confirmRestore } = await import('../../../src/vscode/ui/confirmRestore'));
    ({ confirmOverwrite } = await import('../../../src/vscode/ui/dialogs'));
    ({ takeStep } = await import('../../../src/vscode/panels/takeStep'));
    ({ UsedConnections } = await import('../../../src/vscode/connections/usedConnections'));
  });
  after(() => restoreVscode());
  beforeEach(() => {
    asked.length = 0;
    told.length = 0;
    typed.length = 0;
    press = undefined;
    type = null;
  });

  const steps: PreflightStep[] = [
    { do: 'createRoles', names: ['bob'] },
    { do: 'createSchemas', names: ['app'] },
    { do: 'endSessions', pids: [4711] },
    { do: 'endAllSessions', databases: ['shop'] },
    { do: 'emptyTables', tables: [{ schema: 'app', name: 'orders' }] },
  ] as PreflightStep[];

  /** Everything that asks by itself; true = it was done. */
  const questions = (): [safe: string, ask: () => Promise<boolean>][] => [
    ['Keep It', () => confirmOverwrite('/b/a.dump', '/b/a.dump')],
    ['Keep It', () => confirmOverwrite('/b/link.dump', '/c/a.dump')],
    [
      'Change Nothing',
      () => confirmRestore(confirmationOf([{ code: 'drops', by: 'clean' }]), '/f'),
    ],
    ['Change Nothing', () => confirmRestore(confirmationOf([{ code: 'production' }]), '/f')],
    ...steps.map((step): [string, () => Promise<boolean>] => [
      'Change Nothing',
      async () => {
        const taken: unknown[] = [];
        const services = {
          connections: { labelOf: () => 'Live', databaseName: () => 'shop' },
          preflight: { take: async (...all: unknown[]) => void taken.push(all) },
        } as unknown as Parameters<typeof takeStep>[0];
        const { done } = await takeStep(services, { connectionId: 'a', database: null, step });
        assert.equal(taken.length, done ? 1 : 0);
        return done;
      },
    ]),
    [
      'Do Not Connect',
      async () => {
        const kept = new Map<string, unknown>();
        const used = new UsedConnections({
          get: (key: string) => kept.get(key),
          update: async (key: string, value: unknown) => void kept.set(key, value),
        } as never);
        const profile: ConnectionProfile = { id: 'theirs', host: 'db.example', user: 'bob' };
        await used.require(profile).catch(() => undefined);
        return used.has(profile);
      },
    ],
  ];

  it('have the focus on the button that changes nothing, and take only the other one for a yes', async () => {
    // Where rows are deleted, the name of the database is typed, too.
    type = 'shop';
    for (const [safe, ask] of questions()) {
      press = ([first = '']) => first;
      assert.equal(await ask(), false, safe);
      const [question] = asked;
      assert.equal(question?.buttons.length, 2, safe);
      assert.equal(question.buttons[0], safe, question.title);
      press = () => null;
      assert.equal(await ask(), false, question.title);
      press = ([, second = '']) => second;
      assert.equal(await ask(), true, question.title);
      asked.length = 0;
    }
    assert.deepEqual(typed, ['Type shop to delete the rows.']);
  });

  it('are told apart from their answers by the button, whatever that is called', async () => {
    press = ([first = '']) => first;
    const words = { title: 't', detail: ['a', 'b'], dangerous: '$(flame) Yes', safe: '$(x) No' };
    assert.equal(await askBefore(words), false);
    assert.equal(asked[0]?.detail, 'a\nb');
    press = ([, second = '']) => second;
    assert.equal(await askBefore(words), true);
  });

  it('do not come where there is nothing to ask', async () => {
    assert.equal(await confirmRestore(confirmationOf([]), '/f'), true);
    assert.deepEqual(asked, []);
  });

  it('are followed by what was not done, where sessions are ended; other failures are thrown', async () => {
    const takeAnd = async (error: AppError): Promise<boolean> => {
      const services = {
        connections: { labelOf: () => 'Live', databaseName: () => 'shop' },
        preflight: { take: () => Promise.reject(error) },
      } as unknown as Parameters<typeof takeStep>[0];
      const step: PreflightStep = { do: 'endSessions', pids: [1, 2, 3] };
      return (await takeStep(services, { connectionId: 'a', database: null, step })).done;
    };
    press = ([, second = '']) => second;
    const kept = (ended: number, count: number): AppError =>
      new AppError('sessionsKept', { user: 'bob', ended, count, sessions: ['ann (2), psql'] });
    assert.equal(await takeAnd(kept(2, 1)), true, 'the form looks again');
    assert.equal(await takeAnd(kept(0, 3)), true);
    const [some = '', none = ''] = told;
    assert.match(
      some,
      /^The others were ended, but bob may not end these sessions: ann \(2\), psql /,
    );
    assert.match(none, /^bob may not end these sessions: ann \(2\), psql and 2 more /);
    await assert.rejects(takeAnd(new AppError('queryFailed', { text: 'no' })), {
      code: 'queryFailed',
    });
  });

  it('want the name of what is production, and nothing else', async () => {
    const names: [given: string, typed: string | null, goes: boolean][] = [
      ['shop', 'shop', true],
      ['shop', 'Shop', false],
      ['shop', ' shop', false],
      ['shop', '', false],
      ['shop', null, false],
      ['a\nb', 'a↵b', true],
      ['pohs\u202e', 'pohs<U+202E>', true],
    ];
    press = ([, second = '']) => second;
    for (const [name, given, goes] of names) {
      type = given;
      const confirmation = confirmationOf([{ code: 'production' }], { typed: name });
      assert.equal(await confirmRestore(confirmation, '/f'), goes, JSON.stringify([name, given]));
    }
    assert.equal(typed[0], 'Type shop to start the restore.');
    // Whoever has said no is not asked for a name.
    typed.length = 0;
    press = ([first = '']) => first;
    type = 'shop';
    assert.equal(
      await confirmRestore(confirmationOf([{ code: 'production' }], { typed: 'shop' }), ''),
      false,
    );
    assert.deepEqual(typed, []);
  });

  /** What a reason adds to the question, line by line. */
  const lines: [title: string, ConfirmationReason[], string[]][] = [
    [
      'what the file runs, reads and changes beyond the database, the most serious first',
      [
        {
          code: 'reaches',
          reach: [
            reach('roles', 'DROP ROLE', { count: 2 }),
            reach('files', "COPY … TO '/tmp/x'", { line: null }),
            reach('programs', 'COPY … TO PROGRAM', { line: 12 }),
            reach('server', 'ALTER SYSTEM', { line: null, object: 'public.f()' }),
          ],
        },
      ],
      [
        'Runs programs or unconfined code on the server: COPY … TO PROGRAM (line 12).',
        "Reads or writes files of the server: COPY … TO '/tmp/x'.",
        'Changes the server itself: ALTER SYSTEM (public.f()).',
        'Makes, changes or drops roles: DROP ROLE (2, first in line 7).',
      ],
    ],
    [
      'the other kinds',
      [
        {
          code: 'reaches',
          reach: [
            reach('unjudged', 'EXECUTE'),
            reach('subscriptions', 'CREATE SUBSCRIPTION'),
            reach('tablespaces', 'CREATE TABLESPACE'),
            reach('databases', 'DROP DATABASE'),
            reach('otherServers', 'dblink'),
          ],
        },
      ],
      [
        'Connects the server to others: dblink (line 7).',
        'Makes, changes or drops databases: DROP DATABASE (line 7).',
        'Makes, changes or drops tablespaces: CREATE TABLESPACE (line 7).',
        'Makes, changes or drops subscriptions: CREATE SUBSCRIPTION (line 7).',
        'The effect of these cannot be determined by reading them: EXECUTE (line 7).',
      ],
    ],
    [
      'four statements of a kind, and how many more there are',
      [
        {
          code: 'reaches',
          reach: ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => reach('programs', name)),
        },
      ],
      [
        'Runs programs or unconfined code on the server: a (line 7), b (line 7), c (line 7), d (line 7) and 2 more.',
      ],
    ],
    [
      'that somebody else made the file',
      [{ code: 'foreign' }],
      [
        'The file was not made by a job on this machine: the code in it runs with all privileges of the connection.',
      ],
    ],
    [
      'names that turn the text round, break the line or look like links, harmlessly',
      [
        {
          code: 'reaches',
          reach: [
            reach('programs', 'LOAD\u202e', { object: 'a\nb', line: null }),
            reach('files', '[x](command:y)', { line: null }),
          ],
        },
      ],
      [
        'Runs programs or unconfined code on the server: LOAD<U+202E> (a b).',
        'Reads or writes files of the server: [x] (command:y).',
      ],
    ],
  ];
  for (const [title, reasons, expected] of lines) {
    it(`say ${title}`, async () => {
      await confirmRestore(confirmationOf(reasons), '/dumps/a.sql');
      const [question] = asked;
      assert.equal(question?.title, 'Restore into the database "shop"?');
      assert.deepEqual(question.detail.split('\n'), [
        'Connection: Live',
        'Server: db.example:5432',
        'File: /dumps/a.sql',
        '',
        ...expected,
      ]);
    });
  }
});
