/** Runs in the page before its own script: VS Code's API with a host behind it that makes things up. */
import { messageText } from '../../../src/protocol/messageText';
import type { BackupOptions, RestoreOptions } from '../../../src/core/model/options';
import { backupDefaults } from '../../../src/core/forms/backup/backupDefaults';
import { restoreDefaults } from '../../../src/core/forms/restore/restoreDefaults';
import { toolForScope } from '../../../src/core/pgtools/args/dumpallArgs';
import {
  isFinished,
  type BackupJob,
  type BackupProgress,
  type JobStatus,
} from '../../../src/core/model/job';
import type { ArchiveEvents, ArchiveRequests } from '../../../src/protocol/archiveApi';
import type { BackupEvents, BackupRequests } from '../../../src/protocol/backupApi';
import type { RestoreEvents, RestoreRequests } from '../../../src/protocol/restoreApi';
import { RpcServer, type Decoders, type Handlers } from '../../../src/protocol/rpc';
import type { ConnectionState, JobUpdate, ProblemReport } from '../../../src/protocol/types';
import { archiveHandlers } from './fakeArchive';
import { refused, restoredInPart, SWAP } from './fakeCauses';
import { inspect, isScript } from './fakeFiles';
import { lookAhead } from './fakePreflight';
import { countTimers, pendingTimers, uncountedTimeout } from './pageTimers';
import { connections, connectionState, hugeCatalog, info, lockWait } from './sampleData';
import { themes, type ThemeName } from './themes';

const query = new URLSearchParams(location.search);
const scenario = query.get('scenario') ?? 'default';
const page = location.pathname.includes('restore') ? 'restore' : 'backup';
const isArchive = location.pathname.includes('archive');

/** Changes the theme of an open page as VS Code does. */
function useTheme(name: ThemeName): void {
  const { bodyClass, kind, variables } = themes[name];
  const { style } = document.documentElement;
  style.cssText = '';
  for (const [key, value] of Object.entries(variables)) style.setProperty(`--vscode-${key}`, value);
  document.body.className = bodyClass;
  document.body.dataset['vscodeThemeKind'] = kind;
}
useTheme((query.get('theme') ?? 'dark') as ThemeName);

/** The page's requests, for tests to read. */
const asked: { method: string; params: unknown }[] = [];

/** Requests that have no answer yet, by their numbers. */
const unanswered = new Set<unknown>();

let receive: (message: unknown) => void = () => undefined;
const channel = {
  // As a text, as the host sends it: nothing is shared by reference.
  post: (message: unknown) =>
    setTimeout(() => {
      const { type, id } = message as { type: string; id?: number };
      window.postMessage(messageText(message), location.origin);
      if (type === 'reply') unanswered.delete(id);
    }),
  listen: (listener: (message: unknown) => void) => {
    receive = listener;
    return () => undefined;
  },
};

const failure: ProblemReport = {
  message: 'The server refused the password for user “deploy”.',
  detail:
    'connection to server at "localhost" (127.0.0.1), port 5432 failed: FATAL:  password authentication failed for user "deploy"',
  actions: ['setPassword', 'editConnections', 'showOutput', 'retry'],
};

const createdDatabases: string[] = [];

function load(
  connectionId: string,
  tool: string,
  toolDir: string | null = null,
): Promise<ConnectionState> {
  const state = connectionState(connectionId, tool, toolDir);
  if (state.server) {
    const databases = [...state.server.databases, ...createdDatabases];
    state.server = { ...state.server, databases };
  }
  if (scenario === 'loading') return new Promise(() => undefined);
  if (scenario === 'failed') {
    return Promise.resolve({ ...state, server: null, catalog: null, tool: null, problem: failure });
  }
  if (scenario === 'huge') {
    return Promise.resolve({
      ...state,
      catalog: hugeCatalog(Number(query.get('tables') ?? 20_000)),
    });
  }
  return new Promise((resolve) => setTimeout(() => resolve(state), 30));
}

/** Progress as a job reports it; with `isDone`, of a job that has ended. */
function progress(isDone: boolean): BackupProgress {
  const halfway: BackupProgress = {
    phase: page === 'backup' ? 'dumping' : 'restoring',
    currentObject: 'app.order_items',
    objectsTotal: 40,
    objectsCompleted: 17,
    bytesWritten: 123_456_789,
    elapsedMs: 83_000,
    percent: 43,
    remainingMs: 110_000,
    currentObjects: ['app.customers', 'audit.log_2024', 'app.order_items'],
    rows: 1_234_567,
    bytesPerSecond: 1_480_000,
  };
  if (scenario === 'waiting') return { ...halfway, percent: null, remainingMs: null, lockWait };
  if (!isDone) return halfway;
  const end = { phase: 'finishing', currentObject: null } as const;
  const sums = { objectsCompleted: 40, elapsedMs: 187_000, percent: 100, remainingMs: 0 };
  return { ...halfway, ...end, ...sums, currentObjects: [] };
}

