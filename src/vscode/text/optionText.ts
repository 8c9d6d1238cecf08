import * as l10n from '@vscode/l10n';
import type { OptionProblem } from '../../core/errors';
import { windowsNameText } from '../../core/forms/fields/windowsNameText';
import { fieldName } from '../../core/forms/fields/fieldText';

/** Problem of an option, as a sentence for its field. */
export function optionProblemText(problem: OptionProblem): string {
  if (typeof problem === 'string') return problem;
  switch (problem.code) {
    case 'notAbsolute':
      return l10n.t('The path must be absolute, beginning at the root.');
    case 'windowsName':
      return windowsNameText(problem);
    case 'missing':
      return l10n.t('This is required.');
    case 'nothingToDump':
      return l10n.t(
        'Without schema and data there is nothing to dump. Choose one of them or both.',
      );
    case 'namesNeedUtf8':
      return l10n.t(
        'Some of the chosen names contain non-ASCII characters: pg_dump finds them only when the encoding is UTF8.',
      );
    case 'excludes':
      return l10n.t('Not together with "{0}".', fieldName(problem.field));
    case 'needs':
      return l10n.t('Only together with "{0}".', fieldName(problem.field));
    case 'unknown':
      return l10n.t('{0} has no such option that can be set here.', problem.tool);
    case 'methodTooNew':
      return l10n.t(
        'Compression methods need {0} {1} or newer; this is {2}.',
        problem.tool,
        problem.since,
        problem.version,
      );
    case 'tooNew':
      return l10n.t(
        '{0} needs {1} {2} or newer; this is {3}.',
        problem.flag,
        problem.tool,
        problem.since,
        problem.version,
      );
    case 'removed':
      return l10n.t(
        '{0} was removed after {1} {2}; this is {3}.',
        problem.flag,
        problem.tool,
        problem.until,
        problem.version,
      );
  }
}
