import type { BackupInfo } from '../core/model/archive';
import type { JobEstimate } from '../core/model/estimates/estimate';
import type { Preflight, PreflightStep, Remedy } from '../core/model/findings/findings';
import type { RestoreOptions, RememberedRestore } from '../core/model/options';
import type { FormEvents, FormInit, FormKept, FormRequests } from './formApi';
import type { ConnectionState, ProblemReport } from './types';

export interface RestoreInit extends FormInit<RestoreOptions> {
  /**
   * Fields that the user or a command has set, which defaults that follow from the file do not
   * change.
   */
  explicitFields?: (keyof RestoreOptions)[];
  /** Cores of the machine that runs the tool. */
  cores: number;
}

/** Result of reading the chosen file: exactly one of the two is set. */
export interface InspectResult {
  info: BackupInfo | null;
  problem: ProblemReport | null;
  /** Has a job of this machine made it? */
  madeHere?: boolean | undefined;
}

/** Requests of the restore page to the host: method -> [parameters, result]. */
export interface RestoreRequests extends FormRequests<RestoreOptions, RememberedRestore> {
  /** The page is up. */
  ready: [FormKept<RestoreOptions>, RestoreInit];
  'input/browse': [{ folder: boolean }, { path: string | null }];
  'input/inspect': [{ path: string }, InspectResult];
  /** The tool depends on the file too. */
  'connection/load': [
    {
      connectionId: string;
      inputPath: string;
      refresh: boolean;
      toolDir?: string | null | undefined;
    },
    ConnectionState,
  ];
  /** What a restore with these options will do; null = the target may not be read (yet). */
  'preflight/look': [{ options: RestoreOptions }, Preflight | null];
  /** Opens all that the last look has found in a document, at one finding; null = at its start. */
  'preflight/show': [{ code: string | null }, void];
  /** How long a restore with these options will take; null = that cannot be told. */
  'estimate/look': [{ options: RestoreOptions }, JobEstimate | null];
  /** Carries out the remedy of a finding after a confirmation; `done`: the user agreed. */
  'preflight/take': [
    { connectionId: string; database: string | null; step: PreflightStep },
    { done: boolean },
  ];
  /**
   * What the restore of the rest of a job changes in the options of the form; null = nothing is left of
   * it.
   */
  'job/rest': [
    { jobId: string; options: RestoreOptions },
    { options: Partial<RestoreOptions> | null },
  ];
  /** Saves the list of what these options restore where the user says; null = they said nowhere. */
  'command/saveList': [{ options: RestoreOptions }, { path: string | null }];
  /** A remedy of the last look with all its names and numbers; null = it is not there any more. */
  'preflight/remedy': [{ code: string; id: string }, Remedy | null];
  /** The entries that are left without these, and without what needs them; null = none. */
  'preflight/without': [
    { options: RestoreOptions; dumpIds: number[] },
    { dumpIds: number[] | null },
  ];
}

export type RestoreEvents = FormEvents;