function job(status: JobStatus, options: BackupOptions | RestoreOptions): BackupJob {
  const type = page;
  const isDone = status === 'completed' || status === 'completedWithErrors';
  return {
    id: 'job-1',
    type,
    status,
    options,
    startTime: '2026-11-22T13:40:00.000Z',
    endTime: isFinished(status) ? '2026-11-22T13:43:07.000Z' : null,
    output: Array.from(
      { length: 60 },
      (_, n) => `pg_dump: dumping contents of table "app.orders_${n}"`,
    ),
    errors: [],
    progress: progress(isDone),
    exitCode: isDone ? Number(status !== 'completed') : null,
    command: [],
    outputPath: type === 'backup' ? '/home/dev/shop/backups/shop_2026-11-22_1340.dump' : null,
    sizeBytes: null,
    targetState: null,
    failure: null,
  };
}

function jobFor(options: BackupOptions | RestoreOptions): JobUpdate | null {
  switch (scenario) {
    case 'running':
    case 'waiting':
      return { job: job('running', options), problem: null };
    case 'done':
      return { job: { ...job('completed', options), sizeBytes: 402_653_184 }, problem: null };
    case 'partly':
      return restoredInPart(job('completed', restoreOptions), restoreOptions);
    case 'swapped': {
      const swapped = { ...job('completed', options), swap: SWAP };
      return { job: swapped, problem: null };
    }
    case 'jobFailed':
      return refused(job('failed', options));
    case 'cancelled':
      return {
        job: { ...job('cancelled', options), targetState: page === 'restore' ? 'partial' : null },
        problem: null,
      };
    case 'withErrors':
      return {
        job: {
          ...job('completedWithErrors', options),
          errors: [
            {
              message: 'relation "orders" already exists',
              object: 'TABLE app.orders',
              sql: 'CREATE TABLE app.orders (\n    id bigint NOT NULL,\n    customer bigint NOT NULL,\n    placed timestamptz DEFAULT now()\n);',
            },
            {
              message: 'role "deploy" does not exist',
              object: 'TABLE app.order_items',
              sql: 'ALTER TABLE app.order_items OWNER TO deploy;',
            },
            { message: 'schema "audit" already exists' },
          ],
        },
        problem: null,
      };
    default:
      return null;
  }
}

const backupOptions: BackupOptions = {
  ...backupDefaults(),
  connectionId: scenario === 'prod' ? 'prod' : 'local',
  outputPath: '',
  ...(scenario === 'server' ? { scope: 'server', format: 'plain', compression: 0 } : {}),
};

const restoreOptions: RestoreOptions = {
  ...restoreDefaults(),
  connectionId: scenario === 'noTarget' ? '' : 'local',
  inputPath: scenario === 'noFile' ? '' : info.path,
  dumpIds: scenario === 'chosen' ? [3, 5, 8] : null,
};

function start(options: BackupOptions | RestoreOptions): { started: true; jobId: string } {
  let completed = 0;
  const update = (): void => {
    completed++;
    const over = completed > 40;
    const current = job(over ? 'completed' : 'running', options);
    if (!over && current.progress) {
      current.progress.objectsCompleted = Math.min(40, completed);
      current.progress.elapsedMs = completed * 100;
      current.progress.percent = completed < 3 ? null : Math.min(99, completed * 2.5);
      current.progress.remainingMs = completed < 3 ? null : (40 - completed) * 100;
    }
    if (over) current.sizeBytes = 402_653_184;
    if (over && 'targetDatabase' in options && options.targetDatabase !== null) {
      createdDatabases.push(options.targetDatabase);
    }
    emit('job/update', { job: current, problem: null });
    if (!over) uncountedTimeout(update, 100);
  };
  uncountedTimeout(update, 50);
  return { started: true, jobId: 'job-1' };
}

const shared = {
  'job/cancel': () => {
    emit('job/update', { job: job('cancelled', backupOptions), problem: null });
  },
  'job/wayBack': () => undefined,
  'clipboard/copy': () => undefined,
  'terminal/open': () => undefined,
  'file/browse': () => ({ path: '/home/dev/shop/filter.txt' }),
  'problem/action': () => undefined,
};

