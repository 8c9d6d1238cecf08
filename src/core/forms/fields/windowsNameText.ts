import * as l10n from '@vscode/l10n';
import type { FaultyName } from '../../files/windowsNames';

/** Why Windows makes no file of a name, as a sentence. */
export function windowsNameText({ name, fault }: FaultyName): string {
  switch (fault) {
    case 'device':
      return l10n.t('On Windows, "{0}" is the name of a device. Choose another name.', name);
    case 'character':
      return l10n.t('Windows allows none of < > : " | ? * in names of files: "{0}".', name);
    case 'ending':
      return l10n.t(
        'Windows drops dots and spaces at the end of a name: "{0}". Leave them out.',
        name,
      );
  }
}
