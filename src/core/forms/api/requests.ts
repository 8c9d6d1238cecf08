import * as l10n from '@vscode/l10n';
import * as z from 'zod/mini';
import { AppError } from '../../errors';
import { backupDefaults } from '../backup/backupDefaults';
import { backupFields } from '../../model/backupFields';
import {
  PARALLEL_FORMATS,
  type BackupFormat,
  type BackupOptions,
  type BackupScope,
  type RestoreOptions,
  type TableRef,
  type VerifyOptions,
} from '../../model/options';
import { restoreFields, verifyFields } from '../../model/restoreFields';
import { RESTORE_PROFILES, type RestoreProfile } from '../restore/profiles/profileNames';
import { restoreDefaults } from '../restore/restoreDefaults';
import { shapeOf, type KindSchemas, type WithRelations } from './fieldSchemas';

/** A table as the command API takes it: exact names, or `schema.name` to be looked up. */
export type TableName = TableRef | string;

/** A backup as it was asked for, with its missing fields filled in. */
export type RequestedBackup = WithRelations<BackupOptions, TableName>;

/** A restore as it was asked for, with its missing fields filled in. */
export type RequestedRestore = WithRelations<RestoreOptions, TableName>;

export interface BackupRequest {
  jobId?: string;
  /** `outputPath` is '' when none was given: the form's default is made from the template. */
  options: RequestedBackup;
  /** Deviations from the request, one sentence each. */
  notes: string[];
}

export interface RestoreRequest {
  jobId?: string;
  options: RequestedRestore;
  /** The fields that were given; the others may follow what the file needs (`applyContextDefaults`). */
  explicitFields: (keyof RestoreOptions)[];
  /**
   * The caller vouches for what the restore does to its target, so nothing is asked: neither about
   * what is there, nor about production. A file that is not the one of its manifest is refused.
   */
  confirmed: boolean;
}

export interface VerifyRequest {
  jobId?: string;
  options: VerifyOptions;
  /** The caller vouches for a trial restore on a production server. */
  confirmed: boolean;
}

const notEmpty = z.string().check(z.minLength(1));
const table = z.union([notEmpty, z.strictObject({ schema: notEmpty, name: notEmpty })]);

const schemas: KindSchemas<TableName> = {
  flag: z.boolean(),
  integer: ({ min, max }) => z.int().check(z.gte(min), z.lte(max)),
  text: notEmpty,
  names: z.array(notEmpty),
  relations: z.array(table),
  databases: z.array(z.strictObject({ name: notEmpty, target: notEmpty })).check(z.minLength(1)),
  roles: z.array(z.strictObject({ name: notEmpty, target: notEmpty })),
  entries: z.array(z.int().check(z.gte(1))).check(z.minLength(1)),
  arguments: z.array(z.string()),
  toolOptions: z.record(
    notEmpty,
    z.union([z.boolean(), z.number(), z.string(), z.array(z.string())]),
  ),
};

const backupOptions = z.required(z.partial(z.strictObject(shapeOf(backupFields, schemas))), {
  connectionId: true,
});
const restoreShape = { ...shapeOf(restoreFields, schemas), profile: z.enum(RESTORE_PROFILES) };
const restoreOptions = z.required(z.partial(z.strictObject(restoreShape)), {
  connectionId: true,
  inputPath: true,
});
const verifyOptions = z.partial(z.strictObject(shapeOf(verifyFields, schemas)), {
  connectionId: true,
  inputMember: true,
});

const jobId = notEmpty.check(z.maxLength(200));
const backupRequest = z.strictObject({ jobId: z.optional(jobId), options: backupOptions });
const restoreRequest = z.strictObject({
  jobId: z.optional(jobId),
  options: restoreOptions,
  confirmed: z.optional(z.boolean()),
  /** The option of this name, for callers that give it beside the options. */
  checksums: z.optional(z.boolean()),
});
const preflightRequest = z.strictObject({ options: restoreOptions });
const verifyRequest = z.strictObject({
  jobId: z.optional(jobId),
  confirmed: z.optional(z.boolean()),
  options: verifyOptions,
});
const infoRequest = z.strictObject({ path: notEmpty });
const cancelRequest = z.strictObject({ jobId });

