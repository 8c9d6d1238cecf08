import type { ContentsTree } from '../../src/core/forms/selection/contentsTree';
import type { FindingCode, Remedy } from '../../src/core/model/findings/findings';
import type { RestoreProfile } from '../../src/core/forms/restore/profiles/profileNames';
import type { RestoreOptions } from '../../src/core/model/options';
import type { FormView } from '../shared/form/formView';
import type { ShownRows } from '../shared/tree/rows';
import type { Info } from '../shared/types';
import type { RestoreState } from './state';

/** State and actions for the views of the page. */
export interface RestoreView extends FormView<RestoreOptions, RestoreState> {
  /** Schemas and tables of the file. */
  contentsOf(info: Info): ContentsTree;
  /** The rows that are shown. */
  rowsOf(contents: ContentsTree): ShownRows;
  readonly profile: RestoreProfile;
  /** What the profile sets and why, in one sentence. */
  readonly profileReason: string;
  chooseProfile(profile: RestoreProfile): void;
  browse(folder: boolean): void;
  /** Checks once more what the restore will do. */
  lookAgain(): void;
  /** Opens all that was found in a document, at one finding; null = at its start. */
  showReport(code: FindingCode | null): void;
  /** Carries out the remedy of a finding. */
  remedy(code: FindingCode, remedy: Remedy): void;
}
