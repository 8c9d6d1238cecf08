import path from 'node:path';
import type { ConnectionProfile } from '../../../src/core/model/profile';
import type { ToolSearch } from '../../../src/core/model/tools';
import { AppError } from '../../../src/core/errors';
import type { SshAnswers } from '../../../src/core/connections/ssh/sshAnswers';
import type { JobLimits } from '../../../src/core/jobs/supervisor/messages';
import { SupervisedJobs } from '../../../src/core/jobs/supervisor/window/supervisedJobs';
import { findTools } from '../../../src/core/pgtools/locate/locate';
import { repoPaths } from '../repoPaths';

/** The setup of a test's window. Plain JSON. */
export interface WindowSetup {
  storeDir: string;
  /** Directories of the tools that jobs can use. */
  binDirs: string[];
  profiles: ConnectionProfile[];
  /** Passwords by the profile's id. */
  passwords: Record<string, string>;
  /** The passwords that the user types, one after another. */
  typed?: string[];
  /** The same for what ssh asks; after the last one, its questions stay open. */
  sshTyped?: string[];
  limits?: Partial<JobLimits>;
  keep?: number;
  script?: string;
  /** Absolute path of the file with its translations. */
  translations?: string;
  /** Variables of its environment. */
  inherited?: Record<string, string>;
  /** Is a form open, so that a supervisor is started ahead of the job? */
  expect?: boolean;
}

/** Jobs in supervisors, on real tools. `onAsked` hears of every question to the user. */
export function supervisedJobs(
  setup: WindowSetup & { tools?: (profile?: ConnectionProfile) => Promise<ToolSearch> },
  onAsked: (asked: string) => void = () => undefined,
): SupervisedJobs {
  const typed = [...(setup.typed ?? [])];
  const search = findTools({
    env: {},
    platform: process.platform,
    homeDir: '/nonexistent',
    excludeDirs: [],
    places: setup.binDirs,
  });
  return new SupervisedJobs({
    storeDir: setup.storeDir,
    script: setup.script ?? path.join(repoPaths.root, 'dist/supervisor.js'),
    connections: {
      all: () => setup.profiles,
      get: (id) => {
        const profile = setup.profiles.find((candidate) => candidate.id === id);
        if (!profile) throw new AppError('connectionUnknown', { id });
        return profile;
      },
    },
    passwords: {
      get: async ({ id }, kind = 'password') =>
        kind === 'password' && Object.hasOwn(setup.passwords, id) ? setup.passwords[id] : undefined,
      request: async (profile, reason) => {
        onAsked(`${profile.id} ${reason}`);
        return typed.shift();
      },
      accepted: async (profile) => onAsked(`${profile.id} accepted`),
    },
    sshAnswers: typedAnswers(setup.sshTyped ?? [], onAsked),
    tools: { find: setup.tools ?? (() => search) },
    inherited: { PATH: process.env['PATH'], HOME: '/nonexistent', ...setup.inherited },
    translations: setup.translations,
    workspace: () => ({ workspace: 'file:///home/dev/shop', workspaceName: 'shop' }),
    limits: () => ({
      concurrency: 4,
      stallTimeoutSeconds: 0,
      connectTimeoutSeconds: 15,
      endWithWindow: false,
      ...setup.limits,
    }),
    retention: () => ({ count: setup.keep ?? 100, days: 30, bytes: 200 * 1024 * 1024 }),
    describe: (failure) => `words for ${failure.code}`,
  });
}

function typedAnswers(sshTyped: readonly string[], onAsked: (asked: string) => void): SshAnswers {
  let id = 0;
  return {
    answer: (profile, question, signal) => {
      onAsked(`${profile.id} ssh ${question.kind === 'secret' ? question.secret : question.kind}`);
      const text = sshTyped[id++];
      if (text !== undefined) return Promise.resolve({ text, id });
      return new Promise((resolve) => {
        signal.addEventListener('abort', () => resolve('cancelled'), { once: true });
      });
    },
    ended: (profile, { worked }) => {
      for (const { secret } of worked) onAsked(`${profile.id} ssh ${secret} worked`);
    },
  };
}