/**
 * Decodes the argument of `pgBackup.createBackup`. Missing options take the form's defaults, those
 * of the format included. Where several jobs are asked for and the format is written by one, one is
 * used, and a note says so.
 *
 * @throws AppError `requestMalformed` naming the field
 */
export function decodeBackupRequest(value: unknown): BackupRequest {
  const { jobId, options: given } = decode(backupRequest, value);
  const { profile = 'custom', format, compression, jobs, toolOptions } = given;
  if (profile !== 'custom') {
    const compress = toolOptions?.['compress'];
    const others = { format, compression, jobs, 'toolOptions.compress': compress };
    refuseBesideProfile(profile, others);
  }
  const options: RequestedBackup = {
    ...backupDefaults(given.format ?? formatOf(given.scope)),
    outputPath: '',
    ...present(given),
  };
  const notes: string[] = [];
  if (options.jobs > 1 && !PARALLEL_FORMATS.has(options.format)) {
    notes.push(
      l10n.t(
        'Only the directory and custom formats can be written by several jobs: 1 is used instead of {0}.',
        options.jobs,
      ),
    );
    options.jobs = 1;
  }
  return { ...(jobId === undefined ? {} : { jobId }), options, notes };
}

/**
 * Refuses fields that are given beside a profile which sets them too: neither value has precedence.
 * @throws AppError `requestMalformed` naming the field
 */
function refuseBesideProfile(profile: string, others: Readonly<Record<string, unknown>>): void {
  const [field] = Object.entries(others).find(([, set]) => set !== undefined) ?? [];
  if (field === undefined) return;
  throw new AppError('requestMalformed', {
    field,
    problem: l10n.t('is set by the profile {0}: leave out one of them', profile),
  });
}

/** pg_dumpall writes scripts only. */
function formatOf(scope: BackupScope = 'database'): BackupFormat | undefined {
  return scope === 'database' ? undefined : 'plain';
}

/**
 * Decodes the argument of `pgBackup.restoreBackup`. Missing options take the form's defaults as
 * they follow from those given: `clean` brings `ifExists`, `singleTransaction` brings
 * `exitOnError`, `profile` brings jobs or transaction. What follows from the file is settled by
 * `applyContextDefaults`.
 *
 * @throws AppError `requestMalformed` naming the field
 */
export function decodeRestoreRequest(value: unknown): RestoreRequest {
  const { jobId, options, confirmed, checksums } = decode(restoreRequest, value);
  const { profile, ...others } = options;
  const given = present({
    ...others,
    ...setByProfile(profile, others),
    checksums: options.checksums ?? checksums,
  });
  return {
    ...(jobId === undefined ? {} : { jobId }),
    options: { ...restoreDefaults(), ifExists: given.clean === true, ...given },
    explicitFields: Object.keys(given) as (keyof RestoreOptions)[],
    confirmed: confirmed ?? false,
  };
}

/**
 * What a profile of a restore sets; what Recommended leaves open follows file and machine.
 * @throws AppError `requestMalformed` naming the field
 */
function setByProfile(
  profile: RestoreProfile | undefined,
  { jobs, singleTransaction }: Pick<z.infer<typeof restoreOptions>, 'jobs' | 'singleTransaction'>,
): Partial<Pick<RestoreOptions, 'jobs' | 'singleTransaction'>> {
  if (profile === undefined) return {};
  if (profile === 'custom') return { jobs: jobs ?? restoreDefaults().jobs };
  refuseBesideProfile(profile, { jobs, singleTransaction });
  return profile === 'allOrNothing' ? { singleTransaction: true } : {};
}

/** What a pre-flight is asked about: the options of a restore. */
export type ConfirmationRequest = Pick<RestoreRequest, 'options' | 'explicitFields'>;

/**
 * Decodes the argument of `pgBackup.preflight`, whose options are those of a restore.
 *
 * @throws AppError `requestMalformed` naming the field
 */
export function decodePreflightRequest(value: unknown): ConfirmationRequest {
  const { options } = decode(preflightRequest, value);
  const { options: requested, explicitFields } = decodeRestoreRequest({ options });
  return { options: requested, explicitFields };
}

