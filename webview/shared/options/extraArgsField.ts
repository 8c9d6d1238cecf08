import * as l10n from '@vscode/l10n';
import type { TemplateResult } from 'lit';
import type { FieldNotes } from '../ui/field';
import { labelledText } from '../ui/fields';

/** Field for extra arguments, typed as on a command line. */
export function extraArgsField(props: {
  tool: string;
  placeholder?: string;
  value: string;
  notes: FieldNotes;
  onInput: (text: string) => void;
}): TemplateResult {
  const { tool, ...rest } = props;
  return labelledText({
    ...rest,
    name: 'extraArgs',
    label: l10n.t('Extra arguments'),
    description: l10n.t(
      'Passed to {0} unchanged. Put quotes around arguments that contain spaces.',
      tool,
    ),
    onReset: props.value === '' ? undefined : (): void => props.onInput(''),
  });
}
