import * as l10n from '@vscode/l10n';
import { html, nothing, type TemplateResult } from 'lit';
import type { ProblemAction, ProblemReport } from '../../../src/protocol/types';
import { button } from '../ui/button';

/** A problem of the whole form: what happened, the tool's message, and possible actions. */
export function problemBanner(
  problem: ProblemReport,
  onAction: (action: ProblemAction) => void,
  tone: 'error' | 'info' = 'error',
): TemplateResult {
  return html`<div
    class="banner banner-${tone} problem-banner"
    role="group"
    tabindex="-1"
    aria-label=${l10n.t('Problem')}
  >
    <span class="codicon codicon-${tone}" aria-hidden="true"></span>
    <div class="banner-body">
      <div class="banner-message">${problem.message}</div>
      ${problem.detail ? html`<pre class="banner-detail" tabindex="0">${problem.detail}</pre>` : nothing}
      ${
        problem.actions.length > 0
          ? html`<div class="actions">
              ${problem.actions.map((action) =>
                button({ label: actionLabel(action), onClick: () => onAction(action) }),
              )}
            </div>`
          : nothing
      }
    </div>
  </div>`;
}

/** Moves the focus to the banner, to its first button if it has one. */
export function focusBanner(): void {
  const banner = document.querySelector<HTMLElement>('.problem-banner');
  banner?.scrollIntoView({ block: 'nearest' });
  (banner?.querySelector<HTMLElement>('.actions > *') ?? banner)?.focus();
}

export function actionLabel(action: ProblemAction): string {
  switch (action) {
    case 'setPassword':
      return l10n.t('Set Password…');
    case 'editConnections':
      return l10n.t('Edit Connections');
    case 'addConnection':
      return l10n.t('Add Connection…');
    case 'chooseToolsFolder':
      return l10n.t('Choose Tools Folder…');
    case 'installTools':
      return l10n.t('How to Install');
    case 'chooseContainer':
      return l10n.t('Use a Container…');
    case 'openSsh':
      return l10n.t('Log In by SSH…');
    case 'showOutput':
      return l10n.t('Show Output');
    case 'openArchiveBeside':
      return l10n.t('Open the Archive');
    case 'retry':
      return l10n.t('Retry');
  }
}
