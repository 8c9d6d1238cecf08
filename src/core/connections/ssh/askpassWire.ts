/** Name of the variable with the token: whoever does not know it gets no answer. */
export const TOKEN = 'PGBACKUP_ASKPASS_TOKEN';

/** UTF-16 units of a prompt that are handed on. */
export const MAX_PROMPT_LENGTH = 4000;

/** One line of JSON from the program that `ssh` runs. */
export interface AskpassQuestion {
  token: string;
  prompt: string;
  /** SSH_ASKPASS_PROMPT: '' = a text is wanted. */
  hint: string;
  /** Process id of the `ssh` that asks: a server on the way has one of its own. */
  login: number;
}

/** The reply; null = there is no answer. */
export interface AskpassAnswer {
  answer: string | null;
}
