import * as l10n from '@vscode/l10n';
import type { Packaging } from '../model/archive';

/** What something is packed in. */
export function packagingText(packaging: Packaging): string {
  return packaging === 'parts' ? l10n.t('several files') : packaging;
}
