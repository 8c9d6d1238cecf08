/** A row of a view in plain data, so that what it says can be tested without VS Code. */
export interface ViewItem {
  /** Stable while the thing is the same. */
  id: string;
  label: string;
  description: string;
  /** One line each. */
  tooltip: readonly string[];
  icon: { id: string; color?: string };
  /** Words that the menus ask for, e.g. `job cancel log`. */
  contextValue: string;
  /** Text for screen readers, in place of label and description. */
  screenReaderText: string;
  /** Has it rows below it, and are they shown at once? */
  children: boolean | 'expanded';
}

/** Theme colours of results, the same as those of VS Code's own test results. */
export const RESULT_COLORS = {
  good: 'testing.iconPassed',
  bad: 'testing.iconFailed',
  doubtful: 'list.warningForeground',
} as const;

/** The parts that are there, with a dot between them. */
export function joinWithDots(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join(' · ');
}

/** Joins parts of a text for screen readers. */
export function joinForScreenReader(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join(', ');
}
