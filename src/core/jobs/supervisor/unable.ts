import { type AppError, asAppError, messageOf } from '../../errors';

/** The message of a supervisor that could not begin its job. The next that comes is its end. */
export interface UnableMessage {
  type: 'unable';
  /** The system's code, e.g. `EMFILE`. */
  code: string | null;
  text: string;
}

/** Ends this process, after it has told the one that started it why it cannot begin. */
export function endUnable(error: unknown): void {
  const code = error instanceof Error && 'code' in error ? String(error.code) : null;
  const message: UnableMessage = { type: 'unable', code, text: messageOf(error) };
  if (!process.connected || !process.send) process.exit(1);
  process.send(message, undefined, undefined, () => process.exit(1));
}

/** Why a supervisor could not begin, if that is what the message says. */
export function whyUnable(message: unknown): AppError | null {
  const { type, code, text } = message as Partial<UnableMessage>;
  return type === 'unable' ? asAppError(Object.assign(new Error(text), { code })) : null;
}
