import * as l10n from '@vscode/l10n';
import type { OptionRow } from '../../pgtools/catalogue/types';
import type { CompressionProblem } from '../../pgtools/args/compression';
import { checkValue, type OptionProblem } from '../../pgtools/args/optionRules';
import type { OptionValue } from '../../model/options';
import { isAbsolutePath } from '../../text/paths';

/** Why an option cannot be used, and what to change. */
export function ruleReason(problem: OptionProblem): string {
  switch (problem.code) {
    case 'valueInvalid':
      return l10n.t('The value must be one of {0}.', problem.allowed);
    case 'formatRefuses':
      return l10n.t('Only with the format {0}. Choose it first.', problem.formats.join(', '));
    case 'formatIgnores':
      return l10n.t(
        'Has an effect only with the format {0}: archives leave it to the restore.',
        problem.formats.join(', '),
      );
    case 'needs':
      return l10n.t('Has an effect only together with {0}.', problem.anyOf.join(', '));
    case 'conflict':
      return l10n.t('Cannot be used together with {0}. Reset that option first.', problem.with);
  }
}

/** Problem of the value itself; null = none. */
export function valueProblem(row: OptionRow, value: OptionValue): string | null {
  switch (row.kind.kind) {
    case 'flag':
      return value === true ? null : l10n.t('This is either on or left out: it takes no value.');
    case 'number': {
      if (typeof value === 'number' && checkValue(row, String(value)) === null) return null;
      const { min, max } = row.kind;
      return l10n.t('A whole number from {0} to {1}.', min, max);
    }
    case 'choice': {
      const values = row.kind.many && Array.isArray(value) ? value : [value];
      const fine = values.every((v) => typeof v === 'string' && checkValue(row, v) === null);
      const choices = row.kind.choices.map((choice) => choice.value).join(', ');
      return fine ? null : l10n.t('The value must be one of {0}.', choices);
    }
    case 'patternList':
    case 'nameList':
      if (!Array.isArray(value)) return l10n.t('This is a list of names.');
      return value.map(textProblem).find((problem) => problem !== null) ?? null;
    case 'file':
      if (typeof value !== 'string') return l10n.t('This is a text.');
      return isAbsolutePath(value)
        ? textProblem(value)
        : l10n.t('The path must be absolute, beginning at the root.');
    case 'text': {
      if (typeof value !== 'string') return l10n.t('This is a text.');
      if (row.kind.of === 'key' && !/^[0-9A-Za-z]+$/.test(value)) {
        return l10n.t('Letters and digits only.');
      }
      return textProblem(value);
    }
    case 'compression':
      return typeof value === 'string' ? null : l10n.t('This is a text.');
  }
}

function textProblem(value: string): string | null {
  if (value === '') return l10n.t('The value is empty.');
  return value.includes('\0')
    ? l10n.t('The value contains a character that is not allowed.')
    : null;
}

/** Why pg_dump would not compress as requested. */
export function compressionText(problem: CompressionProblem, version: string): string {
  switch (problem.code) {
    case 'malformed':
      return l10n.t('Not a compression method such as gzip:6, lz4 or zstd:level=9,long.');
    case 'methodMissing':
      return l10n.t(
        'pg_dump has this from version {0} on; this is {1}, which compresses with gzip only.',
        problem.since,
        version,
      );
    case 'notBuilt':
      return l10n.t(
        'This pg_dump ({0}) was built without {1}. Choose another method, or other tools.',
        version,
        problem.method,
      );
    case 'level':
      return l10n.t(
        'The level of {0} is a whole number from {1} to {2}.',
        problem.method,
        problem.min,
        problem.max,
      );
    case 'noLevel':
      return l10n.t('{0} takes no level.', problem.method);
    case 'noLong':
      return l10n.t('{0} has no long mode.', problem.method);
  }
}
