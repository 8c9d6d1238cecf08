/** A row of a view in plain data, so that what it says can be tested without VS Code. */
export interface ViewItem {
  /** Stays the same as long as the row stands for the same thing. */
  id: string;
  label: string;
  description: string;
  /** One line each. */
  tooltip: readonly string[];
  icon: { id: string; color?: string };
  /** Words that `when` clauses of menus test, e.g. `job cancel log`. */
  contextValue: string;
  /** Text for screen readers, in place of label and description. */
  screenReaderText: string;
  /** Has the row children, and is it expanded at first? */
  children: boolean | 'expanded';
}

/** Theme colours of results, the same as those of VS Code's own test results. */
export const RESULT_COLORS = {
  good: 'testing.iconPassed',
  bad: 'testing.iconFailed',
  doubtful: 'list.warningForeground',
} as const;

/** Joins the parts that are not empty with dots. */
export function joinWithDots(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join(' · ');
}

/** Joins parts of a text for screen readers. */
export function joinForScreenReader(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join(', ');
}
