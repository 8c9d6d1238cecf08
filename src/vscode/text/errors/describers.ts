import type { ErrorCode, ErrorDetails } from '../../../core/errors';
import type { ProblemAction } from '../../../protocol/types';

/** One sentence for an error. Messages of tools and the system follow as `detail`. */
export type Describe<C extends ErrorCode> = (details: ErrorDetails[C]) => {
  message: string;
  detail?: string;
  actions?: ProblemAction[];
};

/** The sentences of a group of errors. */
export type Describers<Code extends ErrorCode> = { [C in Code]: Describe<C> };
