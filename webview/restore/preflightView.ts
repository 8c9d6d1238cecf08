import * as l10n from '@vscode/l10n';
import { html, nothing, type TemplateResult } from 'lit';
import type { Finding, Severity, Verdict } from '../../src/core/model/findings/findings';
import { findingText, severityText } from '../../src/core/text/findingText';
import { objectText } from '../../src/core/text/rowsText';
import { remedyText } from '../../src/core/text/findings/remedyText';
import { verdictText } from '../../src/core/text/findings/verdictText';
import type { FooterProps } from '../shared/form/jobFooter';
import { button } from '../shared/ui/button';
import type { RestoreView } from './restoreView';
import type { RestoreState } from './state';

/** Objects beyond those that a sentence names are listed in a part that opens. */
const NAMED_IN_SENTENCE = 5;

const LOOKS: Readonly<Record<Severity, { icon: string; tone: 'failed' | 'warned' | 'done' }>> = {
  stops: { icon: 'error', tone: 'failed' },
  loses: { icon: 'warning', tone: 'warned' },
  surprises: { icon: 'warning', tone: 'warned' },
  note: { icon: 'info', tone: 'done' },
};

/** The findings, the most serious first; one line if there are none. */
export function preflightView(view: RestoreView): TemplateResult | typeof nothing {
  const { result, looking, failed } = view.state.preflight;
  if (result === null && !looking && failed === null) return nothing;
  const findings = (result?.findings ?? []).filter(isForPage);
  // What is wrong stands at the fields: a calm line would belie it.
  if (findings.length === 0 && result !== null && !isCalm(result.verdict)) return nothing;
  return html`<section
    class="preflight${looking ? ' preflight-old' : ''}"
    aria-label=${l10n.t('What this restore will do')}
    aria-busy=${looking ? 'true' : 'false'}
  >
    ${
      failed !== null
        ? failedLine(view, failed)
        : findings.length === 0
          ? html`<p class="preflight-calm">
              <span
                class="codicon codicon-${result === null ? 'loading codicon-modifier-spin' : 'pass'}"
                aria-hidden="true"
              ></span>
              ${result === null ? l10n.t('Looking at the target…') : verdictText(result.verdict)}
            </p>`
          : html`<ul class="findings">
                ${findings.map((finding) => findingItem(view, finding))}
              </ul>
              <div class="actions">
                ${button({ label: l10n.t('Open as Document'), onClick: () => view.showReport(null) })}
              </div>`
    }
  </section>`;
}

/** Nobody may take silence for good news. */
function failedLine(view: RestoreView, failed: string): TemplateResult {
  return html`<div class="finding finding-surprises">
    <span class="codicon codicon-warning outcome-warned" aria-hidden="true"></span>
    <div class="finding-body">
      <div class="finding-text">
        ${l10n.t('What this restore will do could not be found out: {0}', failed)}
      </div>
      <div class="actions">
        ${button({ label: l10n.t('Retry'), onClick: () => view.lookAgain() })}
      </div>
    </div>
  </div>`;
}

/** Findings that the form itself does not show at a field. */
function isForPage({ code }: Finding): boolean {
  return code !== 'options';
}

function findingItem(view: RestoreView, finding: Finding): TemplateResult {
  const { code, severity, objects, count, remedies } = finding;
  const more = count - objects.length;
  const showsLess = more > 0 && objects.length > 0;
  const { icon, tone } = LOOKS[severity];
  return html`<li class="finding finding-${severity}">
    <span class="codicon codicon-${icon} outcome-${tone}" aria-hidden="true"></span>
    <div class="finding-body">
      <div class="finding-text">
        <strong class="finding-severity">${severityText(severity)}</strong>
        ${findingText(finding)}
      </div>
      ${
        objects.length > NAMED_IN_SENTENCE
          ? html`<details>
              <summary>${l10n.t('All {0}', count.toLocaleString())}</summary>
              <ul class="finding-objects" tabindex="0" aria-label=${l10n.t('Objects')}>
                ${objects.map((_, i) => html`<li>${objectText(finding, i)}</li>`)}
                ${more > 0 ? html`<li>${l10n.t('{0} more', more.toLocaleString())}</li>` : nothing}
              </ul>
            </details>`
          : nothing
      }
      ${
        remedies.length > 0 || showsLess
          ? html`<div class="actions">
              ${remedies.map((remedy) =>
                button({ label: remedyText(remedy), onClick: () => view.remedy(code, remedy) }),
              )}
              ${
                showsLess
                  ? button({
                      label: l10n.t('Show All {0}', count.toLocaleString()),
                      onClick: () => view.showReport(code),
                    })
                  : nothing
              }
            </div>`
          : nothing
      }
    </div>
  </li>`;
}

function isCalm({ worst }: Verdict): boolean {
  return worst === null || worst === 'note';
}

/** The sentence beside the button; empty until the first check is done. */
export function verdictOf({ preflight }: RestoreState): FooterProps['verdict'] {
  const { result, looking, failed } = preflight;
  if (looking) {
    // What was said of the options before is not said of these.
    const icon = 'loading codicon-modifier-spin';
    return { text: l10n.t('Looking at the target…'), icon, tone: 'done' };
  }
  if (failed !== null) {
    return { text: l10n.t('What this restore will do is not known.'), ...LOOKS.surprises };
  }
  if (result === null) return undefined;
  const { worst } = result.verdict;
  const quiet = { icon: 'pass', tone: 'done' } as const;
  const look = worst === null || isCalm(result.verdict) ? quiet : LOOKS[worst];
  return { text: verdictText(result.verdict), ...look };
}
