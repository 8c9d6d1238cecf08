import type { JobNote } from '../../model/jobNotes';
import { jobNoteText } from '../../text/jobNoteText';
import { onOneLine } from '../../text/lockText';
import type { JobRecord } from './jobRecord';

/**
 * Adds a note on what the job does differently from what was asked; its log says so as well. Apart from
 * the record: the words of all notes are much code, and few jobs need them.
 */
export function tellNote(record: JobRecord, note: JobNote): void {
  record.addNote(note);
  // Names from a dump must not look like lines of a tool.
  record.addLines([onOneLine(jobNoteText(note))]);
}
