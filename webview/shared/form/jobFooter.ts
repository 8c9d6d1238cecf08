import * as l10n from '@vscode/l10n';
import { html, nothing, type TemplateResult } from 'lit';
import { ref } from 'lit/directives/ref.js';
import type { Remedy } from '../../../src/core/model/findings/findings';
import { remedyText } from '../../../src/core/text/findings/remedyText';
import { errorProblemText } from '../../../src/core/text/problems/errorProblemText';
import { jobErrorText } from '../../../src/core/text/jobNoteText';
import type { WayBack } from '../../../src/core/text/ways/waysBack';
import type { ProblemAction } from '../../../src/protocol/types';
import '../elements/pgLog';
import '../elements/pgProgress';
import { footerFocus } from './footerFocus';
import { footerRoom } from '../footerRoom';
import type { JobView, OutcomeView, RunningView } from './jobView';
import { actionLabel } from './problemBanner';
import type { JobError } from '../types';
import { button, iconButton } from '../ui/button';
import { linkButton } from '../ui/link';
import { progressRing } from '../ui/progressRing';

export interface FooterProps {
  view: JobView;
  /** The page's one main button. */
  submit: { label: string; busy: boolean; onClick: () => void };
  /** Fields with errors in the order of the page: their labels, and what moves the focus there. */
  problems: readonly { label: string; onClick: () => void }[];
  /** What the job will do; shown while no field has an error. */
  verdict?: { text: string; icon: string; tone: 'failed' | 'warned' | 'done' } | undefined;
  /** An error that does not belong to a field. */
  general: string;
  log: { lines: readonly string[]; open: boolean; onToggle: () => void };
  onCancel: (jobId: string) => void;
  onAction: (action: ProblemAction) => void;
  /** A remedy was chosen; left out where the form has none. */
  onRemedy?: ((remedy: Remedy) => void) | undefined;
  /** A way back was chosen. */
  onWay: (jobId: string, way: WayBack) => void;
  onDismiss: () => void;
  /** Buttons of a finished job with a file. */
  outputActions: (jobId: string) => TemplateResult;
}

/** Most errors that are listed. The others are counted, and the output has all. */
const SHOWN_ERRORS = 100;

/** Actions of the page, and their results. */
export function jobFooter(props: FooterProps): TemplateResult {
  const { view, log } = props;
  return html`<div
    class="page-footer"
    role="region"
    aria-label=${l10n.t('Run')}
    tabindex="-1"
    ${ref(footerRoom)}
    ${ref(footerFocus)}
  >
    ${
      view.kind === 'running'
        ? html`<pg-progress
            .label=${view.running.phase}
            .value=${view.running.percent}
            .max=${100}
            .text=${barText(view.running)}
          ></pg-progress>`
        : nothing
    }
    ${
      log.open && view.kind !== 'none'
        ? html`<pg-log .label=${l10n.t('Output of the tool')} .lines=${log.lines}></pg-log>`
        : nothing
    }
    ${view.kind === 'finished' ? outcomeBlock(view.outcome, props) : nothing}
    <div class="footer-bar">
      ${view.kind === 'running' ? runningBar(view.running, props) : idleBar(props)}
      ${view.kind === 'none' ? nothing : logSwitch(log)}
    </div>
  </div>`;
}

function logSwitch(log: FooterProps['log']): TemplateResult {
  const label = log.open ? l10n.t('Hide Log') : l10n.t('Show Log');
  return button({ label, icon: log.open ? 'chevron-down' : 'chevron-up', onClick: log.onToggle });
}

function idleBar(props: FooterProps): TemplateResult {
  const { submit, problems } = props;
  return html`${button({
    id: 'submit',
    label: submit.label,
    appearance: 'primary',
    disabled: submit.busy,
    onClick: submit.onClick,
    describedBy: problems.length > 0 ? 'problem-count' : props.verdict ? 'verdict' : undefined,
  })}
  ${submit.busy ? html`${progressRing()}<span>${l10n.t('Starting…')}</span>` : nothing}
  ${
    problems.length > 0 || props.general
      ? html`<div class="footer-text" id="problem-count">
          ${problemCount(problems, props.general)}
        </div>`
      : verdictLine(props.verdict)
  }`;
}

function verdictLine(verdict: FooterProps['verdict']): TemplateResult | typeof nothing {
  if (!verdict) return nothing;
  const { text, icon, tone } = verdict;
  return html`<div class="footer-text" id="verdict">
    <span class="verdict"
      ><span class="codicon codicon-${icon} outcome-${tone}" aria-hidden="true"></span>${text}</span
    >
  </div>`;
}

function problemCount(problems: FooterProps['problems'], general: string): TemplateResult {
  return html`${
    problems.length > 0
      ? html`<span class="problem-count"
          ><span class="codicon codicon-error" aria-hidden="true"></span>
          <span
            >${
              problems.length === 1
                ? l10n.t('1 problem:')
                : l10n.t('{0} problems:', problems.length)
            }
            ${problems
              .slice(0, 3)
              .map(
                ({ label, onClick }, index) =>
                  html`${index > 0 ? ', ' : ''}${linkButton({ label, onClick })}`,
              )}${problems.length > 3 ? ', …' : ''}</span
          ></span
        >`
      : html`<span class="problem-count"
          ><span class="codicon codicon-error" aria-hidden="true"></span>${general}</span
        >`
  }`;
}

