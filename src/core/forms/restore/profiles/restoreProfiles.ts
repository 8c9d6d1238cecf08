/**
 * Profiles of a restore: one choice for its jobs and its transaction. No option holds it: it follows
 * from what was chosen. Pure.
 */
import * as l10n from '@vscode/l10n';
import type { RestoreOptions } from '../../../model/options';
import { choose, chosenFields, forget, type Choices } from '../../form/choices';
import type { RestoreContext } from '../../form/context';
import { restoreDefaults } from '../restoreDefaults';
import type { RestoreProfile } from './profileNames';
import { usefulJobs } from './usefulJobs';

/** The profile of what is shown. */
export function restoreProfile(
  { singleTransaction }: RestoreOptions,
  choices: Choices<RestoreOptions>,
): RestoreProfile {
  if (singleTransaction) return 'allOrNothing';
  return chosenFields(choices).includes('jobs') ? 'custom' : 'recommended';
}

/** What the profile sets and why, in one sentence. */
export function restoreReason(
  profile: RestoreProfile,
  options: RestoreOptions,
  context: RestoreContext,
): string {
  return profile === 'custom'
    ? l10n.t('The number of jobs stays as it is set below.')
    : usefulJobs(options, context).reason;
}

/** The choices with a profile; 'custom' keeps the jobs that are shown. */
export function chooseRestoreProfile(
  choices: Choices<RestoreOptions>,
  profile: RestoreProfile,
  { jobs }: RestoreOptions,
): Choices<RestoreOptions> {
  const singleTransaction = profile === 'allOrNothing';
  if (profile === 'custom') return choose(choices, { singleTransaction, jobs });
  const free = forget(choices, { jobs: restoreDefaults().jobs });
  return choose(free, { singleTransaction });
}

/**
 * The choices of a form that was opened with the options of an earlier restore: the number of jobs that
 * Recommended gives was not chosen by anybody, and follows the next file.
 */
export function withoutUsualJobs(
  choices: Choices<RestoreOptions>,
  options: RestoreOptions,
  context: RestoreContext,
): Choices<RestoreOptions> {
  return options.jobs === usefulJobs(options, context).jobs
    ? forget(choices, { jobs: restoreDefaults().jobs })
    : choices;
}
