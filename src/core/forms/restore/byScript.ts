import * as l10n from '@vscode/l10n';
import type { RestoreOptions } from '../../model/options';
import { listNames } from '../../text/names';
import { isScript } from '../form/archiveFacts';
import type { RestoreContext } from '../form/context';
import type { Evaluation } from '../form/evaluation';
import type { RestoreField } from '../form/formTypes';
import { isClusterScript } from './clusterRestore';

type Changes = Pick<RestoreOptions, 'mapRoles' | 'remakeKeys' | 'replaceRows' | 'searchPath'>;

/**
 * Do the options change statements of an archive? pg_restore cannot be told to, so the archive is
 * restored by the script that pg_restore makes of it, by one psql.
 */
export function changesArchive(options: Changes): boolean {
  const { mapRoles, remakeKeys, replaceRows, searchPath } = options;
  return (mapRoles?.length ?? 0) > 0 || remakeKeys || replaceRows || searchPath !== 'asWritten';
}

/** Checks the options that change statements of the file on their way to the server. */
export function checkChanges(
  options: RestoreOptions,
  { info }: RestoreContext,
  evaluation: Evaluation<RestoreField>,
): void {
  checkRoles(options, isClusterScript(info), evaluation);
  if (isScript(info)) {
    const reason = l10n.t('Only archives leave this choice: a script has its own transactions.');
    evaluation.refuse('remakeKeys', options.remakeKeys, reason);
    evaluation.refuse('replaceRows', options.replaceRows, reason);
    return;
  }
  const { clean, singleTransaction, remakeKeys } = options;
  if (!clean || (remakeKeys && !singleTransaction)) {
    evaluation.refuse(
      'remakeKeys',
      remakeKeys,
      clean
        ? l10n.t('This takes a single transaction.')
        : l10n.t('This only applies when objects are dropped. Choose "clean" first.'),
    );
  }
  checkReplacing(options, evaluation);
  if (changesArchive(options)) {
    evaluation.refuse(
      'jobs',
      options.jobs > 1,
      l10n.t('Statements of the archive are changed on their way, which one job does.'),
      l10n.t('Set 1.'),
    );
  }
}

function checkReplacing(
  { dataOnly, singleTransaction, replaceRows, disableTriggers }: RestoreOptions,
  evaluation: Evaluation<RestoreField>,
): void {
  if (!dataOnly || (replaceRows && !singleTransaction)) {
    evaluation.refuse(
      'replaceRows',
      replaceRows,
      dataOnly
        ? l10n.t('This takes a single transaction.')
        : l10n.t('This only applies when rows alone are restored. Choose "data only" first.'),
    );
  }
  if (replaceRows) {
    evaluation.refuse(
      'disableTriggers',
      disableTriggers,
      l10n.t('Where rows are replaced, triggers do not fire in any case.'),
      l10n.t('Turn this off.'),
    );
  }
}

function checkRoles(
  { mapRoles }: RestoreOptions,
  cluster: boolean,
  evaluation: Evaluation<RestoreField>,
): void {
  const given = mapRoles ?? [];
  if (cluster) {
    evaluation.refuse(
      'mapRoles',
      given.length > 0,
      l10n.t('A script of pg_dumpall makes its roles itself.'),
    );
    return;
  }
  const names = given.map(({ name }) => name);
  const empty = given.filter(({ target }) => target === '').map(({ name }) => name);
  if (empty.length > 0) {
    evaluation.error('mapRoles', l10n.t('Name a role in the place of {0}.', listNames(empty)));
  }
  const [twice] = names.filter((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) {
    evaluation.error('mapRoles', l10n.t('There are two roles in the place of {0}.', twice));
  }
}

/** `roles` with `user` in the place of these: also where one of them was put in another's place. */
export function withRoles(
  roles: RestoreOptions['mapRoles'],
  names: readonly string[],
  user: string,
): NonNullable<RestoreOptions['mapRoles']> {
  const missing = new Set(names);
  const given = (roles ?? []).map(({ name, target }) => ({
    name,
    target: missing.has(target) ? user : target,
  }));
  const taken = new Set([...given.map(({ name }) => name), ...(roles ?? []).map((r) => r.target)]);
  return [
    ...given,
    ...names.filter((name) => !taken.has(name)).map((name) => ({ name, target: user })),
  ];
}

/** What is changed, for the summary. */
export function changesText({ mapRoles, remakeKeys, replaceRows, searchPath }: Changes): string[] {
  const roles = (mapRoles ?? []).map(({ name, target }) => `${name} → ${target}`);
  const sentences: string[] = [];
  if (roles.length > 0) {
    sentences.push(l10n.t('Puts other roles in the place of some: {0}.', listNames(roles)));
  }
  if (remakeKeys) {
    sentences.push(
      l10n.t(
        'Drops the foreign keys of other tables that refer to what is dropped, and adds them again at the end, in the same transaction.',
      ),
    );
  }
  if (replaceRows) {
    sentences.push(
      l10n.t(
        'Deletes the rows of these tables first and checks foreign keys at the end, in the same transaction. Triggers do not fire meanwhile.',
      ),
    );
  }
  if (searchPath !== 'asWritten') {
    sentences.push(
      searchPath === 'public'
        ? l10n.t('Functions find what is in schema public without its name.')
        : l10n.t('Functions find what is in any schema of the backup without its name.'),
    );
  }
  return sentences;
}