/** Text of the bar for screen readers. */
function barText({ share, remaining, counts }: RunningView): string {
  return [share, remaining, counts[0] ?? ''].filter((text) => text !== '').join(', ');
}

function runningBar(running: RunningView, props: FooterProps): TemplateResult {
  const { share, remaining, counts, elapsed } = running;
  return html`${button({
      id: 'cancel',
      label: l10n.t('Cancel'),
      disabled: running.cancelling,
      onClick: () => props.onCancel(running.jobId),
    })}
    <div class="running">
      ${share === '' ? nothing : html`<strong class="tabular nowrap running-share">${share}</strong>`}
      <span class="nowrap">${running.phase}</span>
      <span class="running-object" title=${running.objects}>${running.object}</span>
      ${[...counts, elapsed].map((text) => html`<span class="dim tabular nowrap">${text}</span>`)}
      ${remaining === '' ? nothing : html`<span class="tabular nowrap running-left">${remaining}</span>`}
    </div>`;
}

const ICONS = {
  done: 'pass-filled',
  warned: 'warning',
  failed: 'error',
  cancelled: 'circle-slash',
} as const;

function outcomeBlock(outcome: OutcomeView, props: FooterProps): TemplateResult {
  return html`<div class="outcome" role="group" aria-label=${l10n.t('Result')}>
    <div class="outcome-head">
      <span
        class="codicon codicon-${ICONS[outcome.tone]} outcome-${outcome.tone}"
        aria-hidden="true"
      ></span>
      <div class="outcome-line footer-text">
        <strong>${outcome.title}</strong> ${outcome.lines.join(' ')}
      </div>
      ${iconButton({ label: l10n.t('Dismiss'), icon: 'close', onClick: props.onDismiss })}
    </div>
    ${outcome.detail ? html`<pre class="banner-detail" tabindex="0">${outcome.detail}</pre>` : nothing}
    ${outcome.causes.length > 0 ? causeList(outcome, props.onRemedy) : nothing}
    ${outcome.errors.length > 0 ? errorList(outcome.errors, outcome.errorCount) : nothing}
    ${
      outcome.output || outcome.again || outcome.ways.length + outcome.actions.length > 0
        ? html`<div class="actions">
            ${outcome.output ? props.outputActions(outcome.jobId) : nothing}
            ${
              outcome.again
                ? button({
                    label: l10n.t('Run Again'),
                    disabled: props.submit.busy,
                    onClick: props.submit.onClick,
                  })
                : nothing
            }
            ${outcome.ways.map(({ way, label }) =>
              button({ label, onClick: () => props.onWay(outcome.jobId, way) }),
            )}
            ${outcome.actions.map((action) =>
              button({ label: actionLabel(action), onClick: () => props.onAction(action) }),
            )}
          </div>`
        : nothing
    }
  </div>`;
}

/** Errors of one kind are one line, with what can be done about them. */
function causeList(
  { causes, causeInTitle }: Pick<OutcomeView, 'causes' | 'causeInTitle'>,
  onRemedy: FooterProps['onRemedy'],
): TemplateResult {
  return html`<ul class="causes" aria-label=${l10n.t('Causes of the errors')}>
    ${causes.map(
      (cause, index) =>
        html`<li class=${causeInTitle && index === 0 ? 'untitled' : ''}>
          ${causeInTitle && index === 0 ? nothing : html`<span>${errorProblemText(cause)}</span>`}
          ${
            cause.sqlStates === undefined
              ? nothing
              : html`<span class="dim nowrap" title=${'SQLSTATE'}
                  >${cause.sqlStates.join(', ')}</span
                >`
          }
          ${
            onRemedy === undefined || cause.remedies.length === 0
              ? nothing
              : html`<span class="actions"
                  >${cause.remedies.map((remedy) =>
                    button({ label: remedyText(remedy), onClick: () => onRemedy(remedy) }),
                  )}</span
                >`
          }
        </li>`,
    )}
  </ul>`;
}

function errorList(errors: readonly JobError[], count: number): TemplateResult {
  const more = count - Math.min(errors.length, SHOWN_ERRORS);
  return html`<ol class="errors" tabindex="0" aria-label=${l10n.t('Errors')}>
    ${errors.slice(0, SHOWN_ERRORS).map((error) => html`<li>${errorItem(error)}</li>`)}
    ${more > 0 ? html`<li class="dim">${l10n.t('{0} more: see the log of the job.', more.toLocaleString())}</li>` : nothing}
  </ol>`;
}

function errorItem(error: JobError): TemplateResult {
  const head = html`${error.object ? html`<strong>${error.object}</strong> ` : nothing}${jobErrorText(error)}`;
  if (!error.sql) return html`<div class="error-head">${head}</div>`;
  return html`<details>
    <summary>${head}</summary>
    <pre class="banner-detail" tabindex="0">${error.sql}</pre>
  </details>`;
}