const backup: Handlers<BackupRequests> = {
  ...shared,
  ready: () => ({
    strings: null,
    connections: scenario === 'empty' ? [] : connections,
    options: scenario === 'empty' ? { ...backupOptions, connectionId: '' } : backupOptions,
    job: jobFor(backupOptions),
    ...{ shell: 'bash', cores: 8 },
  }),
  'connection/load': ({ connectionId, toolDir, scope = 'database' }) =>
    load(connectionId, toolForScope(scope), toolDir),
  'options/remembered': () => ({ options: null }),
  'output/suggest': ({ format }) => ({
    path: `/home/dev/shop/backups/shop_2026-11-22_1340${{ custom: '.dump', tar: '.tar', plain: '.sql', directory: '' }[format]}`,
  }),
  'estimate/facts': () => ({
    ...{ runs: [], database: 'shop', databases: null },
    ...{ samples: [], largeObjectBytes: null },
  }),
  'place/facts': () => ({ linkRate: null, freeBytes: null }),
  'output/browse': () => ({ path: '/mnt/backups/chosen.dump' }),
  'job/start': ({ options }) => start(options),
  'job/open': () => undefined,
  'job/reveal': () => undefined,
  'job/restore': () => undefined,
};

const restore: Handlers<RestoreRequests> = {
  ...shared,
  ready: () => ({
    strings: null,
    connections: scenario === 'empty' ? [] : connections,
    options: restoreOptions,
    job: jobFor(restoreOptions),
    ...{ shell: 'bash', cores: 1 },
  }),
  'input/browse': ({ folder }) => ({
    path: folder ? '/mnt/backups/shop.dir' : '/mnt/backups/x.dump',
  }),
  'input/inspect': ({ path }) => inspect(path, scenario),
  'job/rest': () => ({ options: { dumpIds: [3, 4] } }),
  'command/saveList': ({ options }) => ({ path: `${options.inputPath}.list` }),
  'estimate/look': () => null,
  'connection/load': ({ connectionId, toolDir }) =>
    load(connectionId, isScript(scenario) ? 'psql' : 'pg_restore', toolDir),
  'options/remembered': () => ({ options: null }),
  'job/start': ({ options }) => start(options),
  'preflight/look': ({ options }) => lookAhead(options, scenario),
  'preflight/show': () => undefined,
  'preflight/remedy': () => null,
  'preflight/take': () => ({ done: true }),
  'preflight/without': () => ({ dumpIds: [3, 5] }),
};

let emit: (event: 'job/update', payload: JobUpdate) => void;

function serve(): void {
  const describe = (error: unknown): { code: string; message: string } => ({
    code: 'failed',
    message: error instanceof Error ? error.message : String(error),
  });
  const trusting = new Proxy({}, { get: () => (params: unknown) => params });
  if (isArchive) {
    new RpcServer<ArchiveRequests, ArchiveEvents>(
      channel,
      archiveHandlers(Number(query.get('entries') ?? 800), scenario === 'awkward'),
      trusting as Decoders<ArchiveRequests>,
      describe,
    );
  } else if (page === 'backup') {
    const rpc = new RpcServer<BackupRequests, BackupEvents>(
      channel,
      backup,
      trusting as Decoders<BackupRequests>,
      describe,
    );
    emit = (event, payload) => rpc.emit(event, payload);
  } else {
    const rpc = new RpcServer<RestoreRequests, RestoreEvents>(
      channel,
      restore,
      trusting as Decoders<RestoreRequests>,
      describe,
    );
    emit = (event, payload) => rpc.emit(event, payload);
  }
}
serve();
countTimers();

/** A page that is opened again must not find the state of an earlier page of this tab. */
const stateKey = `state ${query.get('opened') ?? ''}`;
let state: unknown = JSON.parse(sessionStorage.getItem(stateKey) ?? 'null');
Object.assign(window, {
  asked,
  pending: () => unanswered.size + pendingTimers.size,
  useTheme,
  acquireVsCodeApi: () => ({
    postMessage: (message: unknown) => {
      const copy = structuredClone(message) as { id?: number; method?: string; params?: unknown };
      if (copy.method !== undefined) {
        asked.push({ method: copy.method, params: copy.params });
        unanswered.add(copy.id);
      }
      setTimeout(() => receive(copy));
    },
    getState: () => state,
    setState: (next: unknown) => {
      state = JSON.parse(JSON.stringify(next));
      sessionStorage.setItem(stateKey, JSON.stringify(next));
    },
  }),
});
