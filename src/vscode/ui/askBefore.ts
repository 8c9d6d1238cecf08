import { window } from './window';

/** A question before something that cannot be undone. */
export interface Question {
  title: string;
  /** Details of the question, one fact per line. */
  detail: string | readonly string[];
  /** The button that does it, by a verb: "Drop and Restore". */
  dangerous: string;
  /** The button that has the focus and changes nothing, by what stays: "Keep the Backup". */
  safe: string;
}

/**
 * Asks in a modal dialog. VS Code gives the focus to the first button and moves a close button
 * (`isCloseAffordance`) to the end: so the safe button comes first and is no close button. Escape
 * answers no as well.
 *
 * @returns true only when the dangerous button was chosen
 */
export async function askBefore({ title, detail, dangerous, safe }: Question): Promise<boolean> {
  const lines = typeof detail === 'string' ? detail : detail.join('\n');
  const answer = await window.showWarningMessage(
    title,
    { modal: true, detail: lines },
    safe,
    dangerous,
  );
  return answer === dangerous;
}
