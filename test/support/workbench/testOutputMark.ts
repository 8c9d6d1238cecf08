/**
 * Stands before what tests in the extension host print, so that it can be told from VS Code's own
 * log, which comes the same way. Not visible where it is not removed.
 */
export const testOutputMark = '\u200b';
