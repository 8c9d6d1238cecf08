import * as l10n from '@vscode/l10n';
import type { Reserved } from '../../pgtools/catalogue/types';
import {
  validateExtraArgs,
  type ExtraArgsContext,
  type ExtraProblem,
} from '../../pgtools/args/extraArgs';
import type { ToolName, ToolVersion } from '../../model/tools';
import { fieldName } from '../fields/fieldText';

/** Judges the user's own arguments; without a tool, whose options count, nothing is said. */
export function checkExtraArguments(
  { tool, version }: { tool: ToolName; version: ToolVersion | null },
  args: readonly string[],
  context: ExtraArgsContext,
  evaluation: { error(field: 'extraArgs', message: string): void },
): void {
  const nul = args.find((arg) => arg.includes('\0'));
  if (nul !== undefined) {
    evaluation.error('extraArgs', l10n.t('An argument contains a character that is not allowed.'));
  }
  if (version === null) return;
  for (const { argument, problem } of validateExtraArgs(tool, version, args, context)) {
    evaluation.error('extraArgs', `${argument}: ${problemText(tool, version, problem)}`);
  }
}

function problemText(tool: ToolName, version: ToolVersion, problem: ExtraProblem): string {
  switch (problem.code) {
    case 'unknown':
      return l10n.t('{0} {1} has no such option.', tool, version.text);
    case 'otherVersion':
      return problem.until === null
        ? l10n.t(
            '{0} has this from version {1} on; this is {2}.',
            tool,
            problem.since,
            version.text,
          )
        : l10n.t(
            '{0} has this in versions {1} to {2}; this is {3}.',
            tool,
            problem.since,
            problem.until,
            version.text,
          );
    case 'abbreviation':
      return l10n.t(
        'abbreviated, and another version could take it for another option. Write it out: {0}.',
        problem.candidates.join(', '),
      );
    case 'formField':
      return l10n.t('the form has a field for this ({0}). Use that.', fieldName(problem.field));
    case 'setInForm':
      return l10n.t('it is set among the options of the form. Give it only there.');
    case 'reserved':
      return reservedText(problem.reason);
    case 'positional':
      return l10n.t(
        'not an option. An argument without a dash would be taken for a file or a database.',
      );
    case 'valueMissing':
      return l10n.t('needs a value.');
    case 'valueUnexpected':
      return l10n.t('takes no value.');
    case 'valueInvalid':
      return l10n.t('the value must be one of {0}.', problem.allowed);
    case 'formatRefuses':
      return l10n.t('only with the format {0}.', problem.formats.join(', '));
    case 'formatIgnores':
      return l10n.t('has an effect only with the format {0}.', problem.formats.join(', '));
    case 'needs':
      return l10n.t('has an effect only together with {0}.', problem.anyOf.join(', '));
    case 'conflict':
      return problem.field === null
        ? l10n.t('cannot be used together with {0}.', problem.with)
        : l10n.t(
            'cannot be used together with {0}, which the form gives ({1}).',
            problem.with,
            fieldName(problem.field),
          );
  }
}

function reservedText(reason: Reserved): string {
  switch (reason) {
    case 'connection':
      return l10n.t('the connection sets this. Edit the connection.');
    case 'information':
      return l10n.t('would print something instead of doing the work.');
    case 'managed':
      return l10n.t('is given in every run.');
    case 'elsewhere':
      return l10n.t('would act on a different database than the chosen one.');
  }
}
