import { type AppError, asAppError } from '../../errors';

/** The message of a supervisor that could not begin its job. The next that comes is its end. */
export interface UnableMessage {
  type: 'unable';
  /** The system's code, e.g. `EMFILE`. */
  code: string | null;
  text: string;
}

/** Why a supervisor could not begin, if that is what the message says. */
export function whyUnable(message: unknown): AppError | null {
  const { type, code, text } = message as Partial<UnableMessage>;
  return type === 'unable' ? asAppError(Object.assign(new Error(text), { code })) : null;
}