/**
 * Decodes the argument of `pgBackup.verifyBackup`.
 *
 * @throws AppError `requestMalformed` naming the field: a trial restore needs a connection
 */
export function decodeVerifyRequest(value: unknown): VerifyRequest {
  const { jobId, options, confirmed } = decode(verifyRequest, value);
  if (options.level === 'trialRestore' && options.connectionId === undefined) {
    throw new AppError('requestMalformed', {
      field: 'options.connectionId',
      problem: l10n.t('is missing'),
    });
  }
  return { ...(jobId === undefined ? {} : { jobId }), options, confirmed: confirmed ?? false };
}

/**
 * Decodes the argument of `pgBackup.getBackupInfo`.
 * @throws AppError `requestMalformed`
 */
export function decodeInfoRequest(value: unknown): { path: string } {
  return decode(infoRequest, value);
}

/**
 * Decodes the argument of `pgBackup.cancelJob`.
 * @throws AppError `requestMalformed`
 */
export function decodeCancelRequest(value: unknown): { jobId: string } {
  return decode(cancelRequest, value);
}

/** The fields that have a value: one that is `undefined` counts as missing. */
type Present<T> = { [K in keyof T]: Exclude<T[K], undefined> };
function present<T extends object>(value: T): Present<T> {
  return Object.fromEntries(
    Object.entries(value).filter(([, field]) => field !== undefined),
  ) as Present<T>;
}

function decode<T>(schema: z.ZodMiniType<T>, value: unknown): T {
  const result = schema.safeParse(value, { reportInput: true });
  if (result.success) return result.data;
  const issue = deepest(result.error.issues);
  throw new AppError('requestMalformed', { field: fieldOf(issue), problem: problemOf(issue) });
}

type Issue = z.core.$ZodIssue;

/** For a table that is neither string nor object: the problem with the closest form. */
function deepest(issues: readonly Issue[]): Issue {
  const [first] = issues;
  if (first === undefined) throw new Error('no issue');
  if (first.code !== 'invalid_union') return first;
  for (const branch of first.errors) {
    const nested = branch.find((issue) => issue.path.length > 0 || issue.code !== 'invalid_type');
    if (nested) {
      return { ...nested, path: [...first.path, ...nested.path] };
    }
  }
  return first;
}

function fieldOf(issue: Issue): string {
  const path =
    issue.code === 'unrecognized_keys' ? [...issue.path, ...issue.keys.slice(0, 1)] : issue.path;
  let field = '';
  for (const part of path) {
    if (typeof part === 'number') field += `[${part}]`;
    else field += `${field === '' ? '' : '.'}${String(part)}`;
  }
  return field === '' ? 'request' : field;
}

function problemOf(issue: Issue): string {
  switch (issue.code) {
    case 'unrecognized_keys':
      return l10n.t('is not known');
    case 'invalid_value':
      return l10n.t('must be one of {0}', issue.values.map(String).join(', '));
    case 'too_small':
      return issue.origin === 'string'
        ? l10n.t('must not be empty')
        : l10n.t('must be at least {0}', String(issue.minimum));
    case 'too_big':
      return issue.origin === 'string'
        ? l10n.t('must not be longer than {0} characters', String(issue.maximum))
        : l10n.t('must be at most {0}', String(issue.maximum));
    case 'invalid_union':
      return issue.path[1] === 'toolOptions'
        ? l10n.t('must be true or false, a number, a string or an array of strings')
        : l10n.t('must be "schema.name" or an object with schema and name');
    case 'invalid_type':
      if (issue.input === undefined) return l10n.t('is missing');
      return expectation(issue.expected);
    case 'custom':
    case 'invalid_element':
    case 'invalid_format':
    case 'invalid_key':
    case 'not_multiple_of':
      return l10n.t('is not valid');
  }
}

function expectation(expected: string): string {
  switch (expected) {
    case 'int':
      return l10n.t('must be a whole number');
    case 'number':
      return l10n.t('must be a number');
    case 'string':
      return l10n.t('must be a string');
    case 'boolean':
      return l10n.t('must be true or false');
    case 'array':
      return l10n.t('must be an array');
    default:
      return l10n.t('must be an object');
  }
}
