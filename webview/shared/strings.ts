import * as l10n from '@vscode/l10n';
import type { StringBundle } from '../../src/protocol/types';

/** Takes over the host's display language; call before the first text is made. */
export function useStrings(bundle: StringBundle): void {
  l10n.config({ contents: bundle ?? {} });
}
